"""The rules that a definition may name: checks of one value, and calculations.

A rule is a pure function without I/O, registered by name. Everything that it may know comes in by
its arguments, so that the same answers on the same day always give the same result. The modules of
this package are imported by `load_rules`; a rule's words stand in `data/texts/<locale>/`.

Answers reach a rule as Python values, by the type of their field:

| field | value |
|---|---|
| choice, text, uscc | str (a choice: the id of the option) |
| yes_no | "yes", "no", or "unknown" where the field allows it |
| confirm | "yes" |
| multi | tuple of option ids |
| money, number | Decimal (money in yuan) |
| date, month | date in Asia/Shanghai (a month: its first day) |
| list | tuple of rows; a row is a mapping of sub-field key to such a value |
| a protected field | the number itself for its own validator, its mask for all others |

Only answers that count are there: one to a step that is not on the way now is absent, and so is
one to an optional field that was left out.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, Literal, TypeVar

from core.calendar import TaxCalendar
from knowledge_base.schemas import SourceRef

FactKind = Literal["text", "number", "money", "date", "month", "yes_no", "tags", "lines"]
"""How a calculated fact is shown and compared.

`number` and `money` are compared as numbers, `date` and `month` as dates; `yes_no` is True or False
in Python and `true`/`false` in a condition; `tags` is a sequence of words; `lines` is a sequence of
`Told`, shown one a line (a condition sees their keys as tags). A `text` may be a `Told`: a
condition sees its key. None is unknown.
"""


@dataclass(frozen=True)
class Told:
    """A sentence by its key in the catalogue, told in the person's language.

    Attributes:
        key: in `data/texts/<locale>/`, e.g. `flow_rules.period_in_future`.
        values: for the sentence's {placeholders}; Decimal is shown as money, a date as a date, a
            `Told` as its own sentence.
    """

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Fault(Told):
    """What is wrong with a value, and what to give instead.

    Attributes:
        hint: the value is taken all the same; the person is told, and may change it.
    """

    hint: bool = False


@dataclass(frozen=True)
class Context:
    """What a rule may know beside the answers.

    Attributes:
        today: the date in Asia/Shanghai.
        profile: facts known of the taxpayer (CONTRACT: profile).
        region: the province, if known.
        calendar: filing deadlines and working days.
        parameters: the definition's `parameters`, by name; None where a bureau set none.
        results: what the calculations before this one found.
    """

    today: date
    profile: Mapping[str, Any]
    region: str | None
    calendar: TaxCalendar
    parameters: Mapping[str, Any] = field(default_factory=dict)
    results: Mapping[str, Any] = field(default_factory=dict)


Answers = Mapping[str, Any]
Validate = Callable[..., Fault | None]
Calculate = Callable[..., Mapping[str, Any]]


@dataclass(frozen=True)
class Validator:
    """`check(value, answers, context, **parameters)` says what is wrong with a value, or None.

    For a sub-field of a list `answers` is its row; for the list itself `value` is all rows.

    Attributes:
        basis: the documents it rests on; none where it checks a form and no law.
    """

    name: str
    check: Validate
    basis: tuple[SourceRef, ...] = ()


@dataclass(frozen=True)
class Calculator:
    """`calculate(answers, context, **parameters)` gives named facts.

    Attributes:
        needs: keys of answers without which it is not called; others may be absent.
        gives: the facts it gives, each with its kind; one that it leaves out is unknown.
        basis: the documents it rests on, so that it is looked at when one of them changes.
    """

    name: str
    calculate: Calculate
    needs: tuple[str, ...]
    gives: Mapping[str, FactKind]
    basis: tuple[SourceRef, ...] = ()


_validators: dict[str, Validator] = {}
_calculators: dict[str, Calculator] = {}

V = TypeVar("V", bound=Validate)
C = TypeVar("C", bound=Calculate)


def validator(name: str, *, basis: tuple[str, ...] = ()) -> Callable[[V], V]:
    """Register a check of one value under a name that definitions use.

    Args:
        name: as in `validate: [name]`.
        basis: ids of the documents it rests on, with `#` and a provision's id where there is one.

    Example:
        @validator("not_in_future")
        def not_in_future(value: date, answers: Answers, context: Context) -> Fault | None:
            return Fault("flow_rules.not_in_future") if value > context.today else None
    """

    def registered(check: V) -> V:
        _once(name, _validators)
        _validators[name] = Validator(name, check, _refs(basis))
        return check

    return registered


def calculator(
    name: str,
    *,
    needs: tuple[str, ...] = (),
    gives: Mapping[str, FactKind],
    basis: tuple[str, ...] = (),
) -> Callable[[C], C]:
    """Register a calculation under a name that definitions use.

    Args:
        name: as in `compute: [{calculator: name}]`.
        needs: keys of answers it cannot do without.
        gives: names and kinds of its facts, usable in conditions and as {name} in texts.
        basis: as of `validator`.
    """

    def registered(calculate: C) -> C:
        _once(name, _calculators)
        _calculators[name] = Calculator(name, calculate, needs, dict(gives), _refs(basis))
        return calculate

    return registered


def _refs(basis: tuple[str, ...]) -> tuple[SourceRef, ...]:
    parts = [each.partition("#") for each in basis]
    return tuple(SourceRef(document=where, provision=part or None) for where, _, part in parts)


def _once(name: str, taken: Mapping[str, Any]) -> None:
    if name in taken:
        raise ValueError(f"two rules are called {name}: give one another name")


@cache
def load_rules() -> None:
    """Import every module of this package, so that its rules are known."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")


def validators() -> Mapping[str, Validator]:
    """Return all checks by name."""
    load_rules()
    return _validators


def calculators() -> Mapping[str, Calculator]:
    """Return all calculations by name."""
    load_rules()
    return _calculators
