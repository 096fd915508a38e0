"""Everything an answer needs, of one version: a full build, or one with what changed since.

A change need not wait for a build. `updated` makes another snapshot out of a full build's and the
content as it is now: what did not change is shared, the thresholds are the build's. The result
depends on the build and the content alone, not on the edits between, so that every process, and
one that starts anew, comes to the same.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.conditions import Condition, parse
from knowledge_base.collection import (
    audiences,
    dumped,
    favoured_by_region,
    lexicon_of,
    records,
    wordings,
)
from knowledge_base.decision import Calibration
from knowledge_base.english import EnglishIndex
from knowledge_base.ranking import Lexicon
from knowledge_base.schemas import Content, Entry
from knowledge_base.search import SearchBackend
from knowledge_base.spelling import Spelling
from knowledge_base.vectors import VectorCache
from knowledge_base.wording import named

MOST_CHANGED = 200
"""Entries that may differ from the build: their texts are encoded at every start."""
_SHARE = 5
"""One entry of so many may differ: thresholds belong to a collection."""


@dataclass(frozen=True)
class Snapshot:
    """One version of the collection; immutable, so readers need no lock.

    Attributes:
        version: of the full build; with `+` and what differs, where something does.
        worded: entries by each of their wordings (`text.key`).
        favoured: what an entry gets on top of its score (`collection.favoured_by_region`).
        cases: each entry's case conditions, read.
        naming: entries whose question names a kind of taxpayer (`asker.leaning`).
        english: what is asked in English.
        spelling: puts right what is typed wrong by its sound.
        changed: how many entries differ from the full build.
    """

    version: str
    content: Content
    backend: SearchBackend
    lexicon: Lexicon
    calibration: Calibration
    worded: Mapping[str, frozenset[str]]
    favoured: Mapping[str, float]
    audiences: Mapping[str, Condition]
    cases: Mapping[str, list[Condition]]
    naming: frozenset[str]
    english: EnglishIndex
    spelling: Spelling
    changed: int = 0


def snapshot_of(
    version: str, content: Content, backend: SearchBackend, calibration: Calibration
) -> Snapshot:
    """Return the snapshot of a full build."""
    lexicon = lexicon_of(content)
    return Snapshot(
        version=version,
        content=content,
        backend=backend,
        lexicon=lexicon,
        calibration=calibration,
        worded=wordings(content.entries.values()),
        favoured=favoured_by_region(content),
        audiences=audiences(content),
        cases={entry.id: _cases(entry) for entry in content.entries.values()},
        naming=_naming(content.entries.values()),
        english=EnglishIndex(content),
        spelling=Spelling.of(lexicon),
    )


@dataclass(frozen=True, slots=True)
class Change:
    """What to do to one content to get another.

    Attributes:
        put: entries that are new, or differ in themselves or in their validity.
        removed: ids of those that are gone.
        documents: whether a document differs.
    """

    put: list[Entry]
    removed: list[str]
    documents: bool

    @property
    def entries(self) -> int:
        """How many entries are concerned."""
        return len(self.put) + len(self.removed)

    def __bool__(self) -> bool:
        """Whether there is anything to do."""
        return self.documents or bool(self.entries)

    def few(self, base: Content) -> bool:
        """Whether an update of that collection's build may carry it."""
        return self.entries <= MOST_CHANGED and self.entries * _SHARE <= len(base.entries)


def shared(base: Content, content: Content) -> Content:
    """Return a content made of another's own entries where they are equal: kept once, not twice."""
    entries = {
        entry.id: before if (before := base.entries.get(entry.id)) == entry else entry
        for entry in content.entries.values()
    }
    return content.model_copy(update={"entries": entries})


def change(base: Content, content: Content) -> Change:
    """Compare two contents."""
    documents = base.documents != content.documents

    def same(entry: Entry) -> bool:
        before = base.entries.get(entry.id)
        return (before is entry or before == entry) and (
            not documents or base.validity(before) == content.validity(entry)
        )

    return Change(
        put=[entry for entry in content.entries.values() if not same(entry)],
        removed=[entry_id for entry_id in base.entries if entry_id not in content.entries],
        documents=documents,
    )


def updated(base: Snapshot, content: Content, what: Change, vectors: VectorCache) -> Snapshot:
    """Return the snapshot of a content, made of a full build's and what changed since.

    Args:
        base: of a full build.
        content: the collection as it is now.
        what: `change(base.content, content)`.
        vectors: where vectors of changed texts come from.

    Raises:
        OSError: the backend could not store the change.
    """
    if not what:
        return base
    gone = [base.content.entries[each] for each in what.removed]
    replaced = [before for each in what.put if (before := base.content.entries.get(each.id))]
    put = Content(documents=content.documents, entries={entry.id: entry for entry in what.put})
    lexicon = base.lexicon.updated(lexicon_of(put), [entry.id for entry in gone])
    english = any(entry.en is not None for entry in [*gone, *replaced, *what.put])
    return Snapshot(
        version=f"{base.version}+{_digest(put, what)}",
        content=content,
        backend=base.backend.updated(records(put, vectors), what.removed)
        if what.entries
        else base.backend,
        lexicon=lexicon,
        calibration=base.calibration,
        worded=_worded(base.worded, [*gone, *replaced], what.put),
        favoured=favoured_by_region(content),
        audiences=dict(base.audiences) | audiences(put),
        cases=_cases_after(base.cases, what),
        naming=_naming(content.entries.values()),
        english=EnglishIndex(content) if english else base.english,
        spelling=Spelling.of(lexicon),
        changed=what.entries,
    )


def _naming(entries: Iterable[Entry]) -> frozenset[str]:
    return frozenset(entry.id for entry in entries if named(entry.question))


def _cases(entry: Entry) -> list[Condition]:
    return [parse(case.when) for case in entry.cases]


def _cases_after(base: Mapping[str, list[Condition]], what: Change) -> dict[str, list[Condition]]:
    kept = {entry_id: cases for entry_id, cases in base.items() if entry_id not in what.removed}
    return kept | {entry.id: _cases(entry) for entry in what.put}


def _digest(put: Content, what: Change) -> str:
    parts = [dumped(put), what.removed]
    plain = json.dumps(parts, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(plain.encode()).hexdigest()[:8]


def _worded(
    base: Mapping[str, frozenset[str]], gone: Iterable[Entry], put: Iterable[Entry]
) -> dict[str, frozenset[str]]:
    """Return the owners of each wording after some entries' wordings went and others came."""
    worded = dict(base)
    for wording, owners in wordings(gone).items():
        left = worded[wording] - owners
        if left:
            worded[wording] = left
        else:
            del worded[wording]
    for wording, owners in wordings(put).items():
        worded[wording] = worded.get(wording, frozenset()) | owners
    return worded
