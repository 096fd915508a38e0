"""Protected values; hashes of a message's content that had no key are emptied.

Those hashes stood over the whole text, identity numbers included: with a copy of the database, a
phone number could be found by trying them all. A resend across this change is compared with what
is stored (conversations/service.py).
"""

import sqlalchemy as sa
from alembic import op

from core.tables import UtcDateTime

revision = "0007_protected_values"
down_revision = "0006_machine_clients"


def upgrade() -> None:
    """Create the table, empty the hashes."""
    op.create_table(
        "protected_value",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("conversation_id", sa.Text, sa.ForeignKey("conversation.id"), nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("sealed", sa.Text),
        sa.Column("digest", sa.Text),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.Column("erased_at", UtcDateTime),
    )
    kept = sa.text("erased_at IS NULL")
    op.create_index(
        "ix_protected_value_expiring",
        "protected_value",
        ["expires_at"],
        sqlite_where=kept,
        postgresql_where=kept,
    )
    for column in ("conversation_id", "subject", "digest"):
        op.create_index(f"ix_protected_value_{column}", "protected_value", [column])
    message = sa.table("message", sa.column("content_hash"))
    op.execute(
        sa.update(message).where(message.c.content_hash.is_not(None)).values(content_hash=None)
    )
