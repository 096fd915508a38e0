"""The way from the bot to people and back: what the bot and the outbox call."""

from datetime import datetime, timedelta
from typing import Any

from conversations import consultations
from conversations import repository as log
from conversations.consultations import Result
from conversations.errors import OwnerChanged
from conversations.ownership import change_owner
from conversations.schemas import Choice, Draft, Owner, State
from conversations.service import access_conversation, append_message, clean, open_consultation
from core.database import Tx
from core.errors import BadInput
from core.identifiers import mask
from core.identity import new_id
from core.texts import moment_in_words, text
from escalation import repository
from escalation.errors import NoSuchQueue
from escalation.presence import on_duty
from escalation.schemas import Entry, Handed, Queue, QueueState, Reason, Tier
from flows.lasting import offer as offer_run

LOOK_BACK = timedelta(hours=1)
SAMPLE, SMALLEST_SAMPLE = 20, 3
"""The pace of a queue is taken from its latest claims, if there are enough."""
PACE = 180.0
"""Seconds a place takes with one person on duty, while nothing is known of today."""
SHORTEST_PACE, LONGEST_PACE = 10.0, 900.0

QUEUE_OWNER: dict[Tier, Owner] = {"officer": "officer_queue", "expert": "expert_queue"}

WAIT, LEAVE, CALL_BACK = "queue:wait", "queue:leave", "queue:call_back"
"""Choices of one who has waited too long."""


def hand_over(
    tx: Tx,
    state: State,
    *,
    reason: Reason,
    question: str,
    queue: str = "officer",
    priority: int = 0,
) -> Handed:
    """Let a conversation wait for a person; if it does already, or has one, say where it stands.

    Nothing is said to the taxpayer here; `waiting_words` has the words.

    Args:
        state: the conversation that the decision was made on.
        question: what it is about; protected numbers are masked.
        queue: id of the queue.
        priority: 0 is usual, at most 9; late ones and those given back come before any.

    Raises:
        OwnerChanged: the bot's ownership ended in a way that left no queue.
        NoSuchQueue: there is no such queue.
    """
    current = access_conversation(tx, state.id, change=True)
    entry = repository.open_entry(tx, current.id)
    if entry is None:
        if current.owner_version != state.owner_version:
            raise OwnerChanged("the conversation was with people meanwhile; read it again")
        where = access_queue(tx, queue)
        entry = _enter(tx, current, where, reason=reason, question=question, priority=priority)
    return Handed(entry.id, *_state_of(tx, entry))


def _enter(
    tx: Tx, current: State, where: Queue, *, reason: Reason, question: str, priority: int
) -> Entry:
    asked = mask(clean(question)).text
    if current.consultation_id is None:
        consultation_id = open_consultation(tx, current, asked)
        current = current.model_copy(update={"consultation_id": consultation_id})
    change_owner(tx, current, QUEUE_OWNER[where.tier], actor="bot", reason=reason)
    return write_entry(tx, current, where, reason=reason, question=asked, priority=priority)


def write_entry(
    tx: Tx, current: State, where: Queue, *, reason: Reason, question: str, priority: int
) -> Entry:
    """Insert the entry of a conversation that was given to a queue."""
    entry_id = new_id("qe")
    values = {
        "id": entry_id,
        "conversation_id": current.id,
        "consultation_id": current.consultation_id,
        "reason": reason,
        "question": question,
        **joining(tx, where, priority),
    }
    repository.insert_entry(tx, values)
    return access_entry(tx, entry_id)


def joining(tx: Tx, where: Queue, priority: int) -> dict[str, Any]:
    """Return the columns of an entry that joins a queue now: clocks, place, promise."""
    promised = None if where.hours.open_at(tx.now) else where.hours.opens_at(tx.now)
    return {
        "queue_id": where.id,
        "tier": where.tier,
        "priority": priority,
        "place": repository.waiting_before(tx, where.id, None) + 1,
        "waiting_since": tx.now,
        "promised_at": promised,
        "deadline_at": (promised or tx.now) + timedelta(seconds=where.wait_seconds),
        "apologised_at": None,
        "holder_id": None,
        "claimed_at": None,
        "claimed_seq": None,
    }


