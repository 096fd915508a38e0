"""Reads what a person types as the value of a field: labels, places, amounts, dates in words."""

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from core.numerals import NUMERALS, numeral
from core.texts import recognised
from flows.definition import FlowField, Option
from flows.wording import Field
from knowledge_base.text import normalise

LONGER = 8
"""A text that holds an option's label may be so many characters longer than the label."""
LONGEST_COMMAND = 12
"""A longer text that speaks of the step before is no command to go there."""

_NUMBER = re.compile(r"(-?\d+(?:\.\d+)?)(百|千|万|亿|百万|千万|k|m)?")
_NUMBER_WORDS = re.compile(rf"[{NUMERALS}]+")
_AROUND = re.compile(
    r"^(?:大概|大约|约|共|一共|是|有|人民币|¥|￥|rmb|cny)+|(?:元|块钱|块|圆|整|左右|人|个|名|户|天|月|年|%|yuan)+$"
)
_FACTORS = {"百": 10**2, "千": 10**3, "k": 10**3, "万": 10**4, "百万": 10**6, "m": 10**6}
_FACTORS |= {"千万": 10**7, "亿": 10**8}

_DATE = re.compile(r"(?:(\d{4})[年\-/.])?(\d{1,2})[月\-/.](\d{1,2})[日号]?")
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH = re.compile(r"(?:(\d{4}|今年|去年|前年)[年\-/.]?)?(\d{1,2})月?(?:份)?")
_COMPACT_MONTH = re.compile(r"(\d{4})[\-/.年]?(\d{1,2})月?(?:份)?")
_ORDINAL = re.compile(rf"(?:我?选|第|选第)?(\d{{1,2}}|[{NUMERALS}]+|[a-h])(?:个|项|种|条|号)?")
_SEPARATORS = re.compile(r"[、,，;；\s和及]+")


def bare(words: str) -> str:
    """Return the letters and digits of normalised words."""
    return "".join(c for c in normalise(words) if c.isalnum())


@lru_cache
def phrases(name: str) -> frozenset[str]:
    """Return the words of a list that flows recognise, bare."""
    return frozenset(bare(str(each)) for each in recognised(f"flow.{name}"))


def without_wish(words: str) -> str:
    """Return a text bare, without the words of a wish at its beginning: 我要办理F06 is f06."""
    said = bare(words)
    wishes = sorted(phrases("wish"), key=len, reverse=True)
    while found := next((wish for wish in wishes if said.startswith(wish)), None):
        said = said.removeprefix(found)
    return said


def command(words: str) -> str | None:
    """Return the action that a whole text names, or None."""
    said = bare(words)
    for action in ("back", "cancel", "pause", "resume", "explain", "restart"):
        if said in phrases(action):
            return action
    if len(said) <= LONGEST_COMMAND and any(each in said for each in phrases("back_within")):
        return "back"
    return None


def counts(words: str, end: int) -> bool:
    """Whether the ordinal that ends there counts something else than options: 第三季度."""
    following = words[end:].lstrip()
    return following.startswith(tuple(phrases("counted")))


def asks(words: str) -> bool:
    """Whether a text looks like a question."""
    if words.rstrip().endswith(("?", "？")):
        return True
    said = bare(words)
    return any(each in said for each in phrases("question"))


class NotRead(Exception):
    """The text is no value of this field."""


def read(field: Field, words: str, today: date, offered: tuple[str, ...], known: Any = None) -> Any:
    """Return the value that a text states, in the form that clients send.

    Args:
        today: the date in Asia/Shanghai.
        offered: ids of the options that can be chosen now.
        known: the value that was shown as known; a yes takes it.

    Raises:
        NotRead: it states none.
    """
    said = bare(words)
    if not field.required and said in phrases("skip"):
        return None
    if known is not None and field.type != "yes_no" and said in phrases("yes"):
        return known
    options = [each for each in field.options if each.id in offered]
    if field.type == "choice":
        return option(options, words)
    if field.type == "multi":
        return _several(options, words)
    if field.type == "list" and isinstance(field, FlowField):
        return _rows(field, words, today)
    return _WAYS[field.type](words, today)


