"""Keeps promises: who waits too long hears of it, nobody is left in an absent person's hand."""

from datetime import timedelta
from functools import partial

import structlog

from conversations import repository as log
from conversations.ownership import change_owner
from conversations.schemas import Draft, State
from conversations.service import access_conversation, append_message, open_consultation
from core.database import Tx
from core.telemetry import SWEPT, WAITING
from core.texts import moment_in_words, text
from escalation import desk, repository, service
from escalation.schemas import FIRST, LATE, Entry, Tier

GONE = timedelta(minutes=5)
"""A desk without any sign for so long has lost its chats."""
AT_ONCE = 100
"""Cases of a kind that one sweep sees to; the rest a second later."""

logger = structlog.get_logger()


def sweep(tx: Tx) -> dict[str, int]:
    """Put right what is late, abandoned or inconsistent; return how many of each.

    To be called every second; what is put right is not found again.
    """
    done = {"late": _late(tx), "abandoned": _abandoned(tx), "orphaned": _orphaned(tx)}
    for what, count in done.items():
        if count:
            logger.warning("swept", what=what, count=count)
            tx.after_commit(partial(SWEPT.labels(what).inc, count))
    waiting = repository.waiting_counts(tx)
    for each in repository.queues(tx):
        count = waiting[each.id][0] if each.id in waiting else 0
        tx.after_commit(partial(WAITING.labels(each.id).set, count))
    return done


def _late(tx: Tx) -> int:
    """Apologise once to everyone past the deadline, offer a choice, move them forward."""
    told = 0
    for entry in repository.late_entries(tx, AT_ONCE):
        current = access_conversation(tx, entry.conversation_id, change=True)
        if service.access_entry(tx, entry.id).apologised_at is not None:
            continue  # another worker was first
        moved = repository.update_entry(
            tx,
            entry.id,
            only_waiting=True,
            apologised_at=tx.now,
            priority=max(entry.priority, LATE),
        )
        if not moved:
            continue
        hours = service.access_queue(tx, entry.queue_id).hours
        opens = moment_in_words(hours.opens_at(tx.now), current.locale)
        draft = Draft(
            sender="system",
            kind="notice",
            text=text("escalation.late", current.locale, opens=opens),
            choices=service.late_choices(current.locale),
            meta={"event": "late"},
        )
        append_message(tx, current.id, draft)
        tx.notify("desk")
        told += 1
    return told


def _abandoned(tx: Tx) -> int:
    """Give back what is held by someone whose desk is gone."""
    returned = 0
    for entry in repository.abandoned_entries(tx, tx.now - GONE, AT_ONCE):
        current = access_conversation(tx, entry.conversation_id, change=True)
        latest = service.access_entry(tx, entry.id)
        if (latest.state, latest.version) == ("held", entry.version):
            desk.give_back(tx, current, latest, actor="system", reason="holder_gone")
            returned += 1
    return returned


def _orphaned(tx: Tx) -> int:
    """Let entries tell what the conversations' owners do: these are the truth."""
    repaired = 0
    for conversation_id in repository.inconsistent_conversations(tx, AT_ONCE):
        current = access_conversation(tx, conversation_id, change=True)
        entry = repository.open_entry(tx, conversation_id)
        if not _agree(current, entry):
            logger.error("orphan", conversation=conversation_id, owner=current.owner)
            _repair(tx, current, entry)
            repaired += 1
    return repaired


def _agree(current: State, entry: Entry | None) -> bool:
    if entry is None:
        return current.owner == "bot"
    owner = service.QUEUE_OWNER[entry.tier] if entry.state == "waiting" else entry.tier
    return (current.owner, current.holder_id, current.consultation_id) == (
        owner,
        entry.holder_id,
        entry.consultation_id,
    )


def _repair(tx: Tx, current: State, entry: Entry | None) -> None:
    """End the entry that does not fit; who should be with people waits anew, first in line."""
    if entry is not None:
        service.finish_entry(tx, entry, "repaired")
    if current.owner == "bot":
        return
    tier: Tier = "expert" if current.owner.startswith("expert") else "officer"
    question = entry.question if entry else _question(tx, current)
    if current.consultation_id is None:
        opened = open_consultation(tx, current, question)
        current = current.model_copy(update={"consultation_id": opened})
    if current.owner == tier:
        current = change_owner(
            tx, current, service.QUEUE_OWNER[tier], actor="system", reason="orphaned"
        )
    where = service.access_queue(tx, entry.queue_id if entry and entry.tier == tier else tier)
    service.write_entry(tx, current, where, reason="orphaned", question=question, priority=FIRST)


def _question(tx: Tx, current: State) -> str:
    found = current.consultation_id and log.consultation_by_id(tx, current.consultation_id)
    return str(found.question) if found else text("escalation.unknown_question", current.locale)
