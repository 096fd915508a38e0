"""The SQL of queues, entries and presence."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from conversations.models import consultation, conversation
from core.database import Tx
from escalation.models import presence, queue, queue_entry, staff
from escalation.schemas import Entry, Queue

_OPEN = sa.text("queue_entry.state <> 'done'")
_WAITING = sa.text("queue_entry.state = 'waiting'")


def queues(tx: Tx) -> list[Queue]:
    """Return all queues, officers' first."""
    rows = tx.execute(sa.select(queue).order_by(queue.c.tier.desc(), queue.c.id))
    return [Queue.model_validate(row) for row in rows]


def queue_by_id(tx: Tx, queue_id: str) -> Queue | None:
    """Load a queue."""
    row = tx.execute(sa.select(queue).where(queue.c.id == queue_id)).first()
    return None if row is None else Queue.model_validate(row)


def update_queue(tx: Tx, queue_id: str, values: dict[str, Any]) -> None:
    """Change columns of a queue."""
    tx.execute(sa.update(queue).where(queue.c.id == queue_id).values(**values))


def insert_entry(tx: Tx, values: dict[str, Any]) -> None:
    """Insert an entry that waits."""
    tx.execute(
        sa.insert(queue_entry).values(
            state="waiting", transfers=[], version=1, changed_at=tx.now, **values
        )
    )


def update_entry(tx: Tx, entry_id: str, *, only_waiting: bool = False, **values: Any) -> bool:
    """Change columns of an entry; with `only_waiting` exactly one caller wins.

    Returns:
        False if it did not wait any more.
    """
    statement = sa.update(queue_entry).where(queue_entry.c.id == entry_id)
    if only_waiting:
        statement = statement.where(_WAITING)
    result = tx.execute(
        statement.values(version=queue_entry.c.version + 1, changed_at=tx.now, **values)
    )
    return result.rowcount == 1


def empty_entries(
    tx: Tx,
    question: str,
    *,
    conversation_id: str | None = None,
    consultation_ids: Sequence[str] = (),
) -> None:
    """Empty what entries of a conversation or of consultations say; `question` takes its place."""
    whose = (
        queue_entry.c.consultation_id.in_(consultation_ids)
        if conversation_id is None
        else queue_entry.c.conversation_id == conversation_id
    )
    tx.execute(
        sa.update(queue_entry)
        .where(whose)
        .values(question=question, summary=None, transfers=[], changed_at=tx.now)
    )


def _entry(row: Any) -> Entry | None:
    return None if row is None else Entry.model_validate(row)


def entry_by_id(tx: Tx, entry_id: str) -> Entry | None:
    """Load an entry."""
    return _entry(tx.execute(sa.select(queue_entry).where(queue_entry.c.id == entry_id)).first())


def open_entry(tx: Tx, conversation_id: str) -> Entry | None:
    """Load the entry of a conversation that waits or is held."""
    return _entry(
        tx.execute(
            sa.select(queue_entry).where(queue_entry.c.conversation_id == conversation_id, _OPEN)
        ).first()
    )


def latest_entry(tx: Tx, consultation_id: str) -> Entry | None:
    """Load the entry that a consultation had last."""
    return _entry(
        tx.execute(
            sa.select(queue_entry)
            .where(queue_entry.c.consultation_id == consultation_id)
            .order_by(queue_entry.c.id.desc())
            .limit(1)
        ).first()
    )


def waiting_before(tx: Tx, queue_id: str, entry: Entry | None) -> int:
    """Count who goes before an entry in its queue; None: everyone who waits."""
    c = queue_entry.c
    query = sa.select(sa.func.count()).where(c.queue_id == queue_id, _WAITING)
    if entry is not None:
        query = query.where(
            sa.or_(
                c.priority > entry.priority,
                sa.and_(c.priority == entry.priority, c.waiting_since < entry.waiting_since),
                sa.and_(
                    c.priority == entry.priority,
                    c.waiting_since == entry.waiting_since,
                    c.id < entry.id,
                ),
            )
        )
    return int(tx.execute(query).scalar_one())


def waiting_counts(tx: Tx) -> dict[str, tuple[int, datetime]]:
    """Return by queue how many wait and since when the first of them does."""
    c = queue_entry.c
    rows = tx.execute(
        sa.select(c.queue_id, sa.func.count().label("n"), sa.func.min(c.waiting_since).label("at"))
        .where(_WAITING)
        .group_by(c.queue_id)
    )
    return {row.queue_id: (row.n, row.at) for row in rows}


def recent_claims(tx: Tx, queue_id: str, since: datetime, limit: int) -> list[sa.Row[Any]]:
    """Return place on joining, joining and claim of the latest claims in office hours."""
    c = queue_entry.c
    return list(
        tx.execute(
            sa.select(c.place, c.waiting_since, c.claimed_at)
            .where(c.queue_id == queue_id, c.claimed_at >= since, c.promised_at.is_(None))
            .order_by(c.claimed_at.desc())
            .limit(limit)
        )
    )