def option(options: list[Option], words: str) -> str:
    """Return the id of the option that a text names by label, place or letter.

    Raises:
        NotRead: it names none, or several.
    """
    said = bare(words)
    labels = {each.id: _labels(each) for each in options}
    for known, names in labels.items():
        if said in names or said == bare(known):
            return known
    if (place := ordinal(words)) is not None and 1 <= place <= len(options):
        return options[place - 1].id
    if said in phrases("unknown") and "unknown" in labels:
        return "unknown"
    held = {
        known: max((len(name) for name in names if len(name) > 1 and name in said), default=0)
        for known, names in labels.items()
    }
    longest = max(held.values(), default=0)
    found = [known for known, length in held.items() if length == longest]
    too_long = len(said) > longest + LONGER
    if not longest or too_long or len(found) != 1 or _denied(said, labels[found[0]]) or asks(words):
        return _part_of_label(said, labels)
    return found[0]


def _part_of_label(said: str, labels: Mapping[str, set[str]]) -> str:
    found = [
        known
        for known, names in labels.items()
        if len(said) > 1 and any(name.startswith(said) for name in names)
    ]
    if len(found) != 1:
        raise NotRead
    return found[0]


def _labels(each: Option) -> set[str]:
    given = (each.label.zh_hans, each.label.en, each.label.zh_hant)
    return {bare(words) for words in given if words}


def _denied(said: str, names: set[str]) -> bool:
    rest = said
    for name in names:
        rest = rest.replace(name, "")
    return any(mark in rest for mark in ("不", "没", "非", "无", "别"))


def ordinal(words: str) -> int | None:
    """Return the place that a text names, from 1, or None."""
    found = _ORDINAL.fullmatch(bare(words))
    if found is None:
        return None
    said = found.group(1)
    if said.isdecimal():
        return int(said)
    if said.isascii():
        return ord(said) - ord("a") + 1
    try:
        return int(numeral(said))
    except NotRead:
        return None


def _several(options: list[Option], words: str) -> list[str]:
    said = bare(words)
    if said in phrases("none"):
        return []
    if said in phrases("all"):
        return [each.id for each in options]
    parts = [part for part in _SEPARATORS.split(normalise(words)) if part]
    return list(dict.fromkeys(option(options, part) for part in parts))


def _rows(field: FlowField, words: str, today: date) -> list[dict[str, Any]]:
    if bare(words) in phrases("none"):
        return []
    rows = []
    for line in filter(None, (line.strip() for line in re.split(r"[\n;；]+", words))):
        cells = [cell.strip() for cell in re.split(r"[,，、\t]+", line)]
        if len(cells) > len(field.fields):
            raise NotRead
        rows.append(
            {
                column.key: read(column, cell, today, tuple(each.id for each in column.options))
                for column, cell in zip(field.fields, cells, strict=False)
                if cell
            }
        )
    if not rows:
        raise NotRead
    return rows


def _yes_no(words: str, _today: date) -> Any:
    said = bare(words)
    for answer, value in (("yes", True), ("no", False), ("unknown", "unknown")):
        if said in phrases(answer):
            return value
    place = ordinal(words)
    if place in {1, 2, 3} and said.isdecimal():
        return (True, False, "unknown")[place - 1]
    raise NotRead


def _confirm(words: str, _today: date) -> bool:
    if bare(words) in phrases("yes") or bare(words) == "1":
        return True
    raise NotRead


