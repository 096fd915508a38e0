"""What needs an editor's eye though no rule is broken: what ends, is said twice, or loosely."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from rapidfuzz import fuzz, process

from knowledge_base import regions
from knowledge_base.collection import audience_key, day_span
from knowledge_base.schemas import Content, Document, Entry, SourceRef
from knowledge_base.text import key, normalise

ALIKE = 90.0
"""Wordings that are so alike (of 100, by insertions and deletions) are told as near-duplicates."""
AHEAD = 90
"""Days before its last day from which an entry is told to end."""


@dataclass(frozen=True, slots=True)
class Ending:
    """An entry and a last day (Asia/Shanghai).

    Attributes:
        named: the entry stays in force, and its answer or a case names the day as the last of
            something; else it is the entry's own.
    """

    entry: Entry
    last_day: date
    named: bool = False


@dataclass(frozen=True, slots=True)
class Alike:
    """Two wordings, each with its entry, and how alike they are, of 100."""

    one: tuple[str, str]
    other: tuple[str, str]
    score: float


def ending(content: Content, today: date, within: int = AHEAD) -> list[Ending]:
    """Return the entries that end, or name a last day, within so many days, the soonest first.

    Those that ended before today are old rules, kept for questions about their time: not listed.
    """
    found = []
    until = today + timedelta(days=within)
    for entry in content.entries.values():
        _, last = content.validity(entry)
        if last is not None and last <= until:
            if today <= last:
                found.append(Ending(entry, last))
            continue
        named = {day for answer in entry.answers for day in last_days(answer)}
        found += [Ending(entry, day, named=True) for day in named if today <= day <= until]
    return sorted(found, key=lambda each: (each.last_day, each.entry.id))


def last_days(text: str) -> Iterator[date]:
    """Return the days that a text names as the last of something.

    >>> list(last_days("执行到2027年12月31日，自2026年1月1日起施行，2026年6月30日以前补报。"))
    [datetime.date(2027, 12, 31), datetime.date(2026, 6, 30)]
    """
    for found in _LAST_DAY.finditer(text):
        year, month, day = (int(part) for part in found.groups() if part is not None)
        try:
            yield date(year, month, day)
        except ValueError:  # a slip of the pen: no day to watch
            continue


_DAY = r"(\d{4})年(\d{1,2})月(\d{1,2})日"
_LAST_DAY = re.compile(rf"(?:至|到|截止)\s*{_DAY}|{_DAY}\s*(?:之前|以前|前|为?止)")


def alike(content: Content, at_least: float = ALIKE) -> list[Alike]:
    """Return wordings of different entries that nearly say the same, the most alike first.

    Entries that nobody can find on one day, in one place, do not come into each other's way.
    """
    said = [
        (entry, text, key(normalise(text)))
        for entry in content.entries.values()
        for text in entry.asked
    ]
    keys = [each[2] for each in said]
    found = []
    for begin in range(0, len(keys), _BLOCK):
        block = keys[begin : begin + _BLOCK]
        scores = process.cdist(
            block, keys[begin:], scorer=fuzz.ratio, score_cutoff=at_least, dtype=np.float32
        )
        for row, column in zip(*np.nonzero(scores), strict=True):
            one, other = said[begin + row], said[begin + column]
            if column > row and one[0].id != other[0].id and overlap(content, one[0], other[0]):
                found.append(
                    Alike((one[0].id, one[1]), (other[0].id, other[1]), float(scores[row, column]))
                )
    return sorted(found, key=lambda each: (-each.score, each.one, each.other))


_BLOCK = 500
"""Wordings that are compared with all others at once: bounds the memory."""


def overlap(content: Content, one: Entry, other: Entry) -> bool:
    """Whether somebody could find both entries on some day."""
    if regions.code(one.region) != regions.code(other.region):
        return False
    if one.audience and other.audience and audience_key(one) != audience_key(other):
        return False
    first_start, first_end = day_span(content.validity(one))
    second_start, second_end = day_span(content.validity(other))
    return first_start <= second_end and second_start <= first_end


def without_article(content: Content) -> list[SourceRef]:
    """Return the references of entries to a whole document; a guide has no articles."""
    return [
        ref
        for entry in content.entries.values()
        for ref in entry.sources
        if ref.provision is None and content.documents[ref.document].kind != "guide"
    ]


def without_first_day(content: Content) -> list[Document]:
    """Return the documents, guides left out, of which nobody has told since when they hold."""
    return [
        document
        for document in content.documents.values()
        if document.effective_from is None and document.kind != "guide"
    ]


def boundary_days(content: Content, entries: Iterable[Entry] | None = None) -> list[date]:
    """Return the days on which the validity of some entry begins or has just ended, in order."""
    days: set[date] = set()
    for entry in content.entries.values() if entries is None else entries:
        first, last = content.validity(entry)
        if first is not None:
            days |= {first - timedelta(days=1), first}
        if last is not None:
            days |= {last, last + timedelta(days=1)}
    return sorted(days)
