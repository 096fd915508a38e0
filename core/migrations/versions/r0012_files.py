"""Photos and documents of conversations."""

import sqlalchemy as sa
from alembic import op

from core.tables import Json, UtcDateTime

revision = "0012_files"
down_revision = "0007_protected_values"


def upgrade() -> None:
    """Create the table of files."""
    op.create_table(
        "stored_file",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("conversation_id", sa.Text, sa.ForeignKey("conversation.id"), nullable=False),
        sa.Column("consultation_id", sa.Text),
        sa.Column("seq", sa.BigInteger),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.Column("removed_at", UtcDateTime),
        sa.Column("purged_at", UtcDateTime),
    )
    op.create_index("ix_stored_file_conversation_id_seq", "stored_file", ["conversation_id", "seq"])
    op.create_index(
        "ix_stored_file_kept",
        "stored_file",
        ["expires_at"],
        sqlite_where=sa.text("purged_at IS NULL"),
        postgresql_where=sa.text("purged_at IS NULL"),
    )
