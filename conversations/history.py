"""What was said, looked back at: page by page, or by words."""

from typing import Any

from conversations import repository
from conversations.schemas import ConsultationSummary, History
from conversations.service import access_conversation, clean
from core.database import Tx
from core.script import shown, simplified
from core.texts import text
from taxpayers.service import access_taxpayer


def read_history(
    tx: Tx, conversation_id: str, *, words: str = "", before: int | None = None, limit: int = 50
) -> History:
    """Read a page of a conversation, the newest first.

    Args:
        words: what a message must hold, letter case and script aside; blank for all messages.
        before: the `next_before` of the page before this one.

    Raises:
        NoSuchConversation: there is none with this id.
    """
    current = access_conversation(tx, conversation_id)
    found = repository.history(
        tx,
        conversation_id,
        before=before,
        containing=_written(words),
        limit=limit + 1,
        locale=current.locale,
    )
    messages = found[:limit]
    ids = {each.consultation_id for each in messages if each.consultation_id}
    return History(
        messages=messages,
        consultations=[
            _summary(row, current.locale) for row in repository.consultations_by_id(tx, ids)
        ],
        next_before=messages[-1].seq if len(found) > limit else None,
        taxpayer=access_taxpayer(tx, current.taxpayer_id).name if current.taxpayer_id else None,
    )


def _summary(row: Any, locale: str) -> ConsultationSummary:
    summary = ConsultationSummary.model_validate(row)
    if row.erased_at is None:
        return summary
    return summary.model_copy(update={"question": text("chat.erased", locale)})


def _written(words: str) -> set[str]:
    """Return words as either script may have them; none of blank ones."""
    sought = clean(words)
    return {sought, simplified(sought), shown(sought, "zh-Hant")} - {""}
