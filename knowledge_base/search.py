"""What the ranking asks of a search backend, and the filters that stand before the top k.

A backend returns raw scores: BM25 (k1 1.2, b 0.75, field `title` counted twice, plus `answer`) and
the largest inner product over an entry's vectors. Everything after that is `ranking`'s.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from heapq import nlargest
from typing import NamedTuple, Protocol

import numpy as np

from knowledge_base.schemas import Visibility

DEPTH = 100
"""Hits that each side brings to the fusion."""
TITLE_BOOST = 2.0
OPEN_START, OPEN_END = date.min.toordinal(), date.max.toordinal()
"""Days (proleptic ordinals) that stand for "always" at either end of a validity."""


SUPPORT = 3
"""Vectors of an entry whose mean tells whether its best one is a chance hit."""


class Hit(NamedTuple):
    """An entry with its raw score; for vectors also the mean of its best `SUPPORT` products."""

    entry_id: str
    score: float
    support: float = 0.0


@dataclass(frozen=True, slots=True)
class Filters:
    """Which entries may be found at all.

    Attributes:
        as_of: the day (Asia/Shanghai) on which an entry must be valid; None: whenever.
        regions: codes (`regions.codes`) whose entries are in, beside the national ones.
        visibilities: `public`, or both for staff.
        not_for: audience keys whose condition is false for the asking taxpayer.
        lapsed: those that do not hold on the day, instead of those that do.
    """

    as_of: date | None
    regions: frozenset[str] = frozenset()
    visibilities: frozenset[Visibility] = frozenset({"public"})
    not_for: frozenset[str] = frozenset()
    lapsed: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """An entry as a backend indexes it: tokens and vectors made, dates and places settled.

    Attributes:
        title: tokens of question and aliases.
        answer: tokens of all answers.
        vectors: one row for the question, each alias and each answer, normalised float32.
        region: "" for the whole nation.
        audience: key of its audience condition, "" for everybody.
    """

    entry_id: str
    title: list[str]
    answer: list[str]
    vectors: np.ndarray
    valid_from: int = OPEN_START
    valid_to: int = OPEN_END
    region: str = ""
    visibility: Visibility = "public"
    audience: str = ""


@dataclass(frozen=True, slots=True)
class Hits:
    """The two rankings of one question, best first, at most `DEPTH` each."""

    bm25: list[Hit] = field(default_factory=list)
    vector: list[Hit] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Whether anything was found."""
        return bool(self.bm25 or self.vector)

    def __or__(self, other: "Hits") -> "Hits":
        """Return what one search among the entries of both would have found."""
        return Hits(
            nlargest(DEPTH, [*self.bm25, *other.bm25], _score),
            nlargest(DEPTH, [*self.vector, *other.vector], _score),
        )


def _score(hit: Hit) -> float:
    return hit.score


class SearchBackend(Protocol):
    """One indexed collection, ready to be read by many threads."""

    def search(self, tokens: list[str], vector: np.ndarray, filters: Filters) -> Hits:
        """Return the best hits of both kinds among the entries that the filters let in."""
        ...

    def apart(self) -> "SearchBackend":
        """Return this collection inside this process: what is made of it is nobody else's."""
        ...

    def updated(self, records: Sequence[Record], removed: Collection[str]) -> "SearchBackend":
        """Return this collection with these records in place of those with their ids.

        Only asked of the index of a full build, each time with all that differs from it, so that
        the result depends on that build and on the content, not on the edits between. This
        index goes on as it is, for those who read it. It takes less than a second.

        Args:
            records: what is new or another than in the build.
            removed: entries that are no more.

        Raises:
            OSError: the change could not be stored.
        """
        ...
