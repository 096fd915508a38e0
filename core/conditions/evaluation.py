"""Deciding a condition on known facts, in three values, with an explanation."""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypedDict

from core.conditions.fields import Scalar, as_date, as_number, as_tags, as_text
from core.conditions.tree import AnyOf, Comparison, Condition, Not


class Reason(TypedDict):
    """One test that was made; every member is JSON, so it can be kept and shown."""

    field: str
    op: str
    expected: Any
    actual: Any
    result: bool | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a condition.

    Attributes:
        value: True, False, or None when unknown facts could decide it either way.
        missing: the first unknown field that could decide it; None unless value is None.
        explanation: every test in the order of the condition.
    """

    value: bool | None
    missing: str | None
    explanation: list[Reason]


def evaluate(condition: Condition, facts: Mapping[str, Any]) -> Verdict:
    """Decide a condition.

    Args:
        condition: as `parse` gave it.
        facts: by field name; one that is absent, None or of another type is unknown.
    """
    explanation: list[Reason] = []
    value, missing = _decide(condition, facts, explanation)
    return Verdict(value, missing, explanation)


def _decide(
    condition: Condition, facts: Mapping[str, Any], explanation: list[Reason]
) -> tuple[bool | None, str | None]:
    if isinstance(condition, Comparison):
        result, actual = _test(condition, facts.get(condition.field.name))
        explanation.append(_reason(condition, actual, result))
        return result, condition.field.name if result is None else None
    if isinstance(condition, Not):
        value, missing = _decide(condition.part, facts, explanation)
        return None if value is None else not value, missing
    deciding = isinstance(condition, AnyOf)
    decided = [_decide(part, facts, explanation) for part in condition.parts]
    if any(value is deciding for value, _ in decided):
        return deciding, None
    missing = next((name for value, name in decided if value is None), None)
    return (not deciding, None) if missing is None else (None, missing)


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
}

_READ: dict[str, Callable[[Any], Scalar | frozenset[str] | None]] = {
    "text": as_text,
    "number": as_number,
    "date": as_date,
    "tags": as_tags,
}


def _test(test: Comparison, raw: Any) -> tuple[bool | None, Scalar | frozenset[str] | None]:
    actual = _READ[test.field.kind](raw)
    if actual is None:
        return None, None
    if isinstance(actual, frozenset):
        return actual.isdisjoint(test.values) == (test.op == "ne"), actual
    if test.op == "in":
        return actual in test.values, actual
    return _COMPARE[test.op](actual, test.values[0]), actual


def _reason(
    test: Comparison, actual: Scalar | frozenset[str] | None, result: bool | None
) -> Reason:
    values = [_plain(value) for value in test.values]
    return Reason(
        field=test.field.name,
        op=test.op,
        expected=values if test.op == "in" else values[0],
        actual=_plain(actual),
        result=result,
    )


def _plain(value: Scalar | frozenset[str] | None) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
