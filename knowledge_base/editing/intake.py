"""What comes from files becomes a version too, so that history, comparison and revert know it."""

from collections.abc import Collection
from typing import Any

from core.database import Database, Tx
from knowledge_base.editing import repository
from knowledge_base.editing.lasting import refresh
from knowledge_base.editing.schemas import Draft, Live, Person
from knowledge_base.schemas import Entry

FILES = Person(id="files", name="files")
"""Who wrote what was loaded; screens show a word of their own."""


def take_in(tx: Tx, ids: Collection[str], removed: Collection[str] = ()) -> None:
    """Note entries that files brought into the store, changed or took out of it.

    Open work on one of them stays; it is in review no longer, for what it changes is another.
    """
    for row in repository.stored_rows(tx, ids):
        _take_in(tx, row)
    for entry_id in removed:
        repository.delete_entry(tx, entry_id)


def adopt(tx: Tx, most: int | None = None) -> int:
    """Take in what stood in the store before there was a desk; return how much it was.

    Args:
        most: entries of one unit of work, so that messages find their way between two.
    """
    missing = sorted(repository.missing_ids(tx))
    now = missing[:most]
    if now:
        take_in(tx, now)
    if now and len(now) == len(missing):
        refresh(tx)
    return len(now)


AT_ONCE = 20
"""Entries that are taken in by one unit of work."""


async def adopt_all(database: Database) -> None:
    """Take in all that is missing, a little at a time."""
    while await database.write(lambda tx: adopt(tx, AT_ONCE)) == AT_ONCE:
        pass


def _take_in(tx: Tx, row: Any) -> None:
    entry = Entry.model_validate(row.content, strict=False)
    content = Draft.of(entry)
    before = repository.lock_entry(tx, entry.id)
    version = repository.insert_version(
        tx,
        entry.id,
        content,
        FILES,
        origin="import",
        base_version=before.live_version if before else None,
        published_at=tx.now,
    )
    live: Live = "provisional" if row.reviewed_at is None else "published"
    if entry.state != "ready":
        live = entry.state
    values: dict[str, Any] = {"head_version": version, "live_version": version, "live": live}
    if before is None or before.work is None:
        values |= shown(tx, content, FILES)
    else:
        values |= {"work": "draft", "publish_at": None}
    if before is None:
        repository.insert_entry(tx, entry.id, values)
    else:
        repository.update_entry(tx, entry.id, **values)


def shown(tx: Tx, content: Draft, by: Person) -> dict[str, Any]:
    """Return what the list tells of a content that somebody changed now."""
    return {
        "topic": content.topic,
        "question": content.question,
        "check_level": content.check,
        "visibility": content.visibility,
        "region": content.region,
        "searched": content.words,
        "changed_at": tx.now,
        "changed_by": by.model_dump(),
    }
