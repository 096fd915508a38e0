"""Outbox and audit trail."""

import sqlalchemy as sa
from alembic import op

from core.tables import Json, UtcDateTime

revision = "0001_core"
down_revision = None


def upgrade() -> None:
    """Create the tables of core."""
    op.create_table(
        "outbox",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("payload", Json, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("due_at", UtcDateTime, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("done_at", UtcDateTime),
        sa.Column("last_error", sa.Text),
        sa.UniqueConstraint("topic", "key", name="uq_outbox_topic_key"),
    )
    undone = sa.text("done_at IS NULL")
    op.create_index(
        "ix_outbox_due", "outbox", ["due_at"], sqlite_where=undone, postgresql_where=undone
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("detail", Json, nullable=False),
    )
    op.create_index("ix_audit_subject", "audit", ["subject"])
