"""The use cases of the chat surface."""

from datetime import timedelta
from typing import Any

import structlog

from bot.chat.greeting import Greeter
from bot.chat.known_sessions import KnownSessions
from bot.chat.schemas import OpenSession, QueueView, Updates
from bot.services import Services
from bot.turns.flow_turn import answer_input
from bot.turns.runner import TurnRunner
from bot.turns.sweeper import apology
from conversations import sessions
from conversations.consultations import rate
from conversations.errors import ConversationJoined
from conversations.history import read_history
from conversations.schemas import (
    Draft,
    FlowActionInput,
    FlowFieldInput,
    FlowInput,
    History,
    Incoming,
    Kept,
    Message,
    Received,
    State,
)
from conversations.service import (
    access_conversation,
    append_message,
    mark_read,
    messages_after,
    receive,
)
from conversations.sessions import Opened, Session
from core.database import Tx
from core.errors import DaobanError, NotSignedIn
from core.texts import DEFAULT, Locale, text
from escalation.service import queue_state
from flows.audience import facts_of
from flows.lasting import move as move_runs
from flows.lasting import offer as offer_run
from flows.received import kept as stored_as
from flows.schemas import FlowOut
from reminders.delivery import deliver_pending
from reminders.feedback import note_read
from taxpayers.schemas import Party, Profile

log = structlog.get_logger()

PAGE = 200
"""Messages in one answer; a client that is further behind asks again at once."""


