"""Everything a turn is decided on, read at once."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from conversations import waiting
from conversations.schemas import Message, State
from conversations.service import access_conversation
from conversations.sessions import profile_of
from core.database import Tx
from flows.repository import open_run
from flows.schemas import Run
from flows.service import Asked, Flows
from knowledge_base.outcomes import Query


@dataclass(frozen=True)
class TurnContext:
    """A turn as it stands: the conversation, the message, what is known of the taxpayer.

    Attributes:
        facts: profile fields that are known, what was told in this consultation included.
        today: the date in Asia/Shanghai that answers must be right for.
        run: the run of a flow that can be gone on with.
        asked: what that run asks now.
    """

    state: State
    message: Message
    facts: dict[str, Any]
    today: date
    run: Run | None = None
    asked: Asked | None = None

    @property
    def locale(self) -> str:
        """The language that the person chose."""
        return self.state.locale

    def query(self, words: str, *, topic_entry: str | None = None) -> Query:
        """Return the search for some words, as this taxpayer, today."""
        return Query(
            text=words,
            profile=self.facts,
            as_of=self.today,
            locale=self.locale,
            topic_entry=topic_entry,
        )


def read_context(
    tx: Tx, conversation_id: str, upto: int, today: date, flows: Flows
) -> TurnContext | None:
    """Read what the first turn needs that waits, up to a seq; None when none does."""
    message = waiting.next_turn(tx, conversation_id, upto)
    if message is None:
        return None
    state = access_conversation(tx, conversation_id)
    facts = profile_of(tx, state) | state.memory.get("profile", {})
    run = open_run(tx, conversation_id)
    return TurnContext(state, message, facts, today, run, flows.asked(tx, state, run))