def late_entries(tx: Tx, limit: int) -> list[Entry]:
    """Return who waits past the deadline and was not told yet."""
    c = queue_entry.c
    rows = tx.execute(
        sa.select(queue_entry)
        .where(_WAITING, c.deadline_at < tx.now, c.apologised_at.is_(None))
        .order_by(c.deadline_at)
        .limit(limit)
    )
    return [Entry.model_validate(row) for row in rows]


def abandoned_entries(tx: Tx, before: datetime, limit: int) -> list[Entry]:
    """Return entries held by someone whose desk gave no sign since `before`, or who left."""
    c = queue_entry.c
    rows = tx.execute(
        sa.select(queue_entry)
        .join(staff, staff.c.id == c.holder_id)
        .outerjoin(presence, presence.c.staff_id == c.holder_id)
        .where(
            _OPEN,
            c.state == "held",
            sa.or_(
                staff.c.active.is_(False),
                sa.and_(
                    c.claimed_at < before,
                    sa.or_(presence.c.seen_at.is_(None), presence.c.seen_at < before),
                ),
            ),
        )
        .limit(limit)
    )
    return [Entry.model_validate(row) for row in rows]


def inconsistent_conversations(tx: Tx, limit: int) -> list[str]:
    """Return conversations whose owner and open entry do not tell the same."""
    c, v = queue_entry.c, conversation.c
    without = (
        sa.select(v.id)
        .outerjoin(queue_entry, sa.and_(c.conversation_id == v.id, _OPEN))
        .where(
            sa.text("conversation.owner <> 'bot'"),
            sa.or_(
                c.id.is_(None),
                v.consultation_id.is_(None),
                v.consultation_id != c.consultation_id,
                v.holder_id.is_distinct_from(c.holder_id),
                v.owner
                != sa.case((c.state == "waiting", c.tier + sa.literal("_queue")), else_=c.tier),
            ),
        )
    )
    owner = sa.select(v.owner).where(v.id == c.conversation_id).scalar_subquery()
    with_bot = sa.select(c.conversation_id).where(_OPEN, owner == "bot")
    return list(tx.execute(without.union(with_bot).limit(limit)).scalars())


def changed_entries(tx: Tx, since: datetime) -> list[sa.Row[Any]]:
    """Return id, consultation, version and queue of entries changed since a moment."""
    c = queue_entry.c
    return list(
        tx.execute(
            sa.select(c.id, c.consultation_id, c.version, c.queue_id, queue.c.office)
            .join(queue, queue.c.id == c.queue_id)
            .where(c.changed_at >= since)
            .order_by(c.changed_at)
        )
    )


def latest_change(tx: Tx) -> datetime | None:
    """Return when an entry was changed last."""
    found: datetime | None = tx.execute(sa.select(sa.func.max(queue_entry.c.changed_at))).scalar()
    return found


def entries_held_by(tx: Tx, staff_id: str) -> list[sa.Row[Any]]:
    """Return what someone holds: conversation, consultation, tier, seq at the claim and now."""
    c = queue_entry.c
    return list(
        tx.execute(
            sa.select(
                c.conversation_id,
                c.consultation_id,
                c.tier,
                c.claimed_seq,
                conversation.c.last_seq,
            )
            .join(conversation, conversation.c.id == c.conversation_id)
            .where(_OPEN, c.state == "held", c.holder_id == staff_id)
        )
    )


def consultation_opened_at(tx: Tx, consultation_id: str) -> datetime:
    """Return when a consultation began."""
    found: datetime = tx.execute(
        sa.select(consultation.c.opened_at).where(consultation.c.id == consultation_id)
    ).scalar_one()
    return found


def put_presence(tx: Tx, staff_id: str, **values: Any) -> None:
    """Note a sign of someone's desk, and its state where that is given."""
    changes = {"seen_at": tx.now, **values}
    tx.execute(
        tx.insert(presence)
        .values(**{"staff_id": staff_id, "state": "away", **changes})
        .on_conflict_do_update(index_elements=["staff_id"], set_=changes)
    )


def presence_of(tx: Tx, staff_id: str) -> sa.Row[Any] | None:
    """Return someone's presence."""
    return tx.execute(sa.select(presence).where(presence.c.staff_id == staff_id)).first()


def lock_capacity(tx: Tx, staff_id: str) -> int | None:
    """Return how many someone takes at once; two claims of theirs go one after the other."""
    found: int | None = tx.execute(
        sa.select(presence.c.capacity).where(presence.c.staff_id == staff_id).with_for_update()
    ).scalar()
    return found


def count_held(tx: Tx, staff_id: str) -> int:
    """Count the consultations that someone holds."""
    c = queue_entry.c
    query = sa.select(sa.func.count()).where(_OPEN, c.state == "held", c.holder_id == staff_id)
    return int(tx.execute(query).scalar_one())


def available_staff(tx: Tx, since: datetime) -> list[sa.Row[Any]]:
    """Return the accounts that are available and gave a sign since a moment."""
    return list(
        tx.execute(
            sa.select(staff)
            .join(presence, presence.c.staff_id == staff.c.id)
            .where(
                presence.c.state == "available",
                presence.c.seen_at >= since,
                staff.c.active.is_(True),
            )
        )
    )
