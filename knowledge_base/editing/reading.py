"""What the desk is shown of entries; nothing here changes anything."""

from typing import Any

from core.database import Tx
from core.texts import DEFAULT
from knowledge_base import repository as store
from knowledge_base.editing import comparing, faults, lasting, repository
from knowledge_base.editing.errors import NoSuchEntry, NoSuchVersion
from knowledge_base.editing.schemas import (
    Deed,
    Difference,
    DocumentList,
    DocumentOut,
    Draft,
    EntryOut,
    EntryPage,
    EntryRow,
    Expiring,
    Fault,
    ListQuery,
    Person,
    ProvisionOut,
    Span,
    Summary,
    TopicCount,
    Usage,
    VersionOut,
    VersionPage,
    VersionRow,
)
from knowledge_base.schemas import Content, Document, SourceRef
from knowledge_base.sources import cite

EXPIRING_DAYS = 90


def access_entry(tx: Tx, entry_id: str, *, change: bool = False) -> Any:
    """Return where an entry is at; with `change` nobody else changes it until the commit.

    Raises:
        NoSuchEntry: there is none.
    """
    found = (repository.lock_entry if change else repository.entry_row)(tx, entry_id)
    if found is None:
        raise NoSuchEntry(f"there is no entry {entry_id}; look at the list")
    return found


def access_version(tx: Tx, entry_id: str, version: int) -> VersionOut:
    """Return a version with its content.

    Raises:
        NoSuchVersion: there is none of this number.
    """
    found = repository.version_row(tx, entry_id, version)
    if found is None:
        raise NoSuchVersion(f"{entry_id} has no version {version}; look at its history")
    return VersionOut(**_version(found), content=Draft.model_validate(found.content))


def list_entries(tx: Tx, wanted: ListQuery) -> EntryPage:
    """Return a page of entries."""
    rows, cursor = repository.list_entries(tx, wanted, lasting.today(tx))
    return EntryPage(items=[EntryRow(**_row(row)) for row in rows], next_cursor=cursor)


def summary(tx: Tx) -> Summary:
    """Return what there is to do."""
    states = dict.fromkeys(
        ("draft", "in_review", "scheduled", "provisional", "published", "withdrawn"), 0
    )
    expiring, due, down = repository.count_where(tx, lasting.today(tx), expiring=EXPIRING_DAYS)
    return Summary.model_validate(
        {
            "states": states | repository.state_counts(tx),
            "expiring": Expiring(within_days=EXPIRING_DAYS, count=expiring),
            "due": due,
            "voted_down": down,
            "topics": [
                TopicCount(topic=row.topic, count=row.count) for row in repository.topic_counts(tx)
            ],
        }
    )


def list_documents(tx: Tx, words: str, limit: int) -> DocumentList:
    """Return documents whose id, number or title holds all of some words."""
    wanted = words.lower().split()
    found = [
        document
        for document in store.all_documents(tx).values()
        if all(word in f"{document.id} {document.cite} {document.title}".lower() for word in wanted)
    ]
    return DocumentList(items=[_document(each) for each in found[:limit]])


def known_content(tx: Tx) -> Content:
    """Return the whole store, as the rules look at it."""
    return Content(
        documents=store.all_documents(tx), entries=store.all_entries(tx, provisional=True)
    )


def read_entry(tx: Tx, entry_id: str, who_id: str) -> EntryOut:
    """Return one entry with everything but its faults, which take a while (`with_faults`)."""
    row = access_entry(tx, entry_id)
    version = row.work_version or row.live_version
    content = access_version(tx, entry_id, version).content
    live = None if row.live_version is None else access_version(tx, entry_id, row.live_version)
    return EntryOut(
        **_row(row),
        content=content,
        live_content=live and live.content,
        faults=[],
        validity=None,
        sources=[],
        reviewed_at=row.reviewed_at,
        reviewed_by=row.reviewed_by,
        **{name: _deed(getattr(row, name)) for name in _DEEDS if name != "submitted"},
        linked_from=[],
        own_work=row.work_version is not None and who_id in authors(tx, row),
    )


def authors(tx: Tx, row: Any) -> set[str]:
    """Return who wrote the open work of an entry."""
    after = row.live_version if (row.live_version or 0) < row.work_version else 0
    return repository.authors_between(tx, row.entry_id, after or 0, row.work_version)


def with_faults(entry: EntryOut, known: Content) -> EntryOut:
    """Add what needs the whole collection: faults, validity, sources, who links here.

    Takes a while with thousands of entries: run it in a thread.
    """
    found = faults.faults_of(entry.id, entry.content, known)
    linked = [each.id for each in known.entries.values() if entry.id in each.related]
    cited = [SourceRef.model_construct(**ref.model_dump()) for ref in entry.content.sources]
    return entry.model_copy(
        update={
            "faults": found,
            "validity": _span(entry, known, found),
            "sources": cite(known.documents, cited, DEFAULT),
            "linked_from": sorted(linked),
        }
    )


def _span(entry: EntryOut, known: Content, found: list[Fault]) -> Span | None:
    if any(fault.field in {"sources", "content"} for fault in found):
        return None
    try:
        start, end = known.validity(faults.as_entry(entry.id, entry.content))
    except ValueError:
        return None
    return Span(start=start, end=end)


def list_versions(tx: Tx, entry_id: str, cursor: int | None, limit: int) -> VersionPage:
    """Return versions of an entry, the newest first.

    Raises:
        NoSuchEntry: there is none.
    """
    access_entry(tx, entry_id)
    rows = repository.versions_of(tx, entry_id, before=cursor, limit=limit + 1)
    more = str(rows[limit - 1].version) if len(rows) > limit else None
    items = [VersionRow(**_version(row)) for row in rows[:limit]]
    return VersionPage(items=items, next_cursor=more)


def difference(tx: Tx, entry_id: str, before: int, after: int) -> Difference:
    """Return where two versions of an entry differ.

    Raises:
        NoSuchVersion: it lacks one of them.
    """
    old = access_version(tx, entry_id, before).content
    new = access_version(tx, entry_id, after).content
    return Difference(before=before, after=after, fields=comparing.differences(old, new))


_DEEDS = ("submitted", "returned", "approved", "withdrawn", "verified")
_SAME = (
    "kind", "topic", "question", "live", "work", "live_version", "head_version", "visibility",
    "region", "valid_to", "verify_by", "changed_at", "publish_at",
)  # fmt: skip


def _row(row: Any) -> dict[str, Any]:
    return {
        "id": row.entry_id,
        "state": row.work or row.live,
        "version": row.work_version or row.live_version,
        "check": row.check_level,
        "usage": Usage(answers=row.answers, up=row.up, down=row.down, last_at=row.last_at),
        "changed_by": Person.model_validate(row.changed_by),
        "submitted": _deed(row.submitted),
        **{name: getattr(row, name) for name in _SAME},
    }


def _deed(told: Any) -> Deed | None:
    return None if told is None else Deed.model_validate(told)


def _version(row: Any) -> dict[str, Any]:
    same = ("version", "at", "note", "origin", "aside", "base_version", "published_at")
    return {
        "author": Person(id=row.author, name=row.author_name),
        **{name: getattr(row, name) for name in same},
    }


def _document(document: Document) -> DocumentOut:
    return DocumentOut(
        **document.model_dump(include=set(DocumentOut.model_fields) - {"provisions"}),
        provisions=[ProvisionOut(id=each.id, article=each.article) for each in document.provisions],
    )
