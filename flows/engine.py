"""Decides, from a definition and the answers alone, where a run stands and what an input does.

Nothing here knows a database, a clock or a chat. The way through a flow is walked anew at each
look: an answer that a change made invalid is asked again, one that is no longer on the way counts
for nothing but is kept in case the way leads there once more.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from core.calendar import TaxCalendar
from core.errors import DaobanError
from flows.definition import HandoffRule, Result, Rule, Step, SubField
from flows.due_items import DueItem, filled_by, prefillable, value_of
from flows.flow import Flow, as_fact, fact_of, first_facts
from flows.rules import Context, Fault, calculators, validators
from flows.values import Reader, Refused, in_row, typed
from flows.wording import Field

State = Literal["active", "paused", "done", "cancelled", "expired", "with_person"]
SUMMARY, RESULT = "summary", "result"
"""Places of a run that are no step; the summary is a field of type confirm with this key."""
TRIES = 3
"""After so many refused values in a row a person is offered."""


@dataclass(frozen=True)
class Known:
    """What a flow may know beside the answers.

    Attributes:
        profile: facts of the taxpayer.
        due: the due item it was started for.
        items: the due items to choose from.
        today: the date in Asia/Shanghai.
        parameters: set in place of the definition's.
    """

    profile: Mapping[str, Any]
    today: date
    calendar: TaxCalendar
    due: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    items: tuple[DueItem, ...] = ()


@dataclass(frozen=True)
class Walk:
    """The way of a run as its answers make it.

    Attributes:
        path: the steps on the way, the one asked now included.
        asks: the step without a valid answer; None when all is answered or the way stopped.
        fault: why the answer that `asks` had does not hold any more.
        facts: for conditions.
        answers: those that count, as rules see them.
        results: what was calculated.
        stop: the rule by which a person had better take over.
        of: steps of the whole way as far as can be seen, the confirmation at its end included.
    """

    path: tuple[Step, ...]
    asks: Step | None
    fault: Fault | None
    facts: Mapping[str, Any]
    answers: Mapping[str, Any]
    results: Mapping[str, Any]
    stop: HandoffRule | None
    of: int


@dataclass(frozen=True)
class Standing:
    """A run between two inputs.

    Attributes:
        answers: as stored, by the key of their field.
        cursor: id of a step that is asked again although it has an answer.
        submitted: the summary was confirmed.
        failures: refused values in a row.
        leaving: it was asked whether the run shall really be cancelled.
    """

    state: State = "active"
    answers: Mapping[str, Any] = field(default_factory=dict)
    cursor: str | None = None
    submitted: bool = False
    failures: int = 0
    leaving: bool = False


class Engine:
    """Walks one flow with what is known now."""

    def __init__(self, flow: Flow, known: Known) -> None:
        self.flow = flow
        self.known = known
        self._base = {
            **first_facts(flow.definition, known.profile, known.today),
            **known.parameters,
        }

    def walk(self, answers: Mapping[str, Any]) -> Walk:
        """Return the way that these answers make."""
        path: list[Step] = []
        counted: dict[str, Any] = {}
        facts, results = self._facts(counted)
        step: Step | None = self.flow.definition.steps[0]
        asks, fault, stop = None, None, None
        while step is not None and stop is None:
            if self.flow.test(step.when, facts) is False:
                step = self._in_order(step)
                continue
            path.append(step)
            key = step.field.key
            if key not in answers:
                asks = step
                break
            fault = self._holds(step, answers[key], counted, facts, results)
            if fault is not None:
                asks = step
                break
            if (value := typed(step.field, answers[key])) is not None:
                counted[key] = value
                facts, results = self._facts(counted)
            stop = self._stop(facts)
            step = self.flow.after(step, facts)
        ahead = self._ahead(asks, facts) if asks else 0
        of = len(path) + ahead + (stop is None)
        return Walk(tuple(path), asks, fault, facts, counted, results, stop, of)

    def _in_order(self, step: Step) -> Step | None:
        steps = self.flow.definition.steps
        place = steps.index(step) + 1
        return steps[place] if place < len(steps) else None

    def _ahead(self, step: Step, facts: Mapping[str, Any]) -> int:
        """Count the steps that follow as far as can be seen now."""
        count = 0
        following = self.flow.after(step, facts)
        while following is not None:
            if self.flow.test(following.when, facts) is False:
                following = self._in_order(following)
                continue
            count += 1
            following = self.flow.after(following, facts)
        return count

    def _facts(self, counted: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        facts = self._base | {key: as_fact(value) for key, value in counted.items()}
        for step in self.flow.definition.steps:
            if step.field.is_protected:
                facts.pop(step.field.key, None)
        results: dict[str, Any] = {}
        for part in self.flow.definition.compute:
            rule = calculators()[part.calculator]
            ready = all(need in counted for need in rule.needs)
            if not ready or self.flow.test(part.when, facts) is not True:
                continue
            try:
                given = rule.calculate(counted, self.context(results), **part.with_)
            except (DaobanError, ArithmeticError):
                continue  # e.g. no calendar of that year: what cannot be calculated is unknown
            for name in rule.gives:
                if (value := given.get(name)) is not None:
                    results[name] = value
                    facts[name] = as_fact(value)
        return facts, results

    def context(self, results: Mapping[str, Any]) -> Context:
        """Return what rules may know."""
        declared = {name: each.value for name, each in self.flow.definition.parameters.items()}
        region = self.known.profile.get("region")
        return Context(
            today=self.known.today,
            profile=self.known.profile,
            region=region if isinstance(region, str) else None,
            calendar=self.known.calendar,
            parameters={**declared, **self.known.parameters},
            results=results,
        )

    def _stop(self, facts: Mapping[str, Any]) -> HandoffRule | None:
        for rule in self.flow.definition.handoffs:
            if self.flow.test(rule.when, facts) is True:
                return rule
        return None

    def _holds(
        self,
        step: Step,
        stored: Any,
        counted: Mapping[str, Any],
        facts: Mapping[str, Any],
        results: Mapping[str, Any],
    ) -> Fault | None:
        """Return why a kept answer does not hold any more, or None."""
        if isinstance(stored, dict):
            return None  # sealed: it was checked when it was given
        try:
            if not _has_sealed(stored):
                self.reader(facts).take(step.field, stored)
            fault = self._rules(step, stored, counted, results)
        except Refused as refused:
            return refused.fault
        return None if fault is None or fault.hint else fault

    def reader(self, facts: Mapping[str, Any]) -> Reader:
        """Return what reads values where these facts hold."""

        def offered(asked: Field, row: Mapping[str, Any]) -> tuple[str, ...]:
            return tuple(
                option.id
                for option in asked.options
                if self.flow.test(option.when, {**facts, **row}, self._columns()) is not False
            )

        def is_asked(column: SubField, row: Mapping[str, Any]) -> bool:
            values = {key: as_fact(self._typed(key, value)) for key, value in row.items()}
            return self.flow.test(column.when, {**facts, **values}, self._columns()) is not False

        return Reader(self.known.today, offered, is_asked)

    def offered(self, step: Step, way: Walk) -> tuple[str, ...]:
        """Return the ids of the options that a step offers now."""
        return tuple(
            option.id
            for option in step.field.options
            if self.flow.test(option.when, way.facts) is not False
        )

    def _columns(self) -> dict[str, Any]:
        return {
            column.key: fact_of(column)
            for step in self.flow.definition.steps
            for column in step.field.fields
            if not column.is_protected
        }

    def _typed(self, key: str, value: Any) -> Any:
        for step in self.flow.definition.steps:
            for column in step.field.fields:
                if column.key == key:
                    return typed(column, value)
        return value

    def check(self, step: Step, raw: Any, way: Walk) -> tuple[Any, Fault | None]:
        """Return a value as it is stored (a protected one in full) and a hint about it.

        Raises:
            Refused: the field or a rule does not take it.
        """
        before = {key: value for key, value in way.answers.items() if key != step.field.key}
        taken = self.reader(way.facts).take(step.field, raw)
        if taken is None:
            return None, None
        fault = self._rules(step, taken, before, way.results)
        if fault is not None and not fault.hint:
            refused = Refused("rule")
            refused.fault = fault
            raise refused
        return taken, fault

    def _rules(
        self, step: Step, stored: Any, answers: Mapping[str, Any], results: Mapping[str, Any]
    ) -> Fault | None:
        """Ask the rules of a step and of its columns; a refusal goes before a hint."""
        context = self.context(results)
        hint: Fault | None = None
        for place, row in enumerate(stored if step.field.fields and stored else (), 1):
            for column in step.field.fields:
                if row.get(column.key) is None:
                    continue
                seen = {
                    each.key: typed(each, row[each.key])
                    for each in step.field.fields
                    if row.get(each.key) is not None
                }
                value = typed(column, row[column.key])
                fault = self._ask(column.rules, value, seen, context)
                if fault is not None and not fault.hint:
                    raise in_row(place, column, fault)
                hint = hint or fault
        if stored is not None:
            fault = self._ask(step.rules, typed(step.field, stored), answers, context)
            hint = fault if fault is not None and not fault.hint else hint or fault
        return hint

    @staticmethod
    def _ask(
        rules: list[str | Rule], value: Any, answers: Mapping[str, Any], context: Context
    ) -> Fault | None:
        hint: Fault | None = None
        for each in rules:
            name, given = (each, {}) if isinstance(each, str) else (each.rule, each.with_)
            fault = validators()[name].check(value, answers, context, **given)
            if fault is not None and not fault.hint:
                return fault
            hint = hint or fault
        return hint

    def place(self, standing: Standing, way: Walk) -> Step | str:
        """Return the step that is asked now, or `summary`, or `result`."""
        if standing.cursor is not None:
            for step in way.path:
                if step.id == standing.cursor:
                    return step
        if way.stop is not None:
            return RESULT
        if way.asks is not None:
            return way.asks
        return RESULT if standing.submitted else SUMMARY

    def result(self, way: Walk) -> Result:
        """Return the end that a way leads to.

        Raises:
            LookupError: the definition has no end for it, which `checks` refuses.
        """
        for each in self.flow.definition.results:
            if self.flow.test(each.when, way.facts) is True:
                return each
        raise LookupError(f"{self.flow.id} has no result without a condition")

    def prefilled(self, step: Step) -> Any:
        """Return the value that is known already, as stored, if the field takes it."""
        if step.field.prefill is None or step.field.is_protected:
            return None
        where, _, name = step.field.prefill.partition(".")
        raw = (self.known.profile if where == "profile" else self.known.due).get(name)
        if raw is None:
            return None
        raw = raw.isoformat() if isinstance(raw, date) else raw
        return self._known(step, raw)

    def _known(self, step: Step, raw: Any) -> Any:
        if isinstance(raw, str):
            raw = prefillable(step, raw)
        try:
            return self.reader(self._base).take(step.field, raw)
        except Refused:
            return None

    def along(self, step: Step, taken: Any) -> dict[str, Any]:
        """Return the answers that come with an answer: a due item's, None where they fall away."""
        if not step.field.due_items:
            return {}
        item = next((each for each in self.known.items if each.id == taken), None)
        return {
            each.field.key: item and self._known(each, value_of(item, each))
            for each in filled_by(self.flow.definition)
        }


def _has_sealed(stored: Any) -> bool:
    return isinstance(stored, list) and any(
        isinstance(value, dict) and "ref" in value
        for row in stored
        if isinstance(row, dict)
        for value in row.values()
    )


def put(
    standing: Standing, key: str, stored: Any, along: Mapping[str, Any] | None = None
) -> Standing:
    """Return the run with one answer given, and with those that come along with it."""
    along = along or {}
    answers = {each: value for each, value in standing.answers.items() if each not in along}
    answers |= {key: stored} | {each: value for each, value in along.items() if value is not None}
    return replace(
        standing,
        state="active",
        answers=answers,
        cursor=None,
        submitted=False,
        failures=0,
        leaving=False,
    )
