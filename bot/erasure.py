"""Erasure across all packages: on order, and as the time of retention is over.

Each conversation, or chunk of consultations, is one transaction: all of it is gone or nothing. What
was interrupted is gone on with by the same order again, or by the next round.
"""

from datetime import timedelta
from functools import partial

import structlog

from conversations.erasure import service as conversations
from conversations.erasure.schemas import ErasureOrder, ErasureReport
from conversations.erasure.service import WithPeople, to_erase
from core.database import Database, Tx
from escalation import erasure as escalation
from flows import lasting as flows
from knowledge_base.editing import usage as knowledge

log = structlog.get_logger()

CHUNK = 20
"""Consultations in one transaction of retention; chats are live meanwhile."""
LOOSE_CHUNK = 200
ROUNDS = 100
"""Chunks of one round; the rest waits for the next."""


def erase_everywhere(tx: Tx, conversation_id: str, order: ErasureOrder) -> int | None:
    """Erase a conversation in every package that keeps something of it: add yours here.

    Returns:
        How many messages became tombstones; None when nothing was left to erase.

    Raises:
        WithPeople: a person holds it or it waits for one; nothing was erased.
    """
    messages = conversations.erase_conversation(tx, conversation_id, order)
    escalation.erase_conversation(tx, conversation_id)
    flows.erase_conversation(tx, conversation_id)
    knowledge.forget_conversation(tx, conversation_id)
    return messages


def erase_due_everywhere(tx: Tx, days: int) -> int:
    """Erase a chunk of what was closed so many days ago, everywhere; return how much it was."""
    before = tx.now - timedelta(days=days)
    done = conversations.erase_due(tx, before, CHUNK)
    escalation.erase_consultations(tx, done)
    done_runs = flows.erase_due(tx, before) + knowledge.forget_before(tx, before)
    return len(done) + done_runs + conversations.erase_due_loose(tx, before, LOOSE_CHUNK)


async def erase(database: Database, order: ErasureOrder) -> ErasureReport:
    """Carry out an order; the same order again goes on where one was interrupted.

    Raises:
        NoSuchConversation: it names nothing.
    """
    found = await database.read(lambda tx: to_erase(tx, order))
    report = ErasureReport(conversations=len(found))
    for each in found:
        unit = partial(erase_everywhere, conversation_id=each, order=order)
        try:
            messages = await database.write(unit)
        except WithPeople:
            report.with_people.append(each)
            continue
        report.erased += messages is not None
        report.messages += messages or 0
    await database.scrub()
    log.info("erased", **report.model_dump(exclude={"with_people"}))
    return report


async def retain(database: Database, days: int) -> int:
    """Erase what has been kept for its time; return how much was erased.

    Args:
        days: since a consultation was closed; 0 keeps for ever.
    """
    erased = 0
    for _ in range(ROUNDS if days else 0):
        some = await database.write(lambda tx: erase_due_everywhere(tx, days))
        erased += some
        if not some:
            break
    if erased:
        await database.scrub()
        log.info("retention_over", erased=erased)
    return erased
