"""Tables of what was imported: beside the knowledge base, never searched for a taxpayer."""

import sqlalchemy as sa

from core.tables import Json, UtcDateTime, metadata

sources = sa.Table(
    "kb_import",
    metadata,
    sa.Column("collection", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True, comment="path below the imported directory"),
    sa.Column("kind", sa.Text, nullable=False, comment="document | questions"),
    sa.Column("digest", sa.Text, nullable=False, comment="SHA-256 of the file and of its reading"),
    sa.Column("about", Json, nullable=False, comment="schemas.About, as it was detected"),
    sa.Column("warnings", Json, nullable=False),
    sa.Column("imported_at", UtcDateTime, nullable=False),
)

passages = sa.Table(
    "kb_passage",
    metadata,
    sa.Column("collection", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("place", sa.Integer, primary_key=True, comment="order within the file"),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("heading", sa.Text, nullable=False),
    sa.Column("asked", Json, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.ForeignKeyConstraint(
        ["collection", "name"], ["kb_import.collection", "kb_import.name"], ondelete="CASCADE"
    ),
)