def access_entry(tx: Tx, entry_id: str) -> Entry:
    """Load an entry that is known to exist."""
    found = repository.entry_by_id(tx, entry_id)
    assert found is not None  # noqa: S101 - entries are never deleted
    return found


def access_queue(tx: Tx, queue_id: str) -> Queue:
    """Load a queue.

    Raises:
        NoSuchQueue: there is none with this id.
    """
    found = repository.queue_by_id(tx, queue_id)
    if found is None:
        raise NoSuchQueue(f"no queue {queue_id}; GET /desk/queues lists them")
    return found


def queue_state(tx: Tx, conversation_id: str) -> QueueState | None:
    """Return place, expected wait and office hours; None when it does not wait."""
    entry = repository.open_entry(tx, conversation_id)
    return _state_of(tx, entry) if entry is not None and entry.state == "waiting" else None


def _state_of(tx: Tx, entry: Entry) -> QueueState:
    where = access_queue(tx, entry.queue_id)
    is_open = where.hours.open_at(tx.now)
    opens_at = None if is_open else where.hours.opens_at(tx.now)
    if entry.state == "held":
        return QueueState(0, 0, is_open, opens_at)
    place = repository.waiting_before(tx, where.id, entry) + 1
    closed = (opens_at - tx.now).total_seconds() if opens_at else 0
    return QueueState(place, round(closed + place * pace(tx, where)), is_open, opens_at)


def pace(tx: Tx, where: Queue) -> float:
    """Estimate the seconds that one place in a queue takes, from how the latest claims went."""
    claims = repository.recent_claims(tx, where.id, tx.now - LOOK_BACK, SAMPLE)
    if len(claims) >= SMALLEST_SAMPLE:
        waited = sum((row.claimed_at - row.waiting_since).total_seconds() for row in claims)
        found = float(waited / sum(row.place for row in claims))
    else:
        found = PACE / max(1, on_duty(tx, [where])[where.id])
    return min(max(found, SHORTEST_PACE), LONGEST_PACE)


def waiting_words(state: QueueState | Handed, locale: str) -> str:
    """Return what a taxpayer is told who waits now: place and wait, or when the office opens."""
    if state.place == 0:
        return text("escalation.waiting.held", locale)
    if state.opens_at is not None:
        return text(
            "escalation.waiting.closed", locale, opens=moment_in_words(state.opens_at, locale)
        )
    minutes = max(1, round(state.expected_wait_seconds / 60))
    return text("escalation.waiting.open", locale, place=state.place, minutes=minutes)


def pass_on_words(tx: Tx, key: str, where: Queue, locale: str) -> str:
    """Return the words of a change of hands; out of hours with the time of the next opening."""
    words = text(key, locale)
    if where.hours.open_at(tx.now):
        return words
    opens = moment_in_words(where.hours.opens_at(tx.now), locale)
    return words + text("escalation.then", locale, opens=opens)


def leave_queue(tx: Tx, conversation_id: str, actor: str) -> bool:
    """Give a conversation that waits back to the bot; False when it does not wait."""
    current = access_conversation(tx, conversation_id, change=True)
    entry = repository.open_entry(tx, conversation_id)
    if entry is None or entry.state != "waiting":
        return False
    finish_entry(tx, entry, "left")
    change_owner(tx, current, "bot", actor=actor, reason="left_queue")
    forget_meanwhile(tx, current)
    return True


def finish_entry(tx: Tx, entry: Entry, ended: str) -> None:
    """End an entry's stay with people."""
    repository.update_entry(tx, entry.id, state="done", ended=ended, done_at=tx.now)


