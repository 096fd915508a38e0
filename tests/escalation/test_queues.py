"""A queue is changed: from now on, on record, and without a broken promise."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from pydantic import ValidationError

from core.audit import audit
from core.clock import SHANGHAI
from core.errors import BadInput
from escalation import repository
from escalation.errors import NoSuchQueue
from escalation.queues import QueueChange, change_queue

LATE_NIGHT = QueueChange.model_validate(
    {"hours": {"days": "daily", "periods": [["09:00", "22:00"]]}, "wait_seconds": 600}
)


async def test_what_cannot_be_is_refused(db) -> None:
    with pytest.raises(NoSuchQueue):
        await db.write(lambda tx: change_queue(tx, "night", LATE_NIGHT, actor="command"))
    with pytest.raises(BadInput, match="nothing to change"):
        await db.write(lambda tx: change_queue(tx, "officer", QueueChange(), actor="command"))
    for wrong in ({"wait_seconds": 0}, {"hours": {"periods": []}}, {"tier": "expert"}):
        with pytest.raises(ValidationError):
            QueueChange.model_validate(wrong)


async def test_longer_hours_hold_for_the_next_and_keep_what_was_promised(
    db, clock, hand_over
) -> None:
    clock.set(2026, 11, 27, 20, 0)  # a Friday evening
    first, _ = await hand_over()
    monday = datetime(2026, 11, 30, 9, 0, tzinfo=SHANGHAI).astimezone(UTC)

    await db.write(lambda tx: change_queue(tx, "officer", LATE_NIGHT, actor="command"))
    second, handed = await hand_over()

    before = await db.read(lambda tx: repository.open_entry(tx, first.id))
    after = await db.read(lambda tx: repository.open_entry(tx, second.id))
    assert before.promised_at == monday
    assert (handed.open, after.promised_at) == (True, None)
    assert after.deadline_at - after.waiting_since == timedelta(minutes=10)


async def test_it_is_written_who_changed_what(db) -> None:
    await db.write(lambda tx: change_queue(tx, "officer", LATE_NIGHT, actor="command"))
    rows = await db.read(
        lambda tx: tx.execute(
            sa.select(audit).where(audit.c.action == "escalation:queue:change")
        ).all()
    )
    assert [(row.actor, row.subject, row.detail["wait_seconds"]) for row in rows] == [
        ("command", "officer", 600)
    ]
    expert = await db.read(lambda tx: repository.queue_by_id(tx, "expert"))
    assert expert.wait_seconds == 900
