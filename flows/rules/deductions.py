"""The seven special additional deductions of individual income tax, month by month.

Sources: State Council, 国发〔2018〕41号 (the measures), 国发〔2022〕8号 (children under three) and
国发〔2023〕13号 (the amounts since 2023); State Taxation Administration announcement 2022 No. 7,
article 3 (when each begins and ends).

Amounts are yuan. A month is given by its first day; months of the year in question are 1 to 12.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import Literal

FIRST_YEAR = 2023
"""The amounts below hold from this year on; earlier years had lower ones."""

CHILD = Decimal(2000)
"""For each child and month, in all for both parents; 国发〔2023〕13号 articles 1 and 2."""
DEGREE = Decimal(400)
CERTIFICATE = Decimal(3600)
"""Degrees by the month, a certificate once, in its year; 国发〔2018〕41号 article 8."""
DEGREE_MONTHS = 48
ILLNESS_FLOOR = Decimal(15000)
ILLNESS_CAP = Decimal(80000)
"""What the patient paid within the catalogue above the floor, up to the cap; article 11."""
MORTGAGE = Decimal(1000)
MORTGAGE_MONTHS = 240
"""Article 14."""
RENT: dict[str, Decimal] = {"large": Decimal(1500), "middle": Decimal(1100), "small": Decimal(800)}
"""By the city worked in: municipalities, provincial capitals and cities under separate state
planning; more than a million registered inhabitants in its districts; others; article 17."""
ELDERLY = Decimal(3000)
ELDERLY_EACH = Decimal(1500)
ELDERLY_AGE = 60
"""For all parents together; with brothers and sisters nobody takes more than the half;
国发〔2023〕13号 article 3, 国发〔2018〕41号 articles 22 and 23."""

_CENT = Decimal("0.01")
_YEAR = frozenset(range(1, 13))

Item = Literal[
    "infant_care", "education", "degree", "certificate", "illness", "mortgage", "rent", "elderly"
]
Months = frozenset[int]


@dataclass(frozen=True, slots=True)
class Deduction:
    """One deduction in one year.

    Attributes:
        months: those that it is taken in; of a yearly one the month it belongs to, or none.
        amount: for each of these months, or once where there is none.
    """

    item: Item
    months: Months
    amount: Decimal

    @property
    def total(self) -> Decimal:
        """The sum of the year."""
        return self.amount * (len(self.months) or 1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Months in a row that have the same amount."""

    first: int
    last: int
    amount: Decimal


def months_of(first: date, last: date | None, year: int) -> Months:
    """Return the months of a year from one month up to another, both included."""
    begin = _number(first)
    end = _number(last) if last is not None else _number(date(year, 12, 1))
    return frozenset(month for month in _YEAR if begin <= year * 12 + month - 1 <= end)


def _number(day: date) -> int:
    return day.year * 12 + day.month - 1


def _later(day: date, months: int) -> date:
    number = _number(day) + months
    return date(number // 12, number % 12 + 1, 1)


def _earlier(one: date | None, other: date) -> date:
    return other if one is None else min(one, other)


def infant_months(born: date, year: int) -> Months:
    """Return the months of care for a child under three: birth until before the third birthday."""
    return months_of(born, _later(born, 35), year)


def education_months(born: date, ended: date | None, year: int) -> Months:
    """Return the months of education: from the third birthday to the last month of full-time study.

    The time from three until primary school counts whether or not the child is in a kindergarten,
    and so do the holidays between two schools.
    """
    return months_of(_later(born, 36), ended, year)


def degree_months(began: date, ended: date | None, year: int) -> Months:
    """Return the months of continuing education for one degree: 48 at most from its first."""
    return months_of(began, _earlier(ended, _later(began, DEGREE_MONTHS - 1)), year)


def mortgage_months(began: date, ended: date | None, year: int) -> Months:
    """Return the months of a first-home loan: 240 at most from the first repayment."""
    return months_of(began, _earlier(ended, _later(began, MORTGAGE_MONTHS - 1)), year)


def elderly_months(births: Iterable[date], year: int) -> Months:
    """Return the months from which the eldest is sixty, up to the end of the year."""
    eldest = min(births, default=None)
    return (
        frozenset() if eldest is None else months_of(_later(eldest, ELDERLY_AGE * 12), None, year)
    )


def elderly_amount(children: int) -> Decimal:
    """Return what each of so many brothers and sisters takes when they share equally.

    An only child takes all. Rounded down, so that all shares together stay within the amount.

    Raises:
        ValueError: fewer than one child.
    """
    if children < 1:
        raise ValueError("at least one child is needed")
    if children == 1:
        return ELDERLY
    return min(ELDERLY_EACH, (ELDERLY / children).quantize(_CENT, ROUND_DOWN))


def illness_amount(paid: Decimal) -> Decimal:
    """Return what is deducted of one patient's own payments in a year."""
    return min(max(paid - ILLNESS_FLOOR, Decimal(0)), ILLNESS_CAP)


def rent_by_month(leases: Sequence[tuple[str, date, date | None]], year: int) -> list[Deduction]:
    """Return the rent deduction of leases (class of city, from, until); a month counts once.

    Where two leases meet in a month, the one that stands first counts.
    """
    found: list[Deduction] = []
    taken: Months = frozenset()
    for city, begin, end in leases:
        months = months_of(begin, end, year) - taken
        taken |= months
        if months:
            found.append(Deduction("rent", months, RENT[city]))
    return found


def by_month(deductions: Iterable[Deduction]) -> tuple[Decimal, ...]:
    """Return the sum of each month, January first; what belongs to no month is left out."""
    sums = [Decimal(0)] * 12
    for each in deductions:
        for month in each.months:
            sums[month - 1] += each.amount
    return tuple(sums)


def stretches(amounts: Sequence[Decimal]) -> list[Stretch]:
    """Return the months as stretches with the same amount; those without one are left out."""
    found: list[Stretch] = []
    for month, amount in enumerate(amounts, 1):
        last = found[-1] if found else None
        if last is not None and last.last == month - 1 and last.amount == amount:
            found[-1] = Stretch(last.first, month, amount)
        elif amount:
            found.append(Stretch(month, month, amount))
    return found