class Chat:
    """What a taxpayer's device can do.

    Attributes:
        services: the parts of the process.
        turns: where a stored message goes to be answered.
    """

    def __init__(self, services: Services, turns: TurnRunner) -> None:
        self.services = services
        self.turns = turns
        self._greeter = Greeter(services)
        self._database = services.database
        self._known = KnownSessions()
        self._deadline = timedelta(seconds=services.settings.answer_deadline_seconds)

    async def open(self, asked: OpenSession, preferred: Locale | None = None) -> tuple[Opened, str]:
        """Open a session, greet, and deliver what waited for this visit.

        Args:
            asked: as the client sent it.
            preferred: the language that a new conversation takes when none was asked for.

        Raises:
            NotSignedIn: the host token is forged or expired.
        """
        party: Party | None = None
        if asked.token is not None:
            now = self._database.clock.now()
            party = await self.services.host_tokens.verify(asked.token, now)
        profile = asked.profile if self.services.settings.demo and asked.profile else Profile()
        name = party.person.name if party else None

        def unit(tx: Tx) -> tuple[Opened, str]:
            opened = sessions.open_session(
                tx,
                party,
                channel=asked.channel,
                locale=asked.locale,
                profile=profile,
                preferred=preferred or DEFAULT,
            )
            words = self._greet(tx, opened.conversation, name)
            if party is not None:
                deliver_pending(tx, access_conversation(tx, opened.conversation.id))
                self._offer_flow(tx, opened.conversation.id)
            return opened, words

        return await self._database.write(unit)

    def _greet(self, tx: Tx, state: State, name: str | None) -> str:
        facts = sessions.profile_of(tx, state)
        words = self._greeter.words(state.locale, name, facts.get("region"))
        self._greeter.greet(tx, state, words, facts)
        return words

    async def change_locale(self, session: Session, locale: Locale) -> None:
        """Say everything in a language from now on; one that was only greeted is greeted anew."""

        def unit(tx: Tx) -> None:
            self._greet(tx, sessions.change_locale(tx, session, locale), None)

        await self._database.write(unit)

    async def access(self, session_id: str, token: str) -> Session:
        """Load the session that a token opens; one in use lives on."""
        known = self._known.find(session_id, token)
        if known is not None and known.expires_at > self._database.clock.now():
            return known
        session = await self._database.read(
            lambda tx: sessions.access_session(tx, session_id, token)
        )
        if session.expires_at - self._database.clock.now() < sessions.LIFETIME / 2:
            await self._database.write(lambda tx: sessions.renew(tx, session))
        self._known.remember(token, session)
        return session

    async def identify(self, session: Session, token: str) -> State:
        """Let the visitor become a person known to the host."""
        now = self._database.clock.now()
        party = await self.services.host_tokens.verify(token, now)

        def unit(tx: Tx) -> State:
            state = sessions.identify(tx, session, party)
            move_runs(tx, session.conversation_id, state.id)
            deliver_pending(tx, state)
            self._offer_flow(tx, state.id)
            return access_conversation(tx, state.id)

        state = await self._database.write(unit)
        self._known.forget(session)
        return state

    async def flows(self, token: str | None, locale: str) -> list[FlowOut]:
        """Return the flows for whom a session's token speaks; without a session all of them."""

        def unit(tx: Tx) -> list[FlowOut]:
            try:
                session = sessions.session_of(tx, token or "")
            except NotSignedIn:
                return self.services.flows.listed({}, locale)
            state = access_conversation(tx, session.conversation_id)
            return self.services.flows.listed(facts_of(tx, state), state.locale)

        return await self._database.read(unit)

    @staticmethod
    def _offer_flow(tx: Tx, conversation_id: str) -> None:
        """Offer to go on with what was begun, perhaps on another device."""
        state = access_conversation(tx, conversation_id, change=True)
        if (offer := offer_run(tx, state)) is not None:
            append_message(tx, conversation_id, offer)

    async def send(self, session: Session, incoming: Incoming) -> Received:
        """Store what was sent; it is acknowledged after the commit, answered after that."""
        self.services.message_limit.hit(session.id)
        try:
            received = await self._receive(session, incoming)
        except ConversationJoined:  # signed in through another process a moment ago
            session = await self._database.read(lambda tx: sessions.reload(tx, session))
            self._known.forget(session)
            received = await self._receive(session, incoming)
        if received.turn:
            self.turns.submit(session.conversation_id, received.seq, received.worker)
        return received

    async def _receive(self, session: Session, incoming: Incoming) -> Received:
        def unit(tx: Tx) -> Received:
            flows, conversation_id = self.services.flows, session.conversation_id
            received = receive(
                tx,
                self.services.vault,
                conversation_id,
                incoming,
                self._deadline,
                keep=lambda state: stored_as(flows, tx, state, incoming),
            )
            if received.handled:
                answer_input(flows, tx, conversation_id, incoming)
            pressed = incoming.input
            if not received.again and pressed is not None and pressed.type == "rating":
                rate(
                    tx,
                    session.conversation_id,
                    pressed.consultation_id,
                    pressed.score,
                    pressed.comment,
                )
                append_message(tx, session.conversation_id, _thanks(tx, session))
            return received

        try:
            return await self._database.write(unit)
        except DaobanError:
            raise
        except Exception:
            if not isinstance(incoming.input, FlowFieldInput | FlowActionInput | FlowInput):
                raise
            log.exception("flow_failed", conversation_id=session.conversation_id)
            return await self._database.write(lambda tx: self._sorry(tx, session, incoming))

    def _sorry(self, tx: Tx, session: Session, incoming: Incoming) -> Received:
        """Keep that a flow was answered, not what, and apologise: nobody is left without a word."""
        conversation_id = session.conversation_id
        locale = access_conversation(tx, conversation_id).locale
        kept = Kept(text("flows.lost", locale), {})
        received = receive(
            tx,
            self.services.vault,
            conversation_id,
            incoming,
            self._deadline,
            keep=lambda _state: kept,
        )
        if not received.again:
            append_message(tx, conversation_id, apology(locale))
        return received

    async def read(self, session: Session, seq: int) -> None:
        """Note how far the taxpayer has read; cards up to there count as read."""

        def unit(tx: Tx) -> None:
            if mark_read(tx, session.conversation_id, seq):
                note_read(tx, session.conversation_id, seq)

        await self._database.write(unit)

    async def history(
        self, session: Session, words: str, before: int | None, limit: int
    ) -> History:
        """Return a page of what was ever said in the conversation, the newest first."""
        return await self._database.read(
            lambda tx: read_history(
                tx, session.conversation_id, words=words, before=before, limit=limit
            )
        )

    async def updates(self, conversation_id: str, after: int) -> Updates:
        """Return what is new after a seq, and how the conversation stands."""
        return await self._database.read(lambda tx: read_updates(tx, conversation_id, after))


def _thanks(tx: Tx, session: Session) -> Draft:
    locale = access_conversation(tx, session.conversation_id).locale
    return Draft(sender="system", kind="notice", text=text("chat.thanks_rating", locale))


def read_updates(tx: Tx, conversation_id: str, after: int) -> Updates:
    """Read one consistent view of a conversation."""
    state = access_conversation(tx, conversation_id)
    messages: list[Message] = []
    if state.last_seq > after:
        messages = messages_after(tx, conversation_id, after, PAGE, locale=state.locale)
    waiting = queue_state(tx, conversation_id) if state.owner.endswith("_queue") else None
    view: dict[str, Any] | None = waiting._asdict() if waiting else None
    return Updates(
        owner=state.owner,
        locale=state.locale,
        holder=state.holder_name,
        queue=QueueView(**view) if view else None,
        consultation_id=state.consultation_id,
        read_seq=state.read_seq,
        messages=messages,
        last_seq=messages[-1].seq if len(messages) == PAGE else state.last_seq,
    )
