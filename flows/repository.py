"""The SQL of runs."""

from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from core.database import Tx
from core.prepared import Prepared
from flows.models import flow_run
from flows.schemas import Run

OPEN = ("active", "paused", "with_person")
"""States of a run that can be gone on with."""

ERASED = "erased"
"""The step of a run whose answers were emptied."""


def insert_run(tx: Tx, values: dict[str, Any]) -> None:
    """Insert a run."""
    tx.execute(sa.insert(flow_run).values(started_at=tx.now, updated_at=tx.now, change=0, **values))


_BY_ID = Prepared(sa.select(flow_run).where(flow_run.c.id == sa.bindparam("run")))


def _run(row: Any) -> Run | None:
    return None if row is None else Run.model_validate(row._asdict())


def run_by_id(tx: Tx, run_id: str) -> Run | None:
    """Load a run."""
    return _run(tx.first(_BY_ID, {"run": run_id}))


_LATEST = (
    sa.select(flow_run)
    .where(flow_run.c.conversation_id == sa.bindparam("conversation"))
    .order_by(sa.case((flow_run.c.state == "active", 0), else_=1), flow_run.c.updated_at.desc())
    .limit(1)
)
_UNFINISHED = _LATEST.where(sa.or_(*(flow_run.c.state == state for state in OPEN)))
_OPEN = Prepared(_UNFINISHED)
_OPEN_OF = Prepared(_UNFINISHED.where(flow_run.c.flow_id == sa.bindparam("flow")))


def open_run(tx: Tx, conversation_id: str) -> Run | None:
    """Load the run of a conversation that can be gone on with: the active one, else the latest."""
    return _run(tx.first(_OPEN, {"conversation": conversation_id}))


def done_run(tx: Tx, conversation_id: str, since: datetime) -> Run | None:
    """Load the run of a conversation that came to its result last, if after a moment."""
    query = _LATEST.where(flow_run.c.updated_at >= since, flow_run.c.state == "done")
    return _run(tx.execute(query, {"conversation": conversation_id}).first())


def open_run_of(tx: Tx, conversation_id: str, flow_id: str) -> Run | None:
    """Load a conversation's unfinished run of one flow."""
    return _run(tx.first(_OPEN_OF, {"conversation": conversation_id, "flow": flow_id}))


def update_run(tx: Tx, run: Run, values: dict[str, Any]) -> bool:
    """Compare and set: change a run if nobody did since it was read."""
    given = {f"c_{name}": value for name, value in values.items()}
    known = {"of": run.id, "before": run.change, "after": run.change + 1}
    return tx.change(_changing(tuple(values)), known | given) == 1


@cache
def _changing(columns: tuple[str, ...]) -> Prepared:
    c = flow_run.c
    here = sa.and_(c.id == sa.bindparam("of"), c.change == sa.bindparam("before"))
    values: dict[str, Any] = {name: sa.bindparam(f"c_{name}") for name in columns}
    return Prepared(sa.update(flow_run).where(here).values(change=sa.bindparam("after"), **values))


def pause_active(tx: Tx, conversation_id: str) -> None:
    """Let the active run of a conversation wait."""
    tx.execute(
        sa.update(flow_run)
        .where(flow_run.c.conversation_id == conversation_id, flow_run.c.state == "active")
        .values(state="paused", change=flow_run.c.change + 1)
    )


def move_runs(tx: Tx, from_conversation: str, to_conversation: str) -> int:
    """Let the runs of a conversation belong to the one it joined; return how many."""
    result = tx.execute(
        sa.update(flow_run)
        .where(flow_run.c.conversation_id == from_conversation)
        .values(conversation_id=to_conversation, change=flow_run.c.change + 1)
    )
    return result.rowcount


def empty_runs(
    tx: Tx, *, conversation_id: str | None = None, before: datetime | None = None
) -> int:
    """End runs of a conversation, or last used before a moment, and empty what was answered."""
    query = sa.update(flow_run).where(flow_run.c.step != ERASED)
    if conversation_id is not None:
        query = query.where(flow_run.c.conversation_id == conversation_id)
    if before is not None:
        query = query.where(flow_run.c.updated_at < before)
    emptied: dict[str, Any] = {"answers": {}, "standing": {}, "due": {}, "summary": {}, "trail": []}
    state = sa.case((flow_run.c.state.in_(OPEN), "expired"), else_=flow_run.c.state)
    change = flow_run.c.change + 1
    return tx.execute(query.values(state=state, step=ERASED, change=change, **emptied)).rowcount


def expired_runs(tx: Tx, limit: int) -> list[Run]:
    """Load runs whose time is over, and keep others from taking them meanwhile."""
    rows = tx.execute(
        sa.select(flow_run)
        .where(flow_run.c.state.in_(OPEN), flow_run.c.expires_at <= tx.now)
        .order_by(flow_run.c.expires_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [Run.model_validate(row) for row in rows]
