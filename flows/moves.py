"""What an input does to a run, as a pure function; what is said of it follows from `Moved`."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

from core.errors import BadInput
from flows.definition import Step, Words
from flows.engine import RESULT, SUMMARY, TRIES, Engine, Standing, Walk, put
from flows.rules import Fault, Told
from flows.values import Refused
from flows.wording import shown

Action = Literal[
    "back", "change", "explain", "pause", "resume", "cancel", "person", "restart"
]  # fmt: skip
View = Literal["place", "explain", "paused", "leaving", "cancelled", "ended"]
MANY = 2
"""More answers than so many are not thrown away without asking."""

Keep = Callable[[Step, Any], Any]
"""Makes of a checked value what is stored; a protected one is sealed there."""


@dataclass(frozen=True)
class Moved:
    """What became of an input.

    Attributes:
        lead: what is said before the view.
        view: what the run shows now.
        fault: the value was refused for this.
        hint: the value was taken, but the person had better look again.
    """

    standing: Standing
    lead: tuple[Told | Words, ...] = ()
    view: View = "place"
    fault: Fault | None = None
    hint: Fault | None = None


def answer(
    engine: Engine,
    standing: Standing,
    key: str,
    raw: Any,
    *,
    keep: Keep = lambda _step, taken: taken,
    locale: str = "zh-Hans",
) -> Moved:
    """Take the value of a field.

    Args:
        key: the key of the field, or `summary`.
        raw: as a client sends it.
        keep: makes of a checked value what is stored.
        locale: in which an earlier answer is named.

    Raises:
        BadInput: the flow has no such field.
    """
    if standing.state in {"cancelled", "expired"}:
        return Moved(standing, view="ended")
    way = engine.walk(standing.answers)
    place = engine.place(standing, way)
    if key == SUMMARY:
        return _submit(engine, standing, place, raw)
    step = engine.flow.step_of(key)
    if step is None:
        raise BadInput(f"flow {engine.flow.id} has no field {key}; read the messages again")
    if place != step:
        return _elsewhere(engine, standing, way, step, raw=raw, locale=locale)
    try:
        taken, hint = engine.check(step, raw, way)
    except Refused as refused:
        return _refused(standing, refused.fault)
    moved = put(standing, key, keep(step, taken), engine.along(step, taken))
    lead = (Told("flows.hint", {"told": hint}),) if hint else ()
    return _settled(engine, Moved(moved, lead, hint=hint))


def _submit(engine: Engine, standing: Standing, place: Step | str, raw: Any) -> Moved:
    if place == RESULT:
        return Moved(standing)
    if place != SUMMARY:
        return Moved(standing, (Told("flows.not_ready"),))
    if raw not in (True, "yes", "true"):
        return Moved(replace(standing, state="active"))
    done = replace(standing, submitted=True, leaving=False, failures=0)
    return _settled(engine, Moved(done))


def _settled(engine: Engine, moved: Moved) -> Moved:
    """End the run when its way leads to a result; name what a change made invalid."""
    standing = moved.standing
    way = engine.walk(standing.answers)
    if engine.place(standing, way) == RESULT:
        return replace(moved, standing=replace(standing, state="done"))
    lead = moved.lead
    if way.fault is not None and way.asks is not None:
        lead = (*lead, Told("flows.changed", {"label": way.asks.field.label}), way.fault)
    return replace(moved, standing=replace(standing, state="active"), lead=lead)


def _refused(standing: Standing, fault: Fault) -> Moved:
    failures = standing.failures + 1
    lead: tuple[Told, ...] = (fault,)
    if failures >= TRIES:
        lead = (fault, Told("flows.offer_person"))
    again = replace(standing, state="active", failures=failures, leaving=False)
    return Moved(again, lead, fault=fault)


def not_understood(standing: Standing) -> Moved:
    """Note that a text could be read neither as a value nor as a question."""
    return _refused(standing, Fault("flows.not_understood"))


def _elsewhere(
    engine: Engine, standing: Standing, way: Walk, step: Step, *, raw: Any, locale: str
) -> Moved:
    """Tell that another device was quicker; nothing changes, nothing is lost."""
    key = step.field.key
    active = standing if standing.state == "done" else replace(standing, state="active")
    if step not in way.path or key not in standing.answers:
        return Moved(active, (Told("flows.not_asked_now", {"label": step.field.label}),))
    stored = standing.answers[key]
    try:
        same = engine.reader(way.facts).take(step.field, raw) == stored
    except Refused:
        same = False
    if same:
        return Moved(active)
    value = shown(step.field, stored, locale)
    told = Told("flows.answered_meanwhile", {"label": step.field.label, "value": value})
    return Moved(active, (told,))


def act(engine: Engine, standing: Standing, action: Action, step_id: str | None = None) -> Moved:
    """Do an action other than `person` and `restart`, which need more than the run.

    Args:
        step_id: for `change`, the step to answer anew.

    Raises:
        BadInput: there is no such action.
    """
    if standing.state in {"cancelled", "expired"} or (
        standing.state == "done" and action in {"pause", "resume", "cancel", "explain"}
    ):
        return Moved(standing, view="ended")
    doing: dict[str, Callable[[], Moved]] = {
        "back": lambda: _back(engine, standing),
        "change": lambda: _change(engine, standing, step_id),
        "explain": lambda: _explain(engine, standing),
        "pause": lambda: Moved(replace(standing, state="paused", leaving=False), view="paused"),
        "resume": lambda: _settled(engine, Moved(_on(standing))),
        "cancel": lambda: _cancel(standing),
    }
    if action not in doing:
        raise BadInput(f"a flow has no action {action}")
    return doing[action]()


def _on(standing: Standing) -> Standing:
    """Go on: from a pause where it was, from an answer asked again without changing it."""
    cursor = None if standing.state == "active" and not standing.leaving else standing.cursor
    return replace(standing, cursor=cursor, leaving=False)


def _back(engine: Engine, standing: Standing) -> Moved:
    way = engine.walk(standing.answers)
    place = engine.place(standing, way)
    before = [step for step in way.path if step.field.key in standing.answers]
    if isinstance(place, Step):
        before = list(way.path[: way.path.index(place)])
    if not before:
        return Moved(replace(standing, state="active", leaving=False), (Told("flows.first_step"),))
    return Moved(_at(standing, before[-1]))


def _at(standing: Standing, step: Step) -> Standing:
    return replace(
        standing, state="active", cursor=step.id, submitted=False, failures=0, leaving=False
    )


def _change(engine: Engine, standing: Standing, step_id: str | None) -> Moved:
    way = engine.walk(standing.answers)
    for step in way.path:
        if step.id == step_id and step.field.key in standing.answers:
            return Moved(_at(standing, step))
    return Moved(standing, (Told("flows.cannot_change"),))


def _explain(engine: Engine, standing: Standing) -> Moved:
    place = engine.place(standing, engine.walk(standing.answers))
    active = replace(standing, state="active", leaving=False)
    if not isinstance(place, Step):
        return Moved(active)
    told: list[Told | Words] = []
    if place.help:
        told.append(Told("flows.help", {"told": place.help}))
    if place.why:
        told.append(Told("flows.why", {"told": place.why}))
    return Moved(active, tuple(told) or (Told("flows.no_help"),), view="explain")


def _cancel(standing: Standing) -> Moved:
    if len(standing.answers) > MANY and not standing.leaving:
        return Moved(replace(standing, state="active", leaving=True), view="leaving")
    return Moved(replace(standing, state="cancelled", leaving=False), view="cancelled")
