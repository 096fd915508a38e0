"""How what a person sends to a flow is stored, so that nothing protected stands in the log."""

from typing import Any

from conversations.schemas import (
    ChoiceInput,
    FlowActionInput,
    FlowFieldInput,
    FlowInput,
    Incoming,
    Kept,
    State,
)
from conversations.service import bot_may_speak, messages_after
from core.clock import SHANGHAI
from core.database import Tx
from core.texts import text
from flows import repository
from flows.definition import Step
from flows.schemas import Run
from flows.sealing import SHOWN, has_protected, loggable, number_in
from flows.service import Flows
from flows.telling import START
from flows.wording import said, shown


def kept(flows: Flows, tx: Tx, state: State, incoming: Incoming) -> Kept | None:
    """Return how an input of a flow is stored, or None when it is none; nothing is changed.

    A number typed in answer to a protected field counts as that field's input.

    Raises:
        NoSuchRun: this conversation has no run with the input's id.
        NoSuchFlow: there is no flow with the input's id.
    """
    pressed = incoming.input
    if isinstance(pressed, FlowFieldInput):
        run = flows.access_run(tx, state, pressed.run_id)
        flow = flows.flow_of(run)
        step = flow.step_of(pressed.field) if flow else None
        value = loggable(step.field if step else None, pressed.value)
        meta = pressed.model_dump(exclude={"value"}) | {"value": value}
        return Kept(_bubble(step, value, state.locale), {"input": meta})
    if isinstance(pressed, FlowActionInput):
        flows.access_run(tx, state, pressed.run_id)
        words = text(f"flows.action.{pressed.action}", state.locale)
        return Kept(words, {"input": pressed.model_dump(exclude_none=True)})
    if isinstance(pressed, FlowInput):
        asked_for = flows.access(pressed.flow_id).definition
        return Kept(said(asked_for.title, state.locale), {"input": pressed.model_dump()})
    if isinstance(pressed, ChoiceInput):
        flow_id = begun(flows, tx, state, pressed)
        title = flows.title(flow_id, state.locale) if flow_id else None
        return Kept(title, {"input": pressed.model_dump()}) if title else None
    if incoming.text is None or incoming.file_ids:
        return None
    if (typed := protected_text(flows, tx, state, incoming.text)) is None:
        return None
    run, step, raw = typed
    value = loggable(step.field, raw)
    meta = {"type": "flow_field", "run_id": run.id, "field": step.field.key, "value": value}
    return Kept(_bubble(step, value, state.locale), {"input": meta})


def begun(flows: Flows, tx: Tx, state: State, pressed: ChoiceInput) -> str | None:
    """Return the flow that a choice at the greeting begins, else None.

    Clients list flows there by `GET /chat/flows`, so the greeting itself has no such buttons.
    """
    flow_id = pressed.id.removeprefix(START)
    if flow_id == pressed.id or flows.title(flow_id, state.locale) is None:
        return None
    shown = messages_after(tx, state.id, pressed.ref_seq - 1, 1)
    at_greeting = bool(shown) and shown[0].seq == pressed.ref_seq and shown[0].meta.get("greeting")
    return flow_id if at_greeting else None


def protected_text(flows: Flows, tx: Tx, state: State, words: str) -> tuple[Run, Step, Any] | None:
    """Return run, step and value when a text answers a field that is protected, else None."""
    if not bot_may_speak(state) or not any(map(str.isnumeric, words)):
        return None
    run = repository.open_run(tx, state.id)
    if run is None or run.state != "active":
        return None
    flow = flows.flow_of(run)
    step = next((s for s in flow.definition.steps if s.id == run.step), None) if flow else None
    if step is None or not has_protected(step.field):
        return None
    raw = number_in(step.field, words, tx.now.astimezone(SHANGHAI).date())
    return None if raw is None else (run, step, raw)


def _bubble(step: Step | None, value: Any, locale: str) -> str:
    if value is None:
        return text("flows.left_out", locale)
    if step is None:
        return text("flows.summary.label", locale) if value is True else str(value)
    if isinstance(value, bool):
        value = "yes" if value else "no"
    try:
        return shown(step.field, value, locale)
    except (ArithmeticError, ValueError, TypeError, KeyError, AttributeError):
        return str(value)[:SHOWN]  # what is no such value is shown as it was sent
