"""The log of all conversations by time, for who counts and sums up; nothing here changes it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from conversations.models import consultation, message, turn
from core.database import Tx


class Place(NamedTuple):
    """A place in the log of all conversations."""

    at: datetime
    conversation_id: str = ""
    seq: int = 0


def log_between(
    tx: Tx,
    after: Place,
    upto: datetime,
    limit: int,
    *,
    kinds: Collection[str],
    outcomes: Collection[str] = (),
) -> list[sa.Row[Any]]:
    """Return rows of the log in order of time, erased ones left out.

    Beside the message's own columns each has how its turn ended (`outcome`, `settled_at`) and
    what its consultation was opened with (`opened_with`).

    Args:
        after: what comes behind this place.
        upto: and not later than this moment.
        kinds: only messages of these kinds,
        outcomes: and those whose turn ended so.
    """
    m = message.c
    behind = sa.tuple_(m.at, m.conversation_id, m.seq) > sa.tuple_(
        sa.literal(after.at, m.at.type),
        sa.literal(after.conversation_id),
        sa.literal(after.seq, m.seq.type),
    )
    query = (
        sa.select(
            message,
            turn.c.outcome,
            turn.c.settled_at,
            consultation.c.question.label("opened_with"),
        )
        .outerjoin(turn, sa.and_(turn.c.conversation_id == m.conversation_id, turn.c.seq == m.seq))
        .outerjoin(consultation, consultation.c.id == m.consultation_id)
        .where(m.at >= after.at, behind, m.at <= upto, m.erased_at.is_(None))
        .where(sa.or_(m.kind.in_(kinds), turn.c.outcome.in_(outcomes)))
        .order_by(m.at, m.conversation_id, m.seq)
    )
    return list(tx.execute(query.limit(limit)))


def not_erased(tx: Tx, rows: Sequence[sa.Row[Any]]) -> list[sa.Row[Any]]:
    """Return those of some rows, read a while ago, that were not erased since."""
    if not rows:
        return []
    own = sa.tuple_(message.c.conversation_id, message.c.seq)
    query = sa.select(message.c.conversation_id, message.c.seq).where(
        own.in_([(row.conversation_id, row.seq) for row in rows]), message.c.erased_at.is_(None)
    )
    there = {tuple(each) for each in tx.execute(query)}
    return [row for row in rows if (row.conversation_id, row.seq) in there]


def next_of_taxpayer(tx: Tx, conversation_id: str, seq: int) -> sa.Row[Any] | None:
    """Return the taxpayer's message that follows a seq."""
    return _of_taxpayer(tx, conversation_id, message.c.seq > seq, message.c.seq)


def asked_before(tx: Tx, conversation_id: str, seq: int) -> sa.Row[Any] | None:
    """Return the last text of the taxpayer before a seq."""
    before = sa.and_(message.c.seq < seq, message.c.kind == "text")
    return _of_taxpayer(tx, conversation_id, before, message.c.seq.desc())


def _of_taxpayer(
    tx: Tx, conversation_id: str, which: sa.ColumnElement[bool], order: sa.ColumnElement[Any]
) -> sa.Row[Any] | None:
    query = sa.select(message).where(
        message.c.conversation_id == conversation_id,
        message.c.sender == "taxpayer",
        message.c.erased_at.is_(None),
        which,
    )
    return tx.execute(query.order_by(order).limit(1)).first()
