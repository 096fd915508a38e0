"""One contact inside the conversation: how it closes and how it is rated."""

from datetime import timedelta
from typing import Any, Literal

from conversations import repository
from conversations.ownership import change_owner
from conversations.schemas import Draft, State
from conversations.service import access_consultation, access_conversation, append_message
from core.database import Tx
from core.errors import DaobanError
from core.texts import text

Result = Literal["solved", "unsolved", "ticket"]

IDLE = timedelta(minutes=30)
"""A consultation that only the bot serves ends when nothing is said for so long."""


class NothingOpen(DaobanError):
    """There is no open consultation to close."""

    status = 409
    code = "nothing_open"


def close(
    tx: Tx,
    current: State,
    *,
    actor: str,
    result: Result | None = None,
    matter: str | None = None,
    summary: str | None = None,
) -> None:
    """Close the open consultation, give the chat back to the bot, ask for a rating.

    Raises:
        NothingOpen: no consultation is open.
        OwnerChanged: the owner changed since `current` was read.
    """
    if current.consultation_id is None:
        raise NothingOpen("this conversation has no open consultation")
    served = current.owner != "bot"
    if served:
        current = change_owner(tx, current, "bot", actor=actor, reason="closed")
    invitation = text("chat.survey" if served else "chat.survey_bot", current.locale)
    append_message(
        tx,
        current.id,
        Draft(
            sender="system",
            kind="survey",
            text=invitation,
            meta={"consultation_id": current.consultation_id},
        ),
    )
    _end(tx, current, actor=actor, result=result, matter=matter, summary=summary)


def _end(tx: Tx, current: State, *, actor: str, **values: Any) -> None:
    assert current.consultation_id is not None  # noqa: S101 - both callers looked
    repository.update_consultation(
        tx, current.consultation_id, closed_at=tx.now, closed_by=actor, **values
    )
    repository.update_conversation(tx, current.id, consultation_id=None, memory={})
    tx.notify(f"conversation:{current.id}")


def close_idle(tx: Tx, limit: int = 200) -> int:
    """End consultations with the bot in which nothing was said for `IDLE`, without a word."""
    ended = 0
    for row in repository.idle_consultations(tx, tx.now - IDLE, limit):
        current = access_conversation(tx, row.conversation_id, change=True)
        if current.owner == "bot" and current.consultation_id == row.id:
            _end(tx, current, actor="system")
            ended += 1
    return ended


def rate(
    tx: Tx, conversation_id: str, consultation_id: str, score: int, comment: str | None
) -> None:
    """Keep the taxpayer's satisfaction (1 to 5) with a consultation; the last word counts.

    Raises:
        NoSuchConsultation: it is not one of this conversation.
    """
    access_consultation(tx, conversation_id, consultation_id)
    repository.update_consultation(tx, consultation_id, score=score, comment=comment)
