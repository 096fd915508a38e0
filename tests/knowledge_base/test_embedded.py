"""The embedded backend keeps the promises of `search.SearchBackend`."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import faiss
import numpy as np
import pytest
from threadpoolctl import threadpool_info

from knowledge_base.embedded import EmbeddedIndex
from knowledge_base.search import DEPTH, Filters, Hits, Record
from knowledge_base.text import all_tokens, tokens

DAY = date(2026, 11, 24)
VECTORS = np.eye(8, dtype=np.float32)


def record(name, title, answer="", vectors=VECTORS[:1], **values):
    return Record(name, all_tokens(title), all_tokens(answer), vectors, **values)


def index(*records, directory=None):
    return EmbeddedIndex.build(records, 8, directory)


def ids(hits):
    return [hit.entry_id for hit in hits]


def both(found):
    assert set(ids(found.bm25)) == set(ids(found.vector))
    return set(ids(found.bm25))


def test_bm25_counts_the_title_twice():
    built = index(record("title", "免税", "规定"), record("answer", "规定", "免税"))
    first, second = built.search(tokens("免税"), VECTORS[0], Filters(DAY)).bm25
    assert (first.entry_id, second.entry_id) == ("title", "answer")
    assert first.score == pytest.approx(2 * second.score)


def test_bm25_scores_are_lucenes():
    built = index(record("a", "免税"), record("b", "申报"), record("c", "申报"))
    [hit] = built.search(tokens("免税"), VECTORS[0], Filters(DAY)).bm25
    idf = np.log(1 + (3 - 1 + 0.5) / (1 + 0.5))
    assert hit.score == pytest.approx(2 * idf * 2.2 / (1 + 1.2), rel=1e-5)


def test_an_entry_is_as_near_as_its_nearest_vector():
    built = index(
        record("one", "甲乙", vectors=VECTORS[:3]), record("two", "丙丁", vectors=VECTORS[3:4])
    )
    found = built.search([], VECTORS[2], Filters(DAY))
    assert found.bm25 == []
    assert found.vector[0] == ("one", pytest.approx(1.0), pytest.approx(1 / 3))
    assert found.vector[1].entry_id == "two"


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(DAY), {"national"}),
        (Filters(date(2025, 6, 1)), {"national", "old"}),
        (Filters(date(2025, 12, 31)), {"national", "old"}),
        (Filters(date(2027, 1, 1)), {"national", "new"}),
        (Filters(None), {"national", "old", "new"}),
        (Filters(DAY, lapsed=True), {"old", "new"}),
        (Filters(date(2025, 6, 1), lapsed=True), {"new"}),
        (Filters(DAY, regions=frozenset({"33"})), {"national", "local"}),
        (Filters(DAY, visibilities=frozenset({"public", "staff"})), {"national", "staff"}),
        (Filters(date(2025, 6, 1), not_for=frozenset({"x"})), {"national"}),
    ],
)
def test_filters_stand_before_both_rankings(filters, expected):
    built = index(
        record("national", "免税一"),
        record("old", "免税二", valid_to=date(2025, 12, 31).toordinal(), audience="x"),
        record("new", "免税三", valid_from=date(2027, 1, 1).toordinal()),
        record("local", "免税四", region="33"),
        record("staff", "免税五", visibility="staff"),
    )
    assert both(built.search(tokens("免税"), VECTORS[0], filters)) == expected


def test_what_holds_and_what_does_not_are_together_what_ever_held():
    rng = np.random.default_rng(3)
    built = index(
        *(
            record(f"e{i}", "免税" * (i % 7 + 1), vectors=rng.random((2, 8), np.float32), **lasts)
            for i in range(2 * DEPTH)
            for lasts in ({"valid_to": 1} if i % 3 == 0 else {},)
        )
    )
    query = (tokens("免税"), VECTORS[0])
    holding, lapsed = (built.search(*query, Filters(DAY, lapsed=each)) for each in (False, True))
    ever = built.search(*query, Filters(None))
    together = holding | lapsed
    assert len(ever.vector) == DEPTH
    assert [hit.score for hit in together.bm25] == [hit.score for hit in ever.bm25]
    assert [hit.score for hit in together.vector] == [hit.score for hit in ever.vector]


def test_many_vectors_are_scored_as_few_are(monkeypatch):
    rng = np.random.default_rng(4)
    some = [record(f"e{i}", "免税", vectors=rng.random((5, 8), np.float32)) for i in range(50)]
    few = index(*some).search([], VECTORS[0], Filters(DAY)).vector
    monkeypatch.setattr("knowledge_base.nearest._FEW", 0)
    assert index(*some).search([], VECTORS[0], Filters(DAY)).vector == few


def test_a_search_wakes_no_other_threads():
    """Those that were woken spin in wait of more, in a thread pool as well."""
    built = index(record("a", "免税"))

    def search():
        built.search(tokens("免税"), VECTORS[0], Filters(DAY))
        return faiss.omp_get_max_threads()

    with ThreadPoolExecutor(1) as threads:
        assert threads.submit(search).result() == 1
    # torch and scipy may have brought other pools, which no search uses
    [blas] = [each for each in threadpool_info() if "numpy.libs" in each["filepath"]]
    assert blas["num_threads"] == 1


def test_the_filtered_take_no_place_among_the_first_hundred():
    many = [record(f"old{i}", "免税", valid_to=1) for i in range(3 * DEPTH)]
    built = index(*many, record("current", "免税期限说明", vectors=VECTORS[1:2]))
    found = built.search(tokens("免税"), VECTORS[0], Filters(DAY))
    assert ids(found.bm25) == ids(found.vector) == ["current"]


def test_a_hundred_entries_are_found_where_one_has_many_vectors():
    greedy = record("greedy", "甲乙", vectors=np.repeat(VECTORS[:1], 900, axis=0))
    others = [record(f"e{i}", "丙丁", vectors=VECTORS[1:2]) for i in range(DEPTH)]
    found = index(greedy, *others).search([], VECTORS[0], Filters(DAY))
    assert len(found.vector) == DEPTH
    assert found.vector[0].entry_id == "greedy"


def test_nothing_let_in_finds_nothing():
    found = index(record("a", "免税", valid_to=1)).search(tokens("免税"), VECTORS[0], Filters(DAY))
    assert (found.bm25, found.vector) == ([], [])


def test_what_was_written_opens_the_same(tmp_path):
    target = tmp_path / "index"
    target.mkdir()
    built = index(record("a", "免税"), record("b", "申报免税", region="33"), directory=target)
    opened = EmbeddedIndex.open(target)
    for filters in (Filters(DAY), Filters(DAY, regions=frozenset({"33"}))):
        query = (tokens("免税"), VECTORS[0], filters)
        assert opened.search(*query) == built.search(*query)


class TestUpdated:
    """An updated index finds what a new one of the same records would find."""

    def test_what_is_replaced_is_found_by_its_new_words_only(self):
        built = index(record("a", "免税"), record("b", "申报", vectors=VECTORS[1:2]))
        after = built.updated([record("a", "退税期限", vectors=VECTORS[2:3])], ())
        assert ids(after.search(tokens("免税"), VECTORS[0], Filters(DAY)).bm25) == []
        found = after.search(tokens("退税"), VECTORS[2], Filters(DAY))
        assert (ids(found.bm25), found.vector[0].entry_id) == (["a"], "a")
        assert len(found.vector) == 2

    def test_who_reads_the_old_one_goes_on(self):
        built = index(record("a", "免税"))
        query = (tokens("免税"), VECTORS[0], Filters(DAY))
        before = built.search(*query)
        built.updated([record("a", "退税")], ())
        assert built.search(*query) == before

    def test_what_is_removed_is_gone_from_both_rankings(self):
        built = index(record("a", "免税"), record("b", "免税"))
        after = built.updated([], {"a"})
        assert both(after.search(tokens("免税"), VECTORS[0], Filters(DAY))) == {"b"}
        nothing = built.updated([], {"a", "b"})
        assert nothing.search(tokens("免税"), VECTORS[0], Filters(DAY)) == Hits()

    def test_new_filters_hold(self):
        built = index(record("a", "免税"), record("b", "免税"))
        after = built.updated([record("a", "免税", region="33", visibility="staff")], ())
        assert both(after.search(tokens("免税"), VECTORS[0], Filters(DAY))) == {"b"}
        local = Filters(DAY, frozenset({"33"}), frozenset({"public", "staff"}))
        assert both(after.search(tokens("免税"), VECTORS[0], local)) == {"a", "b"}

    def test_an_update_of_an_update_is_refused(self):
        after = index(record("a", "免税")).updated([record("b", "申报")], ())
        with pytest.raises(ValueError, match="the one it came from"):
            after.updated([record("c", "申报")], ())

    def test_no_file_is_left_behind(self, tmp_path):
        target = tmp_path / "index"
        target.mkdir()
        built = index(record("a", "免税"), directory=target)
        left = sorted(target.rglob("*"))
        after = built.updated([record("a", "退税")], ())
        assert sorted(target.rglob("*")) == left
        assert ids(after.search(tokens("退税"), VECTORS[0], Filters(DAY)).bm25) == ["a"]

    @pytest.mark.parametrize("seed", range(8))
    def test_random_edits_rank_as_a_new_index_does(self, seed):
        chance = np.random.default_rng(seed)
        now = {f"e{n}": made(chance, f"e{n}") for n in range(60)}
        built = index(*now.values())
        started = dict(now)
        for _ in range(int(chance.integers(1, 12))):
            name = f"e{chance.integers(0, 65)}"
            if chance.random() < 0.3:
                now.pop(name, None)
            else:
                now[name] = made(chance, name)
        updated = built.updated(
            [each for name, each in now.items() if started.get(name) is not each],
            started.keys() - now.keys(),
        )
        fresh = index(*now.values())
        for _ in range(20):
            query = (tokens(sentence(chance, 6)), unit(chance, 1)[0], Filters(DAY))
            assert_alike(updated.search(*query), fresh.search(*query))


LETTERS = "税报免开票退期限办理登记纳人申"


def sentence(chance, length):
    return "".join(chance.choice(list(LETTERS), length))


def unit(chance, count):
    rows = chance.standard_normal((count, 8)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def made(chance, name):
    return record(
        name,
        sentence(chance, 30),
        sentence(chance, 60),
        unit(chance, int(chance.integers(1, 6))),
        valid_to=int(chance.choice([1, DAY.toordinal()], p=[0.1, 0.9])),
    )


def assert_alike(updated, fresh):
    """Same entries with the same scores; in the same order but where two are as good as equal.

    BM25's mean length still has the replaced texts in it, which moves scores a little.
    """
    pairs = ((updated.bm25, fresh.bm25, 0.01), (updated.vector, fresh.vector, 1e-6))
    for mine, others, near in pairs:
        theirs = {hit.entry_id: hit for hit in others}
        assert set(ids(mine)) == theirs.keys()
        for hit, other in zip(mine, others, strict=True):
            assert hit.score == pytest.approx(other.score, rel=near)
            assert hit.score == pytest.approx(theirs[hit.entry_id].score, rel=near)
            assert hit.support == pytest.approx(theirs[hit.entry_id].support, rel=1e-6)
