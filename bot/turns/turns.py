"""One turn from its message to its end, whoever decides it."""

from functools import partial
from typing import Any

import structlog

from bot.services import Services
from bot.turns.buttons import PERSON
from bot.turns.context import TurnContext, read_context
from bot.turns.flow_turn import InFlow, do_flow
from bot.turns.handing_over import HandOver, do_hand_over
from bot.turns.input_turn import InputTurn
from bot.turns.replies import Reply, say
from bot.turns.sweeper import apologise
from bot.turns.text_turn import TextTurn
from conversations import repository
from conversations.errors import OwnerChanged, TurnEnded
from conversations.schemas import Draft
from conversations.service import bot_may_speak, reply
from core.database import DatabaseUnavailable, Tx
from core.telemetry import DROPPED, TURNS
from flows.telling import START

log = structlog.get_logger()

QUEUE_INPUTS = frozenset({"card", "leave_queue", "close"})
"""Inputs that are done whoever owns the conversation."""


ASKS_BACK = frozenset({"clarified", "profile_asked"})
"""Replies that want an answer of their own first; a flow's step is offered after that."""


class Turns:
    """Sees a turn to its end; who decides it stands in ARCHITECTURE, section 3."""

    def __init__(self, services: Services) -> None:
        self._database = services.database
        self._clock = services.database.clock
        self._flows = services.flows
        self._text = TextTurn(services)
        self._input = InputTurn(services, self._text)

    async def handle(self, conversation_id: str, upto: int) -> None:
        """Do what waits in a conversation up to a seq, in order.

        A turn that fails here ends in an apology, at its deadline at the latest.

        Raises:
            DatabaseUnavailable: what was not done goes on waiting.
        """
        last = 0
        while last < upto:
            unit = partial(
                read_context,
                conversation_id=conversation_id,
                upto=upto,
                today=self._clock.today(),
                flows=self._flows,
            )
            turn = await self._database.read(unit)
            if turn is None or turn.message.seq == last:  # the sweeper ends what does not end here
                return
            last = turn.message.seq
            await self._do(turn)

    async def _do(self, turn: TurnContext) -> None:
        try:
            said = await self._decide(turn)
            if said is None:
                TURNS.labels("input_done").inc()
            else:
                await self._finish(turn, said)
        except DatabaseUnavailable:
            raise
        except TurnEnded:
            _dropped(turn)
        except Exception:
            log.exception("turn_failed", conversation_id=turn.state.id, seq=turn.message.seq)
            await self._database.write(lambda tx: apologise(tx, turn.state.id, turn.message.seq))

    async def _decide(self, turn: TurnContext) -> Reply | HandOver | InFlow | None:
        pressed = turn.message.meta.get("input")
        if pressed is None:
            if not bot_may_speak(turn.state):
                await self._kept(turn)
                return None
            self._typing(turn)
            if turn.message.kind == "file" and not turn.message.meta["captioned"]:
                return say("chat.files.received", turn.locale, turn.state.memory, PERSON)
            return await self._text.decide(turn)
        if not bot_may_speak(turn.state) and not _always(turn, pressed):
            await self._kept(turn)
            return None
        return await self._input.do(turn)

    def _typing(self, turn: TurnContext) -> None:
        self._database.hub.notify(
            f"conversation:{turn.state.id}", {"type": "typing", "sender": "bot"}
        )

    async def _kept(self, turn: TurnContext) -> None:
        """A person took the chat since: what was said is theirs to answer."""
        await self._database.write(
            lambda tx: repository.settle_turn(
                tx, turn.state.id, turn.message.seq, "kept_for_person", {}
            )
        )

    async def _finish(self, turn: TurnContext, said: Reply | HandOver | InFlow) -> None:
        def unit(tx: Tx) -> bool:
            if isinstance(said, HandOver):
                return do_hand_over(tx, turn, said, self._flows)
            if isinstance(said, InFlow):
                return do_flow(tx, turn, said)
            return reply(
                tx,
                turn.state.id,
                turn.message.seq,
                (*said.drafts, *self._step_again(tx, turn, said)),
                outcome=said.outcome,
                owner_version=turn.state.owner_version,
                trace=said.trace,
                memory=said.memory,
            )

        try:
            spoken = await self._database.write(unit)
        except OwnerChanged:
            spoken = False
            await self._kept(turn)
        if spoken:
            TURNS.labels(_outcome(said)).inc()
            return
        _dropped(turn)

    def _step_again(self, tx: Tx, turn: TurnContext, said: Reply) -> tuple[Draft, ...]:
        """Offer the step of the flow again after something else was said in its middle."""
        run = turn.run
        if run is None or run.state != "active" or said.outcome in ASKS_BACK:
            return ()
        step = self._flows.again(tx, turn.state, run.id)
        return (step,) if step else ()


def _always(turn: TurnContext, pressed: dict[str, Any]) -> bool:
    """Whether an input is done although a person holds the chat, or somebody waits."""
    about_queue = pressed["type"] in QUEUE_INPUTS or turn.state.owner.endswith("_queue")
    about_flow = pressed["type"] == "choice" and pressed["id"].startswith(START)
    return about_queue or about_flow


def _outcome(said: Reply | HandOver | InFlow) -> str:
    if isinstance(said, HandOver):
        return "handed_over"
    return "flow_step" if isinstance(said, InFlow) else said.outcome


def _dropped(turn: TurnContext) -> None:
    DROPPED.inc()
    TURNS.labels("dropped").inc()
    log.info("reply_dropped", conversation_id=turn.state.id, seq=turn.message.seq)
