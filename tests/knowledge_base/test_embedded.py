"""The embedded backend keeps the promises of `search.SearchBackend`."""

from datetime import date

import numpy as np
import pytest

from knowledge_base.embedded import EmbeddedIndex
from knowledge_base.search import DEPTH, Filters, Record
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
