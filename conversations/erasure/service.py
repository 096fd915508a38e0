"""Erasing a conversation by law, and consultations when their time is over.

A transcript is never rewritten: text and body are emptied, the seq stays with a tombstone, so that
a client that resumes sees no gap. What higher packages keep of a conversation they erase themselves
in the same transaction (bot/erasure.py).
"""

from datetime import datetime

from conversations import protected
from conversations.erasure import repository
from conversations.erasure.schemas import ErasureOrder
from conversations.errors import NoSuchConversation
from conversations.files.models import stored_file
from conversations.models import consultation, message, turn
from conversations.service import access_conversation
from core.audit import record
from core.database import Tx
from core.errors import DaobanError


class WithPeople(DaobanError):
    """A person holds the conversation, or it waits for one."""

    status = 409
    code = "conversation_with_people"


def to_erase(tx: Tx, order: ErasureOrder) -> list[str]:
    """Return the conversations that an order names, with the anonymous ones that joined them.

    Raises:
        NoSuchConversation: there is none, or it became part of another one.
    """
    if order.conversation is None:
        found = repository.ids(tx, person=order.person, taxpayer=order.taxpayer)
    else:
        state = access_conversation(tx, order.conversation)
        if state.joined_to is not None:
            raise NoSuchConversation(
                f"{state.id} became part of {state.joined_to}: erase that one",
                joined_to=state.joined_to,
            )
        found = [state.id]
    if not found:
        raise NoSuchConversation("no conversation of this person or taxpayer: check the id")
    return [*repository.joined_to(tx, found), *found]


def erase_conversation(tx: Tx, conversation_id: str, order: ErasureOrder) -> int | None:
    """Empty all that was said and kept in a conversation; who ordered it and why is audited.

    A reply that is in the making is dropped. The chat goes on with an empty memory.

    Returns:
        How many messages became tombstones; None when nothing was left to erase.

    Raises:
        NoSuchConversation: there is none with this id.
        WithPeople: a person holds it or it waits for one; nothing was erased.
    """
    current = access_conversation(tx, conversation_id, change=True)
    if current.owner != "bot":
        raise WithPeople(
            f"{conversation_id} is with people ({current.owner}): erase it when it is closed",
            owner=current.owner,
        )
    repository.end_open(tx, conversation_id, order.actor)
    messages = repository.empty_messages(tx, message.c.conversation_id == conversation_id)
    consultations = repository.empty_consultations(
        tx, consultation.c.conversation_id == conversation_id
    )
    values = protected.forget(tx, conversation_id=conversation_id)
    if not (messages or consultations or values or current.memory or current.profile):
        return None
    repository.empty_turns(tx, turn.c.conversation_id == conversation_id)
    repository.remove_files(tx, stored_file.c.conversation_id == conversation_id)
    repository.reset_conversation(tx, conversation_id)
    record(
        tx,
        order.actor,
        "conversations:conversation:erase",
        conversation_id,
        reason=order.reason,
        basis=order.basis,
        messages=messages,
    )
    tx.notify(f"conversation:{conversation_id}")
    tx.notify("desk")
    return messages


def erase_due(tx: Tx, before: datetime, limit: int) -> list[str]:
    """Empty consultations that were closed before a moment; return their ids."""
    due = repository.due_consultations(tx, before, limit)
    for row in due:
        repository.empty_messages(
            tx,
            message.c.conversation_id == row.conversation_id,
            message.c.consultation_id == row.id,
        )
        repository.empty_turns(tx, turn.c.consultation_id == row.id)
        repository.remove_files(tx, stored_file.c.consultation_id == row.id)
        repository.empty_consultations(tx, consultation.c.id == row.id)
    return [row.id for row in due]


def erase_due_loose(tx: Tx, before: datetime, limit: int) -> int:
    """Empty messages of no consultation that are older than a moment; return how many."""
    return repository.empty_loose(tx, before, limit)
