"""What the desk reads: its queues, the lists of consultations, one consultation in full."""

from typing import Any

from conversations.files import service as files
from conversations.files.schemas import FileOut
from conversations.schemas import Message
from conversations.service import access_conversation, messages_after
from core.audit import record
from core.database import Tx
from core.texts import text
from escalation import listing, repository
from escalation.context import build_context, shown_name
from escalation.desk import access_consultation
from escalation.presence import on_duty
from escalation.schemas import (
    ConsultationDetail,
    ConsultationOut,
    ConsultationPage,
    Entry,
    ListQuery,
    QueueOut,
)
from escalation.service import access_queue
from escalation.staff.schemas import Staff

LONGEST_LOG = 500
"""Latest messages that a consultation is shown with."""


def list_queues(tx: Tx, who: Staff) -> list[QueueOut]:
    """Return the queues in someone's reach, with who waits and who is there."""
    found = [each for each in repository.queues(tx) if who.sees_office(each.office)]
    waiting, present = repository.waiting_counts(tx), on_duty(tx, found)
    items = []
    for each in found:
        count, oldest = waiting.get(each.id, (0, None))
        items.append(
            QueueOut(
                id=each.id,
                name=each.name or text(f"escalation.queues.{each.tier}"),
                tier=each.tier,
                waiting=count,
                oldest_wait_seconds=round((tx.now - oldest).total_seconds()) if oldest else None,
                on_duty=present[each.id],
                open=each.hours.open_at(tx.now),
            )
        )
    return items


def list_consultations(tx: Tx, who: Staff, wanted: ListQuery) -> ConsultationPage:
    """Return a page of the consultations in someone's reach.

    Raises:
        NoSuchQueue: there is no such queue.
        BadInput: the cursor is none that was given out.
    """
    reach = [each.id for each in repository.queues(tx) if who.sees_office(each.office)]
    if wanted.queue is not None:
        reach = [each for each in reach if each == access_queue(tx, wanted.queue).id]
    rows, next_cursor = listing.page(tx, who.id, reach, wanted)
    items = [ConsultationOut.model_validate(_shown(tx, row)) for row in rows]
    return ConsultationPage(items=items, next_cursor=next_cursor)


def row_of(tx: Tx, entry: Entry) -> ConsultationOut:
    """Return an entry as the desk's list shows it."""
    return ConsultationOut.model_validate(_shown(tx, listing.listed(tx, entry.id)))


def _shown(tx: Tx, row: Any) -> dict[str, Any]:
    return {
        **row._asdict(),
        "queue": row.queue_id,
        "owner": "bot" if row.state == "done" else row.owner,
        "holder": row.holder_id and {"id": row.holder_id, "name": row.holder_name},
        "late": row.state == "waiting" and row.deadline_at < tx.now,
        "closed_at": row.done_at,
        "taxpayer": {
            "name": shown_name(row.assurance, row.taxpayer_name),
            "assurance": row.assurance,
        },
    }


def read_consultation(tx: Tx, consultation_id: str, who: Staff) -> ConsultationDetail:
    """Return a consultation with its context package and the conversation's log.

    Reading a named taxpayer's is audited.

    Raises:
        NoSuchConsultation: none in reach.
    """
    entry = access_consultation(tx, consultation_id, who)
    current = access_conversation(tx, entry.conversation_id)
    after = max(0, current.last_seq - LONGEST_LOG)
    return ConsultationDetail.model_validate(
        _shown(tx, listing.listed(tx, entry.id))
        | {
            "context": build_context(tx, entry, current, who),
            "messages": [
                for_desk(each, who)
                for each in messages_after(tx, current.id, after, limit=LONGEST_LOG)
            ],
        }
    )


def access_file(tx: Tx, consultation_id: str, file_id: str, who: Staff) -> FileOut:
    """Load a file of the conversation that a consultation in reach belongs to; it is audited.

    Raises:
        NoSuchConsultation: none in reach.
        NoSuchFile: it is another conversation's, or its time was over.
    """
    entry = access_consultation(tx, consultation_id, who)
    found = files.access_file(tx, entry.conversation_id, file_id)
    record(tx, who.id, "conversations:file:read", file_id, consultation=consultation_id)
    return found


def for_desk(message: Message, who: Staff) -> Message:
    """Return a message with the reader's own client id as the reader's desk gave it."""
    own = f"{who.id}:"
    if message.client_message_id is None or not message.client_message_id.startswith(own):
        return message
    return message.model_copy(
        update={"client_message_id": message.client_message_id.removeprefix(own)}
    )
