"""Before publishing: the questions whose first hit a change moves.

Asked are what taxpayers asked lately, the tuning halves of the evaluation questions and the
wordings of all other entries. A wording stands for the many that differ from it by a word: it is
left out of its own entry while it is asked, as the calibration does. An entry can only move
questions that lie nearer to it than to their own entry, or nearly so: those are found by their
vectors and ranked twice, as it is and as it would be. Wordings are searched themselves, so the
vectors that their entries are found by tell which are near; only those get one as a question,
10 ms each.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Literal

import numpy as np
from pydantic import BaseModel

from knowledge_base import regions
from knowledge_base.decision import Verdict
from knowledge_base.lessons import Lessons
from knowledge_base.ranking import fuse
from knowledge_base.schemas import Content
from knowledge_base.search import Filters
from knowledge_base.snapshot import Snapshot
from knowledge_base.text import normalise, searchable, tokens
from knowledge_base.vectors import VectorCache

SECONDS = 20.0
"""So long the questions are looked at; those of taxpayers and of the evaluation come first."""
NEAREST = 100
"""So many of them, and as many of the wordings, are ranked twice."""
USUAL = 0.9
"""How near a question mostly is to its answer, where that is not known."""
_CHUNK = 16

Kind = Literal["alias", "evaluation", "asked"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the entries that answer it, as far as that is known.

    Attributes:
        as_of: the day (Asia/Shanghai) whose rules it asks for; None: that of the effect.
    """

    text: str
    kind: Kind
    owners: frozenset[str] = frozenset()
    region: str | None = None
    as_of: date | None = None


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


def questions_of(
    content: Content, entry_id: str, lessons: Lessons, asked: Sequence[str]
) -> list[Asked]:
    """Return all questions that a change of an entry may move: what people asked goes first.

    Args:
        content: the collection in use.
        entry_id: the entry that changes.
        lessons: with the evaluation questions.
        asked: what taxpayers asked lately, the newest first.
    """
    found = [Asked(text, "asked") for text in dict.fromkeys(asked) if searchable(text)]
    found += [
        Asked(each.query, "evaluation", each.expected, each.profile.get("region"), each.as_of)
        for each in lessons.questions
    ]
    found = list(dict.fromkeys(found))  # some differ in facts that a ranking does not look at
    return found + [
        Asked(text, "alias", frozenset({entry.id}), entry.region)
        for entry in content.entries.values()
        if entry.id != entry_id
        for text in entry.asked
    ]


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
    near, whole = _Nearness((before, after), entry_id, vectors).nearest(questions, until)
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
            texts = [] if entry is None else [*entry.asked, *entry.answers]
            vectors = self._vectors.get([normalise(text) for text in texts], "passage")
            self._known[entry_id] = (texts, vectors)
        return self._known[entry_id]

    def closeness(self, owners: frozenset[str], vector: np.ndarray) -> float:
        """Return how near a question is to the entries that answer it."""
        products = [(self.of(owner)[1] @ vector).tolist() for owner in owners]
        return max((each for of_one in products for each in of_one), default=USUAL)


class _Nearness:
    """By how much questions are nearer to a changed entry than to their own."""

    def __init__(
        self, contents: tuple[Content, Content], entry_id: str, vectors: VectorCache
    ) -> None:
        self._texts = _Texts(contents[0], vectors)
        self._vectors = vectors
        changed = _Texts(contents[1], vectors)
        self._own = np.vstack([self._texts.of(entry_id)[1], changed.of(entry_id)[1]])

    def nearest(self, questions: Sequence[Asked], until: float) -> tuple[list[Asked], bool]:
        """Return the questions that the entry is most likely to move, the likeliest first.

        Those that people asked come before the wordings. False: time ran out before all were
        seen; half of it may go into vectors not made yet.
        """
        if not len(self._own):
            return [], True
        asked = [each for each in questions if each.kind != "alias"]
        wordings = [each for each in questions if each.kind == "alias"]
        found: list[Asked] = []
        seen = 0
        for group, margins_of in ((asked, self._of_asked), (wordings, self._of_wordings)):
            margins = margins_of(group, until - SECONDS / 2)
            order = np.argsort(-np.asarray(margins), kind="stable")[:NEAREST]
            found += [group[place] for place in order.tolist()]
            seen += len(margins)
        return found, seen == len(questions)

    def _of_asked(self, asked: Sequence[Asked], until: float) -> list[float]:
        margins: list[float] = []
        for start in range(0, len(asked), _CHUNK):
            if time.monotonic() > until:
                break
            chunk = asked[start : start + _CHUNK]
            vectors = self._vectors.get([searchable(each.text) for each in chunk], "query")
            nearness = (vectors @ self._own.T).max(axis=1).tolist()
            for question, vector, near in zip(chunk, vectors, nearness, strict=True):
                margins.append(near - self._texts.closeness(question.owners, vector))
        return margins

    def _of_wordings(self, wordings: Sequence[Asked], until: float) -> list[float]:
        """Return the margins of wordings, each left out of its own entry."""
        margins: list[float] = []
        for owners, group in groupby(wordings, key=lambda each: each.owners):
            if time.monotonic() > until:
                break
            texts, vectors = self._texts.of(min(owners))
            alike = vectors @ vectors.T
            np.fill_diagonal(alike, -1.0)
            near = (vectors @ self._own.T).max(axis=1)
            margin = dict(zip(texts, (near - alike.max(axis=1)).tolist(), strict=True))
            margins += [margin[each.text] for each in group]
        return margins


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
    said = searchable(question.text)
    query = tokens(said)
    vector = vectors.get([said], "query")[0]
    where = regions.codes(question.region)
    filters = Filters(question.as_of or as_of, where, frozenset({"public", "staff"}))
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
