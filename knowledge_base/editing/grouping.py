"""Questions that were not answered well, grouped by what they ask; each group is handled once.

A question joins the group whose middle is nearest, if that is near enough, else it begins one: the
oldest first, so that the same questions make the same groups. What was handled stays handled: new
questions near a handled group join it. Who made an entry of it wants to hear when that does not
help: such a group takes in only what was asked before the entry was published.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np

from knowledge_base.editing.usage import Why

ALIKE = 0.92
"""Cosine from which two questions count as one; of the shipped encoder, for which unrelated
questions on taxes stand at about 0.8 and two ways of asking one thing mostly above 0.9."""


@dataclass(frozen=True)
class Kept:
    """A question with its vector."""

    conversation_id: str
    seq: int
    at: datetime
    text: str
    why: Why
    entry_id: str | None
    vector: np.ndarray

    @property
    def key(self) -> tuple[str, int]:
        """Where it stands in the log."""
        return self.conversation_id, self.seq


@dataclass
class Group:
    """Questions that ask the same."""

    members: list[Kept] = field(default_factory=list)
    total: Any = 0.0

    def add(self, question: Kept) -> None:
        """Take a question in."""
        self.members.append(question)
        self.total = self.total + question.vector

    @property
    def middle(self) -> np.ndarray:
        """The normalised mean of its vectors."""
        middle: np.ndarray = self.total / max(float(np.linalg.norm(self.total)), 1e-9)
        return middle

    @property
    def id(self) -> str:
        """The same as long as its first question is in it."""
        first = self.members[0]
        plain = f"{first.conversation_id}:{first.seq}"
        return "gq_" + hashlib.sha256(plain.encode()).hexdigest()[:24]

    @property
    def central(self) -> Kept:
        """The question nearest to the middle."""
        products = [float(each.vector @ self.middle) for each in self.members]
        return self.members[int(np.argmax(products))]

    def reasons(self) -> dict[Why, int]:
        """Return how often each reason occurs."""
        return dict(Counter(each.why for each in self.members))


@dataclass(frozen=True)
class Handled:
    """A group that was handled; it takes in what was asked until `until` (None: for ever)."""

    id: str
    middle: np.ndarray
    until: datetime | None


def groups(questions: Sequence[Kept]) -> list[Group]:
    """Group questions, given the oldest first; the largest group comes first."""
    found: list[Group] = []
    middles = np.empty((0, 0), dtype=np.float32)
    for each in questions:
        place = -1
        if found:
            products = middles @ each.vector
            best = int(np.argmax(products))
            place = best if products[best] >= ALIKE else -1
        if place < 0:
            found.append(Group())
            row = each.vector[None, :]
            middles = row.copy() if len(found) == 1 else np.vstack([middles, row])
        found[place].add(each)
        middles[place] = found[place].middle
    return sorted(found, key=lambda group: (-len(group.members), group.members[0].at))


def taken_in(questions: Sequence[Kept], handled: Sequence[Handled]) -> dict[tuple[str, int], str]:
    """Return the handled group that each question joins, of those that join one."""
    if not handled or not questions:
        return {}
    middles = np.stack([each.middle for each in handled])
    joined = {}
    for question in questions:
        products = middles @ question.vector
        for place in np.argsort(-products).tolist():
            if products[place] < ALIKE:
                break
            until = handled[place].until
            if until is None or question.at <= until:
                joined[question.key] = handled[place].id
                break
    return joined
