"""Office hours by the calendar of 2026, in Asia/Shanghai."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from core.clock import SHANGHAI
from escalation.hours import Hours

OFFICE = Hours.model_validate({"days": "workdays", "periods": [["09:00", "17:00"]]})
LUNCH = Hours.model_validate({"periods": [["09:00", "12:00"], ["13:30", "17:00"]]})


def at(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    "periods",
    [[], [["17:00", "09:00"]], [["09:00", "12:00"], ["11:00", "17:00"]], [["25:00", "26:00"]]],
)
def test_periods_out_of_order_are_refused(periods) -> None:
    with pytest.raises(ValidationError):
        Hours.model_validate({"periods": periods})


@pytest.mark.parametrize(
    ("hours", "now", "is_open", "opens"),
    [
        (OFFICE, at(2026, 11, 24, 9, 0), True, at(2026, 11, 25, 9, 0)),
        (OFFICE, at(2026, 11, 24, 8, 59, 59), False, at(2026, 11, 24, 9, 0)),
        (OFFICE, at(2026, 11, 24, 17, 0), False, at(2026, 11, 25, 9, 0)),
        (OFFICE, at(2026, 11, 27, 18, 0), False, at(2026, 11, 30, 9, 0)),  # over a weekend
        (OFFICE, at(2026, 10, 1, 10, 0), False, at(2026, 10, 8, 9, 0)),  # National Day
        (OFFICE, at(2026, 10, 10, 10, 0), True, at(2026, 10, 12, 9, 0)),  # Saturday made up
        (LUNCH, at(2026, 11, 24, 12, 30), False, at(2026, 11, 24, 13, 30)),
        (LUNCH, at(2026, 11, 24, 9, 30), True, at(2026, 11, 24, 13, 30)),
    ],
)
def test_open_and_next_opening(hours, now, is_open, opens) -> None:
    assert hours.open_at(now) is is_open
    assert hours.opens_at(now) == opens
    assert hours.opens_at(now).tzinfo is UTC


def test_daily_hours_do_not_rest_on_holidays() -> None:
    daily = Hours.model_validate({"days": "daily", "periods": [["08:00", "20:00"]]})
    assert daily.open_at(at(2026, 10, 1, 10, 0))
