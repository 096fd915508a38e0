"""A recipient's row no longer locks its taxpayer and its campaign.

On PostgreSQL each of 450,000 new rows looked both up again and left a lock in the taxpayer's row:
more than half of a push. The rows are made by a query over `taxpayer`, in the hands of whoever
holds the campaign's run, and neither taxpayers nor campaigns are ever deleted.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018_outreach"
down_revision = "0015_imports"

_GIVEN = sa.text("conversation_id IS NOT NULL")


def upgrade() -> None:
    """Let go of two foreign keys; index only rows that have a card."""
    with op.batch_alter_table("outreach") as outreach:
        outreach.drop_constraint("fk_outreach_campaign_key", type_="foreignkey")
        outreach.drop_constraint("fk_outreach_taxpayer_id", type_="foreignkey")
    op.drop_index("ix_outreach_conversation_id_seq", "outreach")
    op.create_index(
        "ix_outreach_conversation_id_seq",
        "outreach",
        ["conversation_id", "seq"],
        sqlite_where=_GIVEN,
        postgresql_where=_GIVEN,
    )
