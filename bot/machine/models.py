"""The table of machine clients."""

import sqlalchemy as sa

from core.tables import Json, UtcDateTime, metadata

machine_client = sa.Table(
    "machine_client",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("secret_hash", sa.Text, nullable=False),
    sa.Column("scopes", Json, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
)
