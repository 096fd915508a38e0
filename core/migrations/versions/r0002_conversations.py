"""The register; conversations with their sessions, messages, consultations and turns."""

import sqlalchemy as sa
from alembic import op

from core.tables import Json, Money, UtcDateTime

revision = "0002_conversations"
down_revision = "0001_core"


def upgrade() -> None:
    """Create the tables of taxpayers and conversations."""
    _register()
    _conversations()


def _register() -> None:
    op.create_table(
        "person",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "taxpayer",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("uscc", sa.Text),
        sa.Column("entity_type", sa.Text),
        sa.Column("vat_status", sa.Text),
        sa.Column("filing_period", sa.Text),
        sa.Column("industry", sa.Text),
        sa.Column("region", sa.Text),
        sa.Column("employees", sa.Integer),
        sa.Column("annual_taxable_income", Money),
        sa.Column("total_assets", Money),
        sa.Column("credit_grade", sa.Text),
        sa.Column("registered_on", sa.Date),
        sa.Column("tags", Json, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
    )
    op.create_index("ix_taxpayer_uscc", "taxpayer", ["uscc"])
    op.create_table(
        "authorisation",
        sa.Column("person_id", sa.Text, sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("taxpayer_id", sa.Text, sa.ForeignKey("taxpayer.id"), primary_key=True),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("assurance", sa.Text, nullable=False),
        sa.Column("confirmed_at", UtcDateTime, nullable=False),
    )
    op.create_index("ix_authorisation_taxpayer_id", "authorisation", ["taxpayer_id"])


def _conversations() -> None:
    op.create_table(
        "conversation",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("person_id", sa.Text, sa.ForeignKey("person.id")),
        sa.Column("taxpayer_id", sa.Text, sa.ForeignKey("taxpayer.id")),
        sa.Column("assurance", sa.Text, nullable=False),
        sa.Column("profile", Json, nullable=False),
        sa.Column("locale", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("owner_version", sa.Integer, nullable=False),
        sa.Column("holder_id", sa.Text),
        sa.Column("holder_name", sa.Text),
        sa.Column("last_seq", sa.BigInteger, nullable=False),
        sa.Column("read_seq", sa.BigInteger, nullable=False),
        sa.Column("consultation_id", sa.Text),
        sa.Column("memory", Json, nullable=False),
        sa.Column("joined_to", sa.Text, sa.ForeignKey("conversation.id")),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.UniqueConstraint(
            "person_id", "taxpayer_id", name="uq_conversation_person_id_taxpayer_id"
        ),
    )
    op.create_index("ix_conversation_taxpayer_id", "conversation", ["taxpayer_id"])
    op.create_table(
        "chat_session",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("conversation_id", sa.Text, sa.ForeignKey("conversation.id"), nullable=False),
        sa.Column("token_hash", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.UniqueConstraint("token_hash", name="uq_chat_session_token_hash"),
    )
    op.create_index(
        "ix_chat_session_conversation_id_expires_at",
        "chat_session",
        ["conversation_id", "expires_at"],
    )
    op.create_table(
        "consultation",
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
    )
    op.create_index(
        "ix_consultation_conversation_id_opened_at",
        "consultation",
        ["conversation_id", "opened_at"],
    )
    op.create_index("ix_consultation_closed_at_last_at", "consultation", ["closed_at", "last_at"])
    op.create_table(
        "message",
        sa.Column("conversation_id", sa.Text, sa.ForeignKey("conversation.id"), primary_key=True),
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("consultation_id", sa.Text),
        sa.Column("sender", sa.Text, nullable=False),
        sa.Column("name", sa.Text),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("body", Json, nullable=False),
        sa.Column("client_message_id", sa.Text),
        sa.Column("content_hash", sa.Text),
        sa.UniqueConstraint(
            "conversation_id",
            "client_message_id",
            name="uq_message_conversation_id_client_message_id",
        ),
    )
    op.create_table(
        "turn",
        sa.Column("conversation_id", sa.Text, sa.ForeignKey("conversation.id"), primary_key=True),
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("consultation_id", sa.Text),
        sa.Column("due_at", UtcDateTime, nullable=False),
        sa.Column("settled_at", UtcDateTime),
        sa.Column("outcome", sa.Text),
        sa.Column("trace", Json, nullable=False),
    )
    op.create_index("ix_turn_consultation_id", "turn", ["consultation_id"])
    unsettled = sa.text("settled_at IS NULL")
    op.create_index(
        "ix_turn_due", "turn", ["due_at"], sqlite_where=unsettled, postgresql_where=unsettled
    )
