"""A free text while the bot may speak: asked of the dialogue, done here.

| the text | decided by |
|---|---|
| plainly asks for a person | `person_words`, before Rasa |
| a command or a value of the flow that asks | `flow_turn`, before Rasa |
| states the fact just asked for | `knowledge_base.wording` |
| is English beyond small talk | the English wordings of the knowledge base |
| anything else | Rasa; the knowledge base alone when Rasa is late or down |
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import structlog

from bot.dialogue.client import Decision, DialogueUnavailable, Turn, plain
from bot.services import Services
from bot.turns.buttons import PERSON, RETRY
from bot.turns.context import TurnContext
from bot.turns.flow_turn import FlowTurn, InFlow
from bot.turns.handing_over import HandOver
from bot.turns.person_words import asks_for_person
from bot.turns.replies import Reply, from_outcome, offer_person, say
from conversations import repository
from conversations.schemas import Draft
from core.telemetry import DIALOGUE
from core.texts import has_text, text
from escalation.schemas import Reason
from flows import reading
from knowledge_base import wording
from knowledge_base.english import count_words, is_english
from knowledge_base.outcomes import Outcome as Found
from knowledge_base.text import searchable

log = structlog.get_logger()

FOLLOW_UP_LENGTH = 12
"""With the dialogue down, so short a text after an answer is taken to go on with its topic."""

ENGLISH_SMALL_TALK = 3
"""Words of an English text that the dialogue may still know ("hello", "thank you", "yes")."""

REASONS: dict[str, Reason] = {"complaint": "complaint", "upset": "complaint"}
"""Reasons of the dialogue that the queues tell apart; any other is a plain wish for a person."""

Way = Callable[[TurnContext, Decision], Awaitable[Reply | HandOver | InFlow]]


class TextTurn:
    """Decides free text."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self.flow = FlowTurn(services.flows)
        self._ways: dict[str, Way] = {
            "answer": self._answer,
            "start_flow": self._start_flow,
            "follow_up": self._follow_up,
            "say": self._say,
            "hand_over": self._hand_over,
            "choose": self._choose,
            "affirm": self._affirm,
            "deny": self._deny,
            "cancel": self._cancel,
            "repeat": self._repeat,
            "my_data": self._my_data,
            "out_of_scope": self._out_of_scope,
            "not_understood": self._not_understood,
            "feedback": self._feedback,
        }

    async def decide(self, turn: TurnContext) -> Reply | HandOver | InFlow:
        """Return what becomes of the text."""
        words = turn.message.text
        if asks_for_person(words):
            return HandOver("asked_for_person")
        if (fact := _pending_fact(turn)) is not None:
            return self.with_profile(turn, turn.state.memory["pending"], *fact)
        if (step := self.flow.read_text(turn)) is not None:
            return step
        if is_english(said := searchable(words)):
            reply = await self._search(turn, topic_entry=turn.state.memory.get("topic_entry"))
            if reply.outcome != "handoff_offered" or count_words(said) > ENGLISH_SMALL_TALK:
                return reply
        decision = await self._decision(turn)
        return await self._ways[decision.kind](turn, decision)

    async def _decision(self, turn: TurnContext) -> Decision:
        words = turn.message.text
        memory = turn.state.memory
        try:
            decision = await self._services.dialogue.decide(
                Turn(
                    conversation_id=turn.state.id,
                    text=words,
                    vector=await self._services.encode(words),
                    slots={"topic": memory.get("topic_entry")},
                )
            )
        except DialogueUnavailable as error:
            DIALOGUE.labels("unavailable").inc()
            log.warning("dialogue_unavailable", reason=error.detail)
            topic = memory.get("topic_entry")
            short = topic is not None and len(words) <= FOLLOW_UP_LENGTH
            return Decision(kind="follow_up" if short else "answer", intent="none", confidence=0.0)
        DIALOGUE.labels("decided").inc()
        return decision

    async def _answer(self, turn: TurnContext, _decision: Decision) -> Reply | InFlow:
        """Search; in a flow that waits for a value, what nothing is found for was meant as one."""
        found = await self._search(turn)
        unsure = found.outcome == "handoff_offered" or (
            found.outcome == "clarified" and len(turn.message.text) <= FOLLOW_UP_LENGTH // 2
        )
        if unsure and turn.run and self.flow.wants_value(turn):
            return self.flow.not_understood(turn.run)
        return found

    async def _start_flow(self, turn: TurnContext, decision: Decision) -> Reply | InFlow:
        return self.flow.named(decision.entities) or await self._answer(turn, decision)

    async def _follow_up(self, turn: TurnContext, _decision: Decision) -> Reply:
        return await self._search(turn, topic_entry=turn.state.memory.get("topic_entry"))

    async def _search(self, turn: TurnContext, topic_entry: str | None = None) -> Reply:
        words = turn.message.text
        query = turn.query(words, topic_entry=topic_entry)
        found = await self._services.search(query, await self._services.encode(words))
        reply = self._reply(turn, found, words, turn.state.memory)
        topic = self._services.knowledge.content.entries.get(topic_entry or "")
        return reply if topic is None else reply.about(topic.question)

    def with_profile(
        self, turn: TurnContext, pending: dict[str, Any], field: str, value: Any
    ) -> Reply:
        """Answer a question now that one more fact is known, or known to be unknown.

        Args:
            pending: the question, and the `entry_id` that answers it.

        Raises:
            NotFound: the entry is not given any more.
        """
        memory = turn.state.memory
        told = {} if value is None else {field: value}
        query = turn.query(pending["question"])
        query = replace(query, profile=turn.facts | told, may_ask=value is not None)
        found = self._services.knowledge.answer_entry(pending["entry_id"], query)
        memory = memory | {"profile": memory.get("profile", {}) | told}
        return self._reply(turn, found, pending["question"], memory)

    def _reply(
        self, turn: TurnContext, found: Found, question: str, memory: dict[str, Any]
    ) -> Reply:
        """Turn what was found into a reply; an entry with a flow offers to begin it."""
        said = from_outcome(found, question, turn.locale, memory)
        flow = found.flow if found.decision == "answer" else None
        return said.offering(self.flow.offer(flow, turn))

    async def _say(self, turn: TurnContext, decision: Decision) -> Reply:
        key = decision.text_key or ""
        if not has_text(key):
            log.error("dialogue_text_missing", key=key)
            return await self._search(turn)
        return say(key, turn.locale, turn.state.memory)

    async def _hand_over(self, _turn: TurnContext, decision: Decision) -> HandOver:
        return HandOver(REASONS.get(decision.reason or "", "asked_for_person"))

    async def _choose(self, turn: TurnContext, decision: Decision) -> Reply | InFlow:
        if _counts_else(turn, decision):
            return await self._answer(turn, decision)
        memory = turn.state.memory
        offered = memory.get("choices") or memory.get("others", [])
        if not offered:
            step = self.flow.read_option(turn, decision.option)
            return step or await self._answer(turn, decision)
        place = decision.option or 0
        if not 1 <= abs(place) <= len(offered):
            return say("chat.which_choice", turn.locale, turn.state.memory)
        chosen = offered[place - 1] if place > 0 else offered[place]
        return self.entry(turn, chosen.removeprefix("entry:"))

    def entry(self, turn: TurnContext, entry_id: str) -> Reply:
        """Give the answer that a button names."""
        found = self._services.knowledge.answer_entry(entry_id, turn.query(turn.message.text))
        return self._reply(turn, found, turn.message.text, turn.state.memory)

    async def _affirm(self, turn: TurnContext, decision: Decision) -> Reply | HandOver | InFlow:
        if turn.state.memory.get("offered"):
            return HandOver("no_answer")
        if len(turn.state.memory.get("choices", [])) == 1:
            return self.entry(turn, turn.state.memory["choices"][0].removeprefix("entry:"))
        if (step := self.flow.read_yes(turn, yes=True)) is not None:
            return step
        return say(decision.text_key or "smalltalk.affirm", turn.locale, turn.state.memory)

    async def _deny(self, turn: TurnContext, decision: Decision) -> Reply | InFlow:
        if turn.state.memory.get("choices") or turn.state.memory.get("others"):
            return say(
                "chat.none_of_these", turn.locale, {}, RETRY, PERSON, outcome="handoff_offered"
            )
        if (step := self.flow.read_yes(turn, yes=False)) is not None:
            return step
        return say(decision.text_key or "smalltalk.deny", turn.locale, turn.state.memory)

    async def _cancel(self, turn: TurnContext, _decision: Decision) -> Reply | InFlow:
        if turn.run is not None and turn.run.state == "active":
            return self.flow.act(turn.run, "cancel")
        return say("chat.cancelled", turn.locale, {})

    async def _repeat(self, turn: TurnContext, _decision: Decision) -> Reply:
        if turn.run is not None and turn.run.state == "active":
            return Reply("flow_step", (), turn.state.memory)  # the step is offered again
        last = await self._services.database.read(
            lambda tx: repository.last_of_bot(tx, turn.state.id)
        )
        if last is None:
            return say("chat.nothing_to_repeat", turn.locale, turn.state.memory)
        again = Draft.model_validate(last.model_dump(include=set(Draft.model_fields)))
        return Reply("answered", (again,), turn.state.memory)

    async def _my_data(self, turn: TurnContext, _decision: Decision) -> Reply:
        return say("chat.my_data", turn.locale, turn.state.memory, PERSON)

    async def _out_of_scope(self, turn: TurnContext, _decision: Decision) -> Reply:
        reply = await self._search(turn)
        if reply.outcome in {"answered", "referred", "refused"}:
            return reply
        return say("chat.out_of_scope", turn.locale, turn.state.memory, PERSON)

    async def _not_understood(self, turn: TurnContext, decision: Decision) -> Reply | InFlow:
        """Words like "看不懂" get a plain offer; what the dialogue is unsure of is searched."""
        if decision.intent == "nlu_fallback":
            return await self._answer(turn, decision)
        if turn.run is not None and turn.run.state == "active":
            return self.flow.act(turn.run, "explain")
        key = decision.text_key or "chat.say_it_again"
        return say(key, turn.locale, turn.state.memory, RETRY, PERSON)

    async def _feedback(self, turn: TurnContext, decision: Decision) -> Reply:
        if decision.reason == "bad":
            return offer_person(
                turn.locale,
                turn.state.memory,
                said=text("chat.offer_person_after_bad", turn.locale),
            )
        return say(decision.text_key or "smalltalk.thanks", turn.locale, turn.state.memory)


def _pending_fact(turn: TurnContext) -> tuple[str, Any] | None:
    """Return the fact that was asked for, if the text states it."""
    pending = turn.state.memory.get("pending")
    if not pending:
        return None
    said = searchable(turn.message.text)
    if pending.get("answered") and not wording.only_facts(said):
        return None  # nobody has to say it: a whole question is one of its own
    stated = wording.facts(said, turn.facts, follow_up=True)
    field = pending["field"]
    return (field, stated[field]) if field in stated else None


def _counts_else(turn: TurnContext, decision: Decision) -> bool:
    """Whether an ordinal that the dialogue heard is no place in a list: 第三季度 is a quarter."""
    words = plain(turn.message.text)
    heard = [each for each in decision.entities if each["entity"] == "ordinal"]
    return any(reading.counts(words, each["end"]) for each in heard)
