"""Tables of the knowledge base: the store that editors change and files are merged into."""

import sqlalchemy as sa

from core.tables import Json, UtcDateTime, metadata

documents = sa.Table(
    "kb_document",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("content", Json, nullable=False, comment="schemas.Document without provisions"),
    sa.Column("digest", sa.Text, nullable=False, comment="of the file's content, provisions in"),
)

provisions = sa.Table(
    "kb_provision",
    metadata,
    sa.Column(
        "document_id",
        sa.Text,
        sa.ForeignKey("kb_document.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("place", sa.Integer, nullable=False, comment="order within the document"),
    sa.Column("content", Json, nullable=False, comment="schemas.Provision"),
)

entries = sa.Table(
    "kb_entry",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("visibility", sa.Text, nullable=False),
    sa.Column("region", sa.Text),
    sa.Column("content", Json, nullable=False, comment="schemas.Entry, as it is answered"),
    sa.Column("imported_digest", sa.Text, comment="of the file last imported; null: made here"),
    sa.Column("edited", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("reviewed_at", UtcDateTime, comment="null: provisional"),
    sa.Column("reviewed_by", sa.Text),
    sa.Column("updated_at", UtcDateTime, nullable=False),
)
