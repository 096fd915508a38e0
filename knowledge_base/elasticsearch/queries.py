"""One question as two searches of one request, and the raw scores in what comes back."""

from typing import Any

import numpy as np

from knowledge_base.elasticsearch.documents import VECTOR, VECTORS
from knowledge_base.search import DEPTH, SUPPORT, TITLE_BOOST, Filters, Hit

CANDIDATES = 4 * DEPTH
"""Vectors that a graph looks at; where all are compared it says nothing."""
PARTS = ",".join(
    f"responses.{part}"
    for part in (
        "status",
        "error",
        "timed_out",
        "_shards.failed",
        "hits.hits._score",
        "hits.hits.fields",
        f"hits.hits.inner_hits.{VECTORS}.hits.hits._score",
    )
)
"""What is read of an answer."""

# Ids come from a column: fetching stored fields would cost more than the search.
_RETURNED: dict[str, Any] = {
    "size": DEPTH,
    "stored_fields": "_none_",
    "docvalue_fields": ["entry"],
    "track_total_hits": False,
}


def by_words(tokens: list[str], filters: Filters) -> dict[str, Any]:
    """Return the search by BM25."""
    said = " ".join(tokens)
    fields = [
        {"match": {"title": {"query": said, "boost": TITLE_BOOST}}},
        {"match": {"answer": {"query": said}}},
    ]
    conditions = _conditions(filters)
    return {
        "query": {"bool": {"should": fields, "minimum_should_match": 1, "filter": conditions}},
        **_RETURNED,
    }


def by_vector(vector: np.ndarray, filters: Filters) -> dict[str, Any]:
    """Return the search by inner product: an entry counts by its nearest vector."""
    nearest = {
        "field": VECTOR,
        "query_vector": np.ascontiguousarray(vector, dtype=np.float32).reshape(-1),
        "k": DEPTH,
        "num_candidates": CANDIDATES,
        "filter": _conditions(filters),
    }
    best = {"size": SUPPORT, "_source": False, "stored_fields": "_none_"}
    nested = {"path": VECTORS, "score_mode": "max", "query": {"knn": nearest}, "inner_hits": best}
    return {"query": {"nested": nested}, **_RETURNED}


def _conditions(filters: Filters) -> list[dict[str, Any]]:
    """The filters; they stand before the first `DEPTH` of both searches are taken."""
    conditions: list[dict[str, Any]] = [
        {"terms": {"region": sorted({"", *filters.regions})}},
        {"terms": {"visibility": sorted(filters.visibilities)}},
    ]
    if filters.as_of is not None:
        day = filters.as_of.toordinal()
        holds = [
            {"range": {"valid_from": {"lte": day}}},
            {"range": {"valid_to": {"gte": day}}},
        ]
        conditions += (
            [{"bool": {"must_not": {"bool": {"must": holds}}}}] if filters.lapsed else holds
        )
    if filters.not_for:
        concerned = {"terms": {"audience": sorted(filters.not_for)}}
        conditions.append(
            {"bool": {"must": {"exists": {"field": "audience"}}, "must_not": concerned}}
        )
    return conditions


def word_hits(answer: dict[str, Any]) -> list[Hit]:
    """Read the answer to `by_words`."""
    return [Hit(_entry(hit), hit["_score"]) for hit in _found(answer)]


def vector_hits(answer: dict[str, Any]) -> list[Hit]:
    """Read the answer to `by_vector`."""
    made = []
    for hit in _found(answer):
        near = hit["inner_hits"][VECTORS]["hits"]["hits"]
        products = [_product(each["_score"]) for each in near]
        made.append(Hit(_entry(hit), _product(hit["_score"]), sum(products) / len(products)))
    return made


def _found(answer: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = answer.get("hits", {}).get("hits", [])
    return found


def _entry(hit: dict[str, Any]) -> str:
    entry_id: str = hit["fields"]["entry"][0]
    return entry_id


def _product(score: float) -> float:
    """Undo what keeps scores positive: 1 + x, and 1 / (1 - x) below zero."""
    return score - 1 if score >= 1 else 1 - 1 / score
