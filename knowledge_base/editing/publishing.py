"""Review by a second person, publication at once or at a moment, withdrawal, looking again."""

from datetime import date, datetime
from typing import Any

import structlog
from pydantic import ValidationError

from core.audit import record
from core.database import Tx
from core.errors import BadInput
from core.texts import text
from knowledge_base import repository as store
from knowledge_base.editing import lasting, reading, repository
from knowledge_base.editing.errors import OwnWork, WrongState
from knowledge_base.editing.faults import as_entry
from knowledge_base.editing.intake import shown
from knowledge_base.editing.reading import access_entry, access_version
from knowledge_base.editing.schemas import Caller, Deed, Draft, Person
from knowledge_base.editing.service import check_version
from knowledge_base.schemas import Content, Entry
from knowledge_base.service import CHANGED

log = structlog.get_logger()

SYSTEM = Person(id="system", name="system")
BATCH = 20
"""Entries published in one transaction."""


def submit(tx: Tx, entry_id: str, version: int, note: str, who: Caller) -> None:
    """Give a draft to the reviewers, or what is given unsigned, to be signed as it stands.

    Whoever calls has seen that it has no faults.

    Raises:
        EntryChanged: it is another version by now.
        WrongState: it is no draft, and not what is given unsigned.
    """
    row = access_entry(tx, entry_id, change=True)
    unsigned = row.work is None and row.live == "provisional" and row.live_version == version
    if not unsigned:
        row = _access(tx, entry_id, version, "draft")
    check_version(row, version)
    values = {"work": "in_review", "work_version": version, "approved": None, "returned": None}
    repository.update_entry(tx, entry_id, submitted=_deed(tx, who, note), **values)
    record(tx, who.id, "knowledge:entry:submit", row.entry_id, version=version, note=note)


def approve(
    tx: Tx, entry_id: str, version: int, *, note: str, publish_at: datetime | None, who: Caller
) -> None:
    """Sign a version and publish it, now or at a moment; who wrote in it may not.

    Raises:
        EntryChanged: it is another version by now.
        WrongState: it is not in review.
        OwnWork: the reviewer wrote part of it.
        BadInput: the moment is over.
    """
    row = _access(tx, entry_id, version, "in_review")
    if who.id in reading.authors(tx, row) | {row.submitted["by"]["id"]}:
        raise OwnWork(f"you wrote part of {entry_id}: another one must approve it")
    if publish_at is not None and publish_at <= tx.now:
        raise BadInput("publish_at is over: choose a later moment, or leave it out for now")
    record(
        tx,
        who.id,
        "knowledge:entry:approve",
        entry_id,
        version=version,
        note=note,
        publish_at=publish_at and publish_at.isoformat(),
    )
    repository.update_entry(
        tx, entry_id, approved=_deed(tx, who, note), work="scheduled", publish_at=publish_at
    )
    if publish_at is None:
        _publish(tx, access_entry(tx, entry_id, change=True))


def give_back(tx: Tx, entry_id: str, version: int, reason: str, who: Caller) -> None:
    """Return to the editors what is in review or waits for its publication.

    Raises:
        EntryChanged: it is another version by now.
        WrongState: it is neither.
    """
    _access(tx, entry_id, version, "in_review", "scheduled")
    _give_back(tx, entry_id, Person.model_validate(who), reason)


def withdraw(tx: Tx, entry_id: str, reason: str, who: Caller) -> None:
    """Take an entry out of the answers, from now on; what was said stays said.

    Raises:
        WrongState: it is not live.
    """
    row = access_entry(tx, entry_id, change=True)
    if row.live in {None, "withdrawn"}:
        raise WrongState(f"{entry_id} is not given: there is nothing to withdraw", live=row.live)
    store.withdraw_entry(tx, entry_id)
    values = {"work": "draft", "publish_at": None} if row.work == "scheduled" else {}
    repository.update_entry(
        tx,
        entry_id,
        live="withdrawn",
        withdrawn=_deed(tx, who, reason),
        changed_at=tx.now,
        changed_by=Person.model_validate(who).model_dump(),
        **values,
    )
    record(
        tx, who.id, "knowledge:entry:withdraw", entry_id, version=row.live_version, reason=reason
    )
    tx.notify(CHANGED)


