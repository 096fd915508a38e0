"""Elasticsearch finds what the embedded index finds, with the same raw scores."""

from datetime import date

import numpy as np
import pytest

from knowledge_base.elasticsearch.cluster import Cluster
from knowledge_base.embedded import EmbeddedIndex
from knowledge_base.search import DEPTH, Filters, Record
from knowledge_base.text import all_tokens, tokens
from tests.knowledge_base.elasticsearch.conftest import silent, version

pytestmark = pytest.mark.elasticsearch

DAY = date(2026, 11, 24)
VECTORS = np.eye(8, dtype=np.float32)


def record(name, title, answer="规定", vectors=VECTORS[:1], **values):
    return Record(name, all_tokens(title), all_tokens(answer), vectors, **values)


@pytest.fixture
def both(client, alias):
    """Searches the same records in both backends; the answers must be alike."""

    def build(*records):
        cluster, embedded = Cluster(client, alias, 30.0), EmbeddedIndex.build(records, 8)
        wanted = version("both", records)
        cluster.versions.ensure(wanted, silent)
        name = cluster.versions.name(wanted)

        def search(said, vector, filters):
            ours = cluster.search(name, said, vector, filters)
            theirs = embedded.search(said, vector, filters)
            for mine, other in ((ours.bm25, theirs.bm25), (ours.vector, theirs.vector)):
                assert {hit.entry_id: (hit.score, hit.support) for hit in mine} == alike(other)
                assert mine == sorted(mine, key=lambda hit: -hit.score)
            return ours

        return search

    return build


def alike(hits):
    """Hits as they can be compared: rounding differs a little, equal scores come in any order."""
    return {
        hit.entry_id: pytest.approx((hit.score, hit.support), rel=1e-5, abs=1e-5) for hit in hits
    }


def ids(hits):
    return {hit.entry_id for hit in hits}


def test_bm25_has_the_same_scores(both):
    search = both(
        record("title", "免税", "规定"),
        record("answer", "规定", "免税的期限是三个月，免税从申报的次月起"),
        record("long", "小规模纳税人申报期限" * 30, "申报" * 40),
    )
    assert ids(search(tokens("免税申报"), VECTORS[0], Filters(DAY)).bm25) == {
        "title", "answer", "long",
    }  # fmt: skip


def test_an_entry_is_as_near_as_its_nearest_vector(both):
    search = both(
        record("one", "甲乙", vectors=VECTORS[:5]),
        record("two", "丙丁", vectors=VECTORS[3:4]),
        record("away", "戊己", vectors=-VECTORS[2:3]),
    )
    found = search([], VECTORS[2], Filters(DAY))
    assert found.bm25 == []
    assert found.vector[0] == ("one", pytest.approx(1.0), pytest.approx(1 / 3))
    assert found.vector[-1] == ("away", pytest.approx(-1.0), pytest.approx(-1.0))


def test_filters_stand_before_both_rankings(both):
    search = both(
        record("national", "免税一"),
        record("old", "免税二", valid_to=date(2025, 12, 31).toordinal(), audience="x"),
        record("new", "免税三", valid_from=date(2027, 1, 1).toordinal()),
        record("local", "免税四", region="33"),
        record("staff", "免税五", visibility="staff"),
    )
    for filters, expected in (
        (Filters(DAY), {"national"}),
        (Filters(date(2025, 12, 31)), {"national", "old"}),
        (Filters(date(2027, 1, 1)), {"national", "new"}),
        (Filters(None), {"national", "old", "new"}),
        (Filters(DAY, lapsed=True), {"old", "new"}),
        (Filters(date(2025, 6, 1), lapsed=True), {"new"}),
        (Filters(DAY, regions=frozenset({"33"})), {"national", "local"}),
        (Filters(DAY, visibilities=frozenset({"public", "staff"})), {"national", "staff"}),
        (Filters(date(2025, 6, 1), not_for=frozenset({"x"})), {"national"}),
        (Filters(date(2025, 6, 1), not_for=frozenset({"other"})), {"national", "old"}),
        (Filters(date(2025, 6, 1), not_for=frozenset({"x", "y"})), {"national"}),
        (Filters(date(2020, 1, 1), visibilities=frozenset({"staff"})), {"staff"}),
        (Filters(DAY, visibilities=frozenset({"staff"}), not_for=frozenset({""})), set()),
    ):
        found = search(tokens("免税"), VECTORS[0], filters)
        assert ids(found.bm25) == ids(found.vector) == expected, filters


def test_the_filtered_take_no_place_among_the_first_hundred(both):
    many = [record(f"old{i}", "免税", valid_to=1) for i in range(3 * DEPTH)]
    search = both(*many, record("current", "免税期限说明", vectors=VECTORS[1:2]))
    found = search(tokens("免税"), VECTORS[0], Filters(DAY))
    assert ids(found.bm25) == ids(found.vector) == {"current"}
    found = search(tokens("免税"), VECTORS[0], Filters(DAY, visibilities=frozenset({"staff"})))
    assert (found.bm25, found.vector) == ([], [])


def test_a_hundred_entries_are_found_where_one_has_many_vectors(both):
    greedy = record("greedy", "甲乙", vectors=np.repeat(VECTORS[:1], 900, axis=0))
    others = [record(f"e{i}", "丙丁", vectors=VECTORS[1:2]) for i in range(DEPTH - 1)]
    found = both(greedy, *others)([], VECTORS[0], Filters(DAY))
    assert len(found.vector) == DEPTH
    assert found.vector[0].entry_id == "greedy"


def test_as_many_tokens_as_a_question_may_have(both):
    text = "".join(chr(0x4E00 + i) for i in range(400))
    found = both(record("long", text))(tokens(text), VECTORS[0], Filters(DAY))
    assert ids(found.bm25) == {"long"}
