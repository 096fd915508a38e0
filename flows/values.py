"""What a field takes: from what a client sends to what is stored, and to what rules see.

| type | stored |
|---|---|
| choice, yes_no, confirm, text, uscc | text |
| multi | list of option ids in the order of the definition |
| money, number | decimal as text |
| date, month | YYYY-MM-DD, YYYY-MM |
| list | list of rows by sub-field key |
| protected | the number while it is checked; then {ref, mask} |
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from core.identifiers import check_identity_number, check_phone, check_uscc, mask
from flows.definition import FlowField, SubField
from flows.rules import Fault, Told
from flows.wording import Field

LIMIT = Decimal("1e13")
"""Numbers from here on are slips of the finger."""
IN_ROW = "flows.fault.in_row"
"""The fault of a list whose values name the row: `place`, 1 is the first."""
ROWS = 50
"""A list has at most so many rows."""
YEARS = range(1900, 2101)

_NOT_READABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class Refused(Exception):
    """A value that the field does not take.

    Attributes:
        fault: what is wrong, and what to give.
    """

    def __init__(self, key: str, **values: Any) -> None:
        super().__init__(key)
        self.fault = Fault(f"flows.fault.{key}", values)


class Known(NamedTuple):
    """A protected cell that was given before; only the server makes one, of a mask sent back.

    Attributes:
        kept: as it is stored, {ref, mask}.
    """

    kept: dict[str, str]


Offered = Callable[[Field, Mapping[str, Any]], tuple[str, ...]]
"""The options of a field that are offered now; the second is the row it stands in."""
Asked = Callable[[SubField, Mapping[str, Any]], bool]
"""Whether a column is asked for in a row."""


class Reader:
    """Reads values as clients send them.

    Args:
        today: the date in Asia/Shanghai.
        offered: which options can be chosen now.
        asked: which columns of a list are asked for.
    """

    def __init__(self, today: date, offered: Offered, asked: Asked) -> None:
        self._today = today
        self._offered = offered
        self._asked = asked
        self._ways: dict[str, Callable[[Field, Any], Any]] = {
            "multi": self._multi,
            "yes_no": _yes_no,
            "confirm": _confirm,
            "text": _text,
            "money": lambda field, raw: self._number(field, raw, 2, Decimal(0)),
            "number": lambda field, raw: self._number(field, raw, field.decimals, None),
            "date": self._date,
            "month": self._month,
            "identity_number": lambda _field, raw: _identity_number(raw, self._today),
            "phone": lambda _field, raw: _phone(raw),
            "uscc": lambda _field, raw: _uscc(raw),
        }

    def take(self, field: Field, raw: Any, row: Mapping[str, Any] | None = None) -> Any:
        """Return a value as it is stored; a protected one still in full.

        Raises:
            Refused: with what is wrong and what to give.
        """
        if isinstance(raw, Known):
            return raw.kept
        if raw in (None, "", []):
            if not field.required:
                return [] if field.type in {"multi", "list"} and raw == [] else None
            if field.type not in {"list", "multi"}:
                raise Refused("required", label=field.label)
        if field.type == "list" and isinstance(field, FlowField):
            return self._list(field, raw or [])
        if field.type == "choice":
            return self._choice(field, raw, row or {})
        return self._ways[field.type](field, raw)

    def _choice(self, field: Field, raw: Any, row: Mapping[str, Any]) -> str:
        if isinstance(raw, str) and raw in self._offered(field, row):
            return raw
        raise Refused("choice", options=_labels(field, self._offered(field, row)))

    def _multi(self, field: Field, raw: Any) -> list[str]:
        offered = self._offered(field, {})
        chosen = raw or []
        if not isinstance(chosen, list) or any(each not in offered for each in chosen):
            raise Refused("choice", options=_labels(field, offered))
        least = int(str(field.min)) if field.min is not None else int(field.required)
        most = int(str(field.max)) if field.max is not None else len(field.options)
        found = [each.id for each in field.options if each.id in chosen]
        if not least <= len(found) <= most:
            raise Refused("how_many_options", least=least, most=most)
        return found

    def _number(self, field: Field, raw: Any, places: int, least: Decimal | None) -> str:
        value = _decimal(raw)
        if value is None or abs(value) >= LIMIT:
            raise Refused("number")
        exponent = value.normalize().as_tuple().exponent
        if not isinstance(exponent, int) or -exponent > places:
            raise Refused("decimals" if places else "whole", places=places)
        low = Decimal(str(field.min)) if field.min is not None else least
        high = Decimal(str(field.max)) if field.max is not None else None
        as_shown = (lambda v: v) if field.type == "money" else _bare
        if low is not None and value < low:
            raise Refused("at_least", least=as_shown(low))
        if high is not None and value > high:
            raise Refused("at_most", most=as_shown(high))
        return f"{value:.{places}f}" if field.type == "money" else f"{value.normalize():f}"

    def _date(self, field: Field, raw: Any) -> str:
        return self._within(field, _day(raw, "date")).isoformat()

    def _month(self, field: Field, raw: Any) -> str:
        first = _day(f"{raw}-01" if isinstance(raw, str) else raw, "month")
        return self._within(field, first).isoformat()[:7]

    def _within(self, field: Field, value: date) -> date:
        low, high = self._bound(field, field.min), self._bound(field, field.max)
        months = field.type == "month"
        if low is not None and value < low:
            raise Refused("not_before", day=_month_told(low) if months else low)
        if high is not None and value > high:
            raise Refused("not_after", day=_month_told(high) if months else high)
        return value

    def _bound(self, field: Field, bound: Any) -> date | None:
        if bound is None:
            return None
        found = self._today if bound == "today" else bound
        if isinstance(found, str):
            found = date.fromisoformat(found if len(found) == 10 else f"{found}-01")
        return found.replace(day=1) if field.type == "month" else found

    def _list(self, field: FlowField, raw: Any) -> list[dict[str, Any]]:
        if not isinstance(raw, list) or any(not isinstance(each, dict) for each in raw):
            raise Refused("rows")
        least = int(str(field.min)) if field.min is not None else int(field.required)
        most = min(int(str(field.max)) if field.max is not None else ROWS, ROWS)
        if not least <= len(raw) <= most:
            raise Refused("how_many_rows", least=least, most=most)
        return [self._row(field, given, place) for place, given in enumerate(raw, 1)]

    def _row(self, field: FlowField, given: dict[str, Any], place: int) -> dict[str, Any]:
        row: dict[str, Any] = {}
        for column in field.fields:
            if not self._asked(column, row):
                continue
            try:
                row[column.key] = self.take(column, given.get(column.key), row)
            except Refused as refused:
                raise in_row(place, column, refused.fault) from None
        return row


def in_row(place: int, column: SubField, fault: Told) -> Refused:
    """Return the refusal of a column's value as one of its list."""
    return Refused("in_row", place=place, label=column.label, fault=fault)


