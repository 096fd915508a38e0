"""What was answered and what was not, as editors look at it; corrections of wrong answers."""

import sqlalchemy as sa
from alembic import op

from core.tables import Json, UtcDateTime

revision = "0017_given_answers"
down_revision = "0013_editing"


def upgrade() -> None:
    """Create the tables; the worker fills them from the log."""
    op.create_table(
        "kb_given",
        sa.Column("conversation_id", sa.Text, primary_key=True),
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("entry_id", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("vote", sa.Integer),
    )
    op.create_index("ix_kb_given_entry_id_at", "kb_given", ["entry_id", "at"])
    op.create_index("ix_kb_given_at", "kb_given", ["at"])
    op.create_table(
        "kb_question",
        sa.Column("conversation_id", sa.Text, primary_key=True),
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("entry_id", sa.Text),
        sa.Column("vector", sa.LargeBinary),
        sa.Column("encoder", sa.Text),
        sa.Column("handled_id", sa.Text),
    )
    op.create_index("ix_kb_question_at", "kb_question", ["at"])
    op.create_index("ix_kb_question_handled_id", "kb_question", ["handled_id"])
    op.create_table(
        "kb_handled",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("handled_as", sa.Text, nullable=False),
        sa.Column("entry_id", sa.Text),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("by", Json, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("vector", sa.LargeBinary, nullable=False),
        sa.Column("encoder", sa.Text, nullable=False),
    )
    op.create_table(
        "kb_correction",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("entry_id", sa.Text, nullable=False),
        sa.Column("right_entry_id", sa.Text),
        sa.Column("given_from", UtcDateTime, nullable=False),
        sa.Column("given_to", UtcDateTime, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("decided", Json, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reached", sa.Text, nullable=False),
        sa.Column("conversations", sa.Integer, nullable=False),
        sa.Column("sent", sa.Integer, nullable=False),
    )
    op.create_index("ix_kb_correction_entry_id", "kb_correction", ["entry_id"])
    op.create_table(
        "kb_mark",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("at", UtcDateTime, nullable=False),
    )
