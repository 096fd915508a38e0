"""How the parts of a definition must fit together; each fault says where, and what to do."""

import inspect
import re
import string
from collections.abc import Iterator, Mapping
from typing import Any

from core.conditions import PROFILE, ConditionError, Field, parse
from flows.definition import Definition, FlowField, Result, Rule, Step, SubField, When, Words
from flows.engine import RESULT, SUMMARY
from flows.flow import fact_of, facts_of, plain
from flows.reads import Read
from flows.rules import calculators, validators
from flows.wording import Field as AnyField
from knowledge_base.yaml_files import Place

RESERVED = frozenset({SUMMARY, RESULT, "today"})
"""Names of places and facts of the engine."""


def check(read: Read) -> None:
    """Note every fault of a definition at the part it concerns."""
    _Checker(read).run()


class _Checker:
    def __init__(self, read: Read) -> None:
        self._read = read
        self._flow: Definition = read.definition
        self._facts = facts_of(self._flow)

    def run(self) -> None:
        self._keys()
        for place, step in enumerate(self._flow.steps):
            where: Place = ("steps", place)
            self._field(step.field, (*where, "field"))
            self._rules(step.rules, (*where, "validate"))
            self._when(step.when, (*where, "when"))
            self._next(step, place)
        self._reachable()
        self._compute()
        self._ends()
        self._audience()
        self._placeholders()

    # --- names

    def _keys(self) -> None:
        ids: set[str] = set()
        keys: set[str] = set()
        for place, step in enumerate(self._flow.steps):
            if step.id in ids or step.id in RESERVED:
                self._fault(("steps", place, "id"), f"id {step.id} is taken; give another")
            key = step.field.key
            if key in keys or key in RESERVED:
                self._fault(
                    ("steps", place, "field", "key"), f"field {key} is taken; give another key"
                )
            known = PROFILE.get(key)
            if known is not None and fact_of(step.field).kind != known.kind:
                self._fault(
                    ("steps", place, "field", "key"),
                    f"the profile has a {known.kind} of this name; give the field another key",
                )
            ids.add(step.id)
            keys.add(key)

    # --- fields

    def _field(self, field: AnyField, where: Place) -> None:
        if field.type in {"choice", "multi"} and not field.options:
            self._fault(where, f"a {field.type} needs options: a list of id and label")
        if field.type not in {"choice", "multi"} and field.options:
            self._fault((*where, "options"), f"a {field.type} takes no options; remove them")
        if isinstance(field, FlowField) and field.due_items and field.type != "choice":
            self._fault((*where, "due_items"), "only a choice offers due items; remove it")
        self._options(field, where)
        if field.pattern is not None:
            try:
                re.compile(field.pattern)
            except re.error as error:
                self._fault((*where, "pattern"), f"no regular expression: {error}")
        for name in ("min", "max"):
            self._bound(field, getattr(field, name), (*where, name))
        if field.may_not_know and field.type != "yes_no":
            self._fault(
                (*where, "may_not_know"), "only for yes_no; give a choice an option `unknown`"
            )
        self._prefill(field, where)
        if isinstance(field, FlowField):
            self._columns(field, where)

    def _options(self, field: AnyField, where: Place) -> None:
        taken: set[str] = set()
        for place, option in enumerate(field.options):
            if option.id in taken:
                self._fault((*where, "options", place, "id"), f"option {option.id} stands twice")
            taken.add(option.id)
            self._when(option.when, (*where, "options", place, "when"))

    def _prefill(self, field: AnyField, where: Place) -> None:
        if field.prefill and field.prefill.startswith("profile."):
            name = field.prefill.removeprefix("profile.")
            if name not in PROFILE:
                self._fault(
                    (*where, "prefill"), f"the profile has no {name}; it has {', '.join(PROFILE)}"
                )

    def _bound(self, field: AnyField, bound: Any, where: Place) -> None:
        if bound is None:
            return
        shapes = {
            "date": r"today|\d{4}-\d{2}-\d{2}",
            "month": r"today|\d{4}-\d{2}(-\d{2})?",
            "multi": r"\d+",
            "list": r"\d+",
            "money": r"-?\d+(\.\d{1,2})?",
            "number": r"-?\d+(\.\d+)?",
        }
        shape = shapes.get(field.type)
        if shape is None:
            self._fault(where, f"a {field.type} has no bounds; remove it")
        elif not re.fullmatch(shape, str(bound)):
            self._fault(where, f"{bound} is no bound of a {field.type}")

    def _columns(self, field: FlowField, where: Place) -> None:
        if (field.type == "list") != bool(field.fields):
            self._fault(where, "a list needs fields, its columns; nothing else has them")
        earlier: dict[str, Field] = {}
        taken: set[str] = set()
        for place, column in enumerate(field.fields):
            here = (*where, "fields", place)
            if column.type == "list":
                self._fault((*here, "type"), "a list stands in no list; repeat the step instead")
            if column.key in taken:
                self._fault((*here, "key"), f"column {column.key} stands twice")
            taken.add(column.key)
            self._field(column, here)
            self._when(column.when, (*here, "when"), earlier)
            self._rules(column.rules, (*here, "validate"))
            if isinstance(column, SubField) and not column.is_protected:
                earlier[column.key] = fact_of(column)

    # --- rules and conditions

    def _rules(self, rules: list[str | Rule], where: Place) -> None:
        known = validators()
        for place, each in enumerate(rules):
            name, given = (each, {}) if isinstance(each, str) else (each.rule, each.with_)
            if name not in known:
                self._fault((*where, place), f"no rule {name}; there are {_listed(known)}")
                continue
            self._fits(known[name].check, given, 3, (*where, place))

    def _fits(self, rule: Any, given: Mapping[str, Any], before: int, where: Place) -> None:
        try:
            inspect.signature(rule).bind(*range(before), **given)
        except TypeError as error:
            self._fault(where, f"its parameters do not fit: {error}; see `with`")

    def _when(
        self, when: When | None, where: Place, row: Mapping[str, Field] | None = None
    ) -> None:
        if when is None:
            return
        try:
            parse(plain(when), {**self._facts, **(row or {})})
        except ConditionError as error:
            self._fault(where, error.detail)

    def _audience(self) -> None:
        if self._flow.audience is None:
            return
        try:
            parse(self._flow.audience)
        except ConditionError as error:
            self._fault(("audience",), f"{error.detail} (an audience knows the profile only)")

    # --- the way

    def _next(self, step: Step, place: int) -> None:
        order = {each.id: at for at, each in enumerate(self._flow.steps)}
        for at, rule in enumerate(step.next):
            where: Place = ("steps", place, "next", at)
            if rule.step not in order:
                self._fault((*where, "step"), f"no step {rule.step}; mend the name")
            elif order[rule.step] <= place:
                self._fault(
                    (*where, "step"),
                    f"{rule.step} comes before: a way must lead forward, or it never ends",
                )
            self._when(rule.when, (*where, "when"))
            if rule.when is None and at + 1 < len(step.next):
                self._fault(where, "what follows a `next` without `when` is never looked at")

    def _reachable(self) -> None:
        """Note steps that no way leads to, whatever is answered."""
        order = {each.id: at for at, each in enumerate(self._flow.steps)}
        reached = {0}
        for place, step in enumerate(self._flow.steps):
            if place not in reached:
                self._fault(("steps", place, "id"), f"no way leads to step {step.id}; remove it")
                continue
            reached.update(order[each.step] for each in step.next if each.step in order)
            certain = any(each.when is None for each in step.next)
            if not certain or step.when is not None:
                reached.add(place + 1)

    def _compute(self) -> None:
        known = calculators()
        keys = {step.field.key for step in self._flow.steps}
        given: set[str] = set()
        for place, part in enumerate(self._flow.compute):
            where: Place = ("compute", place)
            self._when(part.when, (*where, "when"))
            rule = known.get(part.calculator)
            if rule is None:
                self._fault(
                    (*where, "calculator"),
                    f"no calculation {part.calculator}; there are {_listed(known)}",
                )
                continue
            self._fits(rule.calculate, part.with_, 2, where)
            for need in rule.needs:
                if need not in keys:
                    self._fault(where, f"{part.calculator} needs a field {need}; add the step")
            for name in rule.gives:
                if name in keys or name in given or name in RESERVED | set(PROFILE):
                    self._fault(where, f"it gives {name}, which is another fact's name already")
            given |= set(rule.gives)

    def _ends(self) -> None:
        for place, stop in enumerate(self._flow.handoffs):
            self._when(stop.when, ("handoffs", place, "when"))
        lines = {
            name
            for part in self._flow.compute
            if part.calculator in calculators()
            for name, kind in calculators()[part.calculator].gives.items()
            if kind == "lines"
        }
        ids: set[str] = set()
        for place, end in enumerate(self._flow.results):
            if end.id in ids:
                self._fault(("results", place, "id"), f"result {end.id} stands twice")
            ids.add(end.id)
            self._end(end, place, lines)

    def _end(self, end: Result, place: int, lines: set[str]) -> None:
        where: Place = ("results", place)
        self._when(end.when, (*where, "when"))
        last = place + 1 == len(self._flow.results)
        if last and end.when is not None:
            self._fault((*where, "when"), "the last result must hold always: remove `when`")
        if not last and end.when is None:
            self._fault(where, "what follows a result without `when` is never given")
        for name, parts in (("items", end.items), ("checklist", end.checklist)):
            for at, each in enumerate(parts):
                self._when(each.when, (*where, name, at, "when"))
        for at, line in enumerate(end.lines):
            if line not in lines:
                self._fault((*where, "lines", at), f"no calculation gives lines named {line}")
        for at, action in enumerate(end.actions):
            self._when(action.when, (*where, "actions", at, "when"))
            if sum(each is not None for each in (action.url, action.flow, action.entry)) != 1:
                self._fault((*where, "actions", at), "give exactly one of url, flow and entry")

    # --- texts

    def _placeholders(self) -> None:
        known = set(self._facts) | {step.field.key for step in self._flow.steps}
        for where, words in _texts(self._flow, ()):
            for name, given in (
                ("zh-Hans", words.zh_hans),
                ("en", words.en),
                ("zh-Hant", words.zh_hant or ""),
            ):
                for missing in _unknown(given, known):
                    self._fault((*where, name), missing)

    def _fault(self, where: Place, message: str) -> None:
        self._read.fault(where, f"{'.'.join(map(str, where))}: {message}")


def _listed(known: Mapping[str, Any]) -> str:
    return ", ".join(sorted(known)) or "none yet"


def _unknown(words: str, known: set[str]) -> Iterator[str]:
    try:
        names = [name for _, name, _, _ in string.Formatter().parse(words) if name is not None]
    except ValueError as error:
        yield f"{error}; write {{{{ for a brace"
        return
    for name in names:
        if name not in known:
            yield f"{{{name}}} is no answer, calculation or parameter; mend the name"


def _texts(part: Any, where: Place) -> Iterator[tuple[Place, Words]]:
    """Yield every text of a definition with its place."""
    if isinstance(part, Words):
        yield where, part
    elif isinstance(part, list):
        for place, each in enumerate(part):
            yield from _texts(each, (*where, place))
    elif hasattr(part, "model_fields_set"):
        for name in type(part).model_fields:
            yield from _texts(getattr(part, name), (*where, name))
