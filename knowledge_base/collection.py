"""From content to the records that a backend indexes."""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from core.conditions import Condition, parse
from knowledge_base import regions
from knowledge_base.ranking import Lexicon
from knowledge_base.schemas import Content, Entry
from knowledge_base.search import OPEN_END, OPEN_START, Record
from knowledge_base.text import all_tokens, key, normalise
from knowledge_base.vectors import VectorCache

REGION_FIRST = 0.05
"""Added to the fused score of a province's entry, so that it goes before its national twin."""


def favoured_by_region(content: Content) -> dict[str, float]:
    """Return what regional entries get on top; those of other regions are filtered out before."""
    return {entry.id: REGION_FIRST for entry in content.entries.values() if entry.region}


def audience_key(entry: Entry) -> str:
    """Return what is equal for entries with the same audience; "" for everybody."""
    if entry.audience is None:
        return ""
    return json.dumps(entry.audience, ensure_ascii=False, sort_keys=True, default=str)


def audiences(content: Content) -> dict[str, Condition]:
    """Return the distinct audience conditions of a collection by their key."""
    return {
        audience_key(entry): parse(entry.audience)
        for entry in content.entries.values()
        if entry.audience is not None
    }


def answers_of(content: Content) -> dict[str, list[str]]:
    """Return every entry's answers by its id."""
    return {entry.id: entry.answers for entry in content.entries.values()}


def lexicon_of(content: Content) -> Lexicon:
    """Return the lexicon of a whole collection."""
    asked = {entry.id: entry.asked for entry in content.entries.values()}
    return Lexicon.of(asked, answers_of(content))


def wordings(entries: Iterable[Entry]) -> dict[str, frozenset[str]]:
    """Return the ids of the entries that own each wording; times and regions may share one."""
    owners: dict[str, frozenset[str]] = {}
    for entry in entries:
        alone = frozenset({entry.id})  # one for all its wordings: there are many of them
        for text in entry.asked:
            wording = key(normalise(text))
            owners[wording] = owners[wording] | alone if wording in owners else alone
    return owners


def day_span(span: tuple[date | None, date | None]) -> tuple[int, int]:
    """Return a validity as ordinals of its first and last day."""
    start, end = span
    return (
        OPEN_START if start is None else start.toordinal(),
        OPEN_END if end is None else end.toordinal(),
    )


def records(
    content: Content,
    vectors: VectorCache,
    asked: Mapping[str, list[str]] | None = None,
) -> list[Record]:
    """Return the records of all entries.

    Args:
        content: the collection.
        vectors: where the vectors come from.
        asked: the question and aliases to index for each entry, when not all of them.
    """
    made = []
    texts = {
        entry.id: (
            [normalise(text) for text in (asked or {}).get(entry.id, entry.asked)],
            [normalise(text) for text in entry.answers],
        )
        for entry in content.entries.values()
    }
    # All at once: what was never seen is encoded on all cores.
    vectors.encode([text for each in texts.values() for part in each for text in part], "passage")
    for entry in content.entries.values():
        titles, answers = texts[entry.id]
        valid_from, valid_to = day_span(content.validity(entry))
        made.append(
            Record(
                entry_id=entry.id,
                title=[token for text in titles for token in all_tokens(text)],
                answer=[token for text in answers for token in all_tokens(text)],
                vectors=vectors.get([*titles, *answers], "passage"),
                valid_from=valid_from,
                valid_to=valid_to,
                region=regions.code(entry.region),
                visibility=entry.visibility,
                audience=audience_key(entry),
            )
        )
    return made


def dumped(content: Content) -> Any:
    """Return content as plain JSON data, in a stable order."""
    return {
        "documents": {
            key: document.model_dump(mode="json")
            for key, document in sorted(content.documents.items())
        },
        "entries": {
            key: entry.model_dump(mode="json") for key, entry in sorted(content.entries.items())
        },
    }
