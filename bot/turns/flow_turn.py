"""A turn inside a guided flow, or about one.

| the turn | decided by |
|---|---|
| a field, an action of a flow | the engine, as it is stored, whoever owns the chat |
| a text while a flow asks | `read_text`: a command, or the value of the field asked now |
| any other text | the dialogue; after the answer the step is offered again |
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.turns.context import TurnContext
from bot.turns.handing_over import give, waiting_choices
from bot.turns.replies import KEPT
from conversations.errors import OwnerChanged, TurnEnded
from conversations.schemas import (
    Choice,
    ChoiceInput,
    Draft,
    FlowActionInput,
    FlowFieldInput,
    FlowInput,
    Incoming,
    State,
)
from conversations.service import access_conversation, append_message, reply
from core.database import Tx
from core.errors import NotFound
from core.texts import text
from escalation.service import waiting_words
from flows import reading
from flows.received import protected_text
from flows.schemas import Run
from flows.service import Flows, Outcome
from flows.telling import CANCEL, RESTART, RESUME, START

Move = Callable[[Tx, State], Outcome]


@dataclass(frozen=True)
class InFlow:
    """A decision to move a flow; done when the turn ends.

    Attributes:
        move: the use case of `Flows`.
    """

    move: Move


def answer_input(flows: Flows, tx: Tx, conversation_id: str, incoming: Incoming) -> None:
    """Do what a flow's input asks for, in the transaction that stored it.

    Raises:
        FlowNotOffered: the flow that is asked for by its id is not for this taxpayer.
    """
    state = access_conversation(tx, conversation_id, change=True)
    pressed = incoming.input
    if isinstance(pressed, FlowFieldInput):
        outcome = flows.answer(tx, state, pressed.run_id, pressed.field, pressed.value)
    elif isinstance(pressed, FlowActionInput):
        if pressed.action == "person":
            append_message(tx, state.id, ask_person(flows, tx, state, pressed.run_id))
            return
        outcome = flows.act(tx, state, pressed.run_id, pressed.action, pressed.step)
    elif isinstance(pressed, FlowInput):
        flows.check_offered(tx, state, pressed.flow_id)
        outcome = flows.start(tx, state, pressed.flow_id)
    elif isinstance(pressed, ChoiceInput):
        outcome = flows.start(tx, state, pressed.id.removeprefix(START))
    else:
        typed = protected_text(flows, tx, state, incoming.text or "")
        assert typed is not None  # noqa: S101 - `kept` found it in this transaction
        run, step, raw = typed
        outcome = flows.answer(tx, state, run.id, step.field.key, raw)
    for draft in outcome.drafts:
        append_message(tx, state.id, draft)


def ask_person(flows: Flows, tx: Tx, state: State, run_id: str) -> Draft:
    """Give a run to a person, with all its answers; return what the taxpayer is told."""
    run = flows.access_run(tx, state, run_id)
    wanted = flows.with_person(tx, state, run_id)
    handed = give(tx, state, run, wanted)
    return Draft(
        sender="system",
        kind="handoff",
        text=waiting_words(handed, state.locale),
        choices=waiting_choices(state.locale) if handed.place else (),
    )


def do_flow(tx: Tx, turn: TurnContext, decided: InFlow) -> bool:
    """Move a flow as the end of a turn.

    Raises:
        OwnerChanged: a person took the conversation since the turn was read.
        TurnEnded: the turn had its end already; nothing was moved.
    """
    current = access_conversation(tx, turn.state.id, change=True)
    if current.owner_version != turn.state.owner_version:
        raise OwnerChanged("a person took the conversation meanwhile")
    outcome = decided.move(tx, current)
    spoken = reply(
        tx,
        current.id,
        turn.message.seq,
        outcome.drafts,
        outcome="flow_step",
        owner_version=turn.state.owner_version,
        trace={"flow_id": outcome.run.flow_id, "step": outcome.run.step},
        memory={key: value for key, value in current.memory.items() if key in KEPT},
    )
    if not spoken:
        raise TurnEnded("this was answered meanwhile")
    return True


class FlowTurn:
    """Reads texts and choices that concern flows."""

    def __init__(self, flows: Flows) -> None:
        self._flows = flows

    def read_text(self, turn: TurnContext) -> InFlow | None:
        """Return what a text does to the flow, if it is a command or a value; else None."""
        run = turn.run
        words = turn.message.text
        if (called := self._flows.called(words)) is not None:
            return self.start(called)
        if run is None:
            return None
        action = reading.command(words)
        if run.state != "active":
            return self.act(run, "resume") if action == "resume" else None
        if action is not None:
            return self.act(run, action)
        return self.read_value(turn, run)

    def read_value(self, turn: TurnContext, run: Run) -> InFlow | None:
        """Return the answer that a text gives to the field asked now, or None."""
        step, offered, known = turn.asked or (None, (), None)
        words = turn.message.text
        if turn.state.memory.get("choices") and reading.ordinal(words) is not None:
            return None  # it names one of the choices just offered
        if step is None:
            return self._confirm(run, words) if run.step == "summary" else None
        if step.field.type == "text" and reading.asks(words):
            return None
        try:
            raw = reading.read(step.field, words, turn.today, offered, known)
        except reading.NotRead:
            return None
        return self.answer(run, step.field.key, raw)

    def _confirm(self, run: Run, words: str) -> InFlow | None:
        if reading.bare(words) in reading.phrases("yes"):
            return self.answer(run, "summary", raw=True)
        return None

    def read_yes(self, turn: TurnContext, *, yes: bool) -> InFlow | None:
        """Return what a yes or no that the dialogue heard answers, or None."""
        run = turn.run
        if run is None or run.state != "active":
            return None
        if turn.asked is None:
            return self.answer(run, "summary", raw=True) if yes and run.step == "summary" else None
        step, _, known = turn.asked
        if step.field.type == "yes_no":
            return self.answer(run, step.field.key, raw=yes)
        if yes and step.field.type == "confirm":
            return self.answer(run, step.field.key, raw=True)
        if yes and known is not None:
            return self.answer(run, step.field.key, raw=known)
        return None

    def read_option(self, turn: TurnContext, place: int | None) -> InFlow | None:
        """Return the answer that a place in the list of options is, or None."""
        if turn.run is None or turn.asked is None or not place:
            return None
        step, offered, _ = turn.asked
        if step.field.type != "choice" or not 1 <= abs(place) <= len(offered):
            return None
        chosen = offered[place - 1] if place > 0 else offered[place]
        return self.answer(turn.run, step.field.key, raw=chosen)

    def wants_value(self, turn: TurnContext) -> bool:
        """Whether a text that nothing was found for was meant as a value."""
        return (
            turn.run is not None
            and turn.run.state == "active"
            and turn.asked is not None
            and not reading.asks(turn.message.text)
        )

    def choice(self, choice: str) -> InFlow | None:
        """Return what a button about a flow does; None when the flow is gone."""
        for prefix, action in ((RESUME, "resume"), (CANCEL, "cancel"), (RESTART, "restart")):
            if choice.startswith(prefix):
                return self._chosen(choice.removeprefix(prefix), action)
        return self.start(choice.removeprefix(START))

    def _chosen(self, run_id: str, action: Any) -> InFlow:
        return InFlow(lambda tx, state: self._flows.act(tx, state, run_id, action))

    def start(self, flow_id: str) -> InFlow | None:
        """Return the beginning of a flow, or None when there is none with this id."""
        try:
            self._flows.access(flow_id)
        except NotFound:
            return None
        return InFlow(lambda tx, state: self._flows.start(tx, state, flow_id))

    def named(self, entities: tuple[Mapping[str, Any], ...]) -> InFlow | None:
        """Return the beginning of the flow that the dialogue found named in a text, or None."""
        flow_id = flow_named(entities)
        return None if flow_id is None else self.start(flow_id)

    def answer(self, run: Run, key: str, raw: Any) -> InFlow:
        """Return the answer to a field."""
        return InFlow(lambda tx, state: self._flows.answer(tx, state, run.id, key, raw))

    def act(self, run: Run, action: Any) -> InFlow:
        """Return an action."""
        return InFlow(lambda tx, state: self._flows.act(tx, state, run.id, action))

    def not_understood(self, run: Run) -> InFlow:
        """Return the plain word that a text was no value."""
        return InFlow(lambda tx, state: self._flows.not_understood(tx, state, run.id))

    def offer(self, flow_id: str | None, turn: TurnContext) -> Choice | None:
        """Return the button that begins the flow of an entry, unless it is under way."""
        return offer_of(self._flows, flow_id, turn.locale, turn.run)


def offer_of(
    flows: Flows, flow_id: str | None, locale: str, run: Run | None = None
) -> Choice | None:
    """Return the button that begins a flow, if there is one that is not under way."""
    title = flows.title(flow_id, locale) if flow_id else None
    if title is None or (run is not None and run.flow_id == flow_id and run.state == "active"):
        return None
    return Choice(id=f"{START}{flow_id}", label=text("flows.start", locale, title=title))


def flow_named(entities: tuple[Mapping[str, Any], ...]) -> str | None:
    """Return the id of the flow that a text names, or None."""
    return next((str(e["value"]) for e in entities if e["entity"] == "flow_id"), None)
