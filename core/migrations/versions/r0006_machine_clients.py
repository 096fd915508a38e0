"""Clients of the machine API."""

import sqlalchemy as sa
from alembic import op

from core.tables import Json, UtcDateTime

revision = "0006_machine_clients"
down_revision = "0005_knowledge"


def upgrade() -> None:
    """Create the table of machine clients."""
    op.create_table(
        "machine_client",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("secret_hash", sa.Text, nullable=False),
        sa.Column("scopes", Json, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
    )
