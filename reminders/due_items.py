"""What a taxpayer has to file, as far as the reminders' lists tell."""

from datetime import date
from typing import NamedTuple

from core.calendar import CalendarUnconfirmed, Deadline, TaxCalendar, tax_calendar
from core.database import Tx
from core.obligations import due
from core.texts import DEFAULT, text
from reminders import repository
from reminders.delivery import words
from reminders.schemas import CampaignSpec
from taxpayers.service import access_taxpayer

SETTLED = frozenset({"done", "not_applicable"})
"""Answers to a card after which nothing is due any more."""


class DueItem(NamedTuple):
    """A return that a taxpayer is to be reminded of and did not call done."""

    spec: CampaignSpec
    deadline: Deadline

    @property
    def due(self) -> date:
        """The last day, in Asia/Shanghai."""
        return self.deadline.date

    def title(self, locale: str = DEFAULT) -> str:
        """Return tax and period as people read them."""
        return text("reminders.due_item", locale, **words(self.spec, self.deadline, locale))

    def with_day(self, locale: str) -> str:
        """Return tax, period and last day as people read them."""
        return text("reminders.due_item_by", locale, **words(self.spec, self.deadline, locale))


def due_items(tx: Tx, taxpayer_id: str, calendar: TaxCalendar | None = None) -> list[DueItem]:
    """Return what a taxpayer has not called done, by due day; whether it was filed is not known.

    One whose day is not announced is left out.
    """
    calendar = calendar or tax_calendar()
    region = access_taxpayer(tx, taxpayer_id).profile.region
    found: dict[tuple[str, str], DueItem] = {}
    settled: set[tuple[str, str]] = set()
    for row in repository.reminders_of(tx, taxpayer_id):
        spec = CampaignSpec.model_validate(row.spec)
        key = (spec.obligation, spec.tax_period)
        if row.answer in SETTLED:
            settled.add(key)
        try:
            deadline = due(spec.obligation, spec.tax_period, calendar, region)
        except CalendarUnconfirmed:
            continue
        found[key] = DueItem(spec, deadline)
    left = [item for key, item in found.items() if key not in settled]
    return sorted(left, key=lambda item: (item.due, item.spec.obligation))
