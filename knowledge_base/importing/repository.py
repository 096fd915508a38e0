"""The only SQL of what was imported."""

from collections.abc import Iterator

import sqlalchemy as sa

from core.database import Tx
from knowledge_base.importing.models import passages, sources
from knowledge_base.importing.schemas import Passage, Source


def digest_of(tx: Tx, collection: str, name: str) -> str | None:
    """Return what was kept of a file last, or None."""
    return tx.execute(
        sa.select(sources.c.digest).where(
            sources.c.collection == collection, sources.c.name == name
        )
    ).scalar_one_or_none()


def save(tx: Tx, collection: str, source: Source, digest: str) -> None:
    """Write a source with its passages over what is kept of it."""
    key = {"collection": collection, "name": source.name}
    values = {
        "kind": source.kind,
        "digest": digest,
        "about": source.about.model_dump(mode="json"),
        "warnings": source.warnings,
        "imported_at": tx.now,
    }
    statement = tx.insert(sources).values(**key, **values)
    tx.execute(statement.on_conflict_do_update(index_elements=["collection", "name"], set_=values))
    tx.execute(
        sa.delete(passages).where(
            passages.c.collection == collection, passages.c.name == source.name
        )
    )
    rows = [
        {**key, "place": place, **each.model_dump()} for place, each in enumerate(source.passages)
    ]
    if rows:
        tx.execute(sa.insert(passages), rows)


def collections(tx: Tx) -> Iterator[tuple[str, int, int]]:
    """Yield name, number of files and number of passages of every collection, by name."""
    files = sa.select(sources.c.collection, sa.func.count().label("n")).group_by(
        sources.c.collection
    )
    parts = sa.select(passages.c.collection, sa.func.count().label("n")).group_by(
        passages.c.collection
    )
    counts = {row.collection: row.n for row in tx.execute(parts)}
    for row in tx.execute(files.order_by(sources.c.collection)):
        yield row.collection, row.n, counts.get(row.collection, 0)


def find(
    tx: Tx, collection: str, words: list[str], limit: int, skipped: int
) -> list[tuple[str, Passage]]:
    """Return `(name of the file, passage)` of the passages that hold all words."""
    everything = passages.c.heading + " " + passages.c.label + " " + passages.c.text
    conditions = [everything.contains(word, autoescape=True) for word in words]
    rows = tx.execute(
        sa.select(passages)
        .where(passages.c.collection == collection, *conditions)
        .order_by(passages.c.name, passages.c.place)
        .limit(limit)
        .offset(skipped)
    )
    return [
        (row.name, Passage(label=row.label, heading=row.heading, asked=row.asked, text=row.text))
        for row in rows
    ]


def remove(tx: Tx, collection: str) -> int:
    """Remove a collection; return how many files it had."""
    return tx.execute(sa.delete(sources).where(sources.c.collection == collection)).rowcount
