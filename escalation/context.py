"""The context package: what the next person gets, so that nobody asks the taxpayer twice."""

from typing import Any

from conversations import repository as log
from conversations.files.service import sent_files
from conversations.schemas import State
from conversations.sessions import profile_of
from core.audit import record
from core.database import Tx
from core.texts import text
from escalation import repository
from escalation.schemas import (
    Attempt,
    ContextDueItem,
    ContextPackage,
    ContextTaxpayer,
    Earlier,
    Entry,
    Transfer,
)
from escalation.staff.schemas import Staff
from flows.context import context_of
from reminders.due_items import due_items
from taxpayers.service import access_taxpayer

EARLIER = 10
"""Earlier consultations given along."""


def shown_name(assurance: str, name: str | None) -> str:
    """Return a taxpayer's name as staff may see it (Tax Collection Law, article 8)."""
    return name if name and assurance == "real_name" else text("escalation.visitor")


def build_context(tx: Tx, entry: Entry, current: State, reader: Staff) -> ContextPackage:
    """Build the package for a reader; reading a named taxpayer's writes an audit row."""
    name, profile, due = None, None, []
    if current.assurance == "real_name" and current.taxpayer_id is not None:
        name = access_taxpayer(tx, current.taxpayer_id).name
        profile = profile_of(tx, current)
        due = due_items(tx, current.taxpayer_id)
        record(
            tx,
            reader.id,
            "escalation:context:read",
            current.taxpayer_id,
            consultation=entry.consultation_id,
        )
    who = {
        "name": shown_name(current.assurance, name),
        "assurance": current.assurance,
        "profile": profile,
    }
    return ContextPackage(
        question=entry.question,
        reason=entry.reason,
        opened_at=repository.consultation_opened_at(tx, entry.consultation_id),
        taxpayer=ContextTaxpayer.model_validate(who),
        attempts=_attempts(tx, entry.consultation_id),
        summary=entry.summary,
        files=sent_files(tx, current.id),
        earlier=_earlier(tx, entry),
        flow=context_of(
            tx, current.id, repository.consultation_opened_at(tx, entry.consultation_id)
        ),
        due_items=[ContextDueItem(title=each.title(), due=each.due) for each in due],
        transfers=[Transfer.model_validate(each) for each in entry.transfers],
    )


def _attempts(tx: Tx, consultation_id: str) -> list[Attempt]:
    turns = log.turns_of_consultation(tx, consultation_id)
    return [_attempt(row) for row in turns if row.trace]


def _attempt(row: Any) -> Attempt:
    tried = {key: row.trace.get(key) for key in ("decision", "confidence", "entry_id")}
    candidates = row.trace.get("candidates") or []
    return Attempt(at=row.at, question=row.text, candidates=candidates, **tried)


def _earlier(tx: Tx, entry: Entry) -> list[Earlier]:
    rows = log.consultations_of(tx, entry.conversation_id, EARLIER + 1)
    return [
        Earlier(
            consultation_id=row.id,
            opened_at=row.opened_at,
            closed_at=row.closed_at,
            question=row.question or text("escalation.erased"),
            result=row.result,
            matter=row.matter,
            summary=row.summary,
            score=row.score,
        )
        for row in rows
        if row.id != entry.consultation_id
    ][:EARLIER]
