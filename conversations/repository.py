"""The SQL of conversations; every statement of the hot path stands here once."""

from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from conversations.models import chat_session, consultation, conversation, message, turn
from conversations.schemas import Message, State
from core.database import Tx
from core.prepared import Prepared
from core.texts import DEFAULT, text

_SELECT = sa.select(conversation).where(conversation.c.id == sa.bindparam("id"))
_CONVERSATION = Prepared(_SELECT)
_BODY = ("sources", "choices", "entry_id", "flow", "card", "meta")


def state(tx: Tx, conversation_id: str) -> State | None:
    """Load a conversation."""
    row = tx.first(_CONVERSATION, {"id": conversation_id})
    return None if row is None else State.model_validate(row._asdict())


def conversation_of(tx: Tx, person_id: str, taxpayer_id: str) -> State | None:
    """Load the one conversation of a person acting for a taxpayer."""
    row = tx.execute(
        sa.select(conversation).where(
            conversation.c.person_id == person_id, conversation.c.taxpayer_id == taxpayer_id
        )
    ).first()
    return None if row is None else State.model_validate(row)


def conversations_of_taxpayer(tx: Tx, taxpayer_id: str) -> list[State]:
    """Load all conversations held for a taxpayer, the latest used first."""
    rows = tx.execute(
        sa.select(conversation)
        .where(conversation.c.taxpayer_id == taxpayer_id, conversation.c.joined_to.is_(None))
        .order_by(conversation.c.updated_at.desc())
    )
    return [State.model_validate(row) for row in rows]


def insert_conversation(tx: Tx, values: dict[str, Any]) -> None:
    """Insert a conversation that the bot owns."""
    tx.execute(
        sa.insert(conversation).values(
            owner="bot",
            owner_version=0,
            last_seq=0,
            read_seq=0,
            memory={},
            created_at=tx.now,
            updated_at=tx.now,
            **values,
        )
    )


def update_conversation(tx: Tx, conversation_id: str, **values: Any) -> None:
    """Change columns of a conversation, ownership and seq excepted."""
    given = {f"c_{name}": value for name, value in values.items()}
    tx.change(_changing(tuple(values)), {"c_of": conversation_id} | given)


@cache
def _changing(columns: tuple[str, ...]) -> Prepared:
    statement = sa.update(conversation).where(conversation.c.id == sa.bindparam("c_of"))
    return Prepared(statement.values({name: sa.bindparam(f"c_{name}") for name in columns}))


_LOCK = Prepared(_SELECT.with_for_update())
_SEQ = (
    sa.update(conversation)
    .where(conversation.c.id == sa.bindparam("c_id"))
    .values(last_seq=sa.bindparam("c_seq"), updated_at=sa.bindparam("c_now"))
)
_SET_SEQ = Prepared(_SEQ)
_SET_WORKER = Prepared(_SEQ.values(worker=sa.bindparam("c_worker")))


def lock(tx: Tx, conversation_id: str) -> State | None:
    """Load a conversation; until the commit nobody else changes it."""
    row = tx.first(_LOCK, {"id": conversation_id})
    return None if row is None else State.model_validate(row._asdict())


def set_seq(tx: Tx, conversation_id: str, seq: int) -> None:
    """Note the last seq given, under the lock."""
    tx.change(_SET_SEQ, {"c_id": conversation_id, "c_seq": seq, "c_now": tx.now})


def set_seq_and_worker(tx: Tx, conversation_id: str, seq: int, worker: str | None) -> None:
    """Note the last seq given and the process that does its turns, under the lock."""
    values = {"c_id": conversation_id, "c_seq": seq, "c_now": tx.now, "c_worker": worker}
    tx.change(_SET_WORKER, values)


def take_ownership(tx: Tx, current: State, values: dict[str, Any]) -> bool:
    """Compare and set: change the owner if nobody did since `current` was read."""
    result = tx.execute(
        sa.update(conversation)
        .where(
            conversation.c.id == current.id,
            conversation.c.owner_version == current.owner_version,
        )
        .values(owner_version=conversation.c.owner_version + 1, **values)
    )
    return result.rowcount == 1


_INSERT_MESSAGE = Prepared(sa.insert(message), message.c.keys())
_EMPTY = dict.fromkeys(message.c.keys())


def insert_message(tx: Tx, values: dict[str, Any]) -> None:
    """Add a row to the log."""
    tx.change(_INSERT_MESSAGE, _EMPTY | {"at": tx.now} | values)


_RESENT = Prepared(
    sa.select(
        message.c.seq,
        message.c.kind,
        message.c.text,
        message.c.body,
        message.c.content_hash,
        message.c.erased_at,
    ).where(
        message.c.conversation_id == sa.bindparam("conversation"),
        message.c.client_message_id == sa.bindparam("client"),
    )
)


def resent(tx: Tx, conversation_id: str, client_message_id: str) -> Any:
    """Return what was stored of a message received before under this id, or None."""
    return tx.first(_RESENT, {"conversation": conversation_id, "client": client_message_id})


