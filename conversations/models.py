"""Tables of the conversation: one ordered log each, and who may speak in it."""

import sqlalchemy as sa

from core.tables import Json, UtcDateTime, metadata

conversation = sa.Table(
    "conversation",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("person_id", sa.Text, sa.ForeignKey("person.id")),
    sa.Column("taxpayer_id", sa.Text, sa.ForeignKey("taxpayer.id")),
    sa.Column("assurance", sa.Text, nullable=False),
    sa.Column("profile", Json, nullable=False, doc="what an anonymous visitor told of itself"),
    sa.Column("locale", sa.Text, nullable=False),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("owner_version", sa.Integer, nullable=False),
    sa.Column("holder_id", sa.Text),
    sa.Column("holder_name", sa.Text),
    sa.Column("last_seq", sa.BigInteger, nullable=False),
    sa.Column("read_seq", sa.BigInteger, nullable=False),
    sa.Column("consultation_id", sa.Text, doc="the open one"),
    sa.Column("memory", Json, nullable=False, doc="what a follow-up refers to"),
    sa.Column("joined_to", sa.Text, sa.ForeignKey("conversation.id")),
    sa.Column("worker", sa.Text, doc="process that does its turns; null where there is only one"),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("person_id", "taxpayer_id"),
    sa.Index("ix_conversation_taxpayer_id", "taxpayer_id"),
)

chat_session = sa.Table(
    "chat_session",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("conversation_id", sa.Text, sa.ForeignKey("conversation.id"), nullable=False),
    sa.Column("token_hash", sa.Text, nullable=False, unique=True),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Index(None, "conversation_id", "expires_at"),
)

consultation = sa.Table(
    "consultation",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("conversation_id", sa.Text, sa.ForeignKey("conversation.id"), nullable=False),
    sa.Column("opened_at", UtcDateTime, nullable=False),
    sa.Column("closed_at", UtcDateTime),
    sa.Column("last_at", UtcDateTime, nullable=False),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("result", sa.Text),
    sa.Column("matter", sa.Text),
    sa.Column("summary", sa.Text),
    sa.Column("closed_by", sa.Text),
    sa.Column("score", sa.Integer),
    sa.Column("comment", sa.Text),
    sa.Column("erased_at", UtcDateTime),
    sa.Index(None, "conversation_id", "opened_at"),
    sa.Index(None, "closed_at", "last_at"),
    sa.Index(
        "ix_consultation_retained",
        "closed_at",
        sqlite_where=sa.text("erased_at IS NULL"),
        postgresql_where=sa.text("erased_at IS NULL"),
    ),
)

message = sa.Table(
    "message",
    metadata,
    sa.Column("conversation_id", sa.Text, sa.ForeignKey("conversation.id"), primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("consultation_id", sa.Text),
    sa.Column("sender", sa.Text, nullable=False),
    sa.Column("name", sa.Text),
    sa.Column("kind", sa.Text, nullable=False, doc="a kind of the contract, or `event`"),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("body", Json, nullable=False),
    sa.Column("client_message_id", sa.Text),
    sa.Column("content_hash", sa.Text, doc="keyed, of what the client sent"),
    sa.Column("erased_at", UtcDateTime, doc="text and body were emptied"),
    sa.UniqueConstraint("conversation_id", "client_message_id"),
    sa.Index(
        "ix_message_loose",
        "at",
        sqlite_where=sa.text("erased_at IS NULL AND consultation_id IS NULL"),
        postgresql_where=sa.text("erased_at IS NULL AND consultation_id IS NULL"),
    ),
    sa.Index(None, "at"),
)

protected_value = sa.Table(
    "protected_value",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("conversation_id", sa.Text, sa.ForeignKey("conversation.id"), nullable=False),
    sa.Column("subject", sa.Text, nullable=False, index=True, doc="e.g. a flow's run"),
    sa.Column("field", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("sealed", sa.Text, doc="None once it was emptied"),
    sa.Column("digest", sa.Text, index=True, doc="keyed hash of kind and value"),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Column("erased_at", UtcDateTime),
    sa.Index(None, "conversation_id"),
    sa.Index(
        "ix_protected_value_expiring",
        "expires_at",
        sqlite_where=sa.text("erased_at IS NULL"),
        postgresql_where=sa.text("erased_at IS NULL"),
    ),
)

turn = sa.Table(
    "turn",
    metadata,
    sa.Column("conversation_id", sa.Text, sa.ForeignKey("conversation.id"), primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("consultation_id", sa.Text, index=True),
    sa.Column("due_at", UtcDateTime, nullable=False, doc="by then the taxpayer hears something"),
    sa.Column("settled_at", UtcDateTime),
    sa.Column("outcome", sa.Text),
    sa.Column("trace", Json, nullable=False, doc="what the bot tried, with scores"),
    sa.Index(
        "ix_turn_open",
        "conversation_id",
        "seq",
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    ),
)
