"""A typed input: straight to its handler, Rasa is not asked."""

from dataclasses import replace
from typing import Any

from bot.services import Services
from bot.turns.buttons import ASK_BOT, CARD_HELP, NONE, PERSON, RETRY, button
from bot.turns.context import TurnContext
from bot.turns.flow_turn import InFlow
from bot.turns.handing_over import HandOver
from bot.turns.replies import Reply, from_outcome, say
from bot.turns.text_turn import TextTurn
from conversations import repository
from conversations.reading import asked_before
from conversations.schemas import Draft
from conversations.service import access_conversation, bot_may_speak, reply
from core.database import Tx
from core.errors import NotFound
from core.texts import text
from escalation import service as escalation
from flows.telling import START
from knowledge_base.choices import EntryChoice, ProfileChoice, read_choice
from reminders.feedback import answer_card, request_help

QUEUE_CHOICES = frozenset({escalation.WAIT, escalation.LEAVE, escalation.CALL_BACK})


class InputTurn:
    """Does what a button, a card or the menu asks for."""

    def __init__(self, services: Services, text_turn: TextTurn) -> None:
        self._services = services
        self._text_turn = text_turn

    async def do(self, turn: TurnContext) -> Reply | HandOver | InFlow | None:
        """Return what the bot says, or None when the turn came to its end here."""
        pressed = turn.message.meta["input"]
        kind = pressed["type"]
        if kind == "choice":
            return await self._choice(turn, pressed["id"])
        if kind == "card":
            return await self._card(turn, pressed)
        units = {"leave_queue": _leave_queue, "close": _close}
        await self._services.database.write(lambda tx: units[kind](tx, turn, pressed))
        return None

    async def _card(self, turn: TurnContext, pressed: dict[str, Any]) -> Reply | None:
        """Take the answer to a card; "ask" goes on with what the card is about."""
        ref_seq = pressed["ref_seq"]
        answer = await self._services.database.write(
            lambda tx: answer_card(tx, turn.state, ref_seq, pressed["action"])
        )
        said = Draft(sender="bot", text=answer.text)
        if not bot_may_speak(turn.state):
            await self._services.database.write(lambda tx: _settle(tx, turn))
            return None
        if answer.question is None:
            return Reply("input_done", (said,), turn.state.memory)
        found = await self._services.search(turn.query(answer.question))
        reply = from_outcome(found, answer.question, turn.locale, turn.state.memory)
        last = reply.drafts[-1]
        offer = tuple(each for each in last.choices if each.id != PERSON)
        last = last.model_copy(update={"choices": (*offer[:2], button(CARD_HELP, turn.locale))})
        memory = reply.memory | {"card": ref_seq}
        return replace(reply, drafts=(said, *reply.drafts[:-1], last), memory=memory)

    async def _choice(self, turn: TurnContext, choice: str) -> Reply | HandOver | InFlow | None:
        if choice.startswith(START):
            gone = say("flows.unavailable", turn.locale, turn.state.memory, PERSON)
            return self._text_turn.flow.choice(choice) or gone
        if choice in QUEUE_CHOICES:
            await self._services.database.write(lambda tx: _queue_choice(tx, turn, choice))
            return None
        if choice == ASK_BOT:
            await self._services.database.write(lambda tx: _ask_bot(tx, turn))
            return None
        if choice == CARD_HELP and "card" in turn.state.memory:
            await self._services.database.write(lambda tx: _card_help(tx, turn))
            return None
        if choice in {PERSON, CARD_HELP}:
            return HandOver("no_answer" if turn.state.memory.get("offered") else "asked_for_person")
        if isinstance(fact := read_choice(choice), ProfileChoice):
            return await self._fact(turn, fact)
        return self._known(turn, choice)

    async def _fact(self, turn: TurnContext, fact: ProfileChoice) -> Reply:
        """Answer for the entry that the fact was stated below, also where others came since."""
        seq = turn.message.meta["input"]["ref_seq"]
        shown, asked = await self._services.database.read(
            lambda tx: (
                repository.message_at(tx, turn.state.id, seq),
                asked_before(tx, turn.state.id, seq),
            )
        )
        if shown is None or shown.entry_id is None:
            return _gone(turn)
        pending = turn.state.memory.get("pending")
        if not pending or pending["entry_id"] != shown.entry_id:
            question = asked.text if asked else turn.message.text
            pending = {"entry_id": shown.entry_id, "question": question}
        try:
            return self._text_turn.with_profile(turn, pending, fact.field, fact.value)
        except NotFound:
            return _gone(turn)

    def _known(self, turn: TurnContext, choice: str) -> Reply:
        memory = turn.state.memory
        if choice == RETRY:
            return say("chat.say_it_again", turn.locale, memory)
        if choice == NONE:
            return say(
                "chat.none_of_these", turn.locale, {}, RETRY, PERSON, outcome="handoff_offered"
            )
        try:
            if isinstance(chosen := read_choice(choice), EntryChoice):
                return self._text_turn.entry(turn, chosen.entry_id)
        except NotFound:
            return _gone(turn)
        return _gone(turn)


def _gone(turn: TurnContext) -> Reply:
    return say("chat.gone", turn.locale, turn.state.memory, PERSON)


def _settle(
    tx: Tx, turn: TurnContext, *drafts: Draft, memory: dict[str, Any] | None = None
) -> None:
    reply(
        tx,
        turn.state.id,
        turn.message.seq,
        drafts,
        outcome="input_done",
        owner_version=None,
        memory=memory,
    )


def _actor(turn: TurnContext) -> str:
    return turn.state.person_id or "taxpayer"


def _notice(key: str, turn: TurnContext) -> Draft:
    return Draft(sender="system", kind="notice", text=text(key, turn.locale))


def _queue_choice(tx: Tx, turn: TurnContext, choice: str) -> None:
    _settle(tx, turn, escalation.choose(tx, turn.state.id, choice, _actor(turn)))
    if choice == escalation.LEAVE:
        escalation.offer_flow(tx, turn.state.id)


def _ask_bot(tx: Tx, turn: TurnContext) -> None:
    """Let the bot go on answering while the conversation keeps its place in the queue."""
    current = access_conversation(tx, turn.state.id, change=True)
    if not current.owner.endswith("_queue"):
        _settle(tx, turn, _notice("chat.not_waiting", turn))
        return
    said = Draft(sender="bot", text=text("chat.ask_bot_on", turn.locale))
    _settle(tx, turn, said, memory=current.memory | {"ask_meanwhile": True})


def _card_help(tx: Tx, turn: TurnContext) -> None:
    """Ask for a person for the card asked about; the queue hears of it through the outbox."""
    request_help(tx, turn.state, turn.state.memory["card"])
    _settle(tx, turn)


def _leave_queue(tx: Tx, turn: TurnContext, _pressed: dict[str, Any]) -> None:
    left = escalation.leave_queue(tx, turn.state.id, _actor(turn))
    key = "escalation.left" if left else "chat.not_waiting"
    _settle(tx, turn, _notice(key, turn))
    if left:
        escalation.offer_flow(tx, turn.state.id)


def _close(tx: Tx, turn: TurnContext, _pressed: dict[str, Any]) -> None:
    current = access_conversation(tx, turn.state.id, change=True)
    if current.consultation_id is None:
        _settle(tx, turn, _notice("chat.closed_nothing", turn))
        return
    _settle(tx, turn)
    current = access_conversation(tx, turn.state.id, change=True)
    escalation.close(tx, current, actor=_actor(turn))
