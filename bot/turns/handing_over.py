"""The bot gives the conversation to people, with what it knows."""

from dataclasses import dataclass

from bot.turns.buttons import ASK_BOT, buttons
from bot.turns.context import TurnContext
from bot.turns.replies import KEPT
from conversations import repository
from conversations.schemas import Choice, Draft, State
from conversations.service import reply
from core.database import Tx
from core.texts import text
from escalation.errors import NoSuchQueue
from escalation.schemas import Handed, Reason
from escalation.service import LEAVE, hand_over, waiting_words
from flows.definition import Handoff
from flows.schemas import Run
from flows.service import Flows


@dataclass(frozen=True)
class HandOver:
    """A decision to let a person answer, for a typed reason."""

    reason: Reason


def do_hand_over(tx: Tx, turn: TurnContext, why: HandOver, flows: Flows) -> bool:
    """Queue the conversation and tell the taxpayer where it stands; False if it was dropped.

    In the middle of a flow it goes to who sees to that step, with all answers.

    Raises:
        OwnerChanged: people took the conversation and gave it back since it was read.
    """
    run = turn.run
    if run is not None and run.state == "active":
        handed = give(tx, turn.state, run, flows.with_person(tx, turn.state, run.id))
    else:
        handed = hand_over(tx, turn.state, reason=why.reason, question=_question(tx, turn))
    waits = handed.place > 0
    draft = Draft(
        sender="bot",
        kind="handoff",
        text=waiting_words(handed, turn.locale),
        choices=waiting_choices(turn.locale) if waits else (),
    )
    memory = {key: value for key, value in turn.state.memory.items() if key in KEPT}
    return reply(
        tx,
        turn.state.id,
        turn.message.seq,
        [draft],
        outcome="handed_over",
        owner_version=None,
        trace={"reason": why.reason},
        memory=memory,
    )


def waiting_choices(locale: str) -> tuple[Choice, ...]:
    """Return what one who waits may choose."""
    leave = Choice(id=LEAVE, label=text("escalation.choices.leave", locale))
    return (*buttons(locale, ASK_BOT), leave)


def give(tx: Tx, state: State, run: Run, wanted: Handoff) -> Handed:
    """Queue the conversation for who sees to this step; a queue that is gone is the officers'."""
    about = run.summary.get("step") or ""
    question = text("flows.question", title=run.summary.get("title", run.flow_id), step=about)
    try:
        return hand_over(tx, state, reason="flow_help", question=question, queue=wanted.queue)
    except NoSuchQueue:
        return hand_over(tx, state, reason="flow_help", question=question)


def _question(tx: Tx, turn: TurnContext) -> str:
    """Return what it is about: the last thing that was really asked, else the words of now."""
    if turn.state.consultation_id is not None:
        for row in reversed(repository.turns_of_consultation(tx, turn.state.consultation_id)):
            if asked := row.trace.get("question"):
                topic = row.trace.get("topic")
                return f"{topic} / {asked}" if topic else str(asked)
    return turn.message.text
