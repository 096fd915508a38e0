"""Who did what to what: one row per change of ownership and per privileged read."""

from typing import Any

import sqlalchemy as sa

from core.database import Tx
from core.identity import new_id
from core.tables import Json, UtcDateTime, metadata

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("actor", sa.Text, nullable=False, doc="staff id, person id, `bot` or `system`"),
    sa.Column("action", sa.Text, nullable=False, doc="package:subject:action"),
    sa.Column("subject", sa.Text, nullable=False, index=True),
    sa.Column("detail", Json, nullable=False),
)


def record(tx: Tx, actor: str, action: str, subject: str, **detail: Any) -> None:
    """Write an audit row in the transaction of what it tells of."""
    tx.execute(
        sa.insert(audit).values(
            id=new_id("au"), at=tx.now, actor=actor, action=action, subject=subject, detail=detail
        )
    )
