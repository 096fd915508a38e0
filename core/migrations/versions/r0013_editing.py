"""Editing of entries: versions, what is being worked on, and how often each entry was given."""

import sqlalchemy as sa
from alembic import op

from core.tables import Json, UtcDateTime

revision = "0013_editing"
down_revision = "0010_flows"


def upgrade() -> None:
    """Create the tables of editing; the worker takes in the entries that are there."""
    op.create_table(
        "kb_version",
        sa.Column("entry_id", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("content", Json, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("author_name", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("aside", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("base_version", sa.Integer),
        sa.Column("published_at", UtcDateTime),
    )
    op.create_table(
        "kb_editing",
        sa.Column("entry_id", sa.Text, primary_key=True),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("check_level", sa.Text, nullable=False),
        sa.Column("visibility", sa.Text, nullable=False),
        sa.Column("region", sa.Text),
        sa.Column("searched", sa.Text, nullable=False),
        sa.Column("valid_to", sa.Date),
        sa.Column("head_version", sa.Integer, nullable=False),
        sa.Column("live_version", sa.Integer),
        sa.Column("live", sa.Text),
        sa.Column("work_version", sa.Integer),
        sa.Column("work", sa.Text),
        sa.Column("changed_at", UtcDateTime, nullable=False),
        sa.Column("changed_by", Json, nullable=False),
        sa.Column("submitted", Json),
        sa.Column("returned", Json),
        sa.Column("approved", Json),
        sa.Column("publish_at", UtcDateTime),
        sa.Column("withdrawn", Json),
        sa.Column("verified", Json),
        sa.Column("verify_by", sa.Date),
        sa.Column("verify_chosen", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.create_index("ix_kb_editing_topic", "kb_editing", ["topic"])
    op.create_index(
        "ix_kb_editing_scheduled",
        "kb_editing",
        ["publish_at"],
        sqlite_where=sa.text("work = 'scheduled'"),
        postgresql_where=sa.text("work = 'scheduled'"),
    )
    op.create_table(
        "kb_usage",
        sa.Column("entry_id", sa.Text, primary_key=True),
        sa.Column("answers", sa.Integer, nullable=False, server_default="0"),
        sa.Column("up", sa.Integer, nullable=False, server_default="0"),
        sa.Column("down", sa.Integer, nullable=False, server_default="0"),
        sa.Column("last_at", UtcDateTime),
    )
