"""A definition made ready to run: its facts typed, its conditions parsed once."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from core.conditions import PROFILE, Condition, Field, evaluate, parse
from core.conditions.fields import Kind
from flows.definition import Definition, FlowField, Step, SubField, When
from flows.rules import FactKind, Told, calculators

_OF_TYPE: Mapping[str, Kind] = {
    "multi": "tags",
    "money": "number",
    "number": "number",
    "list": "number",
    "date": "date",
    "month": "date",
}
_OF_FACT: Mapping[FactKind, Kind] = {
    "number": "number",
    "money": "number",
    "date": "date",
    "month": "date",
    "tags": "tags",
    "lines": "tags",
    "text": "text",
    "yes_no": "text",
}
YES_NO = ("yes", "no", "unknown")


class Flow:
    """What the engine works with.

    Attributes:
        fields: the facts that conditions may name.
    """

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.fields = facts_of(definition)
        self._parsed: dict[str, Condition] = {}
        self._place = {step.id: place for place, step in enumerate(definition.steps)}

    @property
    def id(self) -> str:
        """The flow's id."""
        return self.definition.flow_id

    def test(
        self,
        when: When | None,
        facts: Mapping[str, Any],
        row: Mapping[str, Field] | None = None,
    ) -> bool | None:
        """Decide a condition; None is unknown, no condition is true."""
        if when is None:
            return True
        key = json.dumps(when, sort_keys=True, default=str) + ",".join(row or ())
        condition = self._parsed.get(key)
        if condition is None:
            condition = self._parsed[key] = parse(plain(when), {**self.fields, **(row or {})})
        return evaluate(condition, facts).value

    def after(self, step: Step, facts: Mapping[str, Any]) -> Step | None:
        """Return the step to look at after one; None at the end."""
        for rule in step.next:
            if self.test(rule.when, facts) is True:
                return self.definition.step(rule.step)
        place = self._place[step.id] + 1
        return self.definition.steps[place] if place < len(self.definition.steps) else None

    def step_of(self, key: str) -> Step | None:
        """Return the step that asks for a field, or None."""
        return next((each for each in self.definition.steps if each.field.key == key), None)


def facts_of(definition: Definition) -> dict[str, Field]:
    """Return every fact that a definition's conditions may name."""
    found = dict(PROFILE) | {"today": Field("today", "date")}
    for name, parameter in definition.parameters.items():
        found[name] = Field(name, "text" if parameter.kind == "text" else "number")
    for step in definition.steps:
        if not step.field.is_protected:
            found[step.field.key] = fact_of(step.field)
    known = calculators()
    for part in definition.compute:
        if part.calculator in known:
            for name, kind in known[part.calculator].gives.items():
                choices = YES_NO if kind == "yes_no" else ()
                found[name] = Field(name, _OF_FACT[kind], choices)
    return found


def fact_of(field: FlowField | SubField) -> Field:
    """Return the fact that the answer to a field is."""
    choices: tuple[str, ...] = ()
    if field.type in {"choice", "multi"}:
        choices = tuple(option.id for option in field.options)
    elif field.type in {"yes_no", "confirm"}:
        choices = YES_NO
    return Field(field.key, _OF_TYPE.get(field.type, "text"), choices)


def plain(when: Any) -> Any:
    """Return a condition with true and false as the words that answers use."""
    if isinstance(when, bool):
        return "yes" if when else "no"
    if isinstance(when, dict):
        return {key: plain(value) for key, value in when.items()}
    if isinstance(when, list):
        return [plain(each) for each in when]
    return when


def as_fact(value: Any) -> Any:
    """Return an answer or a calculated value as conditions compare it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Told):
        return value.key
    if isinstance(value, tuple | list):
        if any(isinstance(each, Mapping) for each in value):
            return len(value)
        return [as_fact(each) for each in value]
    return value


def first_facts(definition: Definition, profile: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Return what is known before the first answer."""
    set_here = {name: each.value for name, each in definition.parameters.items()}
    return {**profile, **set_here, "today": today}
