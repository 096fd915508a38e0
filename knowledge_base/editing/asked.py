"""What to do about questions that were not answered well: see them in groups, handle a group."""

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from core.audit import record
from core.database import Database, Tx
from knowledge_base.answering import KnowledgeBase
from knowledge_base.editing import asked_repository as repository
from knowledge_base.editing import service
from knowledge_base.editing.asked_schemas import (
    AddAliasIn,
    As,
    Example,
    GroupOut,
    GroupPage,
    HandledOut,
    MakeEntryIn,
    Near,
)
from knowledge_base.editing.errors import NoSuchGroup
from knowledge_base.editing.grouping import Group, Handled, Kept, groups, taken_in
from knowledge_base.editing.reading import access_entry, access_version
from knowledge_base.editing.schemas import Caller, Draft, Person
from knowledge_base.editing.usage import Why
from knowledge_base.search import Filters
from knowledge_base.text import searchable, tokens
from knowledge_base.vectors import TextEncoder

EXAMPLES = 5
ENCODED = 500
"""Questions that get their vectors at one look; the others at the next."""


async def open_groups(database: Database, encoder: TextEncoder) -> list[Group]:
    """Return the open groups; new questions near to handled ones join those first."""
    rows, closed = await database.read(
        lambda tx: (repository.open_questions(tx), repository.handled_groups(tx))
    )
    made = await asyncio.to_thread(_missing_vectors, rows, encoder)
    kept = _kept(rows, made, encoder.fingerprint)
    joined = taken_in(kept, _handled(closed, encoder.fingerprint))
    if made or joined:

        def unit(tx: Tx) -> None:
            repository.keep_vectors(tx, made, encoder.fingerprint)
            repository.set_handled(tx, joined)

        await database.write(unit)
    left = [each for each in kept if each.key not in joined]
    return await asyncio.to_thread(groups, left)


def shown(group: Group, knowledge: KnowledgeBase, today: date) -> GroupOut:
    """Return a group as the desk has it, with the entries near to it. Run it in a thread."""
    members = sorted(group.members, key=lambda each: each.at, reverse=True)
    texts = list({each.text: each for each in members}.values())
    central = group.central
    return GroupOut(
        id=group.id,
        question=central.text,
        count=len(members),
        first_at=members[-1].at,
        last_at=members[0].at,
        why=group.reasons(),
        examples=[
            Example(text=each.text, at=each.at, why=each.why, entry_id=each.entry_id)
            for each in texts[:EXAMPLES]
        ],
        nearest=_nearest(central, knowledge, today),
        handled=None,
    )


def handled_page(tx: Tx, start: int, limit: int) -> GroupPage:
    """Return handled groups, the latest first."""
    rows = repository.handled_groups(tx)
    page = rows[start : start + limit]
    members = repository.members_of(tx, [row.id for row in page])
    items = [_handled_out(row, members[row.id]) for row in page if members[row.id]]
    more = str(start + limit) if len(rows) > start + limit else None
    return GroupPage(items=items, next_cursor=more)


def find(found: Sequence[Group], group_id: str) -> Group:
    """Return an open group.

    Raises:
        NoSuchGroup: it is not open.
    """
    for group in found:
        if group.id == group_id:
            return group
    raise NoSuchGroup("this group is open no longer: look at the list again")


def make_entry(tx: Tx, group: Group, body: MakeEntryIn, encoder: str, who: Caller) -> None:
    """Begin an entry with a group's questions as its wordings.

    Raises:
        EntryExists: the id is taken.
        NoSuchGroup: somebody handled it meanwhile.
    """
    texts = list(dict.fromkeys([group.central.text, *(each.text for each in group.members)]))
    lines = [" ".join(text.split())[:300] for text in texts]
    draft = Draft(topic=body.topic, question=lines[0], aliases=lines[1:21])
    service.create(tx, body.id, draft, "", who)
    _handle(tx, group, "entry", encoder, who, entry_id=body.id)


