"""Several processes: who is alive, who does a conversation's turns, what was said lately."""

import sqlalchemy as sa
from alembic import op

from core.tables import UtcDateTime

revision = "0011_processes"
down_revision = "0008_erasure"


def upgrade() -> None:
    """Note processes; find open turns by conversation, and messages by their time."""
    op.create_table(
        "process",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("seen_at", UtcDateTime, nullable=False),
    )
    op.add_column("conversation", sa.Column("worker", sa.Text))
    op.create_index("ix_message_at", "message", ["at"])
    op.drop_index("ix_turn_due", "turn")
    op.create_index(
        "ix_turn_open",
        "turn",
        ["conversation_id", "seq"],
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )
