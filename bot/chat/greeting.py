"""How a chat begins: who answers here, what is due next, what people like this one ask."""

from typing import Any

from bot.chat.start import MOST, start
from bot.services import Services
from conversations.schemas import Draft, State
from conversations.service import append_message, messages_after
from core.calendar import CalendarUnconfirmed, tax_calendar
from core.database import Tx
from core.texts import DEFAULT, day_in_words, month_in_words, text
from knowledge_base.outcomes import Query

_GREETINGS = 20
"""Greetings in a log without anything else; one for each change of language."""


class Greeter:
    """Greets in the language of a conversation.

    Attributes:
        services: for the bureau's name, the day, and the questions of the knowledge base.
    """

    def __init__(self, services: Services) -> None:
        self._services = services

    def words(self, locale: str, name: str | None, region: str | None) -> str:
        """Return the opening words, with the next deadline where it is officially known."""
        bureau = self._services.settings.bureau or text("chat.bureau", locale)
        key = "chat.greeting_named" if name else "chat.greeting"
        words = text(key, locale, bureau=bureau, name=name)
        today = self._services.database.clock.today()
        try:
            due = tax_calendar().next_deadline(today, region).date
        except CalendarUnconfirmed:
            return words
        named = {"month": month_in_words(due.month, locale), "date": day_in_words(due, locale)}
        return f"{words}\n\n{text('chat.next_deadline', locale, **named)}"

    def greet(self, tx: Tx, state: State, words: str, facts: dict[str, Any]) -> None:
        """Say the opening words where nothing else was said, once in each language."""
        said = messages_after(tx, state.id, 0, _GREETINGS + 1)
        if any(not each.meta.get("greeting") for each in said) or len(said) > _GREETINGS:
            return
        if said and said[-1].meta.get("locale", DEFAULT) == state.locale:
            return
        meta = {
            "greeting": True,
            "locale": state.locale,
            "suggestions": [{"label": each} for each in self.questions(state.locale, facts)],
        }
        append_message(tx, state.id, Draft(sender="bot", text=words, meta=meta))

    def questions(self, locale: str, facts: dict[str, Any]) -> list[str]:
        """Return what people of this kind ask at this time of the year."""
        today, region = self._services.database.clock.today(), facts.get("region")
        kind = facts.get("entity_type", "unknown")
        wanted = start().entries(kind, today, tax_calendar(), region)
        asker = Query(text="", profile=facts, as_of=today, locale=locale)
        return self._services.knowledge.questions(wanted, asker)[:MOST]
