"""What is due when: the obligations whose deadline is the 15th (or as postponed) after the period.

Sources: Value-added Tax Law article 30 and its Implementation Regulations article 43 (VAT-M,
VAT-Q), Enterprise Income Tax Law article 54 (CIT-P), Individual Income Tax Law articles 12 and 14
(IIT-B, IIT-W), Consumption Tax Regulations (CT-M).
"""

import re
from typing import Literal, get_args

from core.calendar import Deadline, TaxCalendar

Obligation = Literal["VAT-M", "CT-M", "IIT-W", "VAT-Q", "CIT-P", "IIT-B"]
OBLIGATIONS: tuple[Obligation, ...] = get_args(Obligation)
MONTHLY: frozenset[Obligation] = frozenset({"VAT-M", "CT-M", "IIT-W"})

_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
_QUARTER = re.compile(r"(20\d\d)-Q([1-4])")


def last_month(obligation: Obligation, tax_period: str) -> tuple[int, int]:
    """Return year and last month of a tax period.

    Args:
        obligation: decides whether the period is a month (2026-11) or a quarter (2026-Q4).
        tax_period: the period the tax belongs to.

    Raises:
        ValueError: the period does not have the form that the obligation needs.
    """
    if obligation in MONTHLY:
        if found := _MONTH.fullmatch(tax_period):
            return int(found[1]), int(found[2])
        raise ValueError(f"{obligation} needs a month such as 2026-11, not {tax_period!r}")
    if found := _QUARTER.fullmatch(tax_period):
        return int(found[1]), int(found[2]) * 3
    raise ValueError(f"{obligation} needs a quarter such as 2026-Q3, not {tax_period!r}")


def due(
    obligation: Obligation, tax_period: str, calendar: TaxCalendar, region: str | None = None
) -> Deadline:
    """Return the last day (Asia/Shanghai) to file for a tax period.

    Raises:
        CalendarUnconfirmed: the dates of that year are not announced.
        ValueError: as `last_month`.
    """
    year, month = last_month(obligation, tax_period)
    return calendar.deadline15(year + month // 12, month % 12 + 1, region)
