"""The transactional outbox: what must go up to a higher package leaves as an event.

An event is written in the transaction of the change that caused it, once per key. Its handler
runs later in a transaction of its own that also marks it done, so its effect happens exactly once.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
import structlog

from core.database import Database, Tx
from core.errors import DaobanError
from core.identity import new_id
from core.tables import Json, UtcDateTime, metadata
from core.telemetry import OUTBOX

log = structlog.get_logger()

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("payload", Json, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("due_at", UtcDateTime, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("done_at", UtcDateTime),
    sa.Column("last_error", sa.Text),
    sa.UniqueConstraint("topic", "key"),
    sa.Index(
        "ix_outbox_due",
        "due_at",
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    ),
)

Handler = Callable[[Tx, dict[str, Any]], None]
LONGEST_WAIT = timedelta(minutes=10)


def emit(tx: Tx, topic: str, key: str, payload: dict[str, Any]) -> None:
    """Write an event; the same topic and key a second time is the same event."""
    tx.execute(
        tx.insert(outbox)
        .values(
            id=new_id("ob"), topic=topic, key=key, payload=payload, created_at=tx.now, due_at=tx.now
        )
        .on_conflict_do_nothing()
    )
    tx.notify("outbox")


class Outbox:
    """Runs the handlers; several processes may, on PostgreSQL each takes other rows."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._handlers: dict[str, Handler] = {}

    def subscribe(self, topic: str, handler: Handler) -> None:
        """Let `handler` do the events of a topic; a topic has one handler.

        Raises:
            ValueError: the topic has a handler already.
        """
        if topic in self._handlers:
            raise ValueError(f"{topic} has a handler already")
        self._handlers[topic] = handler

    async def drain(self) -> int:
        """Do everything that is due; return how many events were done."""
        done = 0
        while (outcome := await self._step()) is not None:
            done += outcome
        return done

    async def _step(self) -> int | None:
        """Do one event: 1 done, 0 failed and put off, None nothing due."""
        taken: list[sa.Row[Any]] = []

        def unit(tx: Tx) -> bool:
            taken.clear()
            row = tx.execute(
                sa.select(outbox)
                .where(
                    outbox.c.done_at.is_(None),
                    outbox.c.due_at <= tx.now,
                    outbox.c.topic.in_(self._handlers),
                )
                .order_by(outbox.c.due_at)
                .limit(1)
                .with_for_update(skip_locked=True)
            ).first()
            if row is None:
                return False
            taken.append(row)
            self._handlers[row.topic](tx, row.payload)
            tx.execute(sa.update(outbox).where(outbox.c.id == row.id).values(done_at=tx.now))
            return True

        try:
            if not await self._database.write(unit):
                return None
        except Exception as error:
            if not taken:
                raise
            await self._put_off(taken[0], error)
            OUTBOX.labels(taken[0].topic, "failed").inc()
            return 0
        OUTBOX.labels(taken[0].topic, "done").inc()
        return 1

    async def _put_off(self, row: Any, error: Exception) -> None:
        wait = min(timedelta(seconds=2 ** min(row.attempts, 10)), LONGEST_WAIT)
        reason = error.code if isinstance(error, DaobanError) else type(error).__name__
        log.error("outbox_event_failed", topic=row.topic, id=row.id, error=reason, exc_info=error)
        await self._database.write(
            lambda tx: tx.execute(
                sa.update(outbox)
                .where(outbox.c.id == row.id)
                .values(attempts=row.attempts + 1, due_at=tx.now + wait, last_error=reason)
            )
        )
