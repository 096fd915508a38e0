"""Tables of the register."""

import sqlalchemy as sa

from core.tables import Json, Money, UtcDateTime, metadata

person = sa.Table(
    "person",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
)

taxpayer = sa.Table(
    "taxpayer",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("uscc", sa.Text, index=True),
    sa.Column("entity_type", sa.Text),
    sa.Column("vat_status", sa.Text),
    sa.Column("filing_period", sa.Text),
    sa.Column("industry", sa.Text),
    sa.Column("region", sa.Text),
    sa.Column("employees", sa.Integer),
    sa.Column("annual_taxable_income", Money),
    sa.Column("total_assets", Money),
    sa.Column("credit_grade", sa.Text),
    sa.Column("registered_on", sa.Date),
    sa.Column("tags", Json, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
)

authorisation = sa.Table(
    "authorisation",
    metadata,
    sa.Column("person_id", sa.Text, sa.ForeignKey("person.id"), primary_key=True),
    sa.Column("taxpayer_id", sa.Text, sa.ForeignKey("taxpayer.id"), primary_key=True),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("assurance", sa.Text, nullable=False),
    sa.Column("confirmed_at", UtcDateTime, nullable=False, doc="last token that named the pair"),
    sa.Index("ix_authorisation_taxpayer_id", "taxpayer_id"),
)
