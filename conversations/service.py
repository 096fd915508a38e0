"""The log of a conversation: receive, append, answer; a change holds its lock."""

import unicodedata
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from conversations import repository
from conversations.errors import (
    ClientMessageIdReused,
    ConversationJoined,
    NoSuchConsultation,
    NoSuchConversation,
    TurnEnded,
)
from conversations.files import service as files
from conversations.schemas import (
    Draft,
    Incoming,
    Kept,
    Message,
    Outcome,
    RatingInput,
    Received,
    State,
)
from conversations.waiting import has_open_turn
from core.database import Tx
from core.errors import BadInput
from core.identifiers import mask
from core.identity import new_id
from core.texts import DEFAULT, text
from core.vault import Vault

QUIET_INPUTS = frozenset({"vote", "leave_queue", "close"})
"""Inputs that leave an event in the log instead of a bubble."""
SETTLES_ITSELF = frozenset({"vote", "rating"})
"""Inputs that are done when they are stored; the bot owes no reply."""


def access_conversation(tx: Tx, conversation_id: str, *, change: bool = False) -> State:
    """Load a conversation; with `change` nobody else changes it until the commit.

    Raises:
        NoSuchConversation: there is none with this id.
    """
    found = (repository.lock if change else repository.state)(tx, conversation_id)
    if found is None:
        raise NoSuchConversation(f"no conversation {conversation_id}")
    return found


def bot_may_speak(state: State) -> bool:
    """Whether the bot answers now: it owns the chat, or was asked to go on while one waits."""
    waiting = state.owner in {"officer_queue", "expert_queue"}
    return state.owner == "bot" or (waiting and bool(state.memory.get("ask_meanwhile")))


def receive(
    tx: Tx,
    vault: Vault,
    conversation_id: str,
    incoming: Incoming,
    answer_within: timedelta,
    *,
    keep: Callable[[State], Kept | None] | None = None,
) -> Received:
    """Store what a taxpayer sent, once; open a consultation and a turn where they are due.

    Identity, phone and card numbers are masked before anything is stored; of what was sent, a
    keyed hash remains, by which a resend is known.

    Args:
        keep: says how it is stored when it has a handler who answers in this transaction; then the
            bot owes no reply.

    Raises:
        ClientMessageIdReused: the id came before with another content.
        BadInput: the button pressed does not exist, or a file was sent before.
        NoSuchFile: a file was not taken in here.
        NoSuchConsultation: what is rated is not of this conversation.
        ConversationJoined: its session speaks in another conversation by now.
    """
    current = access_conversation(tx, conversation_id, change=True)
    if current.joined_to is not None:
        raise ConversationJoined("this conversation goes on in the one that it joined")
    kept = keep(current) if keep else None
    sent = f"{conversation_id}:{incoming.model_dump_json()}"
    if before := repository.resent(tx, conversation_id, incoming.client_message_id):
        if not _is_same(vault, before, sent, lambda: _stored(tx, current, incoming, kept)):
            raise ClientMessageIdReused(
                "this client_message_id was used for another content; take a new one",
                seq=before.seq,
            )
        return Received(seq=before.seq, again=True)
    kind, shown, body = _stored(tx, current, incoming, kept)
    consultation_id = _consultation(tx, current, incoming, shown)
    seq = current.last_seq + 1
    worker = _worker(tx, current)
    repository.set_seq_and_worker(tx, conversation_id, seq, worker)
    repository.insert_message(
        tx,
        {
            "conversation_id": conversation_id,
            "seq": seq,
            "consultation_id": consultation_id,
            "sender": "taxpayer",
            "kind": kind,
            "text": shown,
            "body": body,
            "client_message_id": incoming.client_message_id,
            "content_hash": vault.digest(sent),
        },
    )
    if incoming.file_ids:
        files.attach(tx, incoming.file_ids, seq=seq, consultation_id=consultation_id)
    owes = kept is None and _owes_reply(current, incoming)
    if owes:
        repository.insert_turn(
            tx,
            {
                "conversation_id": conversation_id,
                "seq": seq,
                "consultation_id": consultation_id,
                "due_at": tx.now + answer_within,
            },
        )
    tx.notify(f"conversation:{conversation_id}")
    return Received(seq=seq, turn=owes, handled=kept is not None, worker=worker)


