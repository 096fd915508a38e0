"""What the queues keep of a conversation, emptied with it."""

from core.database import Tx
from core.texts import text
from escalation import repository


def erase_conversation(tx: Tx, conversation_id: str) -> None:
    """Empty question, summary and transfers of a conversation's entries."""
    repository.empty_entries(tx, text("escalation.erased"), conversation_id=conversation_id)


def erase_consultations(tx: Tx, consultation_ids: list[str]) -> None:
    """Empty question, summary and transfers of the entries of consultations."""
    repository.empty_entries(tx, text("escalation.erased"), consultation_ids=consultation_ids)
