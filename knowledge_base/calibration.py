"""Fits the decision on a collection's own entries, each asked by an alias that it then lacks.

Three kinds of question teach it: an entry's alias left out of the index (should be
answered), the same with the whole entry left out (must not be), and sentences of other domains.
Everything is fitted on one half of the entries and reported on the other, split by a hash of
their ids.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from knowledge_base import regions
from knowledge_base.collection import (
    answers_of,
    day_span,
    favoured_by_region,
    lexicon_of,
    records,
)
from knowledge_base.decision import CHOICES, Calibration, fit
from knowledge_base.embedded import EmbeddedIndex
from knowledge_base.ranking import Candidate, Lexicon, features, fuse
from knowledge_base.schemas import Content, Entry
from knowledge_base.search import Filters
from knowledge_base.text import searchable, tokens
from knowledge_base.vectors import VectorCache

Half = Literal["tune", "report"]
Sort = Literal["asked", "removed", "foreign"]

WRONG_CONFIDENT = 0.04
"""Share of answerable questions that may get another entry's answer."""
MISSING_CONFIDENT = 0.15
"""Share of questions without an entry that may get some entry's answer."""
KEPT = 0.95
"""Share of answerable questions that must get an answer or choices."""
IN_DOMAIN = 0.995
"""Share of the domain's own questions that must pass the gate."""
WORK = 30_000
"""Entries times left-out aliases: bounds the time for large collections."""
MOST_ASKED = 6_000
"""Left-out aliases that are asked: a large collection asks a sample of them."""


_SORTS: tuple[tuple[Sort, bool], ...] = (("asked", False), ("removed", True))


@dataclass(frozen=True, slots=True)
class Example:
    """One question with what the search brought.

    Attributes:
        entry_id: the right entry; "" for a foreign sentence.
        first: the entry that came first.
        place: 0 when the right entry came first, 1 when second, ...; -1 when not at all.
    """

    sort: Sort
    half: Half
    entry_id: str
    text: str
    first: str
    top_cosine: float
    place: int
    row: np.ndarray


def half_of(key: str) -> Half:
    """Return the half that an entry (or sentence) belongs to, for ever."""
    return "tune" if _order(key)[0] % 2 == 0 else "report"


