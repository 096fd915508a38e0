"""The SQL of files."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from conversations.files.models import stored_file
from core.database import Tx


def insert(tx: Tx, values: dict[str, Any]) -> None:
    """Insert a file that no message carries yet."""
    tx.execute(sa.insert(stored_file).values(created_at=tx.now, **values))


def of_conversation(tx: Tx, conversation_id: str, file_ids: Sequence[str]) -> list[sa.Row[Any]]:
    """Return those of the files that are the conversation's, removed ones included."""
    return list(
        tx.execute(
            sa.select(stored_file).where(
                stored_file.c.conversation_id == conversation_id, stored_file.c.id.in_(file_ids)
            )
        )
    )


def sent(tx: Tx, conversation_id: str, limit: int) -> list[sa.Row[Any]]:
    """Return the files that messages of the conversation carry, the latest first."""
    return list(
        tx.execute(
            sa.select(stored_file)
            .where(stored_file.c.conversation_id == conversation_id, stored_file.c.seq.is_not(None))
            .order_by(stored_file.c.seq.desc(), stored_file.c.id.desc())
            .limit(limit)
        )
    )


def taken_since(tx: Tx, conversation_id: str, since: datetime, *, by_staff: bool) -> int:
    """Count the files that came into a conversation from one side since a moment."""
    facts = tx.execute(
        sa.select(stored_file.c.facts).where(
            stored_file.c.conversation_id == conversation_id, stored_file.c.created_at > since
        )
    ).scalars()
    return sum(("by" in each) == by_staff for each in facts)


def attach(tx: Tx, file_ids: Sequence[str], **values: Any) -> None:
    """Let a message carry files."""
    tx.execute(sa.update(stored_file).where(stored_file.c.id.in_(file_ids)).values(**values))


def move(tx: Tx, conversation_id: str, to: str, seqs: dict[int, int]) -> None:
    """Give the files of a conversation to the one that it joined, under the new seqs."""
    for row in tx.execute(
        sa.select(stored_file.c.id, stored_file.c.seq).where(
            stored_file.c.conversation_id == conversation_id
        )
    ).all():
        seq = None if row.seq is None else seqs[row.seq]
        tx.execute(
            sa.update(stored_file)
            .where(stored_file.c.id == row.id)
            .values(conversation_id=to, seq=seq)
        )


def remove_due(tx: Tx, unsent_since: datetime, limit: int) -> int:
    """Mark files as removed whose time is over, or which nobody sent; return how many."""
    due = (
        sa.select(stored_file.c.id)
        .where(
            stored_file.c.removed_at.is_(None),
            sa.or_(
                stored_file.c.expires_at <= tx.now,
                sa.and_(stored_file.c.seq.is_(None), stored_file.c.created_at < unsent_since),
            ),
        )
        .limit(limit)
    )
    return tx.execute(
        sa.update(stored_file)
        .where(stored_file.c.id.in_(due.scalar_subquery()))
        .values(removed_at=tx.now)
    ).rowcount


def to_purge(tx: Tx, limit: int) -> list[str]:
    """Return removed files whose content may still lie on the disk."""
    rows = tx.execute(
        sa.select(stored_file.c.id)
        .where(stored_file.c.removed_at.is_not(None), stored_file.c.purged_at.is_(None))
        .limit(limit)
    )
    return [row.id for row in rows]


def note_purged(tx: Tx, file_ids: Sequence[str]) -> None:
    """Note that the content of files is gone."""
    tx.execute(
        sa.update(stored_file).where(stored_file.c.id.in_(file_ids)).values(purged_at=tx.now)
    )


def known(tx: Tx, file_ids: Sequence[str]) -> set[str]:
    """Return those of the ids that have a row."""
    rows = tx.execute(sa.select(stored_file.c.id).where(stored_file.c.id.in_(file_ids)))
    return {row.id for row in rows}
