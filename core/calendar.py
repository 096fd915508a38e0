"""Filing deadlines and working days, from the official tables in `data/calendar/`.

All dates are in Asia/Shanghai. The table goes before any computation: Implementation Rules of the
Tax Collection Law, article 109, postpones a deadline that meets a holiday, but how is announced
each December, and a provincial bureau may move a date for its region.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from core.errors import DaobanError
from core.settings import PROJECT

DIRECTORY = PROJECT / "data" / "calendar"

# A year without a table: the days that are holidays every year (Regulation on public holidays,
# 2024 revision, article 2); those of the lunar calendar are not guessed.
_EVERY_YEAR = {(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)}


class CalendarUnconfirmed(DaobanError):
    """The dates of that year have not been announced, so none is given."""

    status = 409
    code = "calendar_unconfirmed"


class BadCalendar(DaobanError):
    """A calendar file that cannot be read, with the file and what to put right."""

    status = 500
    code = "bad_calendar"


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day of a filing period, and the document that announced it."""

    date: date
    source: str


@dataclass(frozen=True)
class _Year:
    source: str
    deadlines: Mapping[int, date]
    regions: Mapping[str, Mapping[int, Deadline]]
    holidays: frozenset[date]
    makeup_workdays: frozenset[date]


@dataclass(frozen=True)
class TaxCalendar:
    """The confirmed years."""

    years: Mapping[int, _Year] = field(default_factory=dict)

    @property
    def sources(self) -> Mapping[int, str]:
        """What announced each year's dates, by year."""
        return {year: table.source for year, table in self.years.items()}

    def deadline15(self, year: int, month: int, region: str | None = None) -> Deadline:
        """Return the last day of the periods that end within 15 days in this month.

        Args:
            year: calendar year the deadline falls in.
            month: month the deadline falls in, 1 to 12.
            region: a province that may have moved it; None: the national date.

        Raises:
            CalendarUnconfirmed: nobody announced that year yet.
        """
        table = self.years.get(year)
        if table is None:
            raise CalendarUnconfirmed(
                f"the filing dates of {year} are not announced: say so, and add "
                f"data/calendar/{year}.yml once they are",
                year=year,
            )
        moved = table.regions.get(region or "", {}).get(month)
        return moved or Deadline(table.deadlines[month], table.source)

    def next_deadline(self, day: date, region: str | None = None) -> Deadline:
        """Return the first 15-day deadline on or after a day.

        Raises:
            CalendarUnconfirmed: it falls in a year that nobody announced yet.
        """
        deadline = self.deadline15(day.year, day.month, region)
        if deadline.date >= day:
            return deadline
        later = date(day.year + day.month // 12, day.month % 12 + 1, 1)
        return self.deadline15(later.year, later.month, region)

    def is_workday(self, day: date) -> bool:
        """Whether offices are open; without a table Monday to Friday but the fixed holidays."""
        table = self.years.get(day.year)
        if table is None:
            return day.weekday() < 5 and (day.month, day.day) not in _EVERY_YEAR
        if day in table.makeup_workdays:
            return True
        return day.weekday() < 5 and day not in table.holidays

    def next_workday(self, day: date) -> date:
        """Return the first working day after a day."""
        day += timedelta(days=1)
        while not self.is_workday(day):
            day += timedelta(days=1)
        return day


def load_calendar(directory: Path = DIRECTORY) -> TaxCalendar:
    """Read every `<year>.yml` of a directory; unconfirmed years are left out.

    Raises:
        BadCalendar: a file is not as `data/calendar/2026.yml`.
    """
    years: dict[int, _Year] = {}
    for path in sorted(directory.glob("*.yml")):
        try:
            data = yaml.safe_load(path.read_text(encoding="utf-8"))
            if data["confirmed"] is True:
                years[int(data["year"])] = _read_year(data)
        except (yaml.YAMLError, KeyError, TypeError, ValueError) as error:
            raise BadCalendar(
                f"{path.name}: {type(error).__name__} {error}; write it as 2026.yml is"
            ) from error
    return TaxCalendar(years)


@cache
def tax_calendar() -> TaxCalendar:
    """Return the calendar that ships with the system, read once."""
    return load_calendar()


def _read_year(data: Mapping[str, Any]) -> _Year:
    deadlines = {int(month): _day(value) for month, value in data["deadline15"].items()}
    if set(deadlines) != set(range(1, 13)):
        raise ValueError("deadline15 needs the months 1 to 12")
    regions = {
        str(region): {
            int(month): Deadline(_day(moved["date"]), str(moved["source"]))
            for month, moved in months.items()
        }
        for region, months in (data.get("regions") or {}).items()
    }
    return _Year(
        source=str(data["source"]),
        deadlines=deadlines,
        regions=regions,
        holidays=frozenset(_day(value) for value in data["holidays"]),
        makeup_workdays=frozenset(_day(value) for value in data["makeup_workdays"]),
    )


def _day(value: Any) -> date:
    if type(value) is not date:
        raise ValueError(f"{value!r} is no date (YYYY-MM-DD, without quotes)")
    return value
