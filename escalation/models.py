"""Tables of the second and third tier: who serves, where one waits, who holds what."""

import sqlalchemy as sa

from conversations.models import conversation
from core.tables import Json, UtcDateTime, metadata

staff = sa.Table(
    "staff",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("username", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False, doc="as taxpayers see it"),
    sa.Column("password_hash", sa.Text, nullable=False, doc="argon2id"),
    sa.Column("roles", Json, nullable=False),
    sa.Column("offices", Json, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
)

staff_session = sa.Table(
    "staff_session",
    metadata,
    sa.Column("token_hash", sa.Text, primary_key=True),
    sa.Column("staff_id", sa.Text, sa.ForeignKey("staff.id"), nullable=False, index=True),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
)

presence = sa.Table(
    "presence",
    metadata,
    sa.Column("staff_id", sa.Text, sa.ForeignKey("staff.id"), primary_key=True),
    sa.Column("state", sa.Text, nullable=False, doc="available, busy or away"),
    sa.Column("capacity", sa.Integer, doc="chats at once; null: not told"),
    sa.Column("seen_at", UtcDateTime, nullable=False, doc="last sign of the desk"),
)

queue = sa.Table(
    "queue",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, doc="null: the catalogue's name of the tier"),
    sa.Column("tier", sa.Text, nullable=False),
    sa.Column("office", sa.Text, doc="null: every office serves it"),
    sa.Column("hours", Json, nullable=False, doc="escalation.hours.Hours"),
    sa.Column("wait_seconds", sa.Integer, nullable=False, doc="the promise: a person within"),
)

_open = sa.text("state <> 'done'")
_waiting = sa.text("state = 'waiting'")

queue_entry = sa.Table(
    "queue_entry",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("conversation_id", sa.Text, sa.ForeignKey("conversation.id"), nullable=False),
    sa.Column("consultation_id", sa.Text, sa.ForeignKey("consultation.id"), nullable=False),
    sa.Column("queue_id", sa.Text, sa.ForeignKey("queue.id"), nullable=False),
    sa.Column("tier", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False, doc="waiting, held or done"),
    sa.Column("holder_id", sa.Text, sa.ForeignKey("staff.id")),
    sa.Column("reason", sa.Text, nullable=False, doc="escalation.schemas.Reason"),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("summary", sa.Text),
    sa.Column("priority", sa.Integer, nullable=False),
    sa.Column("place", sa.Integer, nullable=False, doc="on joining the queue; for the estimate"),
    sa.Column("waiting_since", UtcDateTime, nullable=False),
    sa.Column("deadline_at", UtcDateTime, nullable=False),
    sa.Column("promised_at", UtcDateTime, doc="next office hours, when that was the promise"),
    sa.Column("apologised_at", UtcDateTime),
    sa.Column("claimed_at", UtcDateTime),
    sa.Column("claimed_seq", sa.BigInteger),
    sa.Column("transfers", Json, nullable=False),
    sa.Column("done_at", UtcDateTime),
    sa.Column("ended", sa.Text, doc="closed, left or repaired"),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("changed_at", UtcDateTime, nullable=False),
    sa.Index(
        "uq_queue_entry_open",
        "conversation_id",
        unique=True,
        sqlite_where=_open,
        postgresql_where=_open,
    ),
    sa.Index(
        "ix_queue_entry_waiting",
        "queue_id",
        "priority",
        "waiting_since",
        sqlite_where=_waiting,
        postgresql_where=_waiting,
    ),
    sa.Index(None, "consultation_id"),
    sa.Index(None, "queue_id", "claimed_at"),
    sa.Index(None, "changed_at"),
    sa.Index(None, "done_at"),
)

_with_people = sa.text("owner <> 'bot'")
sa.Index(
    "ix_conversation_with_people",
    conversation.c.id,
    sqlite_where=_with_people,
    postgresql_where=_with_people,
)
