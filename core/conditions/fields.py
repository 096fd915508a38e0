"""The facts a condition may ask about, each with its type."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

Kind = Literal["text", "number", "date", "tags"]
Scalar = str | float | date

_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Field:
    """A named fact.

    Attributes:
        name: how conditions and facts call it.
        kind: numbers compare as IEEE doubles (15 digits are exact) in Python and in SQL alike;
            tags are a list of words, and a test on them asks whether the list contains one.
        choices: the only values a condition may compare it with; empty: any.
    """

    name: str
    kind: Kind
    choices: tuple[str, ...] = ()


PROFILE: Mapping[str, Field] = {
    field.name: field
    for field in (
        Field("entity_type", "text", ("company", "individual_business", "natural_person")),
        Field("vat_status", "text", ("small_scale", "general")),
        Field("filing_period", "text", ("month", "quarter")),
        Field("industry", "text"),
        Field("region", "text"),
        Field("employees", "number"),
        Field("annual_taxable_income", "number"),
        Field("total_assets", "number"),
        Field("credit_grade", "text", ("A", "B", "M", "C", "D")),
        Field("registered_on", "date"),
        Field("tags", "tags"),
    )
}
"""The taxpayer's profile; money in yuan, dates in Asia/Shanghai."""


def as_number(raw: Any) -> float | None:
    """Return a finite number, or None; True and "5" are no numbers."""
    if isinstance(raw, bool) or not isinstance(raw, int | float | Decimal):
        return None
    try:
        number = float(raw)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def as_date(raw: Any) -> date | None:
    """Return a date given as one or as YYYY-MM-DD, or None; a moment is no date."""
    if isinstance(raw, datetime):
        return None
    if isinstance(raw, date):
        return raw
    if not isinstance(raw, str) or not _ISO_DATE.fullmatch(raw):
        return None
    try:
        return date.fromisoformat(raw)
    except ValueError:
        return None


def as_text(raw: Any) -> str | None:
    """Return a text, or None."""
    return raw if isinstance(raw, str) else None


def as_tags(raw: Any) -> frozenset[str] | None:
    """Return the words of a list, or None when it is no list."""
    if not isinstance(raw, list | tuple | set | frozenset):
        return None
    return frozenset(word for word in raw if isinstance(word, str))
