"""Runs of guided flows."""

import sqlalchemy as sa
from alembic import op

from core.tables import Json, UtcDateTime

revision = "0010_flows"
down_revision = "0011_processes"

_OPEN = sa.text("state IN ('active', 'paused', 'with_person')")
_ACTIVE = sa.text("state = 'active'")


def upgrade() -> None:
    """Create the table of runs."""
    op.create_table(
        "flow_run",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("conversation_id", sa.Text, sa.ForeignKey("conversation.id"), nullable=False),
        sa.Column("flow_id", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("answers", Json, nullable=False),
        sa.Column("standing", Json, nullable=False),
        sa.Column("due", Json, nullable=False),
        sa.Column("summary", Json, nullable=False),
        sa.Column("trail", Json, nullable=False),
        sa.Column("started_by", sa.Text, nullable=False),
        sa.Column("started_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.Column("change", sa.Integer, nullable=False),
    )
    op.create_index("ix_flow_run_conversation_id", "flow_run", ["conversation_id", "updated_at"])
    op.create_index(
        "ix_flow_run_open",
        "flow_run",
        ["expires_at"],
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_index(
        "uq_flow_run_active",
        "flow_run",
        ["conversation_id"],
        unique=True,
        sqlite_where=_ACTIVE,
        postgresql_where=_ACTIVE,
    )
