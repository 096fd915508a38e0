"""How often entries were given and how they were voted; who reads the log tells it here.

Telling the same again changes nothing, so the log may be read twice where it is in doubt.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple

import sqlalchemy as sa

from core.database import Tx
from knowledge_base.editing.models import given, marks, questions, usage

Why = Literal["unanswered", "not_chosen", "voted_down", "low_rating"]
"""Nothing was found; choices were offered and none was taken; 没用; a low score."""


class Given(NamedTuple):
    """An answer in a conversation."""

    conversation_id: str
    seq: int
    entry_id: str
    at: datetime


class Question(NamedTuple):
    """A question that was not answered well; `text` is masked."""

    conversation_id: str
    seq: int
    at: datetime
    text: str
    why: Why
    entry_id: str | None = None


def mark(tx: Tx, name: str) -> datetime | None:
    """Return up to which moment the log was read; None when it never was."""
    return tx.execute(sa.select(marks.c.at).where(marks.c.name == name)).scalar()


def set_mark(tx: Tx, name: str, at: datetime) -> None:
    """Note up to which moment the log was read."""
    statement = tx.insert(marks).values(name=name, at=at)
    tx.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"at": at}))


def note_given(tx: Tx, answers: Sequence[Given]) -> None:
    """Count answers, each once."""
    for each in answers:
        added = tx.execute(
            tx.insert(given).values(**each._asdict()).on_conflict_do_nothing()
        ).rowcount
        if added:
            _count(tx, each.entry_id, each.at, answers=1)


def entry_given(tx: Tx, conversation_id: str, seq: int) -> str | None:
    """Return the entry of an answer; None when that message was none."""
    own = sa.and_(given.c.conversation_id == conversation_id, given.c.seq == seq)
    return tx.execute(sa.select(given.c.entry_id).where(own)).scalar()


def note_vote(tx: Tx, conversation_id: str, seq: int, *, useful: bool) -> None:
    """Count the last vote on an answer; on anything else a vote says nothing of entries."""
    own = sa.and_(given.c.conversation_id == conversation_id, given.c.seq == seq)
    row = tx.execute(sa.select(given).where(own)).first()
    if row is None:
        return
    vote = 1 if useful else -1
    if row.vote != vote:
        tx.execute(sa.update(given).where(own).values(vote=vote))
        up = (vote == 1) - (row.vote == 1)
        _count(tx, row.entry_id, row.at, up=up, down=(vote == -1) - (row.vote == -1))


def note_question(tx: Tx, question: Question) -> None:
    """Keep a question for the editors, once."""
    tx.execute(tx.insert(questions).values(**question._asdict()).on_conflict_do_nothing())


def forget_conversation(tx: Tx, conversation_id: str) -> None:
    """Delete what is kept of a conversation; the counts stay."""
    for table in (given, questions):
        tx.execute(sa.delete(table).where(table.c.conversation_id == conversation_id))


def forget_before(tx: Tx, before: datetime) -> int:
    """Delete what is kept of the time before a moment; return how many questions went."""
    tx.execute(sa.delete(given).where(given.c.at < before))
    return tx.execute(sa.delete(questions).where(questions.c.at < before)).rowcount


def _count(
    tx: Tx, entry_id: str, at: datetime, *, answers: int = 0, up: int = 0, down: int = 0
) -> None:
    statement = tx.insert(usage).values(
        entry_id=entry_id, answers=answers, up=up, down=down, last_at=at
    )
    c = usage.c
    tx.execute(
        statement.on_conflict_do_update(
            index_elements=["entry_id"],
            set_={
                "answers": c.answers + answers,
                "up": c.up + up,
                "down": c.down + down,
                "last_at": sa.case((c.last_at > at, c.last_at), else_=at),
            },
        )
    )