def as_message(row: Any, locale: str = DEFAULT) -> Message:
    """Turn a row of the log into what the contract gives; an erased one is a notice."""
    if row.erased_at is not None:
        return _tombstone(row, locale)
    return Message(
        seq=row.seq,
        at=row.at,
        consultation_id=row.consultation_id,
        sender=row.sender,
        name=row.name,
        kind="text" if row.kind == "event" else row.kind,
        text=row.text,
        client_message_id=row.client_message_id,
        **{key: row.body[key] for key in _BODY if key in row.body},
    )


def _tombstone(row: Any, locale: str) -> Message:
    return Message(
        seq=row.seq,
        at=row.at,
        consultation_id=row.consultation_id,
        sender=row.sender,
        kind="notice",
        text=text("chat.erased", locale),
        client_message_id=row.client_message_id,
        meta=row.body["meta"],
    )


_MESSAGES = Prepared(
    sa.select(message)
    .where(
        message.c.conversation_id == sa.bindparam("conversation"),
        message.c.seq > sa.bindparam("after"),
        message.c.kind != "event",
    )
    .order_by(message.c.seq)
    .limit(sa.bindparam("most"))
)


def messages_after(
    tx: Tx, conversation_id: str, after: int, limit: int, locale: str = DEFAULT
) -> list[Message]:
    """Return messages (no ownership events) in order."""
    rows = tx.all(_MESSAGES, {"conversation": conversation_id, "after": after, "most": limit})
    return [as_message(row, locale) for row in rows]


_MESSAGE = Prepared(
    sa.select(message).where(
        message.c.conversation_id == sa.bindparam("conversation"),
        message.c.seq == sa.bindparam("seq"),
        message.c.kind != "event",
    )
)


def message_at(tx: Tx, conversation_id: str, seq: int) -> Message | None:
    """Return one message, or None; an ownership event is none."""
    row = tx.first(_MESSAGE, {"conversation": conversation_id, "seq": seq})
    return None if row is None else as_message(row)


def last_of_bot(tx: Tx, conversation_id: str) -> Message | None:
    """Return what the bot said last."""
    row = tx.execute(
        sa.select(message)
        .where(message.c.conversation_id == conversation_id, message.c.sender == "bot")
        .order_by(message.c.seq.desc())
        .limit(1)
    ).first()
    return None if row is None else as_message(row)


def consultation_messages(tx: Tx, conversation_id: str, consultation_id: str) -> list[Message]:
    """Return the messages of one consultation in order."""
    rows = tx.execute(
        sa.select(message)
        .where(
            message.c.conversation_id == conversation_id,
            message.c.consultation_id == consultation_id,
            message.c.kind != "event",
        )
        .order_by(message.c.seq)
    )
    return [as_message(row) for row in rows]


def history(
    tx: Tx,
    conversation_id: str,
    *,
    before: int | None,
    containing: Collection[str],
    limit: int,
    locale: str = DEFAULT,
) -> list[Message]:
    """Return messages (no ownership events), the newest first.

    Args:
        before: only what stands before this seq.
        containing: only texts that hold one of these, letter case aside; `%` and `_` mean
            themselves.
    """
    query = sa.select(message).where(
        message.c.conversation_id == conversation_id, message.c.kind != "event"
    )
    if before is not None:
        query = query.where(message.c.seq < before)
    if containing:
        holds = (message.c.text.icontains(each, autoescape=True) for each in containing)
        query = query.where(sa.or_(*holds))
    rows = tx.execute(query.order_by(message.c.seq.desc()).limit(limit))
    return [as_message(row, locale) for row in rows]


def consultations_by_id(tx: Tx, ids: Collection[str]) -> list[sa.Row[Any]]:
    """Return consultations, the latest first."""
    return list(
        tx.execute(
            sa.select(consultation)
            .where(consultation.c.id.in_(ids))
            .order_by(consultation.c.opened_at.desc())
        )
    )


_SESSION = Prepared(
    sa.select(chat_session).where(chat_session.c.token_hash == sa.bindparam("token_hash"))
)


def session_by_token(tx: Tx, token_hash: str) -> Any:
    """Return a session by the hash of its token, expired or not; None if there is none."""
    return tx.first(_SESSION, {"token_hash": token_hash})


def session_by_id(tx: Tx, session_id: str) -> sa.Row[Any]:
    """Return a session that is known to exist."""
    return tx.execute(sa.select(chat_session).where(chat_session.c.id == session_id)).one()


def insert_session(tx: Tx, values: dict[str, Any]) -> None:
    """Insert a session."""
    tx.execute(sa.insert(chat_session).values(created_at=tx.now, **values))


def move_session(tx: Tx, session_id: str, conversation_id: str) -> None:
    """Let a session speak in another conversation."""
    tx.execute(
        sa.update(chat_session)
        .where(chat_session.c.id == session_id)
        .values(conversation_id=conversation_id)
    )


