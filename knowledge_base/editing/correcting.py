"""A correction to those who got a wrong answer: decided once, told once in each conversation.

The worker writes an event for each conversation, some at a time; who takes the events puts the
notice into the chat. An event's key names correction and conversation, so none is told twice,
whatever is interrupted.
"""

from datetime import datetime
from typing import Annotated, Any

import sqlalchemy as sa
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from core.audit import record
from core.database import Tx
from core.errors import BadInput
from core.identifiers import FreeText
from core.identity import new_id
from core.outbox import emit
from core.texts import text
from knowledge_base.editing import usage
from knowledge_base.editing.errors import NobodyConcerned, NoSuchCorrection, TimeNotOver
from knowledge_base.editing.models import corrections, given
from knowledge_base.editing.reading import access_entry
from knowledge_base.editing.schemas import Caller, Deed, Person
from knowledge_base.schemas import Slug

NOTICE = "knowledge.correction"
"""The event: `{correction_id, conversation_id}`."""
CHUNK = 100
"""Conversations whose events are written in one transaction."""

Words = Annotated[
    FreeText, StringConstraints(strip_whitespace=True, min_length=10, max_length=1000)
]


class CorrectionIn(BaseModel):
    """What is to be told to whom: who got the entry in that time, both moments included."""

    model_config = ConfigDict(populate_by_name=True)

    entry_id: Slug
    given_from: AwareDatetime = Field(alias="from")
    given_to: AwareDatetime = Field(alias="to")
    text: Words
    right_entry_id: Slug | None = None


class Correction(BaseModel):
    """A correction and how far it is."""

    model_config = ConfigDict(populate_by_name=True)

    id: str
    entry_id: str
    right_entry_id: str | None
    given_from: datetime = Field(serialization_alias="from")
    given_to: datetime = Field(serialization_alias="to")
    text: str
    decided: Deed
    state: str
    conversations: int
    sent: int


class CorrectionList(BaseModel):
    """Corrections, the latest first."""

    items: list[Correction]


class AnsweredQuery(BaseModel):
    """In which time, both moments included."""

    given_from: AwareDatetime = Field(alias="from")
    given_to: AwareDatetime = Field(alias="to")
    limit: int = Field(50, ge=1, le=200)
    cursor: str = Field("", max_length=64)


class Reached(BaseModel):
    """A conversation that got an answer."""

    conversation_id: str
    at: datetime
    times: int


class ReachedPage(BaseModel):
    """Conversations that got an answer between two moments."""

    count: int
    items: list[Reached]
    next_cursor: str | None


def answered(
    tx: Tx, entry_id: str, span: tuple[datetime, datetime], cursor: str, limit: int
) -> ReachedPage:
    """Return the conversations that got an entry in a time, with when last and how often."""
    where = _got(entry_id, span)
    count = tx.execute(
        sa.select(sa.func.count(sa.distinct(given.c.conversation_id))).where(where)
    ).scalar_one()
    query = (
        sa.select(
            given.c.conversation_id,
            sa.func.max(given.c.at, type_=given.c.at.type).label("at"),
            sa.func.count().label("times"),
        )
        .where(where, given.c.conversation_id > cursor)
        .group_by(given.c.conversation_id)
        .order_by(given.c.conversation_id)
    )
    rows = tx.execute(query.limit(limit + 1)).all()
    items = [Reached.model_validate(row, from_attributes=True) for row in rows[:limit]]
    more = items[-1].conversation_id if len(rows) > limit else None
    return ReachedPage(count=count, items=items, next_cursor=more)


