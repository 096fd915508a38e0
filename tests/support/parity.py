"""Questions on which two search backends are compared, and how far they agree."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import cycle
from typing import NamedTuple

import numpy as np

from core.settings import PROJECT
from knowledge_base.lessons import read_sentences
from knowledge_base.ranking import fuse
from knowledge_base.schemas import Content
from knowledge_base.search import Filters, Hits
from knowledge_base.text import searchable, tokens

EVALUATION = PROJECT / "data" / "evaluation"
TODAY = date(2026, 11, 24)
FILTERS = (
    Filters(TODAY),
    Filters(TODAY, regions=frozenset({"33"})),
    Filters(date(2025, 6, 30)),
    Filters(TODAY, visibilities=frozenset({"public", "staff"})),
    Filters(None),
    Filters(TODAY, lapsed=True),
)
_ALIASES = 20
"""Of so many aliases one is asked."""
_QUESTIONS = 2
"""Of so many questions one is asked."""


class Asked(NamedTuple):
    """A question as a backend gets it."""

    tokens: list[str]
    vector: np.ndarray
    filters: Filters


@dataclass
class Agreement:
    """How far two backends agree.

    Attributes:
        same_first: share of the questions with the same entry first after the fusion.
        differing: for each other question the fused scores of the first two, and of our first.
        apart: the largest relative difference of the raw score of an entry that both found.
        missed: share of the entries among the first ten of one side that the other lacks.
    """

    same_first: float
    differing: list[str]
    apart: float
    missed: float


def questions(content: Content, encode: Callable[[str], np.ndarray]) -> list[Asked]:
    """Return every other question of `data/evaluation` and a sample of aliases.

    They are asked under varied filters.
    """
    said = []
    for path in sorted(EVALUATION.glob("*.jsonl")):
        for line in filter(None, path.read_text(encoding="utf-8").splitlines()):
            item = json.loads(line)
            said += [item[name] for name in ("query", "first", "then") if name in item]
    for path in sorted(EVALUATION.glob("*.txt")):
        said += read_sentences(path)
    said = said[::_QUESTIONS]
    said += [text for entry in content.entries.values() for text in entry.asked][::_ALIASES]
    texts = filter(None, map(searchable, said))
    return [
        Asked(tokens(text), encode(text), filters)
        for text, filters in zip(texts, cycle(FILTERS), strict=False)
    ]


def compare(pairs: Sequence[tuple[Hits, Hits]]) -> Agreement:
    """Compare what two backends found for the same questions."""
    differing, apart, lacking, among = [], 0.0, 0, 0
    for ours, theirs in pairs:
        mine, other = fuse(ours), fuse(theirs)
        if [each.entry_id for each in mine[:1]] != [each.entry_id for each in other[:1]]:
            by_id = {each.entry_id: each.score for each in other}
            differing.append(
                f"{mine[0].entry_id} ({by_id.get(mine[0].entry_id, 0):.6f}) "
                f"before {other[0].entry_id} ({other[0].score:.6f})"
            )
        for here, there in ((ours.bm25, theirs.bm25), (ours.vector, theirs.vector)):
            scores = {hit.entry_id: hit.score for hit in there}
            both = [(hit.score, scores[hit.entry_id]) for hit in here if hit.entry_id in scores]
            apart = max([apart, *(abs(a - b) / max(abs(b), 0.1) for a, b in both)])
            first = {hit.entry_id for hit in here[:10]}
            lacking += len(first - scores.keys())
            among += len(first)
    return Agreement(
        same_first=1 - len(differing) / len(pairs),
        differing=differing,
        apart=apart,
        missed=lacking / max(among, 1),
    )