def has_session(tx: Tx, conversation_id: str) -> bool:
    """Whether a session in this conversation has not expired."""
    query = sa.select(chat_session.c.id).where(
        chat_session.c.conversation_id == conversation_id, chat_session.c.expires_at > tx.now
    )
    return tx.execute(query.limit(1)).first() is not None


def log_of(tx: Tx, conversation_id: str) -> list[dict[str, Any]]:
    """Return all rows of a log that are messages, in order."""
    rows = tx.execute(
        sa.select(message)
        .where(message.c.conversation_id == conversation_id, message.c.kind != "event")
        .order_by(message.c.seq)
    )
    return [dict(row) for row in rows.mappings()]


def renew_session(tx: Tx, session_id: str, expires_at: datetime) -> None:
    """Put off a session's end."""
    tx.execute(
        sa.update(chat_session).where(chat_session.c.id == session_id).values(expires_at=expires_at)
    )


def insert_consultation(tx: Tx, consultation_id: str, conversation_id: str, question: str) -> None:
    """Open a consultation."""
    tx.execute(
        sa.insert(consultation).values(
            id=consultation_id,
            conversation_id=conversation_id,
            question=question,
            opened_at=tx.now,
            last_at=tx.now,
        )
    )


_TOUCH = Prepared(
    sa.update(consultation)
    .where(consultation.c.id == sa.bindparam("c_id"))
    .values(last_at=sa.bindparam("c_now"))
)


def touch_consultation(tx: Tx, consultation_id: str) -> None:
    """Note that something was said in a consultation now."""
    tx.change(_TOUCH, {"c_id": consultation_id, "c_now": tx.now})


def update_consultation(tx: Tx, consultation_id: str, **values: Any) -> None:
    """Change columns of a consultation."""
    tx.execute(sa.update(consultation).where(consultation.c.id == consultation_id).values(**values))


def consultation_by_id(tx: Tx, consultation_id: str) -> sa.Row[Any] | None:
    """Return a consultation's row."""
    return tx.execute(sa.select(consultation).where(consultation.c.id == consultation_id)).first()


def consultations_of(tx: Tx, conversation_id: str, limit: int = 20) -> list[sa.Row[Any]]:
    """Return the consultations of a conversation, the latest first."""
    return list(
        tx.execute(
            sa.select(consultation)
            .where(consultation.c.conversation_id == conversation_id)
            .order_by(consultation.c.opened_at.desc())
            .limit(limit)
        )
    )


def idle_consultations(tx: Tx, before: datetime, limit: int = 200) -> list[sa.Row[Any]]:
    """Return open consultations that the bot owns and where nothing was said since `before`."""
    return list(
        tx.execute(
            sa.select(consultation.c.id, consultation.c.conversation_id)
            .join(conversation, conversation.c.id == consultation.c.conversation_id)
            .where(
                consultation.c.closed_at.is_(None),
                consultation.c.last_at < before,
                conversation.c.owner == "bot",
            )
            .limit(limit)
        )
    )


_INSERT_TURN = Prepared(
    sa.insert(turn), ("conversation_id", "seq", "consultation_id", "due_at", "trace")
)


def insert_turn(tx: Tx, values: dict[str, Any]) -> None:
    """Note that a message waits for the bot."""
    tx.change(_INSERT_TURN, {"trace": {}, **values})


_SETTLE = Prepared(
    sa.update(turn)
    .where(
        turn.c.conversation_id == sa.bindparam("t_conversation"),
        turn.c.seq == sa.bindparam("t_seq"),
        turn.c.settled_at.is_(None),
    )
    .values(
        settled_at=sa.bindparam("t_now"),
        outcome=sa.bindparam("t_outcome"),
        trace=sa.bindparam("t_trace"),
    )
)


def settle_turn(
    tx: Tx, conversation_id: str, seq: int, outcome: str, trace: dict[str, Any]
) -> bool:
    """End a turn once; False when it had ended before."""
    ended = {"t_now": tx.now, "t_outcome": outcome, "t_trace": trace}
    return tx.change(_SETTLE, {"t_conversation": conversation_id, "t_seq": seq} | ended) == 1


def unsettled_turns(tx: Tx, due_before: datetime | None = None, limit: int = 200) -> list[Any]:
    """Return turns that wait, the most overdue first."""
    query = sa.select(turn.c.conversation_id, turn.c.seq, turn.c.due_at).where(
        turn.c.settled_at.is_(None)
    )
    if due_before is not None:
        query = query.where(turn.c.due_at < due_before)
    return list(tx.execute(query.order_by(turn.c.due_at).limit(limit)))


def turns_of_consultation(tx: Tx, consultation_id: str) -> list[sa.Row[Any]]:
    """Return a consultation's turns with the taxpayer's words, in order."""
    return list(
        tx.execute(
            sa.select(turn, message.c.text, message.c.at)
            .join(
                message,
                sa.and_(
                    message.c.conversation_id == turn.c.conversation_id,
                    message.c.seq == turn.c.seq,
                ),
            )
            .where(turn.c.consultation_id == consultation_id)
            .order_by(turn.c.seq)
        )
    )
