"""Before publishing: the questions whose first hit a change moves.

Asked are the wordings of all other entries, the tuning half of the evaluation questions and what
taxpayers asked lately. A wording stands for the many that differ from it by a word: it is left out
of its own entry while it is asked, as the calibration does. An entry can only move questions that
lie nearer to it than to their own entry, or nearly so: those are found by their vectors and ranked
twice, as it is and as it would be.
"""

import time
from collections.abc import Callable, Sequence
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
from knowledge_base.schemas import Content
from knowledge_base.search import Filters
from knowledge_base.snapshot import Snapshot
from knowledge_base.text import normalise, searchable, tokens
from knowledge_base.vectors import VectorCache

TUNING = PROJECT / "data" / "evaluation" / "questions_tune.jsonl"
SECONDS = 8.0
"""So long the questions are looked at; the nearest come first."""
NEAREST = 100
USUAL = 0.9
"""How near a question mostly is to its answer, where that is not known."""
_CHUNK = 16

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
    return found + [Asked(text, "asked") for text in dict.fromkeys(asked) if searchable(text)]


def effect(
    make: Callable[[Content], Snapshot],
    before: Content,
    after: Content,
    entry_id: str,
    questions: Sequence[Asked],
    *,
    vectors: VectorCache,
    as_of: date,
) -> Effect:
    """Return what the difference between two contents moves. Run it in a thread.

    Args:
        make: puts a content into a snapshot (`KnowledgeBase.beside`).
        before, after: the collection in use, and with the change.
        entry_id: the entry in which they differ.
        questions: from `questions_of`.
        vectors: of the texts, as far as they were made before.
        as_of: the day (Asia/Shanghai) whose rules are asked for.
    """
    begun = time.monotonic()
    until = begun + SECONDS
    near, whole = _nearest((before, after), entry_id, questions, vectors, until)
    one, other = (make(_without(content, near)) for content in (before, after))
    moved, checked = [], 0
    for question in near:
        if time.monotonic() > until:
            break
        checked += 1
        if (found := _moved(one, other, question, vectors, as_of)) is not None:
            moved.append(found)
    return Effect(
        known=len(questions),
        checked=checked,
        seconds=round(time.monotonic() - begun, 2),
        truncated=not whole or checked < len(near),
        moved=moved,
    )


class _Texts:
    """What the entries of a collection say, with the vectors of it; each is read once."""

    def __init__(self, content: Content, vectors: VectorCache) -> None:
        self._entries = content.entries
        self._vectors = vectors
        self._known: dict[str, tuple[list[str], np.ndarray]] = {}

    def of(self, entry_id: str) -> tuple[list[str], np.ndarray]:
        """Return an entry's texts and their vectors; nothing of an entry that is not there."""
        if entry_id not in self._known:
            entry = self._entries.get(entry_id)
            said = [] if entry is None else [*entry.asked, *entry.answers]
            texts = [normalise(text) for text in said]
            self._known[entry_id] = (texts, self._vectors.get(texts, "passage"))
        return self._known[entry_id]

    def closeness(self, question: Asked, said: str, vector: np.ndarray) -> float:
        """Return how near a question is to its own entry without that very wording."""
        best = -1.0
        for owner in question.owners:
            texts, matrix = self.of(owner)
            products = (matrix @ vector).tolist()
            others = (each for each, text in zip(products, texts, strict=True) if text != said)
            best = max(best, max(others, default=-1.0))
        return best if best > -1.0 else USUAL


def _nearest(
    contents: tuple[Content, Content],
    entry_id: str,
    questions: Sequence[Asked],
    vectors: VectorCache,
    until: float,
) -> tuple[list[Asked], bool]:
    """Return the questions that the entry is most likely to move, the likeliest first.

    False: time ran out before all were seen; half of it may go into vectors not made yet.
    """
    texts = _Texts(contents[0], vectors)
    changed = _Texts(contents[1], vectors)
    own = np.vstack([texts.of(entry_id)[1], changed.of(entry_id)[1]])
    if not len(own):
        return [], True
    margins: list[float] = []
    for start in range(0, len(questions), _CHUNK):
        if time.monotonic() > until - SECONDS / 2:
            break
        chunk = questions[start : start + _CHUNK]
        said = [normalise(each.text) for each in chunk]
        asked = vectors.get(said, "query")
        nearness = (asked @ own.T).max(axis=1).tolist()
        for question, words, vector, near in zip(chunk, said, asked, nearness, strict=True):
            margins.append(near - texts.closeness(question, words, vector))
    order = np.argsort(-np.asarray(margins), kind="stable")[:NEAREST]
    return [questions[place] for place in order.tolist()], len(margins) == len(questions)


def _without(content: Content, asked: Sequence[Asked]) -> Content:
    """Leave wordings that are asked out of their entries, as long as one stays."""
    entries = dict(content.entries)
    for question in asked:
        for owner in question.owners if question.kind == "alias" else ():
            if (entry := entries.get(owner)) is None:
                continue
            first, *others = [text for text in entry.asked if text != question.text] or [""]
            if first:
                entries[owner] = entry.model_copy(update={"question": first, "aliases": others})
    return Content(documents=content.documents, entries=entries)


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
