"""The buttons that the bot itself offers; those of entries, facts and queues are theirs."""

from conversations.schemas import Choice
from core.texts import text

PERSON, RETRY, NONE, ASK_BOT = "person", "retry", "none", "ask_bot"
CARD_HELP = "card_help"


def button(which: str, locale: str) -> Choice:
    """Return one of the buttons in the person's language."""
    return Choice(id=which, label=text(f"chat.button.{which}", locale))


def buttons(locale: str, *which: str) -> tuple[Choice, ...]:
    """Return several buttons in order."""
    return tuple(button(each, locale) for each in which)
