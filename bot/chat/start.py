"""Which questions a chat begins with; the lists stand in `data/start.yml`."""

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.calendar import CalendarUnconfirmed, TaxCalendar
from core.settings import PROJECT

Kind = Literal["company", "individual_business", "natural_person", "unknown"]
START = PROJECT / "data" / "start.yml"
MOST = 6
"""Questions offered; more would push the greeting off a phone's screen."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Season(_Strict):
    """A time at which some questions come first.

    Attributes:
        days_to_deadline: it holds from so many days before a filing deadline to its day; or
        from_, to: first and last day of each year, as MM-DD.
    """

    name: str
    days_to_deadline: int | None = Field(None, ge=0, le=31)
    from_: str | None = Field(None, alias="from", pattern=r"^\d\d-\d\d$")
    to: str | None = Field(None, pattern=r"^\d\d-\d\d$")
    first: dict[Kind, list[str]]

    @model_validator(mode="after")
    def _one_time(self) -> Self:
        days = self.from_ is not None and self.to is not None and self.from_ <= self.to
        if days == (self.days_to_deadline is not None):
            raise ValueError("a season needs days_to_deadline, or from and to in order")
        return self

    def holds(self, day: date, calendar: TaxCalendar, region: str | None = None) -> bool:
        """Whether a day lies in the season; a deadline that nobody announced makes none."""
        if self.days_to_deadline is None:
            return str(self.from_) <= f"{day:%m-%d}" <= str(self.to)
        try:
            left = calendar.next_deadline(day, region).date - day
        except CalendarUnconfirmed:
            return False
        return left.days <= self.days_to_deadline


class Start(_Strict):
    """The lists of `data/start.yml`."""

    usual: dict[Kind, list[str]]
    seasons: list[Season] = []

    def entries(
        self, kind: Kind, day: date, calendar: TaxCalendar, region: str | None = None
    ) -> list[str]:
        """Return ids of entries for a kind of taxpayer on a day, the most fitting first."""

        def wanted() -> Iterator[str]:
            for season in self.seasons:
                if season.holds(day, calendar, region):
                    yield from season.first.get(kind, [])
            yield from self.usual[kind]

        return list(dict.fromkeys(wanted()))


@cache
def start(path: Path = START) -> Start:
    """Return the lists, read once."""
    return Start.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
