"""The SQL of erasure: content is emptied in place, rows and their order stay."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from conversations.files.models import stored_file
from conversations.models import consultation, conversation, message, turn
from core.database import Tx

TOMBSTONE: dict[str, Any] = {"meta": {"erased": True}}


def ids(tx: Tx, *, person: str | None, taxpayer: str | None) -> list[str]:
    """Return the conversations of a person or a taxpayer, the oldest first."""
    whose = (
        conversation.c.person_id == person
        if taxpayer is None
        else conversation.c.taxpayer_id == taxpayer
    )
    rows = tx.execute(sa.select(conversation.c.id).where(whose).order_by(conversation.c.id))
    return [row.id for row in rows]


def joined_to(tx: Tx, conversation_ids: list[str]) -> list[str]:
    """Return the anonymous conversations that became part of these."""
    rows = tx.execute(
        sa.select(conversation.c.id)
        .where(conversation.c.joined_to.in_(conversation_ids))
        .order_by(conversation.c.id)
    )
    return [row.id for row in rows]


def empty_messages(tx: Tx, *conditions: Any) -> int:
    """Make tombstones of messages; changes of owner stay, they say nothing of what was said."""
    said = sa.or_(message.c.kind != "event", message.c.sender == "taxpayer")
    return tx.execute(
        sa.update(message)
        .where(message.c.erased_at.is_(None), said, *conditions)
        .values(text="", body=TOMBSTONE, name=None, content_hash=None, erased_at=tx.now)
    ).rowcount


def empty_consultations(tx: Tx, *conditions: Any) -> int:
    """Empty what consultations were about; clocks, result and score stay."""
    return tx.execute(
        sa.update(consultation)
        .where(consultation.c.erased_at.is_(None), *conditions)
        .values(question="", summary=None, comment=None, matter=None, erased_at=tx.now)
    ).rowcount


def empty_turns(tx: Tx, *conditions: Any) -> None:
    """Empty what the bot tried; turns in work end here, their replies are dropped."""
    tx.execute(sa.update(turn).where(*conditions).values(trace={}))
    tx.execute(
        sa.update(turn)
        .where(turn.c.settled_at.is_(None), *conditions)
        .values(settled_at=tx.now, outcome="dropped")
    )


def remove_files(tx: Tx, *conditions: Any) -> None:
    """Let go of files; their content leaves the disk with the next round of the worker."""
    tx.execute(
        sa.update(stored_file)
        .where(*conditions)
        .values(removed_at=sa.func.coalesce(stored_file.c.removed_at, tx.now), name="", facts={})
    )


def reset_conversation(tx: Tx, conversation_id: str) -> None:
    """Forget what follow-ups refer to; who read the ownership before does not speak any more."""
    tx.execute(
        sa.update(conversation)
        .where(conversation.c.id == conversation_id)
        .values(
            memory={},
            profile={},
            consultation_id=None,
            owner_version=conversation.c.owner_version + 1,
        )
    )


def end_open(tx: Tx, conversation_id: str, actor: str) -> None:
    """End the consultations that are open."""
    tx.execute(
        sa.update(consultation)
        .where(
            consultation.c.conversation_id == conversation_id, consultation.c.closed_at.is_(None)
        )
        .values(closed_at=tx.now, closed_by=actor)
    )


def due_consultations(tx: Tx, before: datetime, limit: int) -> list[sa.Row[Any]]:
    """Return consultations closed before a moment that still say something."""
    return list(
        tx.execute(
            sa.select(consultation.c.id, consultation.c.conversation_id)
            .where(consultation.c.erased_at.is_(None), consultation.c.closed_at < before)
            .order_by(consultation.c.closed_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    )


def empty_loose(tx: Tx, before: datetime, limit: int) -> int:
    """Make tombstones of messages outside any consultation (greetings, cards) that are as old."""
    due = (
        sa.select(message.c.conversation_id, message.c.seq)
        .where(
            message.c.erased_at.is_(None),
            message.c.consultation_id.is_(None),
            message.c.kind != "event",
            message.c.at < before,
        )
        .order_by(message.c.at)
        .limit(limit)
    )
    rows = tx.execute(due).all()
    return sum(
        empty_messages(
            tx, message.c.conversation_id == row.conversation_id, message.c.seq == row.seq
        )
        for row in rows
    )
