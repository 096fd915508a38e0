"""The late-payment surcharge (滞纳金), estimated; what the tax system computes is what counts."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

DAILY_RATE = Decimal("0.0005")
"""Tax Collection Law article 32: five ten-thousandths of the unpaid tax for every day."""

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Surcharge:
    """An estimate: days that count, and yuan."""

    days: int
    amount: Decimal


def surcharge(tax: Decimal, deadline: date, paid_on: date) -> Surcharge:
    """Return the surcharge on a tax that is paid late.

    Args:
        tax: unpaid tax in yuan, not negative.
        deadline: last day to pay (Asia/Shanghai).
        paid_on: the day of payment, which counts.

    Source: Tax Collection Law article 32; its Implementation Rules article 75 (from the day after
    the deadline to the day of payment).

    >>> from decimal import Decimal
    >>> surcharge(Decimal("10000"), date(2026, 11, 16), date(2026, 11, 23))
    Surcharge(days=7, amount=Decimal('35.00'))
    """
    days = max(0, (paid_on - deadline).days)
    return Surcharge(days, (tax * DAILY_RATE * days).quantize(_CENT, ROUND_HALF_UP))
