"""Tables of campaigns and of what each recipient got and answered."""

import sqlalchemy as sa

from core.tables import Json, UtcDateTime, metadata

campaign = sa.Table(
    "campaign",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("spec", Json, nullable=False, doc="a CampaignSpec, fixed once it was started"),
    sa.Column("state", sa.Text, nullable=False, doc="draft | running | done | stopped"),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
)

campaign_member = sa.Table(
    "campaign_member",
    metadata,
    sa.Column("campaign_key", sa.Text, sa.ForeignKey("campaign.key"), primary_key=True),
    sa.Column("taxpayer_id", sa.Text, sa.ForeignKey("taxpayer.id"), primary_key=True),
)
"""The taxpayers of a campaign's list; a campaign without a list addresses the whole register."""

campaign_run = sa.Table(
    "campaign_run",
    metadata,
    sa.Column("campaign_key", sa.Text, sa.ForeignKey("campaign.key"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("cursor", sa.Text, nullable=False, doc="last taxpayer looked at"),
    sa.Column("added", sa.Integer, nullable=False, doc="recipients that this run added"),
    sa.Column("started_at", UtcDateTime, nullable=False),
    sa.Column("ended_at", UtcDateTime),
)
"""One passage through the register; the cursor moves in the transaction of its chunk."""

outreach = sa.Table(
    "outreach",
    metadata,
    sa.Column("campaign_key", sa.Text, primary_key=True),
    sa.Column("taxpayer_id", sa.Text, primary_key=True),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("remind_at", UtcDateTime, doc="when the card may be given; null: nothing to give"),
    sa.Column("rounds", sa.Integer, nullable=False, doc="how often it was given"),
    sa.Column("conversation_id", sa.Text, sa.ForeignKey("conversation.id")),
    sa.Column("seq", sa.BigInteger, doc="the latest card's place in that conversation"),
    sa.Column("delivered_at", UtcDateTime, doc="the first time"),
    sa.Column("read_at", UtcDateTime),
    sa.Column("answer", sa.Text, doc="done | later | not_applicable | ask"),
    sa.Column("answered_at", UtcDateTime, doc="when the present answer came"),
    sa.Column("history", Json, nullable=False, doc="every answer: seq, action, at"),
    sa.Index(
        "ix_outreach_waiting",
        "taxpayer_id",
        "remind_at",
        sqlite_where=sa.text("remind_at IS NOT NULL"),
        postgresql_where=sa.text("remind_at IS NOT NULL"),
    ),
    sa.Index(
        "ix_outreach_conversation_id_seq",
        "conversation_id",
        "seq",
        sqlite_where=sa.text("conversation_id IS NOT NULL"),
        postgresql_where=sa.text("conversation_id IS NOT NULL"),
    ),
)
"""The inbox: one row per campaign and taxpayer, however often anything is run again.

Campaign and taxpayer are no foreign keys: a row is made from both and neither is ever deleted, but
PostgreSQL would look them up again, and lock them, for each of 450,000 rows.
"""
