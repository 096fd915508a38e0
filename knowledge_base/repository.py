"""The only SQL of the knowledge base."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.database import Tx
from knowledge_base.models import documents, entries, provisions
from knowledge_base.schemas import Document, Entry, Provision


def document_digests(tx: Tx) -> dict[str, str]:
    """Return the digest of every stored document by id."""
    rows = tx.execute(sa.select(documents.c.id, documents.c.digest))
    return {row.id: row.digest for row in rows}


def save_documents(tx: Tx, found: Sequence[tuple[Document, str]]) -> None:
    """Write documents, each with its digest and its provisions, over what is stored of them."""
    if not found:
        return
    rows = [
        {
            "id": document.id,
            "content": document.model_dump(mode="json", exclude={"provisions"}),
            "digest": digest,
        }
        for document, digest in found
    ]
    _put(tx, documents, rows)
    ids = [row["id"] for row in rows]
    tx.execute(sa.delete(provisions).where(provisions.c.document_id.in_(ids)))
    parts = [
        {
            "document_id": document.id,
            "id": part.id,
            "place": place,
            "content": part.model_dump(mode="json"),
        }
        for document, _ in found
        for place, part in enumerate(document.provisions)
    ]
    if parts:
        tx.execute(sa.insert(provisions), parts)


def _put(tx: Tx, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows of equal columns over those with the same id, all in one statement's way."""
    statement = tx.insert(table)
    new = {name: statement.excluded[name] for name in rows[0] if name != "id"}
    tx.execute(statement.on_conflict_do_update(index_elements=["id"], set_=new), list(rows))


def delete_document(tx: Tx, document_id: str) -> None:
    """Remove a document and its provisions."""
    tx.execute(sa.delete(documents).where(documents.c.id == document_id))


def all_documents(tx: Tx) -> dict[str, Document]:
    """Return every document with its provisions, by id."""
    parts: dict[str, list[Any]] = {}
    ordered = sa.select(provisions).order_by(provisions.c.document_id, provisions.c.place)
    for row in tx.execute(ordered):
        parts.setdefault(row.document_id, []).append(
            Provision.model_validate(row.content, strict=False)
        )
    return {
        row.id: Document.model_validate(
            row.content | {"provisions": parts.get(row.id, [])}, strict=False
        )
        for row in tx.execute(sa.select(documents).order_by(documents.c.id))
    }


def entry_states(tx: Tx) -> dict[str, tuple[str | None, bool]]:
    """Return `(imported_digest, edited)` of every stored entry by id."""
    rows = tx.execute(sa.select(entries.c.id, entries.c.imported_digest, entries.c.edited))
    return {row.id: (row.imported_digest, row.edited) for row in rows}


def entry_marks(tx: Tx) -> list[Any]:
    """Return how many entries there are, how many are signed, and the last change and signature."""
    c = entries.c
    marks = (
        sa.func.count(),
        sa.func.count(c.reviewed_at),
        sa.func.max(c.updated_at),
        sa.func.max(c.reviewed_at),
    )
    return list(tx.execute(sa.select(*marks)).one())


def save_imported_entries(tx: Tx, found: Sequence[tuple[Entry, str]]) -> None:
    """Write entries from files, each with its digest; what changed is provisional again."""
    rows = [
        {
            "id": entry.id,
            "topic": entry.topic,
            "visibility": entry.visibility,
            "region": entry.region,
            "content": entry.model_dump(mode="json"),
            "imported_digest": digest,
            "reviewed_at": None,
            "reviewed_by": None,
            "updated_at": tx.now,
        }
        for entry, digest in found
    ]
    if rows:
        _put(tx, entries, rows)


def save_published_entry(tx: Tx, entry: Entry, reviewer: str, signed_at: datetime) -> None:
    """Write an entry that a reviewer signed; what files bring of it later is not taken."""
    values = {
        "topic": entry.topic,
        "visibility": entry.visibility,
        "region": entry.region,
        "content": entry.model_dump(mode="json"),
        "edited": True,
        "reviewed_at": signed_at,
        "reviewed_by": reviewer,
        "updated_at": tx.now,
    }
    statement = tx.insert(entries).values(id=entry.id, **values)
    tx.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))


def withdraw_entry(tx: Tx, entry_id: str) -> None:
    """Give an entry no longer; what files bring of it later is not taken."""
    own = entries.c.id == entry_id
    content = tx.execute(sa.select(entries.c.content).where(own)).scalar_one()
    tx.execute(
        sa.update(entries)
        .where(own)
        .values(content=content | {"state": "withdrawn"}, updated_at=tx.now, edited=True)
    )


def edited_entries(tx: Tx) -> dict[str, Entry]:
    """Return the entries that were published or withdrawn here, by id."""
    rows = tx.execute(sa.select(entries.c.id, entries.c.content).where(entries.c.edited))
    return {row.id: Entry.model_validate(row.content, strict=False) for row in rows}


def delete_entry(tx: Tx, entry_id: str) -> None:
    """Remove an entry."""
    tx.execute(sa.delete(entries).where(entries.c.id == entry_id))


def all_entries(tx: Tx, *, provisional: bool) -> dict[str, Entry]:
    """Return the entries by id, drafts and withdrawn ones among them.

    Args:
        provisional: also those that no reviewer has signed.
    """
    statement = sa.select(entries.c.id, entries.c.content).order_by(entries.c.id)
    if not provisional:
        statement = statement.where(entries.c.reviewed_at.is_not(None))
    return {
        row.id: Entry.model_validate(row.content, strict=False) for row in tx.execute(statement)
    }
