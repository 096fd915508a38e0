"""What can be chosen after a reply.

A choice is named `entry:<id>` or `profile:<field>:<value>`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict

from core.conditions import PROFILE, All, AnyOf, Comparison, Condition, Not, parse
from core.texts import has_text, text
from knowledge_base.languages import question_of
from knowledge_base.schemas import Entry

UNKNOWN = "unknown"
"""Value of a profile choice for "I do not know"."""
_STEP = 1
"""The next amount after a bound: a yuan, a person."""


class Choice(BaseModel):
    """A button."""

    model_config = ConfigDict(frozen=True)

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class EntryChoice:
    """An entry was chosen."""

    entry_id: str


@dataclass(frozen=True, slots=True)
class ProfileChoice:
    """A fact was told; `value` is None when the taxpayer does not know it."""

    field: str
    value: Any


def entry_choice(entry: Entry, locale: str) -> Choice:
    """Return the button of an entry in a language."""
    return Choice(id=f"entry:{entry.id}", label=question_of(entry, locale))


def read_choice(choice_id: str) -> EntryChoice | ProfileChoice | None:
    """Return what a choice id means, or None when it is not one of ours.

    >>> read_choice("profile:employees:300")
    ProfileChoice(field='employees', value=300)
    """
    kind, _, rest = choice_id.partition(":")
    if kind == "entry" and rest:
        return EntryChoice(rest)
    name, _, value = rest.partition(":")
    field = PROFILE.get(name)
    if kind != "profile" or field is None or not value:
        return None
    if value == UNKNOWN:
        return ProfileChoice(name, None)
    if field.kind == "number":
        return ProfileChoice(name, int(value)) if value.isdecimal() else None
    return ProfileChoice(name, value)


def profile_choices(entry: Entry, field: str, locale: str) -> list[Choice]:
    """Return the answers to offer when an entry needs a fact; empty when none can be offered."""
    if not has_text(f"knowledge.field.{field}.asked"):
        return []
    if PROFILE[field].kind == "number":
        offered = list(_ranges(entry, field, locale))
    else:
        offered = [
            Choice(
                id=f"profile:{field}:{value}",
                label=text(f"knowledge.value.{field}.{value}", locale),
            )
            for value in PROFILE[field].choices
        ]
    if not offered:
        return []
    unknown = Choice(id=f"profile:{field}:{UNKNOWN}", label=text("knowledge.ask.unknown", locale))
    return [*offered, unknown]


def known_choices(choices: Sequence[Choice]) -> list[Choice]:
    """Leave out "I do not know", where nobody has to know."""
    return [each for each in choices if not each.id.endswith(f":{UNKNOWN}")]


def _ranges(entry: Entry, field: str, locale: str) -> Iterator[Choice]:
    """Offer an amount on each side of every bound that the entry's cases draw.

    The label tells the range, the id carries an amount within it.
    """
    cuts: set[int] = set()  # the first amount of each range after the lowest
    for case in entry.cases:
        for test in _comparisons(parse(case.when)):
            if test.field.name == field:
                cuts.update(_cuts(test))
    amounts = [0, *sorted(cut for cut in cuts if cut > 0)]
    unit = text(f"knowledge.field.{field}.unit", locale)
    for place, low in enumerate(amounts):
        high = amounts[place + 1] - _STEP if place + 1 < len(amounts) else None
        yield Choice(id=f"profile:{field}:{low}", label=_range_label(low, high, unit, locale))


def _range_label(low: int, high: int | None, unit: str, locale: str) -> str:
    if high is None:
        return text("knowledge.ask.more", locale, value=_amount(low - _STEP, unit, locale))
    upper = _amount(high, unit, locale)
    if low == 0:
        return text("knowledge.ask.not_more", locale, value=upper)
    return text("knowledge.ask.between", locale, low=_amount(low - _STEP, unit, locale), high=upper)


def _amount(value: int, unit: str, locale: str) -> str:
    if value and value % 10_000 == 0:
        shortened = {"value": value // 10_000, "grouped": f"{value:,}"}
        return text("knowledge.ten_thousand", locale, **shortened) + unit
    return f"{value}{unit}"


def _cuts(test: Comparison) -> Iterator[int]:
    for value in test.values:
        if isinstance(value, str | date):
            continue
        bound = int(value)
        if test.op in {"lte", "gt"}:
            yield bound + _STEP
        elif test.op in {"gte", "lt"}:
            yield bound
        else:
            yield from (bound, bound + _STEP)


def _comparisons(condition: Condition) -> Iterator[Comparison]:
    if isinstance(condition, Comparison):
        yield condition
    elif isinstance(condition, Not):
        yield from _comparisons(condition.part)
    elif isinstance(condition, All | AnyOf):
        for part in condition.parts:
            yield from _comparisons(part)
