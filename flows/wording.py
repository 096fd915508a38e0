"""How values, facts and sentences are shown in a person's language."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from core.script import shown as in_script
from core.texts import text
from flows.definition import FlowField, SubField, Words
from flows.rules import Told

Field = FlowField | SubField


class _Kept(dict[str, str]):
    """Leaves a placeholder whose fact is unknown as a dash, so that a text is never lost."""

    def __missing__(self, _key: str) -> str:
        return "—"


def said(words: Words, locale: str) -> str:
    """Return a text of a definition in a language; Traditional Chinese is converted."""
    return words.given(locale) or in_script(words.zh_hans, locale)


def filled(words: Words, locale: str, values: Mapping[str, str]) -> str:
    """Return a text of a definition with its {placeholders} filled in; an unknown one is a dash."""
    return said(words, locale).format_map(_Kept(values))


def told(sentence: Told, locale: str) -> str:
    """Return a sentence of the catalogue, its values shown as people read them."""
    values = {name: plain(value, locale) for name, value in sentence.values.items()}
    return text(sentence.key, locale, **values)


def plain(value: Any, locale: str) -> str:
    """Return a Python value as people read it: Decimal is money, a date a date."""
    if isinstance(value, Told):
        return told(value, locale)
    if isinstance(value, Words):
        return said(value, locale)
    if isinstance(value, Decimal):
        return money(value, locale)
    if isinstance(value, date):
        return day(value, locale)
    if isinstance(value, bool):
        return text(f"flows.{'yes' if value else 'no'}", locale)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return text("flows.comma", locale).join(plain(each, locale) for each in value)
    return str(value)


def money(value: Decimal, locale: str) -> str:
    """Return an amount in yuan, e.g. 1,234.50 元."""
    return text("flows.money", locale, amount=f"{value:,.2f}")


def number(value: Decimal) -> str:
    """Return a number without zeros that say nothing."""
    shown = f"{value:,f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def day(value: date, locale: str) -> str:
    """Return a date as people read it."""
    return text("flows.date", locale, year=value.year, month=value.month, day=value.day)


def month(value: date, locale: str) -> str:
    """Return the month of a date as people read it."""
    return text("flows.month", locale, year=value.year, month=value.month)


def fact(value: Any, kind: str, locale: str) -> str:
    """Return a calculated fact by its kind."""
    if kind == "month" and isinstance(value, date):
        return month(value, locale)
    if kind == "number" and isinstance(value, Decimal):
        return number(value)
    if kind == "lines":
        return "\n".join(plain(each, locale) for each in value)
    if kind == "money" and isinstance(value, int):
        return money(Decimal(value), locale)
    return plain(value, locale)


def shown(field: Field, stored: Any, locale: str) -> str:
    """Return an answer, as it is stored, as people read it; a protected one is its mask."""
    if stored is None:
        return text("flows.left_out", locale)
    if field.type == "list" and isinstance(field, FlowField):
        return _rows(field, stored, locale)
    if isinstance(stored, dict):
        return str(stored["mask"])
    show = _SHOWN.get(field.type)
    return str(stored) if show is None else show(field, stored, locale)


def _rows(field: FlowField, rows: list[dict[str, Any]], locale: str) -> str:
    lines = []
    for place, row in enumerate(rows, 1):
        parts = [
            text(
                "flows.row_part",
                locale,
                label=said(column.label, locale),
                value=shown(column, row[column.key], locale),
            )
            for column in field.fields
            if row.get(column.key) is not None
        ]
        joined = text("flows.row_comma", locale).join(parts)
        lines.append(text("flows.row", locale, place=place, row=joined))
    return "\n".join(lines) or text("flows.none", locale)


def _option(field: Field, stored: Any, locale: str) -> str:
    for option in field.options:
        if option.id == stored:
            return said(option.label, locale)
    return str(stored)


def _number(field: Field, stored: Any, locale: str) -> str:
    unit = f" {said(field.unit, locale)}" if field.unit else ""
    return f"{number(Decimal(stored))}{unit}"


_SHOWN: dict[str, Any] = {
    "choice": _option,
    "multi": lambda field, stored, locale: (
        text("flows.comma", locale).join(_option(field, each, locale) for each in stored)
        or text("flows.none", locale)
    ),
    "yes_no": lambda _field, stored, locale: text(f"flows.{stored}", locale),
    "confirm": lambda _field, _stored, locale: text("flows.confirmed", locale),
    "money": lambda _field, stored, locale: money(Decimal(stored), locale),
    "number": _number,
    "date": lambda _field, stored, locale: day(date.fromisoformat(stored), locale),
    "month": lambda _field, stored, locale: month(date.fromisoformat(f"{stored}-01"), locale),
}
