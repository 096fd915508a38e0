from datetime import date

import pytest

from core.calendar import CalendarUnconfirmed, tax_calendar
from core.obligations import OBLIGATIONS, due, last_month


@pytest.mark.parametrize(
    ("obligation", "tax_period", "expected"),
    [
        ("VAT-M", "2026-11", date(2026, 12, 15)),
        ("VAT-M", "2026-10", date(2026, 11, 16)),
        ("VAT-M", "2025-12", date(2026, 1, 20)),
        ("IIT-W", "2026-01", date(2026, 2, 24)),
        ("CT-M", "2026-09", date(2026, 10, 26)),
        ("VAT-Q", "2026-Q3", date(2026, 10, 26)),
        ("CIT-P", "2026-Q1", date(2026, 4, 20)),
        ("IIT-B", "2025-Q4", date(2026, 1, 20)),
    ],
)
def test_due(obligation, tax_period, expected):
    assert due(obligation, tax_period, tax_calendar()).date == expected


@pytest.mark.parametrize("tax_period", ["2026-12", "2027-01"])
def test_no_date_is_guessed(tax_period):
    with pytest.raises(CalendarUnconfirmed):
        due("VAT-M", tax_period, tax_calendar())


@pytest.mark.parametrize("obligation", OBLIGATIONS)
@pytest.mark.parametrize("tax_period", ["", "2026", "2026-13", "2026-Q5", "11-2026", "2026-1"])
def test_a_wrong_period_is_told(obligation, tax_period):
    with pytest.raises(ValueError, match=f"{obligation} needs a"):
        last_month(obligation, tax_period)


def test_month_and_quarter_are_not_mixed():
    with pytest.raises(ValueError, match="needs a month"):
        last_month("VAT-M", "2026-Q3")
    with pytest.raises(ValueError, match="needs a quarter"):
        last_month("VAT-Q", "2026-09")
