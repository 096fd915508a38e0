"""Reading a condition from YAML or JSON data, with faults told by their path."""

from collections.abc import Mapping
from typing import Any, Literal, cast

from core.conditions.fields import PROFILE, Field, Scalar, as_date, as_number
from core.conditions.tree import All, AnyOf, Comparison, Condition, Not, Operator
from core.errors import BadInput

MAX_DEPTH = 20
MAX_VALUES = 1_000
"""Bounds of one condition: they come from outside and become SQL parameters."""

ConditionRule = Literal[
    "condition_shape",
    "condition_depth",
    "condition_list",
    "condition_field",
    "condition_empty",
    "condition_comparison",
    "condition_values",
    "condition_value",
    "condition_choice",
]
_ORDERED: tuple[Operator, ...] = ("lt", "lte", "gt", "gte")
_COMPARISONS: tuple[Operator, ...] = (*_ORDERED, "ne")


class ConditionError(BadInput):
    """A condition that cannot be read.

    Attributes:
        path: where in the condition, e.g. `any[1].employees`; empty for the whole.
        rule: what it breaks, for who tells it in another language.
        values: what stands in that sentence; `at` is the path.
    """

    code = "bad_condition"

    def __init__(self, path: str, rule: ConditionRule, reason: str, **values: str | int) -> None:
        super().__init__(f"{path or 'condition'}: {reason}", path=path)
        self.path = path
        self.rule = rule
        self.values: dict[str, str | int] = {"at": path, **values}


def parse(data: Any, fields: Mapping[str, Field] = PROFILE) -> Condition:
    """Read a condition.

    Args:
        data: the mapping as it stands in YAML or JSON; `{}` is always true.
        fields: the facts it may name.

    Raises:
        ConditionError: with the path of the fault and what to write instead.
    """
    return _Parser(fields).mapping(data, "", 0)


class _Parser:
    def __init__(self, fields: Mapping[str, Field]) -> None:
        self._fields = fields
        self._values = 0

    def mapping(self, data: Any, path: str, depth: int) -> Condition:
        if not isinstance(data, Mapping):
            raise ConditionError(
                path, "condition_shape", f"a mapping of fields is needed, not {_shown(data)}"
            )
        if depth > MAX_DEPTH:
            raise ConditionError(
                path,
                "condition_depth",
                f"nested deeper than {MAX_DEPTH}; write it flatter",
                most=MAX_DEPTH,
            )
        parts: list[Condition] = []
        for key, value in data.items():
            here = f"{path}.{key}" if path else str(key)
            if key == "all":
                parts.append(All(self._list(value, here, depth)))
            elif key == "any":
                parts.append(AnyOf(self._list(value, here, depth)))
            elif key == "not":
                parts.append(Not(self.mapping(value, here, depth + 1)))
            else:
                parts.extend(self._tests(self._field(key, here), value, here))
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _list(self, data: Any, path: str, depth: int) -> tuple[Condition, ...]:
        if not isinstance(data, list | tuple) or not data:
            raise ConditionError(
                path, "condition_list", "a list of at least one condition is needed"
            )
        return tuple(
            self.mapping(part, f"{path}[{place}]", depth + 1) for place, part in enumerate(data)
        )

    def _field(self, key: Any, path: str) -> Field:
        field = self._fields.get(key) if isinstance(key, str) else None
        if field is None:
            known = ", ".join((*self._fields, "all", "any", "not"))
            raise ConditionError(
                path,
                "condition_field",
                f"unknown field {_shown(key)}; use one of {known}",
                given=str(key),
            )
        return field

    def _tests(self, field: Field, data: Any, path: str) -> list[Condition]:
        if isinstance(data, Mapping):
            return self._comparisons(field, data, path)
        if isinstance(data, list | tuple):
            if not data:
                raise ConditionError(
                    path, "condition_empty", "an empty list matches nothing; name the values"
                )
            values = tuple(self._value(field, v, f"{path}[{i}]") for i, v in enumerate(data))
            return [Comparison(field, "in", values)]
        return [Comparison(field, "eq", (self._value(field, data, path),))]

    def _comparisons(self, field: Field, data: Mapping[Any, Any], path: str) -> list[Condition]:
        allowed = _COMPARISONS if field.kind in {"number", "date"} else ("ne",)
        if not data:
            raise ConditionError(
                path,
                "condition_comparison",
                f"a comparison is needed: {', '.join(allowed)}",
                use=", ".join(allowed),
            )
        tests: list[Condition] = []
        for op, value in data.items():
            here = f"{path}.{op}"
            if op not in allowed:
                raise ConditionError(
                    here,
                    "condition_comparison",
                    f"{field.name} ({field.kind}) can be compared by {', '.join(allowed)}",
                    use=", ".join(allowed),
                )
            tests.append(
                Comparison(field, cast("Operator", op), (self._value(field, value, here),))
            )
        return tests

    def _value(self, field: Field, raw: Any, path: str) -> Scalar:
        self._values += 1
        if self._values > MAX_VALUES:
            raise ConditionError(
                path,
                "condition_values",
                f"more than {MAX_VALUES} values; use a tag instead",
                most=MAX_VALUES,
            )
        value: Scalar | None
        if field.kind == "number":
            value, wanted = as_number(raw), "a number"
        elif field.kind == "date":
            value, wanted = as_date(raw), "a date as YYYY-MM-DD"
        else:
            value = raw if isinstance(raw, str) and raw and "\0" not in raw else None
            wanted = "a text (put digits in quotes)"
        if value is None:
            raise ConditionError(
                path,
                "condition_value",
                f"{wanted} is needed, not {_shown(raw)}",
                kind=field.kind,
                given=_shown(raw),
            )
        if field.choices and value not in field.choices:
            raise ConditionError(
                path,
                "condition_choice",
                f"{_shown(raw)} is no {field.name}; use {', '.join(field.choices)}",
                given=_shown(raw),
                use=", ".join(field.choices),
            )
        return value


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