def verify(tx: Tx, entry_id: str, verify_by: date | None, note: str, who: Caller) -> None:
    """Note that somebody looked and it still holds.

    Args:
        verify_by: by when somebody must look again; None: the usual time on.

    Raises:
        BadInput: the day is not to come.
    """
    row = access_entry(tx, entry_id, change=True)
    day = lasting.today(tx)
    _to_come(verify_by, day)
    repository.update_entry(
        tx,
        entry_id,
        verified=_deed(tx, who, note),
        verify_by=verify_by or lasting.next_look(day, row.valid_to),
        verify_chosen=verify_by is not None,
    )
    version = row.work_version or row.live_version
    record(tx, who.id, "knowledge:entry:verify", entry_id, version=version, note=note)


def set_verify_by(tx: Tx, entry_id: str, verify_by: date, who: Caller) -> None:
    """Choose the day by which somebody must look.

    Raises:
        BadInput: the day is not to come.
    """
    access_entry(tx, entry_id, change=True)
    _to_come(verify_by, lasting.today(tx))
    repository.update_entry(tx, entry_id, verify_by=verify_by, verify_chosen=True)
    record(tx, who.id, "knowledge:entry:verify_by", entry_id, day=verify_by.isoformat())


def publish_due(tx: Tx) -> int:
    """Publish what was scheduled for now or earlier; return how much it was.

    Each exactly once: it is taken and published in one transaction. What cannot be given any more,
    because a document that it cites went, goes back to the editors.
    """
    rows = repository.lock_due(tx, BATCH)
    for row in rows:
        _publish(tx, row)
    return len(rows)


def _publish(tx: Tx, row: Any) -> None:
    """Write a version that was approved over what is given."""
    content = access_version(tx, row.entry_id, row.work_version).content
    documents = store.all_documents(tx)
    entry = _givable(row.entry_id, content, Content(documents=documents, entries={}))
    if entry is None:
        log.error("publication_failed", entry=row.entry_id, version=row.work_version)
        _give_back(tx, row.entry_id, SYSTEM, text("knowledge.editing.not_givable"))
        return
    approved = Deed.model_validate(row.approved)
    store.save_published_entry(tx, entry, approved.by.name, approved.at)
    repository.mark_published(tx, row.entry_id, row.work_version)
    known = Content(documents=documents, entries={})
    valid_to = known.validity(entry)[1]
    look = lasting.next_look(lasting.today(tx), valid_to)
    chosen = row.verify_chosen and row.verify_by > lasting.today(tx)
    repository.update_entry(
        tx,
        row.entry_id,
        live="published",
        live_version=row.work_version,
        work=None,
        work_version=None,
        publish_at=None,
        withdrawn=None,
        returned=None,
        valid_to=valid_to,
        verify_by=row.verify_by if chosen else look,
        verify_chosen=chosen,
        **shown(tx, content, approved.by),
    )
    record(tx, approved.by.id, "knowledge:entry:publish", row.entry_id, version=row.work_version)
    tx.notify(CHANGED)


def _givable(entry_id: str, content: Draft, known: Content) -> Entry | None:
    """Return the entry, or None when its form or its sources are broken by now."""
    try:
        entry = as_entry(entry_id, content)
        known.validity(entry)
    except (ValidationError, KeyError):
        return None
    return entry


def _give_back(tx: Tx, entry_id: str, by: Person, reason: str) -> None:
    repository.update_entry(
        tx,
        entry_id,
        work="draft",
        publish_at=None,
        approved=None,
        returned=Deed(by=by, at=tx.now, reason=reason).model_dump(mode="json"),
    )
    record(tx, by.id, "knowledge:entry:return", entry_id, reason=reason)


def _access(tx: Tx, entry_id: str, version: int, *works: str) -> Any:
    row = access_entry(tx, entry_id, change=True)
    check_version(row, version)
    if row.work not in works:
        raise WrongState(
            f"{entry_id} is at {row.work or row.live}: this needs {' or '.join(works)}",
            work=row.work,
        )
    return row


def _deed(tx: Tx, who: Caller, reason: str) -> dict[str, Any]:
    by = Person.model_validate(who)
    return Deed(by=by, at=tx.now, reason=reason).model_dump(mode="json")


def _to_come(day: date | None, today: date) -> None:
    if day is not None and day <= today:
        raise BadInput("verify_by must be a day to come")