def examples(content: Content, vectors: VectorCache, foreign: Sequence[str]) -> list[Example]:
    """Return every entry's questions, asked in an index without them, and the foreign sentences."""
    made: list[Example] = []
    day = max((each.checked_on for each in content.documents.values()), default=date.max)
    width = max((len(entry.asked) for entry in content.entries.values()), default=0)
    folds = min(width, max(2, WORK // max(1, len(content.entries))))
    for fold in range(folds):
        made.extend(_fold(content, vectors, fold, day, MOST_ASKED // folds))
    made.extend(_foreign(content, vectors, foreign, day))
    return made


def _fold(content: Content, vectors: VectorCache, fold: int, day: date, most: int) -> list[Example]:
    """Index all entries without their `fold`-th wording, and ask `most` of those wordings."""
    kept = {
        entry.id: entry.asked[:fold] + entry.asked[fold + 1 :]
        if len(entry.asked) > 1
        else entry.asked
        for entry in content.entries.values()
    }
    index = EmbeddedIndex.build(records(content, vectors, kept), vectors.dimension)
    lexicon = Lexicon.of(kept, answers_of(content))
    favoured = favoured_by_region(content)
    made = []
    asking = [each for each in content.entries.values() if fold < len(each.asked) > 1]
    if len(asking) > most:  # which ones depends on their ids alone
        asking = sorted(asking, key=lambda each: _order(f"{fold} {each.id}"))[:most]
    texts = [searchable(entry.asked[fold]) for entry in asking]
    vectors.encode(texts, "query")
    for entry, text in zip(asking, texts, strict=True):
        query = tokens(text)
        hits = index.search(query, vectors.get([text], "query")[0], _filters(content, entry, day))
        for sort, without in _SORTS:
            ranking = fuse(hits, without=(entry.id,) if without else (), favoured=favoured)
            if ranking:
                made.append(_example(sort, entry.id, text, ranking, lexicon))
    return made


def _order(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()


def _foreign(
    content: Content, vectors: VectorCache, foreign: Sequence[str], day: date
) -> list[Example]:
    if not content.entries:
        return []
    index = EmbeddedIndex.build(records(content, vectors), vectors.dimension)
    lexicon = lexicon_of(content)
    made = []
    for sentence in foreign:
        text = searchable(sentence)
        hits = index.search(tokens(text), vectors.get([text], "query")[0], Filters(day))
        ranking = fuse(hits)
        if ranking:
            made.append(_example("foreign", "", text, ranking, lexicon))
    return made


def _filters(content: Content, entry: Entry, day: date) -> Filters:
    """The day and place at which an entry is found, as near to `day` as its validity allows."""
    start, end = day_span(content.validity(entry))
    return Filters(
        date.fromordinal(min(max(day.toordinal(), start), end)),
        regions=regions.codes(entry.region),
        visibilities=frozenset({"public", "staff"}),
    )


def _example(
    sort: Sort,
    entry_id: str,
    text: str,
    ranking: list[Candidate],
    lexicon: Lexicon,
) -> Example:
    ids = [each.entry_id for each in ranking]
    return Example(
        sort=sort,
        half=half_of(entry_id) if entry_id else "tune",
        entry_id=entry_id,
        text=text,
        first=ids[0],
        top_cosine=max(each.cosine for each in ranking),
        place=ids.index(entry_id) if sort == "asked" and entry_id in ids else -1,
        row=features(tokens(text), ranking, lexicon),
    )


def calibrate(found: Sequence[Example]) -> Calibration:
    """Fit gate, regression and thresholds on the tuning half; report on the other.

    Without examples (an empty collection) nothing is ever answered.
    """
    tune = [each for each in found if each.half == "tune"] or list(found)
    if not tune:
        return Calibration(
            gate=1.0, mean=[], scale=[], weights=[], bias=0.0, answer=1.0, clarify=1.0
        )
    fitted = fit(
        np.stack([each.row for each in tune]), np.array([each.place == 0 for each in tune], float)
    )
    fitted = fitted.model_copy(update={"gate": _gate(tune)})
    passing = [each for each in tune if each.top_cosine >= fitted.gate]
    likely = {id(each): fitted.probability(each.row) for each in passing}
    answer = _answer_threshold(tune, likely)
    close = [likely.get(id(each), 0.0) for each in tune if 0 <= each.place < CHOICES]
    clarify = float(np.quantile(close, 1 - KEPT)) if close else answer
    fitted = fitted.model_copy(update={"answer": answer, "clarify": min(clarify, answer)})
    return fitted.model_copy(
        update={"figures": report(fitted, [each for each in found if each.half == "report"])}
    )


def _gate(tune: Sequence[Example]) -> float:
    """Keep nearly all of the domain; when foreign sentences lie apart, stand half way to them."""
    own = [each.top_cosine for each in tune if each.sort != "foreign"]
    foreign = [each.top_cosine for each in tune if each.sort == "foreign"]
    if not own:
        return 1.0
    edge = float(np.quantile(own, 1 - IN_DOMAIN))
    highest = max(foreign, default=edge)
    return edge if highest >= edge else (edge + highest) / 2


def _answer_threshold(tune: Sequence[Example], likely: dict[int, float]) -> float:
    """The least probability at which neither kind of wrong confidence passes its bound."""
    thresholds = sorted({round(value, 4) for value in likely.values()})
    asked = [each for each in tune if each.sort == "asked"]
    removed = [each for each in tune if each.sort == "removed"]
    for threshold in thresholds:
        wrong = [each for each in asked if each.place != 0 and likely.get(id(each), 0) >= threshold]
        guessed = [each for each in removed if likely.get(id(each), 0) >= threshold]
        if len(wrong) <= WRONG_CONFIDENT * len(asked) and len(guessed) <= MISSING_CONFIDENT * len(
            removed
        ):
            return threshold
    return 1.0


def report(calibration: Calibration, found: Sequence[Example]) -> dict[str, float]:
    """Return the shares that say how the decision does on examples; empty without any."""
    verdicts = [
        (
            each,
            "out_of_domain"
            if each.top_cosine < calibration.gate
            else calibration.verdict(calibration.probability(each.row)),
        )
        for each in found
    ]
    figures: dict[str, float] = {}
    asked = [(each, verdict) for each, verdict in verdicts if each.sort == "asked"]
    if asked:
        count = len(asked)
        shares = {
            "hit1": sum(each.place == 0 for each, _ in asked),
            "hit3": sum(0 <= each.place < 3 for each, _ in asked),
            "right_first_reply": sum(v == "answer" and each.place == 0 for each, v in asked),
            "right_in_choices": sum(v == "clarify" and 0 <= each.place < 3 for each, v in asked),
            "wrong_confident": sum(v == "answer" and each.place != 0 for each, v in asked),
            "handed_over": sum(v in {"unsure", "out_of_domain"} for _, v in asked),
        }
        figures |= {name: share / count for name, share in shares.items()} | {"asked": count}
    for sort in ("removed", "foreign"):
        of_sort = [verdict for each, verdict in verdicts if each.sort == sort]
        if of_sort:
            figures |= {
                f"{sort}_answered": of_sort.count("answer") / len(of_sort),
                f"{sort}_clarified": of_sort.count("clarify") / len(of_sort),
                f"{sort}_rejected": (of_sort.count("unsure") + of_sort.count("out_of_domain"))
                / len(of_sort),
                sort: len(of_sort),
            }
    return figures
