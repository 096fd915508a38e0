"""Table of the files of conversations; their content lies sealed in the data directory."""

import sqlalchemy as sa

from core.tables import Json, UtcDateTime, metadata

stored_file = sa.Table(
    "stored_file",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("conversation_id", sa.Text, sa.ForeignKey("conversation.id"), nullable=False),
    sa.Column("consultation_id", sa.Text),
    sa.Column("seq", sa.BigInteger, doc="of the message that carries it; NULL: not sent yet"),
    sa.Column("name", sa.Text, nullable=False, doc="masked"),
    sa.Column("type", sa.Text, nullable=False, doc="media type, found by content"),
    sa.Column("size", sa.BigInteger, nullable=False, doc="bytes, as kept"),
    sa.Column("facts", Json, nullable=False, doc="width and height of a picture; by: staff"),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Column("removed_at", UtcDateTime, doc="from then on nobody sees it"),
    sa.Column("purged_at", UtcDateTime, doc="its content is gone from the disk"),
    sa.Index(None, "conversation_id", "seq"),
    sa.Index(
        "ix_stored_file_kept",
        "expires_at",
        sqlite_where=sa.text("purged_at IS NULL"),
        postgresql_where=sa.text("purged_at IS NULL"),
    ),
)
