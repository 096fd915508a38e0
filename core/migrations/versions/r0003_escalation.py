"""Staff and their sessions, presence, queues with the two that are always there, entries."""

import sqlalchemy as sa
from alembic import op

from core.tables import Json, UtcDateTime

revision = "0003_escalation"
down_revision = "0002_conversations"

OFFICE_HOURS = {"days": "workdays", "periods": [["09:00", "17:00"]]}


def upgrade() -> None:
    """Create the tables of escalation and the default queues."""
    _staff()
    _queues()
    _entries()
    with_people = sa.text("owner <> 'bot'")
    op.create_index(
        "ix_conversation_with_people",
        "conversation",
        ["id"],
        sqlite_where=with_people,
        postgresql_where=with_people,
    )


def _staff() -> None:
    op.create_table(
        "staff",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("username", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("roles", Json, nullable=False),
        sa.Column("offices", Json, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.UniqueConstraint("username", name="uq_staff_username"),
    )
    op.create_table(
        "staff_session",
        sa.Column("token_hash", sa.Text, primary_key=True),
        sa.Column("staff_id", sa.Text, sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
    )
    op.create_index("ix_staff_session_staff_id", "staff_session", ["staff_id"])
    op.create_table(
        "presence",
        sa.Column("staff_id", sa.Text, sa.ForeignKey("staff.id"), primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("capacity", sa.Integer),
        sa.Column("seen_at", UtcDateTime, nullable=False),
    )


def _queues() -> None:
    queue = op.create_table(
        "queue",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text),
        sa.Column("tier", sa.Text, nullable=False),
        sa.Column("office", sa.Text),
        sa.Column("hours", Json, nullable=False),
        sa.Column("wait_seconds", sa.Integer, nullable=False),
    )
    op.bulk_insert(
        queue,
        [
            {"id": "officer", "tier": "officer", "hours": OFFICE_HOURS, "wait_seconds": 300},
            {"id": "expert", "tier": "expert", "hours": OFFICE_HOURS, "wait_seconds": 900},
        ],
    )


def _entries() -> None:
    op.create_table(
        "queue_entry",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("conversation_id", sa.Text, sa.ForeignKey("conversation.id"), nullable=False),
        sa.Column("consultation_id", sa.Text, sa.ForeignKey("consultation.id"), nullable=False),
        sa.Column("queue_id", sa.Text, sa.ForeignKey("queue.id"), nullable=False),
        sa.Column("tier", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("holder_id", sa.Text, sa.ForeignKey("staff.id")),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("summary", sa.Text),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("waiting_since", UtcDateTime, nullable=False),
        sa.Column("deadline_at", UtcDateTime, nullable=False),
        sa.Column("promised_at", UtcDateTime),
        sa.Column("apologised_at", UtcDateTime),
        sa.Column("claimed_at", UtcDateTime),
        sa.Column("claimed_seq", sa.BigInteger),
        sa.Column("transfers", Json, nullable=False),
        sa.Column("done_at", UtcDateTime),
        sa.Column("ended", sa.Text),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("changed_at", UtcDateTime, nullable=False),
    )
    unfinished, waiting = sa.text("state <> 'done'"), sa.text("state = 'waiting'")
    op.create_index(
        "uq_queue_entry_open",
        "queue_entry",
        ["conversation_id"],
        unique=True,
        sqlite_where=unfinished,
        postgresql_where=unfinished,
    )
    op.create_index(
        "ix_queue_entry_waiting",
        "queue_entry",
        ["queue_id", "priority", "waiting_since"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    for columns in (["consultation_id"], ["queue_id", "claimed_at"], ["changed_at"], ["done_at"]):
        op.create_index(f"ix_queue_entry_{'_'.join(columns)}", "queue_entry", columns)
