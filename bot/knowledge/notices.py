"""Puts corrections into the chats of those who got a wrong answer."""

from functools import partial
from typing import Any

from bot.turns.buttons import PERSON, button
from conversations.errors import NoSuchConversation
from conversations.repository import resent
from conversations.schemas import Choice, Draft
from conversations.service import access_conversation, append_message
from core.database import Database, Tx
from core.errors import NotFound
from core.script import shown
from knowledge_base.editing import correcting
from knowledge_base.editing.reading import access_entry


def on_correction(tx: Tx, payload: dict[str, Any]) -> None:
    """Tell a correction in one conversation, or in the one that it joined.

    One that was erased meanwhile has nothing that could be corrected.
    """
    correction = correcting.access_correction(tx, payload["correction_id"])
    try:
        state = access_conversation(tx, payload["conversation_id"], change=True)
        if state.joined_to is not None:
            state = access_conversation(tx, state.joined_to, change=True)
    except NoSuchConversation:
        return
    question = shown(_question(tx, correction.entry_id) or correction.entry_id, state.locale)
    choices = [button(PERSON, state.locale)]
    if correction.right_entry_id is not None:
        label = _question(tx, correction.right_entry_id)
        if label is not None:
            right = f"entry:{correction.right_entry_id}"
            choices.insert(0, Choice(id=right, label=shown(label, state.locale)))
    if resent(tx, state.id, correction.id) is not None:
        return  # two conversations that got it are one by now
    append_message(
        tx,
        state.id,
        Draft(
            sender="system",
            kind="notice",
            text=shown(correcting.words(correction, question, state.locale), state.locale),
            choices=tuple(choices),
            entry_id=correction.right_entry_id,
            meta={"correction": correction.id},
        ),
        client_message_id=correction.id,
    )
    correcting.note_sent(tx, correction.id)


async def spread(database: Database) -> int:
    """Write the events of all running corrections, in short transactions; return how many."""
    done = 0
    while some := await database.write(partial(correcting.spread)):
        done += some
    return done


def _question(tx: Tx, entry_id: str) -> str | None:
    try:
        question: str = access_entry(tx, entry_id).question
    except NotFound:
        return None
    return question
