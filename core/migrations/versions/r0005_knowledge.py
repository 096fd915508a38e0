"""The knowledge base: documents with provisions, and entries."""

import sqlalchemy as sa
from alembic import op

from core.tables import Json, UtcDateTime

revision = "0005_knowledge"
down_revision = "0004_reminders"


def upgrade() -> None:
    """Create the tables of the knowledge base."""
    op.create_table(
        "kb_document",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("content", Json, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
    )
    op.create_table(
        "kb_provision",
        sa.Column(
            "document_id",
            sa.Text,
            sa.ForeignKey("kb_document.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("content", Json, nullable=False),
    )
    op.create_table(
        "kb_entry",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("visibility", sa.Text, nullable=False),
        sa.Column("region", sa.Text),
        sa.Column("content", Json, nullable=False),
        sa.Column("imported_digest", sa.Text),
        sa.Column("edited", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("reviewed_at", UtcDateTime),
        sa.Column("reviewed_by", sa.Text),
        sa.Column("updated_at", UtcDateTime, nullable=False),
    )
