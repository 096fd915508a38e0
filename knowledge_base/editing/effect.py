"""Before publishing: the questions whose first hit a change moves.

Asked are the wordings of all other entries, the tuning half of the evaluation questions and what
taxpayers asked lately. An entry can only move questions that lie near it: those are found by their
vectors, the nearest first, and ranked twice, as it is and as it would be. Exact wordings lead to
their entry whatever the ranking says; here they are ranked like anything else, for they stand for
the many that differ from them by a word.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
from pydantic import BaseModel

from core.settings import PROJECT
from knowledge_base import regions
from knowledge_base.decision import Verdict
from knowledge_base.evaluation.files import Question
from knowledge_base.ranking import fuse
from knowledge_base.schemas import Content, Entry
from knowledge_base.search import Filters
from knowledge_base.snapshot import Snapshot
from knowledge_base.text import normalise, tokens
from knowledge_base.vectors import VectorCache

TUNING = PROJECT / "data" / "evaluation" / "questions_tune.jsonl"
SECONDS = 8.0
"""So long the questions are looked at; the nearest come first."""
NEAREST = 500
_CHUNK = 64

Kind = Literal["alias", "evaluation", "asked"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the entries that answer it, as far as that is known."""

    text: str
    kind: Kind
    owners: frozenset[str] = frozenset()
    region: str | None = None


class First(BaseModel):
    """The first hit of a question, and what the chat would do with it."""

    entry_id: str
    question: str
    decision: Verdict


class Moved(BaseModel):
    """A question whose first hit is another after the change.

    Attributes:
        better: whether the right entry comes first now, or came first before; None: unknown.
    """

    question: str
    kind: Kind
    owner: str | None
    before: First | None
    after: First | None
    better: bool | None


class Effect(BaseModel):
    """What a change moves.

    Attributes:
        known: questions that were to be looked at.
        checked: those near enough that were ranked twice.
        truncated: time ran out before all near ones were ranked.
    """

    known: int
    checked: int
    seconds: float
    truncated: bool
    moved: list[Moved]


def questions_of(content: Content, entry_id: str, asked: Sequence[str]) -> list[Asked]:
    """Return all questions that a change of an entry may move."""
    found = [
        Asked(text, "alias", frozenset({entry.id}), entry.region)
        for entry in content.entries.values()
        if entry.id != entry_id
        for text in entry.asked
    ]
    lines = TUNING.read_text(encoding="utf-8").splitlines()
    tuning = [Question.model_validate_json(line) for line in lines if line.strip()]
    found += [Asked(each.query, "evaluation", each.expected) for each in tuning]
    return found + [Asked(text, "asked") for text in dict.fromkeys(asked)]


def effect(
    before: Snapshot,
    after: Snapshot,
    entry_id: str,
    questions: Sequence[Asked],
    *,
    vectors: VectorCache,
    as_of: date,
) -> Effect:
    """Return what the difference between two snapshots moves. Run it in a thread."""
    begun = time.monotonic()
    until = begun + SECONDS
    entries = [
        entry
        for content in (before.content, after.content)
        if (entry := content.entries.get(entry_id)) is not None
    ]
    near, whole = _nearest(entries, questions, vectors, until)
    moved, checked = [], 0
    for question in near:
        if time.monotonic() > until:
            break
        checked += 1
        if (found := _moved(before, after, question, vectors, as_of)) is not None:
            moved.append(found)
    return Effect(
        known=len(questions),
        checked=checked,
        seconds=round(time.monotonic() - begun, 2),
        truncated=not whole or checked < len(near),
        moved=moved,
    )


def _nearest(
    entries: Sequence[Entry], questions: Sequence[Asked], vectors: VectorCache, until: float
) -> tuple[list[Asked], bool]:
    """Return the questions nearest to an entry's texts; False: time ran out before all were seen.

    Half of the time may go into vectors that no build has made yet.
    """
    texts = [normalise(text) for entry in entries for text in (*entry.asked, *entry.answers)]
    if not texts:
        return [], True
    own = vectors.get(texts, "passage")
    closeness: list[float] = []
    for start in range(0, len(questions), _CHUNK):
        if time.monotonic() > until - SECONDS / 2:
            break
        chunk = [normalise(each.text) for each in questions[start : start + _CHUNK]]
        closeness += (vectors.get(chunk, "query") @ own.T).max(axis=1).tolist()
    order = np.argsort(-np.asarray(closeness), kind="stable")[:NEAREST]
    return [questions[place] for place in order.tolist()], len(closeness) == len(questions)


def _moved(
    before: Snapshot, after: Snapshot, question: Asked, vectors: VectorCache, as_of: date
) -> Moved | None:
    one = _first(before, question, vectors, as_of)
    other = _first(after, question, vectors, as_of)
    if (one and one.entry_id) == (other and other.entry_id):
        return None
    was = one is not None and one.entry_id in question.owners
    now = other is not None and other.entry_id in question.owners
    return Moved(
        question=question.text,
        kind=question.kind,
        owner=min(question.owners, default=None),
        before=one,
        after=other,
        better=None if was == now else now,
    )


def _first(snapshot: Snapshot, question: Asked, vectors: VectorCache, as_of: date) -> First | None:
    said = normalise(question.text)
    query = tokens(said)
    vector = vectors.get([said], "query")[0]
    filters = Filters(as_of, regions.codes(question.region), frozenset({"public", "staff"}))
    found = fuse(snapshot.backend.search(query, vector, filters), favoured=snapshot.favoured)
    if not found:
        return None
    verdict, _ = snapshot.calibration.decide(query, found, snapshot.lexicon)
    entry_id = found[0].entry_id
    return First(
        entry_id=entry_id,
        question=snapshot.content.entries[entry_id].question,
        decision=verdict,
    )
