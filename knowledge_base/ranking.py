"""From two rankings to one, and to the features by which a reply is decided.

Weights and the choice of features were measured on real hotline questions: `docs/retrieval.md`.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from knowledge_base.search import Hits
from knowledge_base.text import key, normalise, tokens

BM25_WEIGHT, COSINE_WEIGHT, SUPPORT_WEIGHT = 0.4, 0.3, 0.3
"""One near alias may be chance, so an entry's best cosine and the mean of its best count alike."""

FEATURES = ("support", "support_margin", "bm25_margin", "query_covered")
"""What the decision looks at, in the order of `features`; more of each speaks for the first hit."""


class Candidate(NamedTuple):
    """An entry in the fused ranking.

    Attributes:
        score: fused, 0 to 1 (a little more where a region or a topic is favoured).
        bm25: raw; 0 when BM25 did not bring it.
        cosine: raw; the least of the ranking when the vectors did not bring it.
        support: mean of the entry's best few cosines; likewise.
    """

    entry_id: str
    score: float
    bm25: float
    cosine: float
    support: float


def fuse(
    hits: Hits,
    *,
    without: Collection[str] = (),
    favoured: Mapping[str, float] | None = None,
) -> list[Candidate]:
    """Fuse both rankings by their min-max scores, best first.

    Args:
        hits: raw scores of the backend.
        without: entries to leave out, as if they were not in the collection.
        favoured: what is added to an entry's fused score.
    """
    favoured = favoured or {}
    bm25 = {hit.entry_id: hit.score for hit in hits.bm25 if hit.entry_id not in without}
    cosine = {hit.entry_id: hit.score for hit in hits.vector if hit.entry_id not in without}
    support = {hit.entry_id: hit.support for hit in hits.vector if hit.entry_id not in without}
    bm25_part, cosine_part, support_part = _min_max(bm25), _min_max(cosine), _min_max(support)
    lowest = min(cosine.values(), default=0.0)
    found = [
        Candidate(
            entry_id,
            BM25_WEIGHT * bm25_part.get(entry_id, 0.0)
            + COSINE_WEIGHT * cosine_part.get(entry_id, 0.0)
            + SUPPORT_WEIGHT * support_part.get(entry_id, 0.0)
            + favoured.get(entry_id, 0.0),
            bm25.get(entry_id, 0.0),
            cosine.get(entry_id, lowest),
            support.get(entry_id, lowest),
        )
        for entry_id in bm25 | cosine
    ]
    return sorted(found, key=lambda each: (-each.score, each.entry_id))


def averaged(one: Sequence[Candidate], other: Sequence[Candidate], kept: str) -> list[Candidate]:
    """Return one ranking of two readings of a question, by the mean of their scores, best first.

    Args:
        one: what the first reading brought; not empty.
        other: what the second brought; not empty.
        kept: an entry that the second reading left out: what the first says of it counts alone.
    """
    first = {each.entry_id: each for each in one}
    second = {each.entry_id: each for each in other}
    if kept in first:
        second[kept] = first[kept]
    no_one, no_other = _least(one), _least(other)
    found = []
    for entry_id in first | second:
        both = zip(first.get(entry_id, no_one)[1:], second.get(entry_id, no_other)[1:], strict=True)
        found.append(Candidate(entry_id, *((mine + its) / 2 for mine, its in both)))
    return sorted(found, key=lambda each: (-each.score, each.entry_id))


def _least(ranked: Sequence[Candidate]) -> Candidate:
    """Return what is said of an entry that a ranking does not have."""
    cosine = min(each.cosine for each in ranked)
    return Candidate("", 0.0, 0.0, cosine, min(each.support for each in ranked))


def _min_max(scores: Mapping[str, float]) -> dict[str, float]:
    low, high = min(scores.values(), default=0.0), max(scores.values(), default=0.0)
    span = high - low
    return {key: (score - low) / span if span else 1.0 for key, score in scores.items()}


@dataclass(frozen=True)
class Lexicon:
    """What every entry says, and how telling each token is.

    Texts are kept without what is neither letter nor digit: a token (`text.tokens`) is said where
    it stands in them. Sets of tokens would take thirty times the memory.

    Attributes:
        titles: question and aliases of each entry, one a line.
        answers: its answers, one a line.
        df: in how many titles each token stands.
    """

    titles: Mapping[str, str]
    answers: Mapping[str, str]
    df: Counter[str]

    @classmethod
    def of(
        cls, asked: Mapping[str, Iterable[str]], answers: Mapping[str, Iterable[str]]
    ) -> "Lexicon":
        """Read the texts of entries, by id: the question with its aliases, and the answers."""
        titles = {entry_id: _said(texts) for entry_id, texts in asked.items()}
        df = Counter(token for title in titles.values() for token in _tokens(title))
        return cls(titles, {entry_id: _said(answers[entry_id]) for entry_id in titles}, df)

    def updated(self, put: "Lexicon", removed: Iterable[str]) -> "Lexicon":
        """Return this lexicon with the entries of another in place of its own, some removed."""
        titles, answers, df = dict(self.titles), dict(self.answers), self.df + put.df
        for entry_id in {*removed, *put.titles} & titles.keys():
            df.subtract(_tokens(titles.pop(entry_id)))
            del answers[entry_id]
        return Lexicon({**titles, **put.titles}, {**answers, **put.answers}, df)

    def idf(self, token: str) -> float:
        """Return Lucene's inverse document frequency over the entries' questions and aliases."""
        df = self.df[token]
        return math.log(1 + (len(self.titles) - df + 0.5) / (df + 0.5))

    def coverage(self, query: Collection[str], entry_id: str) -> float:
        """Return how much of a query's idf an entry says anywhere, 0 to 1."""
        weights = {token: self.idf(token) for token in query}
        total = sum(weights.values())
        title, answer = self.titles[entry_id], self.answers[entry_id]
        said = sum(weight for token, weight in weights.items() if token in title or token in answer)
        return said / total if total else 0.0


def _said(texts: Iterable[str]) -> str:
    return "\n".join(key(normalise(text)) for text in texts)


def _tokens(said: str) -> frozenset[str]:
    return frozenset(token for line in said.split("\n") for token in tokens(line))


def features(
    query: Collection[str], candidates: Sequence[Candidate], lexicon: Lexicon
) -> np.ndarray:
    """Return the features (`FEATURES`) of answering with the first candidate."""
    first, others = candidates[0], candidates[1:]
    support = max((each.support for each in others), default=0.0)
    bm25 = max((each.bm25 for each in others), default=0.0)
    return np.array(
        [
            first.support,
            first.support - support,
            (first.bm25 - bm25) / max(first.bm25, bm25, 1e-9),
            lexicon.coverage(query, first.entry_id),
        ]
    )