def _worker(tx: Tx, current: State) -> str | None:
    """Return the process that does the next turn: the one that has earlier ones, else this one."""
    if current.worker in {None, tx.process} or not has_open_turn(tx, current.id):
        return tx.process
    return current.worker


def _is_same(
    vault: Vault, before: Any, sent: str, stored: Callable[[], tuple[str, str, dict[str, Any]]]
) -> bool:
    """Whether a resend has the content of the first time.

    Where there is no hash that could be compared (from before hashes had a key, or under a secret
    that is no longer set), what would be stored now decides. One that was erased since is known by
    its id alone.
    """
    if before.erased_at is not None:
        return True
    if before.content_hash is not None and vault.knows(before.content_hash):
        return before.content_hash in vault.digests(sent)
    return stored() == (before.kind, before.text, before.body)


def _owes_reply(current: State, incoming: Incoming) -> bool:
    if incoming.input is not None:
        return incoming.input.type not in SETTLES_ITSELF
    return bot_may_speak(current)


def _stored(
    tx: Tx, current: State, incoming: Incoming, kept: Kept | None
) -> tuple[str, str, dict[str, Any]]:
    """Return kind, visible text and body of the row."""
    if kept is not None:
        return "text", kept.text, {"meta": kept.meta}
    if incoming.input is None:
        return _said(tx, current, incoming)
    pressed = incoming.input
    body = {"meta": {"input": pressed.model_dump(exclude_none=True)}}
    if pressed.type == "rating":
        return "rating", text("chat.rated", current.locale, score=pressed.score), body
    if pressed.type in QUIET_INPUTS:
        return "event", "", body
    return "text", _label(tx, current.id, pressed), body


def _said(tx: Tx, current: State, incoming: Incoming) -> tuple[str, str, dict[str, Any]]:
    """Return kind, visible text and body of words, or of files with or without words."""
    meta: dict[str, Any] = {}
    words = ""
    if incoming.text is not None:
        masked = mask(clean(incoming.text))
        words = masked.text
        if not words:
            raise BadInput("the message has no readable characters: write a question in words")
        if masked.kinds:
            meta["masked"] = sorted(masked.kinds)
    if not incoming.file_ids:
        return "text", words, {"meta": meta} if meta else {}
    carried = files.files_to_send(tx, current.id, incoming.file_ids)
    meta["files"] = [each.model_dump(exclude_none=True) for each in carried]
    meta["captioned"] = bool(words)
    names = "、".join(each.name for each in carried)
    return "file", words or text("chat.files.sent", current.locale, names=names), {"meta": meta}


def _label(tx: Tx, conversation_id: str, pressed: Any) -> str:
    """Return the words on the button that was pressed.

    Raises:
        BadInput: that message has no such button.
    """
    shown = repository.message_at(tx, conversation_id, pressed.ref_seq)
    buttons = list(shown.choices) if shown else []
    if pressed.type == "card":
        buttons = shown.card.actions if shown and shown.card else []
    wanted = pressed.action if pressed.type == "card" else pressed.id
    for button in buttons:
        if button.id == wanted:
            return button.label
    raise BadInput(f"message {pressed.ref_seq} has no button {wanted}; read the messages again")


