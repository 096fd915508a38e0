"""Use cases: keep what was read, look into it, let go of it."""

import hashlib

from core.database import Tx
from core.errors import NotFound
from knowledge_base.importing import repository
from knowledge_base.importing.schemas import Found, Kept, Name, Overview, Source


def keep(tx: Tx, collection: Name, source: Source) -> Kept:
    """Keep a file in a collection; one that is there as it was changes nothing.

    A file that changed, or is read in another way than before, replaces what was kept of it.
    """
    digest = hashlib.sha256(source.model_dump_json().encode()).hexdigest()
    known = repository.digest_of(tx, collection, source.name)
    if known != digest:
        repository.save(tx, collection, source, digest)
    outcome = "added" if known is None else "unchanged" if known == digest else "changed"
    return Kept(name=source.name, outcome=outcome, passages=len(source.passages))


def overview(tx: Tx) -> list[Overview]:
    """Return all collections."""
    return [
        Overview(collection=name, files=files, passages=parts)
        for name, files, parts in repository.collections(tx)
    ]


def find(tx: Tx, collection: Name, words: str, limit: int = 20, skipped: int = 0) -> list[Found]:
    """Return the passages of a collection that hold all of some words, after `skipped` ones.

    Raises:
        NotFound: there is no such collection.
    """
    _known(tx, collection)
    return [
        Found(name=name, passage=passage)
        for name, passage in repository.find(tx, collection, words.split(), limit, skipped)
    ]


def remove(tx: Tx, collection: Name) -> int:
    """Let go of a collection; return how many files it had.

    Raises:
        NotFound: there is no such collection.
    """
    _known(tx, collection)
    return repository.remove(tx, collection)


def _known(tx: Tx, collection: Name) -> None:
    names = [each.collection for each in overview(tx)]
    if collection not in names:
        there = ", ".join(names) or "none yet"
        raise NotFound(f"no collection {collection}; there are: {there}")
