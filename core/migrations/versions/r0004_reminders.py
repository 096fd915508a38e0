"""Campaigns, their lists and runs, and the inbox of reminders."""

import sqlalchemy as sa
from alembic import op

from core.tables import Json, UtcDateTime

revision = "0004_reminders"
down_revision = "0003_escalation"


def upgrade() -> None:
    """Create the tables of reminders."""
    op.create_table(
        "campaign",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("spec", Json, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "campaign_member",
        sa.Column("campaign_key", sa.Text, sa.ForeignKey("campaign.key"), primary_key=True),
        sa.Column("taxpayer_id", sa.Text, sa.ForeignKey("taxpayer.id"), primary_key=True),
    )
    op.create_table(
        "campaign_run",
        sa.Column("campaign_key", sa.Text, sa.ForeignKey("campaign.key"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("cursor", sa.Text, nullable=False),
        sa.Column("added", sa.Integer, nullable=False),
        sa.Column("started_at", UtcDateTime, nullable=False),
        sa.Column("ended_at", UtcDateTime),
    )
    op.create_table(
        "outreach",
        sa.Column("campaign_key", sa.Text, sa.ForeignKey("campaign.key"), primary_key=True),
        sa.Column("taxpayer_id", sa.Text, sa.ForeignKey("taxpayer.id"), primary_key=True),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("remind_at", UtcDateTime),
        sa.Column("rounds", sa.Integer, nullable=False),
        sa.Column("conversation_id", sa.Text, sa.ForeignKey("conversation.id")),
        sa.Column("seq", sa.BigInteger),
        sa.Column("delivered_at", UtcDateTime),
        sa.Column("read_at", UtcDateTime),
        sa.Column("answer", sa.Text),
        sa.Column("answered_at", UtcDateTime),
        sa.Column("history", Json, nullable=False),
    )
    waiting = sa.text("remind_at IS NOT NULL")
    op.create_index(
        "ix_outreach_waiting",
        "outreach",
        ["taxpayer_id", "remind_at"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    op.create_index("ix_outreach_conversation_id_seq", "outreach", ["conversation_id", "seq"])
