"""The SQL of editing."""

import base64
import json
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from core.database import Tx
from core.errors import BadInput
from knowledge_base.editing.models import editing, usage, versions
from knowledge_base.editing.schemas import Draft, ListQuery, Person, Sort
from knowledge_base.models import entries

_E = editing.c
_V = versions.c


def lock_entry(tx: Tx, entry_id: str) -> sa.Row[Any] | None:
    """Return where an entry is at; nobody else changes it until the commit."""
    return tx.execute(sa.select(editing).where(_E.entry_id == entry_id).with_for_update()).first()


def entry_row(tx: Tx, entry_id: str) -> sa.Row[Any] | None:
    """Return where an entry is at, with its usage and signature."""
    return tx.execute(_listed().where(_E.entry_id == entry_id)).first()


def insert_entry(tx: Tx, entry_id: str, values: dict[str, Any]) -> bool:
    """Insert where a new entry is at; False when the id is taken."""
    result = tx.execute(
        tx.insert(editing)
        .values(entry_id=entry_id, verify_chosen=False, **values)
        .on_conflict_do_nothing(index_elements=["entry_id"])
    )
    return result.rowcount == 1


def update_entry(tx: Tx, entry_id: str, **values: Any) -> None:
    """Change where an entry is at."""
    tx.execute(sa.update(editing).where(_E.entry_id == entry_id).values(**values))


def delete_entry(tx: Tx, entry_id: str) -> None:
    """Forget an entry that never was live, or that files no longer hold; its versions stay."""
    tx.execute(sa.delete(editing).where(_E.entry_id == entry_id))


def known_ids(tx: Tx) -> set[str]:
    """Return the ids of all entries that the desk knows."""
    return set(tx.execute(sa.select(_E.entry_id)).scalars())


def insert_version(
    tx: Tx, entry_id: str, content: Draft, by: Person, *, aside: bool = False, **values: Any
) -> int:
    """Add a version; return its number, one more than any of the entry."""
    newest = sa.select(sa.func.max(_V.version)).where(_V.entry_id == entry_id)
    number = (tx.execute(newest).scalar() or 0) + 1
    tx.execute(
        sa.insert(versions).values(
            entry_id=entry_id,
            version=number,
            content=content.plain(),
            at=tx.now,
            author=by.id,
            author_name=by.name,
            aside=aside,
            **{"note": "", **values},
        )
    )
    return number


def version_row(tx: Tx, entry_id: str, version: int) -> sa.Row[Any] | None:
    """Return a version, or None."""
    return tx.execute(
        sa.select(versions).where(_V.entry_id == entry_id, _V.version == version)
    ).first()


def versions_of(
    tx: Tx, entry_id: str, *, before: int | None = None, limit: int = 50
) -> list[sa.Row[Any]]:
    """Return versions without their content, the newest first."""
    columns = [column for column in versions.c if column is not _V.content]
    query = sa.select(*columns).where(_V.entry_id == entry_id)
    if before is not None:
        query = query.where(_V.version < before)
    return list(tx.execute(query.order_by(_V.version.desc()).limit(limit)))


def bases_of(tx: Tx, entry_id: str) -> dict[int, int | None]:
    """Return the version that each version was made from."""
    rows = tx.execute(sa.select(_V.version, _V.base_version).where(_V.entry_id == entry_id))
    return {row.version: row.base_version for row in rows}


def authors_between(tx: Tx, entry_id: str, after: int, upto: int) -> set[str]:
    """Return who wrote the versions after one up to another."""
    query = sa.select(_V.author).where(
        _V.entry_id == entry_id, _V.version > after, _V.version <= upto, _V.aside.is_(False)
    )
    return set(tx.execute(query.distinct()).scalars())


