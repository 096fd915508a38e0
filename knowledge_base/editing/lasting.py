"""Until when an entry holds, and by which day somebody must look at it again."""

from datetime import date, timedelta

from core.clock import SHANGHAI
from core.database import Tx
from knowledge_base import repository as store
from knowledge_base.editing import repository
from knowledge_base.schemas import Content, Entry

AFTER_CHECK = timedelta(days=365)
"""A source is looked at again a year after it was compared."""
BEFORE_END = timedelta(days=90)
"""What ends is looked at so long before, for a successor may have been published."""


def next_look(checked: date, valid_to: date | None) -> date:
    """Return by which day somebody must look at an entry that was checked on a day.

    >>> next_look(date(2026, 11, 23), None)
    datetime.date(2027, 11, 23)
    >>> next_look(date(2026, 11, 23), date(2026, 12, 31))
    datetime.date(2026, 12, 31)
    """
    year = checked + AFTER_CHECK
    if valid_to is None or valid_to <= checked:  # what is over is looked at like anything else
        return year
    before = valid_to - BEFORE_END
    return min(year, before if before > checked else valid_to)


def checked_on(content: Content, entry: Entry) -> date:
    """Return on which day it was looked at, or its sources were; the longest ago counts."""
    days = [content.documents[ref.document].checked_on for ref in entry.sources]
    return min([*days, entry.checked_on] if entry.checked_on is not None else days)


def refresh(tx: Tx) -> None:
    """Bring validity and day of verification of all stored entries up to date.

    To be called when documents or entries came from files. A day that was chosen stays, and so
    does that of an entry which somebody has verified.
    """
    content = Content(
        documents=store.all_documents(tx), entries=store.all_entries(tx, provisional=True)
    )
    changed = []
    for row in repository.time_rows(tx):
        entry = content.entries.get(row.entry_id)
        if entry is None:
            continue
        valid_to = content.validity(entry)[1]
        fixed = row.verify_chosen or row.verified is not None
        look = row.verify_by if fixed else next_look(checked_on(content, entry), valid_to)
        if (valid_to, look) != (row.valid_to, row.verify_by):
            changed.append({"b_id": row.entry_id, "b_valid_to": valid_to, "b_verify_by": look})
    repository.update_many(tx, changed)


def today(tx: Tx) -> date:
    """Return the day it is in Asia/Shanghai."""
    return tx.now.astimezone(SHANGHAI).date()
