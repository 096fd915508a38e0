import numpy as np
import pytest

from knowledge_base.decision import Calibration, fit
from knowledge_base.ranking import FEATURES, Candidate, Lexicon, averaged, features, fuse
from knowledge_base.search import Hit, Hits
from knowledge_base.text import tokens


def test_fusion_is_min_max_of_words_best_vector_and_best_few():
    hits = Hits(
        bm25=[Hit("a", 10.0), Hit("b", 6.0), Hit("c", 2.0)],
        vector=[Hit("b", 0.9, 0.8), Hit("a", 0.85, 0.75), Hit("d", 0.8, 0.6)],
    )
    ranked = fuse(hits)
    assert [(each.entry_id, round(each.score, 6)) for each in ranked] == [
        ("b", 0.4 * 0.5 + 0.6),
        ("a", 0.4 + 0.3 * 0.5 + 0.3 * 0.75),
        ("c", 0.0),
        ("d", 0.0),
    ]
    assert ranked[2].cosine == 0.8  # not brought by the vectors: no better than their last
    assert ranked[3].bm25 == 0.0


def test_an_entry_left_out_is_as_if_it_were_not_there():
    hits = Hits(bm25=[Hit("a", 9), Hit("b", 4), Hit("c", 2)], vector=[Hit("a", 0.9), Hit("b", 0.8)])
    less = Hits(bm25=[Hit("b", 4), Hit("c", 2)], vector=[Hit("b", 0.8)])
    assert fuse(hits, without=("a",)) == fuse(less)


def test_a_favoured_entry_wins_a_tie_only():
    hits = Hits(bm25=[Hit("a", 9), Hit("b", 9), Hit("c", 1)], vector=[])
    assert [each.entry_id for each in fuse(hits)] == ["a", "b", "c"]
    favoured = fuse(hits, favoured={"b": 0.05, "c": 0.05})
    assert [each.entry_id for each in favoured] == ["b", "a", "c"]


def test_nothing_found_ranks_nothing():
    assert fuse(Hits()) == []


def test_two_readings_count_alike_and_what_one_lacks_is_no_better_than_its_last():
    alone = [Candidate("a", 1.0, 8.0, 0.9, 0.8), Candidate("b", 0.6, 4.0, 0.8, 0.7)]
    joined = [Candidate("c", 0.9, 6.0, 0.9, 0.9), Candidate("b", 0.8, 2.0, 0.9, 0.7)]
    ranked = averaged(alone, joined, kept="topic")
    assert [(each.entry_id, round(each.score, 6)) for each in ranked] == [
        ("b", 0.7),
        ("a", 0.5),
        ("c", 0.45),
    ]
    assert ranked[0] == Candidate("b", 0.7, 3.0, pytest.approx(0.85), 0.7)
    assert ranked[1] == Candidate("a", 0.5, 4.0, 0.9, 0.75)


def test_the_entry_that_one_reading_left_out_is_ranked_by_the_other():
    alone = [Candidate("topic", 0.9, 8.0, 0.9, 0.8), Candidate("b", 0.7, 4.0, 0.8, 0.7)]
    joined = [Candidate("b", 1.0, 2.0, 0.9, 0.7)]
    assert averaged(alone, joined, kept="topic")[0] == alone[0]
    assert averaged(alone, joined, kept="gone")[1].score == 0.45


def test_coverage_is_a_share_of_idf():
    lexicon = Lexicon.of({"a": ["发票红冲"], "b": ["发票遗失"]}, {"a": ["开具"], "b": ["登报"]})
    assert lexicon.coverage(tokens("发票红冲"), "a") == pytest.approx(1.0)
    assert lexicon.coverage(tokens("开具"), "a") == pytest.approx(1.0)
    assert 0 < lexicon.coverage(tokens("发票红冲"), "b") < 0.5  # the common word tells little
    assert lexicon.coverage([], "a") == 0.0


def test_features_of_a_single_candidate_are_finite():
    lexicon = Lexicon.of({"a": ["发票"]}, {"a": [""]})
    ranked = fuse(Hits(vector=[Hit("a", 0.9, 0.8)]))
    row = features(tokens("发票"), ranked, lexicon)
    assert len(row) == len(FEATURES)
    assert np.isfinite(row).all()


def test_newton_fits_what_the_data_say():
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(4000, len(FEATURES)))
    truth = np.array([2.0, -1.0, 0.5, 0.0])
    right = (rng.random(4000) < 1 / (1 + np.exp(-(rows @ truth + 0.3)))).astype(float)
    fitted = fit(rows, right, np.ones(4000))
    assert np.array(fitted.weights) / np.array(fitted.scale) == pytest.approx(truth, abs=0.2)
    assert fitted.probability(rows.mean(axis=0)) == pytest.approx(1 / (1 + np.exp(-0.3)), abs=0.05)


def test_separable_data_stay_finite():
    rows = np.repeat([[0.0] * 4, [1.0] * 4], 20, axis=0)
    fitted = fit(rows, np.repeat([0.0, 1.0], 20), np.ones(40))
    assert fitted.probability(rows[0]) < 0.1 < 0.9 < fitted.probability(rows[-1])


@pytest.mark.parametrize(
    ("cosine", "support", "expected"),
    [
        (0.79, 0.79, "out_of_domain"),
        (0.80, 0.10, "unsure"),
        (0.95, 0.50, "clarify"),
        (0.95, 0.65, "likely"),
        (0.95, 0.90, "answer"),
    ],
)
def test_the_gate_comes_first_then_three_thresholds(cosine, support, expected):
    calibration = Calibration(
        gate=0.8,
        mean=[0.5, 0, 0, 0],
        scale=[1, 1, 1, 1],
        weights=[10, 0, 0, 0],
        bias=0,
        answer=0.9,
        likely=0.8,
        clarify=0.3,
    )
    lexicon = Lexicon.of({"a": ["发票"]}, {"a": []})
    ranked = fuse(Hits(vector=[Hit("a", cosine, support)]))
    verdict, _ = calibration.decide(tokens("发票"), ranked, lexicon)
    assert verdict == expected
    assert calibration.decide(tokens("发票"), [], lexicon) == ("out_of_domain", 0.0)
