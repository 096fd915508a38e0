"""The table of runs: where each stands, bound to the version it began with."""

import sqlalchemy as sa

from core.tables import Json, UtcDateTime, metadata

flow_run = sa.Table(
    "flow_run",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("conversation_id", sa.Text, sa.ForeignKey("conversation.id"), nullable=False),
    sa.Column("flow_id", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False, doc="of the definition it began with"),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("step", sa.Text, nullable=False, doc="id of the step asked now, summary or result"),
    sa.Column("answers", Json, nullable=False, doc="by field key; a protected one is {ref, mask}"),
    sa.Column("standing", Json, nullable=False, doc="cursor, submitted, failures, leaving"),
    sa.Column("due", Json, nullable=False, doc="the due item it was started for"),
    sa.Column("summary", Json, nullable=False, doc="what a person who helps is shown"),
    sa.Column("trail", Json, nullable=False, doc="what was done when: {at, did, step}"),
    sa.Column("started_by", sa.Text, nullable=False, doc="taxpayer, or a staff id"),
    sa.Column("started_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Column("change", sa.Integer, nullable=False, doc="grows with every change"),
    sa.Index("ix_flow_run_conversation_id", "conversation_id", "updated_at"),
    sa.Index(
        "ix_flow_run_open",
        "expires_at",
        sqlite_where=sa.text("state IN ('active', 'paused', 'with_person')"),
        postgresql_where=sa.text("state IN ('active', 'paused', 'with_person')"),
    ),
    sa.Index(
        "uq_flow_run_active",
        "conversation_id",
        unique=True,
        sqlite_where=sa.text("state = 'active'"),
        postgresql_where=sa.text("state = 'active'"),
    ),
)
"""At most one run of a conversation is active; others wait, paused."""