def amount(words: str, _today: date | None = None) -> str:
    """Return a number as it is written or said: 1.2万元, 三千五, 1,234.50.

    Raises:
        NotRead: it is none.
    """
    said = normalise(words).replace(",", "").replace("，", "").replace(" ", "").rstrip("。.!！")
    said = _AROUND.sub("", _AROUND.sub("", said))
    if found := _NUMBER.fullmatch(said):
        value = Decimal(found.group(1)) * _FACTORS.get(found.group(2) or "", 1)
        return f"{value:f}"
    if found := re.fullmatch(r"(\d+)万(\d+)", said):
        rest = Decimal(found.group(2))
        short = len(found.group(2)) == 1
        return f"{Decimal(found.group(1)) * 10**4 + rest * (1000 if short else 1):f}"
    if _NUMBER_WORDS.fullmatch(said):
        return f"{numeral(said):f}"
    raise NotRead


def _date(words: str, today: date) -> str:
    said = bare(words)
    for name, back in (("today", 0), ("yesterday", 1), ("before_yesterday", 2)):
        if said in phrases(name):
            return (today - timedelta(days=back)).isoformat()
    plain = _with_digits(words)
    if found := _COMPACT_DATE.fullmatch(plain):
        return _iso(*(int(each) for each in found.groups()))
    if found := _DATE.fullmatch(plain):
        month, day = int(found.group(2)), int(found.group(3))
        if found.group(1):
            return _iso(int(found.group(1)), month, day)
        this = _iso(today.year, month, day)
        return this if this <= today.isoformat() else _iso(today.year - 1, month, day)
    raise NotRead


def _iso(year: int, month: int, day: int) -> str:
    if (
        not 1900 <= year <= 2100
        or not 1 <= month <= 12
        or not 1 <= day <= monthrange(year, month)[1]
    ):
        return f"{year:04d}-{month:02d}-{day:02d}"[:10]  # the field says what is wrong with it
    return date(year, month, day).isoformat()


def _month(words: str, today: date) -> str:
    said = bare(words)
    first = today.replace(day=1)
    for name, back in (("this_month", 0), ("last_month", 1), ("before_last_month", 2)):
        if said in phrases(name):
            return _months_before(first, back).isoformat()[:7]
    plain = _with_digits(words)
    if found := _COMPACT_MONTH.fullmatch(plain):
        return f"{int(found.group(1)):04d}-{int(found.group(2)):02d}"
    if found := _MONTH.fullmatch(plain):
        month = int(found.group(2))
        named = {"今年": today.year, "去年": today.year - 1, "前年": today.year - 2}
        year = named.get(found.group(1) or "")
        if year is None and not plain.endswith(("月", "月份")):
            raise NotRead
        if year is None:
            year = today.year if month <= today.month else today.year - 1
        return f"{year:04d}-{month:02d}"
    raise NotRead


def _months_before(first: date, back: int) -> date:
    for _ in range(back):
        first = (first - timedelta(days=1)).replace(day=1)
    return first


def _with_digits(words: str) -> str:
    """Return a date's words with its Chinese numbers as digits: 二〇二六年十月 is 2026年10月."""
    said = normalise(words).replace(" ", "").rstrip("。.!！").removesuffix("的")
    return _NUMBER_WORDS.sub(lambda found: f"{numeral(found.group()):f}", said)


def _text(words: str, _today: date) -> str:
    return words.strip()


def _code(words: str, _today: date) -> str:
    said = re.sub(r"[\s\-]", "", normalise(words)).upper()
    if not re.fullmatch(r"[0-9A-Z]{15,20}", said):
        raise NotRead
    return said


def _digits(words: str, _today: date) -> str:
    said = normalise(words).upper().strip()
    if not re.fullmatch(r"\+?[0-9X \-]{6,30}", said):
        raise NotRead
    return said


_WAYS: dict[str, Callable[[str, date], Any]] = {
    "yes_no": _yes_no,
    "confirm": _confirm,
    "text": _text,
    "money": amount,
    "number": amount,
    "date": _date,
    "month": _month,
    "identity_number": _digits,
    "phone": _digits,
    "uscc": _code,
}