def clean(words: str) -> str:
    """Remove control characters (line breaks and tabs stay) and blanks around."""
    kept = (c for c in words if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs", "Co"})
    return "".join(kept).strip()


def _consultation(tx: Tx, current: State, incoming: Incoming, shown: str) -> str | None:
    """Return the open consultation, of a rating the rated one; a text opens one."""
    if isinstance(incoming.input, RatingInput):
        return access_consultation(tx, current.id, incoming.input.consultation_id)
    if current.consultation_id is not None:
        repository.touch_consultation(tx, current.consultation_id)
        return current.consultation_id
    if incoming.input is not None:
        return None
    return open_consultation(tx, current, shown)


def access_consultation(tx: Tx, conversation_id: str, consultation_id: str) -> str:
    """Return the id of a consultation, open or over, when the conversation has it.

    Raises:
        NoSuchConsultation: it is not one of this conversation.
    """
    found = repository.consultation_by_id(tx, consultation_id)
    if found is None or found.conversation_id != conversation_id:
        raise NoSuchConsultation(f"no consultation {consultation_id} in this conversation")
    return consultation_id


def open_consultation(tx: Tx, current: State, question: str) -> str:
    """Open a consultation in a conversation that has none; return its id."""
    consultation_id = new_id("cs")
    repository.insert_consultation(tx, consultation_id, current.id, question)
    repository.update_conversation(tx, current.id, consultation_id=consultation_id)
    return consultation_id


def append_message(
    tx: Tx, conversation_id: str, draft: Draft, *, client_message_id: str | None = None
) -> int:
    """Add a message that does not answer a turn (a push, a person's reply, a notice).

    Returns:
        The seq of the message.

    Raises:
        NoSuchConversation: there is none with this id.
    """
    current = access_conversation(tx, conversation_id, change=True)
    return _append(tx, current, (draft,), client_message_id=client_message_id)[-1]


def _append(
    tx: Tx, current: State, drafts: Sequence[Draft], *, client_message_id: str | None = None
) -> list[int]:
    seqs = []
    for seq, draft in enumerate(drafts, current.last_seq + 1):
        body = draft.model_dump(
            mode="json", exclude={"sender", "kind", "text", "name"}, exclude_defaults=True
        )
        repository.insert_message(
            tx,
            {
                "conversation_id": current.id,
                "seq": seq,
                "consultation_id": current.consultation_id,
                "sender": draft.sender,
                "name": draft.name,
                "kind": draft.kind,
                "text": draft.text,
                "body": body,
                "client_message_id": client_message_id,
            },
        )
        seqs.append(seq)
    if seqs:
        repository.set_seq(tx, current.id, seqs[-1])
        tx.notify(f"conversation:{current.id}")
    return seqs


def reply(
    tx: Tx,
    conversation_id: str,
    turn_seq: int,
    drafts: Sequence[Draft],
    *,
    outcome: Outcome,
    owner_version: int | None,
    trace: dict[str, Any] | None = None,
    memory: dict[str, Any] | None = None,
) -> bool:
    """Answer a turn as the bot, once, and only if nobody took the chat since it was read.

    Args:
        owner_version: the ownership that the reply was made under; None when the reply is part of
            a larger change (a hand-over, an input) in this transaction.
        trace: what was tried, kept with the turn for whoever takes over.
        memory: what a follow-up will refer to; None leaves it.

    Returns:
        False if the reply was dropped: a person holds the chat, or the turn had its end.

    Raises:
        TurnEnded: the turn had its end, and the larger change must be undone with the reply.
    """
    current = access_conversation(tx, conversation_id, change=True)
    overtaken = owner_version is not None and owner_version != current.owner_version
    ended = "dropped" if overtaken else outcome
    if not repository.settle_turn(tx, conversation_id, turn_seq, ended, trace or {}):
        if owner_version is None:
            raise TurnEnded("this was answered meanwhile")
        return False
    if overtaken:
        return False
    if memory is not None:
        repository.update_conversation(tx, conversation_id, memory=memory)
    _append(tx, current, drafts)
    return True


def mark_read(tx: Tx, conversation_id: str, seq: int) -> bool:
    """Note how far the taxpayer has read; False when that was known."""
    current = access_conversation(tx, conversation_id, change=True)
    seq = min(seq, current.last_seq)
    if seq <= current.read_seq:
        return False
    repository.update_conversation(tx, conversation_id, read_seq=seq)
    tx.notify(f"conversation:{conversation_id}", {"type": "read", "seq": seq})
    return True


def messages_after(
    tx: Tx, conversation_id: str, after: int, limit: int = 200, *, locale: str = DEFAULT
) -> list[Message]:
    """Return the messages after a seq, in order; notices of erasure in the language given."""
    return repository.messages_after(tx, conversation_id, after, limit, locale)