def _labels(field: Field, offered: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(each.label for each in field.options if each.id in offered)


def _bare(value: Decimal) -> str:
    return f"{value:f}"


def _month_told(value: date) -> Told:
    return Told("flows.month", {"year": value.year, "month": value.month})


def _decimal(raw: Any) -> Decimal | None:
    if isinstance(raw, bool) or not isinstance(raw, str | int | float | Decimal):
        return None
    try:
        value = Decimal(str(raw).strip())
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _day(raw: Any, key: str) -> date:
    try:
        found = date.fromisoformat(raw) if isinstance(raw, str) and len(raw) == 10 else None
    except ValueError:
        found = None
    if found is None or found.year not in YEARS:
        raise Refused(key)
    return found


_YES_NO = {True: "yes", False: "no", "yes": "yes", "no": "no", "true": "yes", "false": "no"}


def _yes_no(field: Field, raw: Any) -> str:
    if raw == "unknown" and field.may_not_know:
        return "unknown"
    if not isinstance(raw, bool | str) or raw not in _YES_NO:
        raise Refused("yes_no_unknown" if field.may_not_know else "yes_no")
    return _YES_NO[raw]


def _confirm(_field: Field, raw: Any) -> str:
    if raw is not True and raw not in {"yes", "true"}:
        raise Refused("confirm")
    return "yes"


def _text(field: Field, raw: Any) -> str:
    if not isinstance(raw, str):
        raise Refused("text")
    words = _NOT_READABLE.sub("", raw).strip()
    if not words:
        raise Refused("required", label=field.label)
    if len(words) > field.max_length:
        raise Refused("too_long", most=field.max_length)
    if field.pattern and not re.fullmatch(field.pattern, words):
        if field.pattern_fault is None:
            raise Refused("pattern", label=field.label)
        raise Refused("as_told", told=field.pattern_fault)
    return words if field.is_protected else mask(words).text


def _identity_number(raw: Any, today: date) -> str:
    found = check_identity_number(raw if isinstance(raw, str) else "", today)
    if found.fault is not None:
        raise Refused(f"identity_{found.fault}")
    return found.number


def _phone(raw: Any) -> str:
    found = check_phone(raw) if isinstance(raw, str) else None
    if found is None:
        raise Refused("phone")
    return found


def _uscc(raw: Any) -> str:
    checked = check_uscc(raw if isinstance(raw, str) else "")
    if checked.fault is None:
        return checked.code
    if checked.suggestion:
        raise Refused("uscc_meant", meant=checked.suggestion)
    raise Refused("uscc")


def masked(kind: str, number: str) -> str:
    """Return what is shown of a protected number, e.g. 110***********002X.

    >>> masked("phone", "13800138000")
    '138****8000'
    """
    if len(number) < 8:
        return "*" * max(4, len(number))
    if kind == "phone":
        return f"{number[:3]}****{number[-4:]}"
    if kind == "identity_number":
        return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}"
    return f"{number[:1]}{'*' * max(2, min(len(number) - 2, 8))}{number[-1:]}"


def typed(field: Field, stored: Any) -> Any:
    """Return a stored value as rules see it; None when it was left out."""
    if stored is None:
        return None
    if field.type == "list" and isinstance(field, FlowField):
        columns = {column.key: column for column in field.fields}
        return tuple(
            {key: typed(columns[key], value) for key, value in row.items() if key in columns}
            for row in stored
        )
    if isinstance(stored, dict):
        return stored["mask"]
    convert = _TYPED.get(field.type)
    return stored if convert is None else convert(stored)


_TYPED: dict[str, Callable[[Any], Any]] = {
    "multi": tuple,
    "money": Decimal,
    "number": Decimal,
    "date": date.fromisoformat,
    "month": lambda stored: date.fromisoformat(f"{stored}-01"),
}