def forget_meanwhile(tx: Tx, current: State) -> None:
    """Take back the taxpayer's word that the bot may go on while it waits."""
    if "ask_meanwhile" in current.memory:
        memory = {key: value for key, value in current.memory.items() if key != "ask_meanwhile"}
        log.update_conversation(tx, current.id, memory=memory)


def close(
    tx: Tx,
    current: State,
    *,
    actor: str,
    result: Result | None = None,
    matter: str | None = None,
    summary: str | None = None,
) -> None:
    """Close the consultation, with the bot or with people, and ask for a rating.

    Args:
        current: the locked conversation.
        actor: who closes it: staff id, person id, or `taxpayer` for a visitor.

    Raises:
        NothingOpen: no consultation is open.
        OwnerChanged: the owner changed since `current` was read.
    """
    entry = repository.open_entry(tx, current.id)
    consultations.close(tx, current, actor=actor, result=result, matter=matter, summary=summary)
    if entry is not None:
        finish_entry(tx, entry, "closed")
    offer_flow(tx, current.id)


def offer_flow(tx: Tx, conversation_id: str) -> None:
    """Offer to go on with a flow that was begun, once the bot has the chat again."""
    current = access_conversation(tx, conversation_id, change=True)
    if (offer := offer_run(tx, current)) is not None:
        append_message(tx, conversation_id, offer)


def late_choices(locale: str) -> tuple[Choice, ...]:
    """Return what one who has waited too long may choose."""
    return tuple(
        Choice(id=each, label=text(f"escalation.choices.{each.removeprefix('queue:')}", locale))
        for each in (WAIT, LEAVE, CALL_BACK)
    )


def choose(tx: Tx, conversation_id: str, choice: str, actor: str) -> Draft:
    """Do what one who waited too long chose; return the words to answer the choice with.

    A choice that came too late (a person is there, or nobody waits any more) changes nothing.

    Raises:
        BadInput: it is none of `late_choices`.
    """
    if choice not in {WAIT, LEAVE, CALL_BACK}:
        raise BadInput(f"no such choice {choice}")
    current = access_conversation(tx, conversation_id, change=True)
    entry = repository.open_entry(tx, conversation_id)
    if entry is None or entry.state != "waiting":
        key = "escalation.waiting.held" if entry else "escalation.left"
        return _notice(text(key, current.locale))
    if choice == LEAVE:
        leave_queue(tx, conversation_id, actor)
        return _notice(text("escalation.left", current.locale))
    if choice == CALL_BACK:
        at = _promise(tx, entry)
        opens = moment_in_words(at, current.locale)
        words = text("escalation.called_back", current.locale, opens=opens)
        return _notice(words)
    return _notice(waiting_words(_state_of(tx, entry), current.locale))


def _promise(tx: Tx, entry: Entry) -> datetime:
    """Promise a reply at the next office hours, with a deadline of its own."""
    where = access_queue(tx, entry.queue_id)
    at = where.hours.opens_at(tx.now)
    repository.update_entry(
        tx,
        entry.id,
        promised_at=at,
        deadline_at=at + timedelta(seconds=where.wait_seconds),
        apologised_at=None,
    )
    tx.notify("desk")
    return at


def _notice(words: str) -> Draft:
    return Draft(sender="system", kind="notice", text=words)


def tell(tx: Tx, conversation_id: str, words: str, **meta: Any) -> None:
    """Say something to the taxpayer on behalf of the system."""
    append_message(tx, conversation_id, _notice(words).model_copy(update={"meta": meta}))


def on_help_requested(tx: Tx, payload: dict[str, Any]) -> None:
    """Do an event `reminders.help_requested`: the card's question goes to the officers' queue.

    Args:
        payload: `conversation_id`, `question`, and what else the card's package knows.
    """
    current = access_conversation(tx, str(payload["conversation_id"]))
    if current.owner != "bot":
        return
    handed = hand_over(tx, current, reason="card_help", question=str(payload["question"]))
    append_message(
        tx,
        current.id,
        Draft(sender="system", kind="handoff", text=waiting_words(handed, current.locale)),
    )
