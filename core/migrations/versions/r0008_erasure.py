"""When a message and a consultation were erased, and indexes to find what is due."""

import sqlalchemy as sa
from alembic import op

from core.tables import UtcDateTime

revision = "0008_erasure"
down_revision = "0012_files"


def upgrade() -> None:
    """Add the columns and their indexes."""
    for table in ("message", "consultation"):
        op.add_column(table, sa.Column("erased_at", UtcDateTime))
    kept = sa.text("erased_at IS NULL")
    op.create_index(
        "ix_consultation_retained",
        "consultation",
        ["closed_at"],
        sqlite_where=kept,
        postgresql_where=kept,
    )
    loose = sa.text("erased_at IS NULL AND consultation_id IS NULL")
    op.create_index(
        "ix_message_loose", "message", ["at"], sqlite_where=loose, postgresql_where=loose
    )