def add_alias(
    tx: Tx, group: Group, body: AddAliasIn, encoder: str, who: Caller
) -> service.Conflict | None:
    """Add wordings to an entry as a new version of it.

    Returns:
        what to tell when the entry was saved meanwhile; the group then stays open.

    Raises:
        NoSuchEntry, NoSuchVersion: there is none.
        NoSuchGroup: somebody handled it meanwhile.
    """
    access_entry(tx, body.entry_id)
    before = access_version(tx, body.entry_id, body.base_version).content
    new = [" ".join(each.split())[:300] for each in body.aliases]
    content = before.model_copy(
        update={"aliases": list(dict.fromkeys([*before.aliases, *filter(None, new)]))}
    )
    conflict = service.save(
        tx, body.entry_id, content, base_version=body.base_version, note="", who=who
    )
    if conflict is None:
        _handle(tx, group, "alias", encoder, who, entry_id=body.entry_id)
    return conflict


def dismiss(tx: Tx, group: Group, note: str, encoder: str, who: Caller) -> None:
    """Note that a group is nothing for us; it does not come back.

    Raises:
        NoSuchGroup: somebody handled it meanwhile.
    """
    _handle(tx, group, "dismissed", encoder, who, note=note)


def _handle(
    tx: Tx,
    group: Group,
    handled_as: As,
    encoder: str,
    who: Caller,
    *,
    entry_id: str | None = None,
    note: str = "",
) -> None:
    values = {
        "id": group.id,
        "question": group.central.text,
        "handled_as": handled_as,
        "entry_id": entry_id,
        "note": note,
        "by": Person.model_validate(who).model_dump(),
        "vector": group.middle.astype(np.float32).tobytes(),
        "encoder": encoder,
    }
    if not repository.insert_handled(tx, values):
        raise NoSuchGroup("somebody handled this group meanwhile: look at the list again")
    repository.set_handled(tx, dict.fromkeys((each.key for each in group.members), group.id))
    record(tx, who.id, f"knowledge:questions:{handled_as}", group.id, entry=entry_id, note=note)


def _missing_vectors(
    rows: Sequence[Any], encoder: TextEncoder
) -> dict[tuple[str, int], np.ndarray]:
    lacking = [row for row in rows if row.encoder != encoder.fingerprint][-ENCODED:]
    if not lacking:
        return {}
    said = [searchable(row.text) or row.text for row in lacking]
    vectors = encoder.encode_queries(said)
    return {
        (row.conversation_id, row.seq): vector for row, vector in zip(lacking, vectors, strict=True)
    }


def _kept(rows: Sequence[Any], made: dict[tuple[str, int], np.ndarray], encoder: str) -> list[Kept]:
    found = []
    for row in rows:
        vector = made.get((row.conversation_id, row.seq))
        if vector is None and row.encoder == encoder:
            vector = np.frombuffer(row.vector, dtype=np.float32)
        if vector is not None:
            found.append(
                Kept(row.conversation_id, row.seq, row.at, row.text, row.why, row.entry_id, vector)
            )
    return found


def _handled(rows: Sequence[Any], encoder: str) -> list[Handled]:
    return [
        Handled(row.id, np.frombuffer(row.vector, dtype=np.float32), row.published_at)
        for row in rows
        if row.encoder == encoder
    ]


def _nearest(central: Kept, knowledge: KnowledgeBase, today: date) -> list[Near]:
    snapshot = knowledge.snapshot
    filters = Filters(today, visibilities=frozenset({"public", "staff"}))
    said = tokens(searchable(central.text))
    hits = snapshot.backend.search(said, central.vector, filters).vector[:3]
    return [
        Near(
            entry_id=hit.entry_id,
            question=snapshot.content.entries[hit.entry_id].question,
            cosine=round(hit.score, 4),
        )
        for hit in hits
    ]


def _handled_out(row: Any, members: Sequence[Any]) -> GroupOut:
    reasons: dict[Why, int] = {}
    for each in members:
        reasons[each.why] = reasons.get(each.why, 0) + 1
    return GroupOut(
        id=row.id,
        question=row.question,
        count=len(members),
        first_at=members[-1].at,
        last_at=members[0].at,
        why=reasons,
        examples=[
            Example(text=each.text, at=each.at, why=each.why, entry_id=each.entry_id)
            for each in members[:EXAMPLES]
        ],
        nearest=[],
        handled=HandledOut(
            handled_as=row.handled_as,
            entry_id=row.entry_id,
            note=row.note,
            by=Person.model_validate(row.by),
            at=row.at,
        ),
    )
