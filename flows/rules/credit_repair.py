"""What a late filing costs in tax-payment credit, and how much of it comes back when.

Source: Measures for tax and fee payment credit (State Taxation Administration announcement 2025
No. 12, since 2025-07-01), annex 1 (points) and annex 6 (repair). The annexes were read in
second-hand accounts only, and from which day the days count is not settled: an estimate.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

POINTS: dict[str, Decimal] = {
    "filing": Decimal(5),
    "agent_filing": Decimal(5),
    "statements": Decimal(3),
    "accounting_system": Decimal(3),
    "bank_account": Decimal(11),
}
"""Points taken off, for each kind of tax and each time; annex 1."""

_WINDOWS = ((3, Decimal(100)), (30, Decimal(80)), (90, Decimal(60)))
_LATER = Decimal(40)
_SMALL = (30, Decimal(2000))
_AMOUNT_COUNTS = frozenset({"filing", "agent_filing"})


@dataclass(frozen=True, slots=True)
class Window:
    """Until when how much comes back; percent of the points, and the points themselves.

    Attributes:
        last_day: None: without end.
    """

    last_day: date | None
    percent: Decimal
    restored: Decimal


def repair_percent(kind: str, days: int, amount: Decimal | None) -> Decimal:
    """Return how much of the points comes back.

    Args:
        kind: of `POINTS`.
        days: from the day after the deadline to the day it was put right; 0 when it was in time.
        amount: tax concerned, in yuan; None when it is not known.
    """
    limit, small = _SMALL
    if kind in _AMOUNT_COUNTS and amount is not None and amount <= small and days <= limit:
        return Decimal(100)
    return next((percent for last, percent in _WINDOWS if days <= last), _LATER)


def restored(points: Decimal, percent: Decimal) -> Decimal:
    """Return the points that come back, to two decimals."""
    return (points * percent / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)


def windows(kind: str, deadline: date, today: date, amount: Decimal | None) -> list[Window]:
    """Return the windows that are still open, soonest first; each ends later and gives back less.

    Raises:
        KeyError: that kind costs no points that are known.
    """
    points = POINTS[kind]
    found: list[Window] = []
    for length in (*(last for last, _ in _WINDOWS), None):
        last_day = None if length is None else deadline + timedelta(days=length)
        if last_day is not None and last_day < today:
            continue
        percent = repair_percent(kind, (length or _WINDOWS[-1][0] + 1), amount)
        if found and found[-1].percent == percent:
            found.pop()
        found.append(Window(last_day, percent, restored(points, percent)))
    return found