def lock_due(tx: Tx, limit: int) -> list[sa.Row[Any]]:
    """Return entries whose scheduled moment has come; no other process gets them too."""
    return list(
        tx.execute(
            sa.select(editing)
            .where(_E.work == "scheduled", _E.publish_at <= tx.now)
            .order_by(_E.publish_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    )


def mark_published(tx: Tx, entry_id: str, version: int) -> None:
    """Note when a version was published first."""
    tx.execute(
        sa.update(versions)
        .where(_V.entry_id == entry_id, _V.version == version, _V.published_at.is_(None))
        .values(published_at=tx.now)
    )


# -- the list


def _listed() -> sa.Select[Any]:
    counts = ("answers", "up", "down")
    return (
        sa.select(
            editing,
            *(sa.func.coalesce(usage.c[each], 0).label(each) for each in counts),
            usage.c.last_at,
            entries.c.reviewed_at,
            entries.c.reviewed_by,
            sa.func.coalesce(_V.content["kind"].as_string(), "policy").label("kind"),
        )
        .outerjoin(
            versions,
            sa.and_(
                _V.entry_id == _E.entry_id,
                _V.version == sa.func.coalesce(_E.work_version, _E.live_version),
            ),
        )
        .outerjoin(usage, usage.c.entry_id == _E.entry_id)
        .outerjoin(entries, entries.c.id == _E.entry_id)
    )


_LAST = date(9999, 12, 31)
_ORDERS: dict[Sort, tuple[sa.ColumnElement[Any], bool]] = {
    "id": (_E.entry_id, False),
    "changed": (_E.changed_at, True),
    "expires": (sa.func.coalesce(_E.valid_to, _LAST), False),
    "due": (sa.func.coalesce(_E.verify_by, _LAST), False),
    "most_used": (sa.func.coalesce(usage.c.answers, 0), True),
    "voted_down": (sa.func.coalesce(usage.c.down, 0), True),
    "question": (_E.question, False),
}
"""What a list is sorted by, and whether the largest comes first; then by id."""


def list_entries(tx: Tx, wanted: ListQuery, today: date) -> tuple[list[sa.Row[Any]], str | None]:
    """Return a page of entries and the cursor of the next."""
    order, falling = _ORDERS[wanted.sort]
    query = _filtered(_listed().add_columns(order.label("sorted")), wanted, today)
    if wanted.cursor is not None:
        value, entry_id = _read_cursor(wanted.cursor, wanted.sort)
        bound = sa.literal(value, order.type)
        beyond = order < bound if falling else order > bound
        query = query.where(sa.or_(beyond, sa.and_(order == bound, _E.entry_id > entry_id)))
    query = query.order_by(order.desc() if falling else order, _E.entry_id)
    found = list(tx.execute(query.limit(wanted.limit + 1)))
    if len(found) <= wanted.limit:
        return found, None
    found = found[: wanted.limit]
    return found, _cursor(wanted.sort, found[-1].sorted, found[-1].entry_id)


def _filtered(query: sa.Select[Any], wanted: ListQuery, today: date) -> sa.Select[Any]:
    if wanted.state is not None:
        query = query.where(sa.or_(_E.live == wanted.state, _E.work == wanted.state))
    if wanted.topic is not None:
        query = query.where(_E.topic == wanted.topic)
    if wanted.check is not None:
        query = query.where(_E.check_level == wanted.check)
    if wanted.visibility is not None:
        query = query.where(_E.visibility == wanted.visibility)
    if wanted.expires_within is not None:
        query = query.where(_expiring(today, wanted.expires_within))
    if wanted.due:
        query = query.where(_due(today))
    if wanted.voted_down:
        query = query.where(usage.c.down > 0)
    for word in (wanted.q or "").lower().split():
        there = (_E.entry_id.icontains(word, autoescape=True), _holds(word))
        query = query.where(sa.or_(*there))
    return query


def _holds(word: str) -> sa.ColumnElement[bool]:
    return _E.searched.contains(word, autoescape=True)


def _expiring(today: date, days: int) -> sa.ColumnElement[bool]:
    return sa.and_(
        _E.valid_to.between(today, today + timedelta(days=days)),
        _E.live.in_(("provisional", "published")),
    )


def _due(today: date) -> sa.ColumnElement[bool]:
    return sa.and_(_E.verify_by <= today, _E.live.is_distinct_from("withdrawn"))


def _cursor(sort: Sort, value: Any, entry_id: str) -> str:
    plain = value.isoformat() if isinstance(value, date) else value
    return base64.urlsafe_b64encode(json.dumps([sort, plain, entry_id]).encode()).decode()


def _read_cursor(cursor: str, sort: Sort) -> tuple[Any, str]:
    kinds: dict[Sort, Any] = {
        "changed": datetime.fromisoformat,
        "expires": date.fromisoformat,
        "due": date.fromisoformat,
        "most_used": int,
        "voted_down": int,
    }
    try:
        of, value, entry_id = json.loads(base64.urlsafe_b64decode(cursor))
        if of == sort and isinstance(entry_id, str):
            return kinds.get(sort, str)(value), entry_id
    except (ValueError, TypeError):
        pass
    raise BadInput("this cursor was not given out for this list; begin without one")


# -- figures


def state_counts(tx: Tx) -> dict[str, int]:
    """Return how many entries are at each state; one with open work counts at both."""
    found: dict[str, int] = {}
    count = sa.func.count().label("entries")
    rows = tx.execute(sa.select(_E.live, _E.work, count).group_by(_E.live, _E.work))
    for row in rows:
        for state in {row.live, row.work} - {None}:
            found[state] = found.get(state, 0) + row.entries
    return found


def topic_counts(tx: Tx) -> list[sa.Row[Any]]:
    """Return how many entries each topic has."""
    query = sa.select(_E.topic, sa.func.count().label("count")).group_by(_E.topic)
    return list(tx.execute(query.order_by(_E.topic)))


def count_where(tx: Tx, today: date, *, expiring: int) -> tuple[int, int, int]:
    """Return how many live entries expire within days, are due, and were voted down."""
    voted = sa.select(sa.func.count()).select_from(usage).where(usage.c.down > 0)
    count = sa.select(sa.func.count()).select_from(editing)
    return (
        tx.execute(count.where(_expiring(today, expiring))).scalar_one(),
        tx.execute(count.where(_due(today))).scalar_one(),
        tx.execute(voted).scalar_one(),
    )


# -- the store, as intake needs it


def stored_rows(tx: Tx, ids: Collection[str] | None = None) -> list[sa.Row[Any]]:
    """Return entries of the store: id, content, signature."""
    c = entries.c
    query = sa.select(c.id, c.content, c.reviewed_at).order_by(c.id)
    return list(tx.execute(query if ids is None else query.where(c.id.in_(ids))))


def missing_ids(tx: Tx) -> set[str]:
    """Return the ids of stored entries that the desk does not know yet."""
    query = (
        sa.select(entries.c.id)
        .outerjoin(editing, _E.entry_id == entries.c.id)
        .where(_E.entry_id.is_(None))
    )
    return set(tx.execute(query).scalars())


def update_many(tx: Tx, rows: Iterable[dict[str, Any]]) -> None:
    """Write validity and day of verification of many entries at once; `b_id` names each."""
    changed = list(rows)
    if changed:
        tx.execute(
            sa.update(editing)
            .where(_E.entry_id == sa.bindparam("b_id"))
            .values(valid_to=sa.bindparam("b_valid_to"), verify_by=sa.bindparam("b_verify_by")),
            changed,
        )


def time_rows(tx: Tx) -> list[sa.Row[Any]]:
    """Return what the validity of every entry was told to be."""
    columns = (_E.entry_id, _E.valid_to, _E.verify_by, _E.verify_chosen, _E.verified)
    return list(tx.execute(sa.select(*columns)))
