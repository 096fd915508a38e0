"""The SQL of turns that wait: which is next, who does it, what was said lately."""

from datetime import datetime

import sqlalchemy as sa

from conversations.models import conversation, message, turn
from conversations.repository import as_message
from conversations.schemas import Message
from core.database import Tx
from core.prepared import Prepared
from core.processes import alive

_OPEN_TURNS = Prepared(
    sa.select(message)
    .join_from(
        turn,
        message,
        sa.and_(message.c.conversation_id == turn.c.conversation_id, message.c.seq == turn.c.seq),
    )
    .where(
        turn.c.conversation_id == sa.bindparam("conversation"),
        turn.c.seq <= sa.bindparam("upto"),
        turn.c.settled_at.is_(None),
    )
    .order_by(turn.c.seq)
    .limit(1)
)


def next_turn(tx: Tx, conversation_id: str, upto: int) -> Message | None:
    """Return what the taxpayer sent first of all that waits for the bot, quiet inputs included.

    Args:
        upto: the last seq that is looked at.
    """
    row = tx.first(_OPEN_TURNS, {"conversation": conversation_id, "upto": upto})
    return None if row is None else as_message(row)


def has_open_turn(tx: Tx, conversation_id: str) -> bool:
    """Whether something in this conversation waits for the bot."""
    query = sa.select(turn.c.seq).where(
        turn.c.conversation_id == conversation_id, turn.c.settled_at.is_(None)
    )
    return tx.execute(query.limit(1)).first() is not None


def open_turns(tx: Tx, limit: int) -> dict[str, int]:
    """Return the last turn that waits of each conversation whose turns this process does."""
    query = (
        sa.select(turn.c.conversation_id, sa.func.max(turn.c.seq).label("seq"))
        .where(turn.c.settled_at.is_(None))
        .group_by(turn.c.conversation_id)
        .limit(limit)
    )
    if tx.process is not None:
        query = query.join(conversation, conversation.c.id == turn.c.conversation_id).where(
            conversation.c.worker == tx.process
        )
    return {row.conversation_id: row.seq for row in tx.execute(query)}


def _waiting_conversations() -> sa.Select[tuple[str]]:
    return sa.select(turn.c.conversation_id).where(turn.c.settled_at.is_(None))


def adopt(tx: Tx) -> int:
    """Take over the conversations with turns that wait for a process that is gone."""
    result = tx.execute(
        sa.update(conversation)
        .where(
            conversation.c.id.in_(_waiting_conversations()),
            sa.or_(conversation.c.worker.is_(None), conversation.c.worker.not_in(alive())),
        )
        .values(worker=tx.process)
    )
    return result.rowcount


def let_go(tx: Tx) -> int:
    """Leave the turns that wait for this process to the others."""
    result = tx.execute(
        sa.update(conversation)
        .where(conversation.c.id.in_(_waiting_conversations()), conversation.c.worker == tx.process)
        .values(worker=None)
    )
    return result.rowcount


def latest_seqs(tx: Tx, since: datetime, most: int) -> dict[str, int]:
    """Return the last seq of each conversation in which something was said since a moment.

    Args:
        most: messages that are looked at, the latest first.
    """
    latest = (
        sa.select(message.c.conversation_id, message.c.seq)
        .where(message.c.at > since)
        .order_by(message.c.at.desc())
        .limit(most)
        .subquery()
    )
    query = sa.select(latest.c.conversation_id, sa.func.max(latest.c.seq).label("seq"))
    rows = tx.execute(query.group_by(latest.c.conversation_id))
    return {row.conversation_id: row.seq for row in rows}
