"""One question, one answer, no conversation: for integrations, tests and the command line."""

from dataclasses import dataclass
from typing import Any, Literal

from fastapi import APIRouter, Request

from bot.chat.access import ChatOf
from bot.chat.schemas import Ask, AskAnswer
from bot.dialogue.client import Decision, DialogueUnavailable
from bot.machine.routes import access_machine
from bot.services import Services
from bot.turns.flow_turn import flow_named, offer_of
from bot.turns.person_words import asks_for_person
from bot.turns.text_turn import ENGLISH_SMALL_TALK
from conversations.schemas import Choice, Source
from core.errors import BadInput
from core.identifiers import mask
from core.texts import has_text, text
from flows.telling import START
from knowledge_base.english import count_words, is_english
from knowledge_base.outcomes import Decision as Decided
from knowledge_base.outcomes import Outcome, Query
from knowledge_base.text import searchable

router = APIRouter(prefix="/chat", tags=["chat"])

SEARCHED_KINDS = frozenset(
    {"answer", "follow_up", "start_flow", "out_of_scope", "not_understood", "choose"}
)
"""What the dialogue may take a lone question for and the knowledge base still has to look at."""


@dataclass(frozen=True)
class Asker:
    """Answers one-shot questions."""

    services: Services

    async def ask(self, asked: Ask) -> AskAnswer:
        """Decide one question.

        Raises:
            BadInput: the text has no readable characters.
        """
        words = mask(asked.text).text
        if not searchable(words):
            raise BadInput("the question has no readable characters: ask in words")
        if asks_for_person(words):
            return AskAnswer(
                decision="handoff", text=text("chat.ask_handoff", asked.locale), confidence=1.0
            )
        if called := self._flow(asked, self.services.flows.called(words), 1.0):
            return called
        vector = await self.services.encode(words)
        decision = await self._decision(words, vector)
        named = flow_named(decision.entities) if decision.kind == "start_flow" else None
        if found_flow := self._flow(asked, named, decision.confidence):
            return found_flow
        if decision.kind not in SEARCHED_KINDS:
            return self._small_talk(asked, decision)
        query = Query(
            text=words,
            profile=asked.profile.facts(),
            as_of=asked.as_of or self.services.database.clock.today(),
            locale=asked.locale,
        )
        found = await self.services.search(query, vector)
        if decision.kind == "out_of_scope" and not found.gives_entry:
            return AskAnswer(
                decision="smalltalk",
                text=text("chat.out_of_scope", asked.locale),
                confidence=decision.confidence,
            )
        title = self.services.flows.title(found.flow, asked.locale) if found.flow else None
        offer = offer_of(self.services.flows, found.flow, asked.locale)
        return _answer(found, title, [offer] if offer else [])

    def _flow(self, asked: Ask, flow_id: str | None, confidence: float) -> AskAnswer | None:
        title = self.services.flows.title(flow_id, asked.locale) if flow_id else None
        if title is None:
            return None
        words = text("flows.start", asked.locale, title=title)
        return AskAnswer(
            decision="flow",
            text=words,
            choices=[Choice(id=f"{START}{flow_id}", label=words)],
            confidence=confidence,
            flow={"flow_id": flow_id, "title": title},
        )

    async def _decision(self, words: str, vector: Any) -> Decision:
        plain = Decision(kind="answer", intent="none", confidence=0.0)
        if is_english(said := searchable(words)) and count_words(said) > ENGLISH_SMALL_TALK:
            return plain  # the dialogue learned Chinese
        try:
            return await self.services.dialogue.parse(words, vector)
        except DialogueUnavailable:
            return plain

    def _small_talk(self, asked: Ask, decision: Decision) -> AskAnswer:
        key = decision.text_key or f"chat.{decision.kind}"
        return AskAnswer(
            decision="handoff" if decision.kind == "hand_over" else "smalltalk",
            text=text(key if has_text(key) else "chat.say_it_again", asked.locale),
            confidence=decision.confidence,
        )


_DECISIONS: dict[Decided, Literal["answer", "clarify", "handoff"]] = {
    "answer": "answer",
    "refer": "handoff",
    "refuse": "handoff",
    "clarify": "clarify",
    "ask_profile": "clarify",
    "handoff": "handoff",
}
"""The contract's words; who is sent on by an entry's text is handed on, and got no policy."""


def _answer(found: Outcome, flow_title: str | None, offer: list[Choice]) -> AskAnswer:
    buttons = found.choices
    if found.gives_entry and found.sure and not buttons:
        buttons = found.related
    return AskAnswer(
        decision=_DECISIONS[found.decision],
        text=found.text,
        sources=[Source.model_validate(each.model_dump()) for each in found.sources],
        choices=[*offer, *(Choice(id=each.id, label=each.label) for each in buttons[:3])],
        confidence=found.confidence,
        entry_id=found.entry_id,
        flow={"flow_id": found.flow, "title": flow_title} if flow_title else None,
    )


@router.post(
    "/ask",
    responses={
        401: {"description": "not_signed_in"},
        403: {"description": "not_allowed"},
        429: {"description": "too_many_requests"},
    },
)
async def ask(request: Request, chat: ChatOf, asked: Ask) -> AskAnswer:
    """Answer one question without a conversation; outside the demo for machines with scope ask."""
    services = chat.services
    if services.settings.demo:
        caller = request.client.host if request.client else ""
    else:
        caller = access_machine(request, "ask").id
    services.ask_limit.hit(caller)
    return await Asker(services).ask(asked)