def decide(tx: Tx, wanted: CorrectionIn, who: Caller) -> Correction:
    """Decide a correction; the worker begins with it at once.

    Raises:
        NoSuchEntry: one of the entries is not there.
        BadInput: the time ends before it begins.
        TimeNotOver: it is not over.
        NobodyConcerned: nobody got that answer then.
    """
    access_entry(tx, wanted.entry_id)
    if wanted.right_entry_id is not None:
        access_entry(tx, wanted.right_entry_id)
    if wanted.given_from > wanted.given_to:
        raise BadInput("from must not be later than to")
    if wanted.given_to > tx.now:
        raise TimeNotOver("to must not be later than now")
    span = (wanted.given_from, wanted.given_to)
    concerned = answered(tx, wanted.entry_id, span, "", 1).count
    if not concerned:
        raise NobodyConcerned(f"no conversation got {wanted.entry_id} in that time")
    values = {
        "id": new_id("co"),
        **wanted.model_dump(),
        "decided": Deed(by=Person.model_validate(who), at=tx.now).model_dump(mode="json"),
        "state": "running",
        "reached": "",
        "conversations": 0,
        "sent": 0,
    }
    tx.execute(sa.insert(corrections).values(**values))
    detail = {"correction": values["id"], "text": wanted.text, "conversations": concerned}
    record(tx, who.id, "knowledge:entry:correct", wanted.entry_id, **detail)
    tx.notify(NOTICE)
    return access_correction(tx, values["id"])


def access_correction(tx: Tx, correction_id: str) -> Correction:
    """Return a correction.

    Raises:
        NoSuchCorrection: there is none.
    """
    row = tx.execute(sa.select(corrections).where(corrections.c.id == correction_id)).first()
    if row is None:
        raise NoSuchCorrection(f"there is no correction {correction_id}")
    return Correction.model_validate(dict(row._mapping))  # noqa: SLF001 - SQLAlchemy's public name


def list_corrections(tx: Tx, entry_id: str | None, limit: int) -> CorrectionList:
    """Return corrections, of one entry or of all, the latest first."""
    query = sa.select(corrections).order_by(corrections.c.id.desc()).limit(limit)
    if entry_id is not None:
        query = query.where(corrections.c.entry_id == entry_id)
    rows = tx.execute(query).mappings()
    return CorrectionList(items=[Correction.model_validate(dict(row)) for row in rows])


def spread(tx: Tx, chunk: int = CHUNK) -> int:
    """Write the events of the next conversations of a running correction; return how many.

    It waits until the log was read up to its end, so that nobody is missed.
    """
    row = _running(tx)
    if row is None:
        return 0
    span = (row.given_from, row.given_to)
    page = answered(tx, row.entry_id, span, row.reached, chunk)
    for each in page.items:
        payload = {"correction_id": row.id, "conversation_id": each.conversation_id}
        emit(tx, NOTICE, f"{row.id}:{each.conversation_id}", payload)
    tx.execute(
        sa.update(corrections)
        .where(corrections.c.id == row.id)
        .values(
            reached=page.items[-1].conversation_id if page.items else row.reached,
            conversations=row.conversations + len(page.items),
            state="running" if page.next_cursor else "done",
        )
    )
    return max(len(page.items), 1)


def note_sent(tx: Tx, correction_id: str) -> None:
    """Count a notice that stands in its chat."""
    tx.execute(
        sa.update(corrections)
        .where(corrections.c.id == correction_id)
        .values(sent=corrections.c.sent + 1)
    )


def words(correction: Correction, question: str, locale: str) -> str:
    """Return the notice as taxpayers read it; in English the curated text stays Chinese."""
    return text(
        "knowledge.correction.notice", locale, question=question, correction=correction.text
    )


def _running(tx: Tx) -> Any:
    read = usage.mark(tx, "answers")
    if read is None:
        return None
    return tx.execute(
        sa.select(corrections)
        .where(corrections.c.state == "running", corrections.c.given_to <= read)
        .order_by(corrections.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()


def _got(entry_id: str, span: tuple[datetime, datetime]) -> sa.ColumnElement[bool]:
    return sa.and_(given.c.entry_id == entry_id, given.c.at.between(*span))
