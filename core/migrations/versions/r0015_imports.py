"""What was imported: files with what they say of themselves, and their passages."""

import sqlalchemy as sa
from alembic import op

from core.tables import Json, UtcDateTime

revision = "0015_imports"
down_revision = "0017_given_answers"


def upgrade() -> None:
    """Create the tables of imported collections."""
    op.create_table(
        "kb_import",
        sa.Column("collection", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("about", Json, nullable=False),
        sa.Column("warnings", Json, nullable=False),
        sa.Column("imported_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "kb_passage",
        sa.Column("collection", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("heading", sa.Text, nullable=False),
        sa.Column("asked", Json, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(
            ["collection", "name"], ["kb_import.collection", "kb_import.name"], ondelete="CASCADE"
        ),
    )
