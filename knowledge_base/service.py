"""Use cases of the store: merge files into it, read a collection out of it."""

import hashlib
import json

from pydantic import BaseModel

from core.database import Tx
from knowledge_base import repository
from knowledge_base.editing.intake import AT_ONCE, take_in
from knowledge_base.editing.lasting import refresh
from knowledge_base.schemas import Content, Document, Entry

CHANGED = "knowledge"
"""The channel that tells of a changed store."""
DOCUMENT = "document:"


class LoadReport(BaseModel):
    """What became of each item of the files; `document:` stands before a document's id.

    Attributes:
        kept_local: entries edited here whose file changed or went: the edit stands.
    """

    added: list[str] = []
    changed: list[str] = []
    unchanged: list[str] = []
    kept_local: list[str] = []
    removed: list[str] = []


def load(tx: Tx, content: Content) -> LoadReport:
    """Merge checked files into the store.

    The base of the merge is the digest of the file last imported: a file that is as it was changes
    nothing, an entry edited here is never overwritten, one made here is never removed. Call
    `editing.intake.adopt_all` afterwards: the desk knows the first few of new entries only.
    """
    report = LoadReport()
    _load_documents(tx, content, report)
    _load_entries(tx, content, report)
    _remove_documents(tx, content, report)
    _take_in(tx, report)
    tx.notify(CHANGED)
    return report


def stored_version(tx: Tx) -> str:
    """Return what differs when the store does, without reading all of it."""
    parts = [repository.entry_marks(tx), sorted(repository.document_digests(tx).items())]
    return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()


def stored_content(tx: Tx, *, provisional: bool) -> Content:
    """Return the collection to be indexed; its drafts can be found, and are never given.

    Args:
        provisional: with the entries that no reviewer of the bureau has signed
            (setting `answer_provisional`).
    """
    entries = repository.all_entries(tx, provisional=provisional)
    return Content(
        documents=repository.all_documents(tx),
        entries={key: entry for key, entry in entries.items() if entry.state != "withdrawn"},
    )


def _load_documents(tx: Tx, content: Content, report: LoadReport) -> None:
    stored = repository.document_digests(tx)
    new = []
    for document in content.documents.values():
        now, known = digest(document), stored.get(document.id)
        name = f"{DOCUMENT}{document.id}"
        if now == known:
            report.unchanged.append(name)
            continue
        new.append((document, now))
        (report.added if known is None else report.changed).append(name)
    repository.save_documents(tx, new)


def _remove_documents(tx: Tx, content: Content, report: LoadReport) -> None:
    """Remove what the files no longer hold, unless an entry kept here cites it."""
    entries = repository.all_entries(tx, provisional=True).values()
    kept = {ref.document for entry in entries for ref in entry.sources} | content.documents.keys()
    for document_id in repository.document_digests(tx).keys() - kept:
        repository.delete_document(tx, document_id)
        report.removed.append(f"{DOCUMENT}{document_id}")


def _load_entries(tx: Tx, content: Content, report: LoadReport) -> None:
    stored = repository.entry_states(tx)
    new = []
    here = {key: digest(entry) for key, entry in repository.edited_entries(tx).items()}
    for entry in content.entries.values():
        now = digest(entry)
        base, edited = stored.pop(entry.id, (None, None))
        if edited is not None and now in {base, here.get(entry.id)}:
            report.unchanged.append(entry.id)
        elif edited or (edited is not None and base is None):
            report.kept_local.append(entry.id)
        else:
            new.append((entry, now))
            (report.added if edited is None else report.changed).append(entry.id)
    repository.save_imported_entries(tx, new)
    for entry_id, (base, edited) in stored.items():
        if base is None:
            continue
        if edited:
            report.kept_local.append(entry_id)
        else:
            repository.delete_entry(tx, entry_id)
            report.removed.append(entry_id)


def _take_in(tx: Tx, report: LoadReport) -> None:
    """Let the desk know; documents that changed move the validity of entries.

    Of many that are new the rest is left to `adopt_all`: a unit of work has its time.
    """
    added, changed, removed = (
        [each for each in names if not each.startswith(DOCUMENT)]
        for names in (report.added, report.changed, report.removed)
    )
    take_in(tx, [*changed, *added[:AT_ONCE]], removed)
    if report.added or report.changed or report.removed:
        refresh(tx)


def digest(item: Document | Entry) -> str:
    """Return what is equal for items with the same content."""
    plain = json.dumps(item.model_dump(mode="json"), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(plain.encode()).hexdigest()
