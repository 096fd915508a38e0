"""The audience in SQL on the register is the audience that the conditions mean."""

from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa

from core.conditions import evaluate, parse, to_sql
from core.database import Database
from reminders.repository import fact
from taxpayers.models import taxpayer
from taxpayers.schemas import Profile, Taxpayer
from taxpayers.service import upsert_taxpayer

REGISTER = {
    "unknown": Profile(),
    "small": Profile(
        entity_type="company",
        vat_status="small_scale",
        filing_period="quarter",
        employees=300,
        annual_taxable_income=Decimal("3000000.00"),
        total_assets=Decimal("49999999.99"),
        region="浙江省",
        tags=("new", "it's"),
    ),
    "large": Profile(
        entity_type="company",
        vat_status="general",
        filing_period="month",
        employees=301,
        annual_taxable_income=Decimal("-0.01"),
        total_assets=Decimal("50000000.01"),
        credit_grade="A",
        registered_on=date(2026, 1, 1),
        tags=("exporter",),
    ),
}
CONDITIONS = [
    {},
    {"filing_period": "month"},
    {"not": {"filing_period": "month"}},
    {"vat_status": ["general", "small_scale"], "employees": {"lte": 300}},
    {"annual_taxable_income": {"lte": 3000000}, "total_assets": {"lte": 49999999.99}},
    {"annual_taxable_income": {"lt": 0}},
    {"annual_taxable_income": -0.01},
    {"total_assets": {"gt": 50000000}},
    {"registered_on": {"gte": "2026-01-01"}},
    {"registered_on": {"lt": "2026-01-01"}},
    {"tags": "exporter"},
    {"tags": ["it's", "none"]},
    {"tags": {"ne": "new"}, "employees": {"gt": 1}},
    {"any": [{"credit_grade": "A"}, {"region": "浙江省"}]},
    {"not": {"any": [{"credit_grade": "A"}, {"region": "浙江省"}]}},
]


@pytest.mark.parametrize("condition", CONDITIONS, ids=str)
async def test_audience(db: Database, condition):
    parsed = parse(condition)

    def chosen(tx):
        for key, profile in REGISTER.items():
            upsert_taxpayer(tx, Taxpayer(id=key, name=key, profile=profile))
        return set(tx.execute(sa.select(taxpayer.c.id).where(to_sql(parsed, fact))).scalars())

    # the register always knows the tags, if there are none
    expected = {
        key
        for key, profile in REGISTER.items()
        if evaluate(parsed, {"tags": [], **profile.facts()}).value
    }
    assert await db.write(chosen) == expected
