"""Plays scripted cases through the engine, without a database or a chat."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from core.calendar import tax_calendar
from flows import moves, reading
from flows.cases import Case, CaseFile, CaseInput, Expect
from flows.definition import Definition, Step
from flows.due_items import items_of, offering
from flows.engine import RESULT, SUMMARY, Engine, Known, Standing, Walk
from flows.flow import Flow
from flows.loading import DIRECTORY, parsed
from flows.moves import Moved
from flows.rules import Told
from flows.telling import Teller, progress
from flows.values import masked
from knowledge_base.yaml_files import Located


def read_cases(flow_id: str, directory: Path = DIRECTORY) -> CaseFile | None:
    """Return the cases of a flow, or None when it has no file of them.

    Raises:
        BrokenContent: the file is not as `flows.cases` says.
    """
    path = directory / "cases" / f"{flow_id}.yml"
    if not path.exists():
        return None
    return parsed(CaseFile, Located(path, f"cases/{path.name}"))


def differences(definition: Definition, case: Case) -> list[str]:
    """Play a case; return what came out otherwise than expected, a line each."""
    played = _Played(definition, case)
    found: list[str] = []
    for place, given in enumerate(case.inputs, 1):
        found += [f"input {place}: {each}" for each in played.do(given)]
    if case.submit and played.place == SUMMARY:
        played.submit()
    return found + [f"end: {each}" for each in played.compare(case.expect)]


@dataclass
class _Played:
    """A run on its way through a case."""

    definition: Definition
    case: Case

    def __post_init__(self) -> None:
        due = {**self.case.due}
        items = items_of(due)
        parameters = {name: _parameter(value) for name, value in self.case.parameters.items()}
        known = Known(self.case.profile, self.case.today, tax_calendar(), due, parameters, items)
        self.engine = Engine(Flow(offering(self.definition, items)), known)
        self.standing = Standing()
        self.moved = Moved(self.standing)

    @property
    def way(self) -> Walk:
        return self.engine.walk(self.standing.answers)

    @property
    def place(self) -> Step | str:
        return self.engine.place(self.standing, self.way)

    def submit(self) -> None:
        self._take(moves.answer(self.engine, self.standing, SUMMARY, raw=True))

    def do(self, given: CaseInput) -> Iterator[str]:
        """Do one input and yield what is otherwise than expected."""
        place = self.place
        now = place.id if isinstance(place, Step) else place
        if given.step is not None and given.action != "change" and given.step != now:
            yield f"{given.step} should be asked, but it is {now}"
            return
        if given.action is not None:
            self._act(given)
        elif not isinstance(place, Step):
            self.submit()
        else:
            raw = given.value
            if given.text is not None:
                try:
                    raw = self._read(place, given.text)
                except reading.NotRead:
                    self._take(moves.not_understood(self.standing))
                    yield from self.compare(given.expect or Expect(fault=None))
                    return
            self._take(moves.answer(self.engine, self.standing, place.field.key, raw, keep=_hidden))
        refused = self.moved.fault
        if refused is not None and (given.expect is None or given.expect.fault is None):
            yield f"{now} does not take {given.value or given.text!r}: {refused.key}"
        if given.expect is not None:
            yield from self.compare(given.expect)

    def _read(self, step: Step, words: str) -> Any:
        offered = self.engine.offered(step, self.way)
        known = self.engine.prefilled(step)
        return reading.read(step.field, words, self.case.today, offered, known)

    def _act(self, given: CaseInput) -> None:
        if given.action == "submit":
            self.submit()
        elif given.action == "restart":
            self._take(Moved(Standing()))
        elif given.action == "person":
            self._take(Moved(replace(self.standing, state="with_person")))
        else:
            action: Any = given.action
            self._take(moves.act(self.engine, self.standing, action, given.step))

    def _take(self, moved: Moved) -> None:
        self.moved, self.standing = moved, moved.standing

    def compare(self, expect: Expect) -> Iterator[str]:
        """Yield what is otherwise than expected now."""
        way, place = self.way, self.place
        seen: dict[str, Any] = {
            "step": place.id if isinstance(place, Step) else place,
            "state": self.standing.state,
            "fault": _key(self.moved.fault),
            "hint": _key(self.moved.hint),
            "path": [step.id for step in way.path],
            "progress": tuple(progress(way, place).values()),
            "handoff": way.stop.reason if way.stop else None,
        }
        if place == RESULT:
            end = None if way.stop else self.engine.result(way)
            seen["verdict"] = end.verdict if end else "person"
            seen["result"] = end.id if end else way.stop and way.stop.reason
            if end and end.handoff:
                seen["handoff"] = end.handoff.reason
        for name in expect.model_fields_set & seen.keys() | expect.model_fields_set & {
            "verdict",
            "result",
        }:
            wanted = getattr(expect, name)
            if seen.get(name) != wanted:
                yield f"{name} is {seen.get(name)!r}, not {wanted!r}"
        yield from self._facts(expect.facts, way)
        yield from self._shown(expect.shown)

    def _facts(self, wanted: Mapping[str, Any], way: Walk) -> Iterator[str]:
        for name, value in wanted.items():
            found = _json(way.results.get(name, way.answers.get(name)))
            if found != _json(value):
                yield f"{name} is {found!r}, not {value!r}"

    def _shown(self, wanted: list[str]) -> Iterator[str]:
        if not wanted:
            return
        teller = Teller(self.engine, "trial", "zh-Hans", lambda _refs, _locale: [])
        words = teller.tell(self.moved).text
        for piece in wanted:
            if piece not in words:
                yield f"the message lacks {piece!r}: {words}"


def _key(fault: Told | None) -> str | None:
    """Return the key of a fault, of one in a list's row that of the column's."""
    if fault is not None and isinstance(inner := fault.values.get("fault"), Told):
        return inner.key
    return fault.key if fault else None


def _hidden(step: Step, taken: Any) -> Any:
    if taken is not None and step.field.is_protected:
        return {"ref": "pv_trial", "mask": masked(step.field.type, taken)}
    return taken


def _parameter(value: Any) -> Any:
    return Decimal(str(value)) if isinstance(value, int | float) else value


def _json(value: Any) -> Any:
    """Return a fact as a case file writes it."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float | Decimal):
        return f"{Decimal(str(value)).normalize():f}"
    if isinstance(value, str):
        try:
            return f"{Decimal(value).normalize():f}"
        except ArithmeticError:
            return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Told):
        return value.key
    if isinstance(value, list | tuple | set | frozenset):
        return [_json(each) for each in value]
    return value
