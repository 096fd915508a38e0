"""How a chat begins: who answers here, what is due next, what people like this one ask."""

from datetime import date
from typing import Any

from conversations.schemas import Draft, State
from conversations.service import append_message
from core.calendar import CalendarUnconfirmed, tax_calendar
from core.database import Tx
from core.texts import DEFAULT, catalogue, text


def greeting(locale: str, bureau: str | None, name: str | None, today: date) -> str:
    """Return the opening words, with the next deadline where it is officially known."""
    bureau = bureau or text("chat.bureau", locale)
    key = "chat.greeting_named" if name else "chat.greeting"
    words = text(key, locale, bureau=bureau, name=name)
    try:
        due = tax_calendar().next_deadline(today)
    except CalendarUnconfirmed:
        return words
    day = text("chat.date", locale, month=due.date.month, day=due.date.day)
    return f"{words}\n\n{text('chat.next_deadline', locale, month=due.date.month, date=day)}"


def greet(tx: Tx, state: State, words: str, facts: dict[str, Any]) -> None:
    """Say the opening words in a conversation that has none yet."""
    if state.last_seq:
        return
    kind = facts.get("entity_type", "unknown")
    suggestions = [{"label": label} for label in catalogue(DEFAULT)[f"chat.hot.{kind}"]]
    draft = Draft(sender="bot", text=words, meta={"suggestions": suggestions, "greeting": True})
    append_message(tx, state.id, draft)
