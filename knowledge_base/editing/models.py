"""Tables of editing."""

import sqlalchemy as sa

from core.tables import Json, UtcDateTime, metadata

versions = sa.Table(
    "kb_version",
    metadata,
    sa.Column("entry_id", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("content", Json, nullable=False, comment="schemas.Draft; never changed"),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("author", sa.Text, nullable=False, comment="staff id, or `files`"),
    sa.Column("author_name", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("origin", sa.Text, nullable=False, comment="edit, import or revert"),
    sa.Column("aside", sa.Boolean, nullable=False, comment="kept of two saves at once"),
    sa.Column("base_version", sa.Integer, comment="the one it was made from"),
    sa.Column("published_at", UtcDateTime),
)

editing = sa.Table(
    "kb_editing",
    metadata,
    sa.Column("entry_id", sa.Text, primary_key=True),
    sa.Column("topic", sa.Text, nullable=False, index=True),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("check_level", sa.Text, nullable=False),
    sa.Column("visibility", sa.Text, nullable=False),
    sa.Column("region", sa.Text),
    sa.Column("searched", sa.Text, nullable=False, comment="all its words, small letters"),
    sa.Column("valid_to", sa.Date, comment="sources counted in"),
    sa.Column("head_version", sa.Integer, nullable=False),
    sa.Column("live_version", sa.Integer, comment="the content of kb_entry"),
    sa.Column("live", sa.Text, comment="draft, provisional, published or withdrawn"),
    sa.Column("work_version", sa.Integer),
    sa.Column("work", sa.Text, comment="draft, in_review or scheduled"),
    sa.Column("changed_at", UtcDateTime, nullable=False),
    sa.Column("changed_by", Json, nullable=False),
    sa.Column("submitted", Json),
    sa.Column("returned", Json),
    sa.Column("approved", Json, comment="by whom, for a scheduled one"),
    sa.Column("publish_at", UtcDateTime),
    sa.Column("withdrawn", Json),
    sa.Column("verified", Json),
    sa.Column("verify_by", sa.Date, comment="by then somebody must look"),
    sa.Column("verify_chosen", sa.Boolean, nullable=False, comment="the day was set by hand"),
    sa.Index(
        "ix_kb_editing_scheduled",
        "publish_at",
        sqlite_where=sa.text("work = 'scheduled'"),
        postgresql_where=sa.text("work = 'scheduled'"),
    ),
)

usage = sa.Table(
    "kb_usage",
    metadata,
    sa.Column("entry_id", sa.Text, primary_key=True),
    sa.Column("answers", sa.Integer, nullable=False),
    sa.Column("up", sa.Integer, nullable=False),
    sa.Column("down", sa.Integer, nullable=False),
    sa.Column("last_at", UtcDateTime),
)

given = sa.Table(
    "kb_given",
    metadata,
    sa.Column("conversation_id", sa.Text, primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("entry_id", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("vote", sa.Integer, comment="1 useful, -1 not"),
    sa.Index(None, "entry_id", "at"),
    sa.Index(None, "at"),
)

questions = sa.Table(
    "kb_question",
    metadata,
    sa.Column("conversation_id", sa.Text, primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", UtcDateTime, nullable=False, index=True),
    sa.Column("text", sa.Text, nullable=False, comment="masked"),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("entry_id", sa.Text, comment="the answer that was voted down"),
    sa.Column("vector", sa.LargeBinary),
    sa.Column("encoder", sa.Text, comment="whose vector it is"),
    sa.Column("handled_id", sa.Text, index=True),
)

handled = sa.Table(
    "kb_handled",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("handled_as", sa.Text, nullable=False, comment="entry, alias or dismissed"),
    sa.Column("entry_id", sa.Text),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("by", Json, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("vector", sa.LargeBinary, nullable=False, comment="middle of the group"),
    sa.Column("encoder", sa.Text, nullable=False),
)

corrections = sa.Table(
    "kb_correction",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("entry_id", sa.Text, nullable=False, index=True),
    sa.Column("right_entry_id", sa.Text),
    sa.Column("given_from", UtcDateTime, nullable=False),
    sa.Column("given_to", UtcDateTime, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("decided", Json, nullable=False),
    sa.Column("state", sa.Text, nullable=False, comment="running or done"),
    sa.Column("reached", sa.Text, nullable=False, comment="last conversation that has its event"),
    sa.Column("conversations", sa.Integer, nullable=False),
    sa.Column("sent", sa.Integer, nullable=False),
)

marks = sa.Table(
    "kb_mark",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False),
)
