"""The SQL of questions that were not answered well, and of the groups that were handled."""

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import sqlalchemy as sa

from core.database import Tx
from knowledge_base.editing.models import handled, questions, versions

_Q = questions.c
MOST = 2000
"""Open questions that are grouped, the newest."""


def open_questions(tx: Tx) -> list[sa.Row[Any]]:
    """Return what nobody handled yet, the oldest first."""
    newest = sa.select(questions).where(_Q.handled_id.is_(None))
    rows = tx.execute(newest.order_by(_Q.at.desc(), _Q.conversation_id, _Q.seq).limit(MOST)).all()
    return list(reversed(rows))


def recent_questions(tx: Tx, limit: int) -> list[sa.Row[Any]]:
    """Return what was asked lately and not answered well, handled or not: text, vector, encoder."""
    query = sa.select(_Q.text, _Q.vector, _Q.encoder)
    return list(tx.execute(query.order_by(_Q.at.desc()).limit(limit)))


def keep_vectors(tx: Tx, vectors: Mapping[tuple[str, int], np.ndarray], encoder: str) -> None:
    """Keep the vectors of questions, with whose they are."""
    for (conversation_id, seq), vector in vectors.items():
        tx.execute(
            sa.update(questions)
            .where(_Q.conversation_id == conversation_id, _Q.seq == seq)
            .values(vector=vector.astype(np.float32).tobytes(), encoder=encoder)
        )


def set_handled(tx: Tx, joined: Mapping[tuple[str, int], str]) -> None:
    """Put questions into handled groups."""
    for (conversation_id, seq), handled_id in joined.items():
        tx.execute(
            sa.update(questions)
            .where(_Q.conversation_id == conversation_id, _Q.seq == seq)
            .values(handled_id=handled_id)
        )


def insert_handled(tx: Tx, values: dict[str, Any]) -> bool:
    """Note that a group was handled; False when it was before."""
    result = tx.execute(tx.insert(handled).values(at=tx.now, **values).on_conflict_do_nothing())
    return result.rowcount == 1


def handled_groups(tx: Tx) -> list[sa.Row[Any]]:
    """Return handled groups, the latest first, with when their entry was published since."""
    published = (
        sa.select(sa.func.min(versions.c.published_at))
        .where(
            versions.c.entry_id == handled.c.entry_id,
            versions.c.published_at > handled.c.at,
            versions.c.origin != "import",
        )
        .scalar_subquery()
    )
    query = sa.select(handled, published.label("published_at"))
    return list(tx.execute(query.order_by(handled.c.at.desc(), handled.c.id)))


def members_of(tx: Tx, ids: Collection[str]) -> dict[str, list[sa.Row[Any]]]:
    """Return the questions of handled groups, the newest first."""
    found: dict[str, list[sa.Row[Any]]] = {each: [] for each in ids}
    rows = tx.execute(sa.select(questions).where(_Q.handled_id.in_(ids)).order_by(_Q.at.desc()))
    for row in rows:
        found[row.handled_id].append(row)
    return found
