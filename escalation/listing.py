"""The SQL of the desk's lists: entries with who asks and who holds, their order, their pages."""

import base64
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from pydantic import AwareDatetime, TypeAdapter, ValidationError

from conversations.models import conversation
from core.database import Tx
from core.errors import BadInput
from escalation.models import queue_entry, staff
from escalation.schemas import ListQuery, ListState
from taxpayers.models import taxpayer

_C = queue_entry.c
_STATES: dict[ListState, tuple[str, ...]] = {
    "waiting": ("waiting",),
    "mine": ("held",),
    "open": ("waiting", "held"),
    "closed": ("done",),
}
_LISTED = (
    sa.select(
        queue_entry,
        conversation.c.owner,
        conversation.c.assurance,
        taxpayer.c.name.label("taxpayer_name"),
        staff.c.name.label("holder_name"),
    )
    .join(conversation, conversation.c.id == _C.conversation_id)
    .outerjoin(taxpayer, taxpayer.c.id == conversation.c.taxpayer_id)
    .outerjoin(staff, staff.c.id == _C.holder_id)
)
_Place = TypeAdapter(tuple[ListState, int, AwareDatetime, str])


def listed(tx: Tx, entry_id: str) -> sa.Row[Any]:
    """Return one entry with who asks and who holds."""
    return tx.execute(_LISTED.where(_C.id == entry_id)).one()


def page(
    tx: Tx, staff_id: str, queues: Sequence[str], wanted: ListQuery
) -> tuple[list[sa.Row[Any]], str | None]:
    """Return a page of entries with who asks and who holds, and the cursor of the next page.

    Raises:
        BadInput: the cursor is none that was given out for this list.
    """
    query = _LISTED.where(_C.state.in_(_STATES[wanted.state]), _C.queue_id.in_(queues))
    if wanted.state == "mine":
        query = query.where(_C.holder_id == staff_id)
    if wanted.state == "closed":
        query = query.where(_is_last()).order_by(_C.done_at.desc(), _C.id.desc())
    else:
        query = query.order_by(_C.priority.desc(), _C.waiting_since, _C.id)
    if wanted.cursor is not None:
        query = query.where(_behind(wanted.cursor, wanted.state))
    found = list(tx.execute(query.limit(wanted.limit + 1)))
    if len(found) <= wanted.limit:
        return found, None
    return found[: wanted.limit], _cursor(found[wanted.limit - 1], wanted.state)


def _is_last() -> sa.ColumnElement[bool]:
    """Whether no later entry of the same consultation exists: each is listed once."""
    later = queue_entry.alias()
    return ~sa.exists().where(later.c.consultation_id == _C.consultation_id, later.c.id > _C.id)


def _behind(cursor: str, state: ListState) -> sa.ColumnElement[bool]:
    try:
        of, priority, at, entry_id = _Place.validate_json(base64.urlsafe_b64decode(cursor))
    except (ValueError, ValidationError):
        of = None
    if of != state:
        raise BadInput("this cursor was not given out for this list; begin without one")
    if state == "closed":
        return sa.or_(_C.done_at < at, sa.and_(_C.done_at == at, _C.id < entry_id))
    after = sa.or_(_C.waiting_since > at, sa.and_(_C.waiting_since == at, _C.id > entry_id))
    return sa.or_(_C.priority < priority, sa.and_(_C.priority == priority, after))


def _cursor(last: sa.Row[Any], state: ListState) -> str:
    at: datetime = last.done_at if state == "closed" else last.waiting_since
    place = json.dumps([state, last.priority, at.isoformat(), last.id])
    return base64.urlsafe_b64encode(place.encode()).decode()
