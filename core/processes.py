"""Which processes on one PostgreSQL are alive: each says so every second, by the database's clock.

A process that did not say so for `LEASE` is taken for gone, and what it had in work may be taken
over. One that was only held up loses nothing but time: whatever it still does ends in a
compare-and-set on what it does it to.
"""

from datetime import timedelta

import sqlalchemy as sa

from core.database import Tx
from core.tables import UtcDateTime, metadata
from core.telemetry import CLOCK_AHEAD

process = sa.Table(
    "process",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("seen_at", UtcDateTime, nullable=False, doc="by the database's clock"),
)

LEASE = timedelta(seconds=4)
_FORGOTTEN = timedelta(days=1)


def beat(tx: Tx) -> None:
    """Say that this process is alive, and measure its clock against the database's."""
    values = {"id": tx.process, "seen_at": sa.func.now()}
    statement = tx.insert(process).values(values)
    told = statement.on_conflict_do_update(
        index_elements=["id"], set_={"seen_at": values["seen_at"]}
    ).returning(process.c.seen_at)
    CLOCK_AHEAD.set((tx.now - tx.execute(told).scalar_one()).total_seconds())


def alive() -> sa.Select[tuple[str]]:
    """Return a query for the processes that are alive."""
    return sa.select(process.c.id).where(process.c.seen_at > sa.func.now() - LEASE)


def leave(tx: Tx) -> None:
    """Say that this process does no more; forget those that are long gone."""
    gone = process.c.seen_at < sa.func.now() - _FORGOTTEN
    tx.execute(sa.delete(process).where(sa.or_(process.c.id == tx.process, gone)))
