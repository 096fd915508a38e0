"""Office hours: working days of the tax calendar, times of day in Asia/Shanghai. No I/O."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator

from core.calendar import TaxCalendar, tax_calendar
from core.clock import SHANGHAI

LONGEST_BREAK = 31
"""Days to look ahead for the next opening; no holiday is longer."""


class Hours(BaseModel):
    """When a queue is served.

    Attributes:
        days: `workdays` follows holidays and make-up workdays of the calendar; `daily` does not.
        periods: opening and closing time of each period of a day, in order.
    """

    model_config = ConfigDict(frozen=True)

    days: Literal["workdays", "daily"] = "workdays"
    periods: tuple[tuple[time, time], ...]

    @model_validator(mode="after")
    def _in_order(self) -> "Hours":
        times = [moment for period in self.periods for moment in period]
        if not times or any(b <= a for a, b in pairwise(times)):
            raise ValueError("periods must be given, in order, without overlap, within a day")
        return self

    def open_at(self, now: datetime, calendar: TaxCalendar | None = None) -> bool:
        """Whether a moment (aware) lies in office hours."""
        here = now.astimezone(SHANGHAI)
        if not self._serves(here.date(), calendar):
            return False
        return any(opens <= here.time() < closes for opens, closes in self.periods)

    def opens_at(self, now: datetime, calendar: TaxCalendar | None = None) -> datetime:
        """Return the next beginning of office hours after a moment; aware, in UTC."""
        here = now.astimezone(SHANGHAI)
        for days in range(LONGEST_BREAK):
            day = here.date() + timedelta(days=days)
            if not self._serves(day, calendar):
                continue
            for opens, _ in self.periods:
                moment = datetime.combine(day, opens, SHANGHAI)
                if moment > here:
                    return moment.astimezone(UTC)
        raise AssertionError("no working day in a month: data/calendar is wrong")

    def _serves(self, day: date, calendar: TaxCalendar | None) -> bool:
        return self.days == "daily" or (calendar or tax_calendar()).is_workday(day)
