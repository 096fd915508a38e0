"""Late filing: when it was due, and whether the waiver for a first violation (首违不罚) can apply.

All dates are in Asia/Shanghai. Nothing here decides: the tax office does.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Literal

from core.calendar import CalendarUnconfirmed, Deadline, TaxCalendar
from core.obligations import MONTHLY, OBLIGATIONS, Obligation, due

_ANNUAL: dict[str, tuple[int, int]] = {"CIT-Y": (5, 31), "IIT-BY": (3, 31)}
"""Enterprise Income Tax Law article 54 (five months), Individual Income Tax Law article 12."""

WAIVER_LIST: dict[str, int] = {
    "bank_account": 1,
    "books": 2,
    "filing": 3,
    "tax_control_data": 4,
    "other_voucher": 5,
    "invoice_cancellation": 6,
    "agent_books": 7,
    "agent_filing": 8,
    "agent_certificate": 9,
    "non_resident_project": 10,
    "own_invoice_software": 11,
    "registration_certificate": 12,
    "invoice_seal": 13,
    "accounting_system": 14,
}
"""The fourteen violations of the list, by their place in it.

Source: State Taxation Administration announcements 2021 No. 6 (1 to 10, since 2021-04-01) and
2021 No. 33 (11 to 14, since 2022-01-01).
"""

Correction = Literal["done", "possible", "missed", "unknown"]
Outcome = Literal["met", "met_if_corrected", "not_met", "unknown"]
Test = Literal["on_list", "first", "minor", "corrected"]


@dataclass(frozen=True, slots=True)
class Waiver:
    """What the conditions of the waiver come to.

    Attributes:
        outcome: `met_if_corrected` while it can still be put right in time.
        failed: the conditions that are not met.
        unknown: the conditions that nobody knows yet.
    """

    outcome: Outcome
    failed: tuple[Test, ...] = ()
    unknown: tuple[Test, ...] = ()


def filing_deadline(
    obligation: str, period: date, calendar: TaxCalendar, region: str | None = None
) -> Deadline:
    """Return the last day to file.

    Args:
        obligation: of `core.obligations`, or `CIT-Y` or `IIT-BY` for the settlement of a year.
        period: any day of the month, the quarter or (settlements) the year that the tax belongs to.
        calendar: the announced years.
        region: the province, if known.

    Raises:
        CalendarUnconfirmed: the dates of the year it falls in are not announced.
        ValueError: no such obligation.
    """
    if obligation in _ANNUAL:
        return _annual_deadline(obligation, period.year, calendar)
    known: Obligation | None = next((each for each in OBLIGATIONS if each == obligation), None)
    if known is None:
        raise ValueError(f"no obligation {obligation!r}")
    if known in MONTHLY:
        return due(known, f"{period:%Y-%m}", calendar, region)
    return due(known, f"{period.year}-Q{(period.month + 2) // 3}", calendar, region)


def _annual_deadline(obligation: str, year: int, calendar: TaxCalendar) -> Deadline:
    table = calendar.years.get(year + 1)
    if table is None:
        raise CalendarUnconfirmed(
            f"the holidays of {year + 1} are not announced: ask for the date", year=year + 1
        )
    day = date(year + 1, *_ANNUAL[obligation])
    # Implementation Rules of the Tax Collection Law, article 109: the day after the holiday.
    return Deadline(day if calendar.is_workday(day) else calendar.next_workday(day), table.source)


def days_late(deadline: date, day: date) -> int:
    """Return by how many days a day is after the deadline; 0 on the deadline and before it."""
    return max(0, (day - deadline).days)


def correction(
    *, corrected_on: date | None, notice: str | None, ordered_by: date | None, today: date
) -> Correction:
    """Return whether the violation was put right in time.

    In time is before the tax office found it, or within the time of its order (责令限期改正).

    Args:
        corrected_on: the day it was put right; None: not yet.
        notice: whether an order was received: "yes", "no", or "unknown".
        ordered_by: the last day that the order gives; it counts as in time.
        today: the day to decide for.

    Source: announcement 2021 No. 6, article 1; Administrative Penalty Law article 33.
    """
    if notice == "no":
        return "possible" if corrected_on is None else "done"
    if notice != "yes" or ordered_by is None:
        return "unknown"
    if (corrected_on or today) > ordered_by:
        return "missed"
    return "possible" if corrected_on is None else "done"


def is_first(history: str | None, window: str) -> bool | None:
    """Return whether it is the first violation of its kind, None when nobody knows.

    Args:
        history: of violations of the same kind that the tax office dealt with: `none`, `this_year`,
            `earlier`, or `unknown`.
        window: what the bureau counts: `year` (the calendar year) or `ever`. Announcement 2021
            No. 6 says "first" and names no time, so practice differs between provinces.
    """
    if history == "earlier":
        return window == "year"
    return {"none": True, "this_year": False}.get(history or "")


def is_minor(harm: Collection[str] | None) -> bool | None:
    """Return whether the harm is minor, None when nobody knows.

    Args:
        harm: `nothing`, or what is the matter besides being late: `hidden_income`, `illegal_gains`,
            `false_invoices`; `unknown`.

    Source: announcement 2021 No. 6 (危害后果轻微; several items of its list: no illegal gains).
    """
    if not harm or "unknown" in harm:
        return None
    return set(harm) == {"nothing"}


def waiver(
    *, on_list: bool | None, first: bool | None, minor: bool | None, corrected: Correction
) -> Waiver:
    """Return what the four conditions come to; all must hold, and one that fails decides.

    Source: Administrative Penalty Law article 33; announcements 2021 No. 6 and No. 33.
    """
    in_time = {"done": True, "possible": True, "missed": False}.get(corrected)
    tests: dict[Test, bool | None] = {
        "on_list": on_list,
        "first": first,
        "minor": minor,
        "corrected": in_time,
    }
    failed = tuple(name for name, value in tests.items() if value is False)
    unknown = tuple(name for name, value in tests.items() if value is None)
    if failed:
        return Waiver("not_met", failed, unknown)
    if unknown:
        return Waiver("unknown", (), unknown)
    return Waiver("met" if corrected == "done" else "met_if_corrected")
