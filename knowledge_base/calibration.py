"""Fits the decision: on a collection's own entries, and on other people's questions.

An entry is asked by an alias that the index then lacks (should be answered), and the same with
the whole entry left out (must not be). That is stricter than life, and unlike it: aliases are
written to differ. So the questions of `lessons`, written apart from the aliases, weigh as much as
all aliases together, and where they are many the thresholds are theirs alone.

Aliases are fitted on one half of the entries and reported on the other, split by a hash of their
ids. Lessons are for fitting only.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
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
from knowledge_base.lessons import Lessons
from knowledge_base.ranking import Candidate, Lexicon, features, fuse
from knowledge_base.schemas import Content, Entry
from knowledge_base.search import Filters, Hits
from knowledge_base.text import searchable, tokens
from knowledge_base.vectors import VectorCache

Half = Literal["tune", "report"]
Sort = Literal["asked", "removed", "nothing", "foreign"]
"""A question with its entry, the same without its entry, one of this domain that nothing answers,
and a sentence of another domain."""
Origin = Literal["alias", "lesson"]


@dataclass(frozen=True, slots=True)
class Bounds:
    """What an answer may cost: shares of the questions of each kind that may get a wrong one.

    Attributes:
        wrong: of the answerable ones, another entry's answer.
        nothing: of those that nothing answers and of other domains, any answer.
        removed: of those whose entry was left out, any answer.
    """

    wrong: float
    nothing: float
    removed: float


BOUNDS: dict[Origin, dict[Literal["answer", "likely"], Bounds]] = {
    "alias": {"answer": Bounds(0.04, 1.0, 0.15), "likely": Bounds(0.1, 1.0, 0.3)},
    "lesson": {"answer": Bounds(0.01, 0.01, 0.15), "likely": Bounds(0.06, 0.03, 0.5)},
}
MANY = 50
"""Answerable lessons from which on the thresholds are theirs."""
REMOVED_WEIGHT = 0.3
"""Of a question whose entry was left out: its neighbours often do answer it in part."""
KEPT: dict[Origin, float] = {"alias": 0.95, "lesson": 0.998}
"""Share of questions with their entry among the first three that get an answer or choices."""
IN_DOMAIN = 0.995
"""Share of the domain's own questions that must pass the gate."""
WORK = 30_000
"""Entries times indexes that lack a wording of each: bounds the time for large collections."""
MOST_FOLDS = 12
"""So many such indexes are enough for a small one too; what is left out is spread over all
wordings of an entry."""
MOST_ASKED = 2_000
"""Left-out aliases that are asked: a large collection asks a sample of them."""


_TIERS: tuple[Literal["answer", "likely"], ...] = ("answer", "likely")
_ABOVE = 1e-6
_SORTS: tuple[tuple[Sort, bool], ...] = (("asked", False), ("removed", True))


@dataclass(frozen=True, slots=True)
class Example:
    """One question with what the search brought.

    Attributes:
        entry_id: the right entry; "" for a foreign sentence.
        first: the entry that came first.
        place: 0 when the right entry came first, 1 when second, ...; -1 when not at all.
        sent_on: nothing answers it, and what came first is no policy, or a draft (never given): it
            costs no bound, and says nothing about when to answer.
    """

    sort: Sort
    half: Half
    entry_id: str
    text: str
    first: str
    top_cosine: float
    place: int
    row: np.ndarray
    origin: Origin = "alias"
    sent_on: bool = False


def half_of(key: str) -> Half:
    """Return the half that an entry (or sentence) belongs to, for ever."""
    return "tune" if _order(key)[0] % 2 == 0 else "report"


def examples(content: Content, vectors: VectorCache, lessons: Lessons) -> list[Example]:
    """Return every entry's questions, asked in an index without them, and the lessons."""
    made: list[Example] = []
    day = max((each.checked_on for each in content.documents.values()), default=date.max)
    width = max((len(entry.asked) for entry in content.entries.values()), default=0)
    folds = min(width, MOST_FOLDS, max(2, WORK // max(1, len(content.entries))))
    for fold in range(folds):
        places = {
            entry.id: left_out(len(entry.asked), fold, folds) for entry in content.entries.values()
        }
        lacking = {each: place for each, place in places.items() if place is not None}
        made.extend(_fold(content, vectors, lacking, day, MOST_ASKED // folds))
    made.extend(_lessons(content, vectors, lessons, day))
    return made


def left_out(wordings: int, fold: int, folds: int) -> int | None:
    """Return which of an entry's wordings a fold lacks: none twice, spread over all of them."""
    if wordings <= folds:
        return fold if fold < wordings > 1 else None
    return fold * wordings // folds


def _fold(
    content: Content, vectors: VectorCache, lacking: Mapping[str, int], day: date, most: int
) -> list[Example]:
    """Index all entries without one wording of each, and ask `most` of those wordings."""
    kept = {
        entry.id: [text for place, text in enumerate(entry.asked) if place != lacking.get(entry.id)]
        for entry in content.entries.values()
    }
    index = EmbeddedIndex.build(records(content, vectors, kept), vectors.dimension)
    lexicon = Lexicon.of(kept, answers_of(content))
    favoured = favoured_by_region(content)
    made = []
    asking = [content.entries[each] for each in lacking]
    if len(asking) > most:  # which ones depends on their ids alone
        asking = sorted(asking, key=lambda each: _order(f"{lacking[each.id]} {each.id}"))[:most]
    texts = [searchable(entry.asked[lacking[entry.id]]) for entry in asking]
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


def _lessons(
    content: Content, vectors: VectorCache, lessons: Lessons, day: date
) -> Iterator[Example]:
    """Ask the whole index what others asked."""
    if not content.entries:
        return
    index = EmbeddedIndex.build(records(content, vectors), vectors.dimension)
    lexicon, favoured = lexicon_of(content), favoured_by_region(content)
    asked = [*lessons.foreign, *(each.query for each in lessons.questions)]
    vectors.encode([searchable(each) for each in asked], "query")  # all at once: on all cores

    def hits(text: str, filters: Filters) -> Hits:
        return index.search(tokens(text), vectors.get([text], "query")[0], filters)

    for sentence in lessons.foreign:
        text = searchable(sentence)
        if ranking := fuse(hits(text, Filters(day))):
            sent_on = not content.entries[ranking[0].entry_id].is_policy
            made = _example("foreign", "", text, ranking, lexicon, origin="lesson")
            yield replace(made, sent_on=sent_on)
    for question in lessons.questions:
        right = [each.id for each in content.entries.values() if question.suited_by(each)]
        if question.answerable and not right:
            continue
        text = searchable(question.query)
        where = regions.codes(question.profile.get("region"))
        found = hits(text, Filters(question.as_of or day, regions=where))
        sorts = _SORTS if right else (("nothing", False),)
        for sort, without in sorts:
            if ranking := fuse(found, without=right if without else (), favoured=favoured):
                first = ranking[0].entry_id
                own = first if first in right else right[0] if right else ""
                made = _example(sort, own, text, ranking, lexicon, origin="lesson")
                entry = content.entries[first]
                sent_on = sort == "nothing" and (entry.is_draft or not entry.is_policy)
                yield replace(made, sent_on=sent_on)


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
    *,
    origin: Origin = "alias",
) -> Example:
    ids = [each.entry_id for each in ranking]
    return Example(
        sort=sort,
        half=half_of(entry_id) if origin == "alias" else "tune",
        entry_id=entry_id,
        text=text,
        first=ids[0],
        top_cosine=max(each.cosine for each in ranking),
        place=ids.index(entry_id) if sort == "asked" and entry_id in ids else -1,
        row=features(tokens(text), ranking, lexicon),
        origin=origin,
    )


def calibrate(found: Sequence[Example]) -> Calibration:
    """Fit gate, regression and thresholds on the tuning half; report on the other.

    Without examples (an empty collection) nothing is ever answered.
    """
    tune = [each for each in found if each.half == "tune"] or list(found)
    if not tune:
        return Calibration(
            gate=1.0, mean=[], scale=[], weights=[], bias=0.0, answer=1.0, likely=1.0, clarify=1.0
        )
    told = [each for each in tune if not each.sent_on] or tune
    fitted = fit(
        np.stack([each.row for each in told]),
        np.array([each.place == 0 for each in told], float),
        _weights(told),
    )
    fitted = fitted.model_copy(update={"gate": _gate(tune)})
    judges = _judges(tune)
    likely = {
        id(each): fitted.probability(each.row) if each.top_cosine >= fitted.gate else 0.0
        for each in judges
    }
    answer, second = (_threshold(judges, likely, BOUNDS[judges[0].origin][tier]) for tier in _TIERS)
    close = [likely[id(each)] for each in judges if 0 <= each.place < CHOICES]
    clarify = float(np.quantile(close, 1 - KEPT[judges[0].origin])) if close else answer
    fitted = fitted.model_copy(
        update={
            "answer": answer,
            "likely": min(second, answer),
            "clarify": min(clarify, second, answer),
        }
    )
    return fitted.model_copy(
        update={"figures": report(fitted, [each for each in found if each.half == "report"])}
    )


def _weights(tune: Sequence[Example]) -> np.ndarray:
    """All aliases together weigh as much as all lessons."""
    weights = np.array([REMOVED_WEIGHT if each.sort == "removed" else 1.0 for each in tune])
    lesson = np.array([each.origin == "lesson" for each in tune])
    if len(_judges(tune)) == lesson.sum() and not lesson.all():
        weights[~lesson] *= weights[lesson].sum() / weights[~lesson].sum()
    return weights


def _judges(tune: Sequence[Example]) -> list[Example]:
    """Return the examples that thresholds are set by: the lessons, where they are many."""
    lessons = [each for each in tune if each.origin == "lesson"]
    if sum(each.sort == "asked" for each in lessons) >= MANY:
        return lessons
    return [each for each in tune if each.origin == "alias"] or lessons


def _gate(tune: Sequence[Example]) -> float:
    """Keep nearly all of the domain; when foreign sentences lie apart, stand half way to them."""
    own = [each.top_cosine for each in tune if each.sort != "foreign"]
    foreign = [each.top_cosine for each in tune if each.sort == "foreign"]
    if not own:
        return 1.0
    edge = float(np.quantile(own, 1 - IN_DOMAIN))
    highest = max(foreign, default=edge)
    return edge if highest >= edge else (edge + highest) / 2


def _threshold(judges: Sequence[Example], likely: Mapping[int, float], bounds: Bounds) -> float:
    """The least probability at which no kind of wrong answer passes its bound."""
    kinds = {
        "wrong": [each for each in judges if each.sort == "asked"],
        "nothing": [each for each in judges if each.sort in {"nothing", "foreign"}],
        "removed": [each for each in judges if each.sort == "removed"],
    }
    least = 0.0
    for name, of in kinds.items():
        wrong = [each for each in of if each.place != 0 and not each.sent_on]
        bad = sorted((likely[id(each)] for each in wrong), reverse=True)
        allowed = int(getattr(bounds, name) * len(of))
        if len(bad) > allowed:
            least = max(least, bad[allowed] + _ABOVE)
    return min(1.0, least)


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
            "right_likely": sum(v == "likely" and each.place == 0 for each, v in asked),
            "wrong_likely": sum(v == "likely" and each.place != 0 for each, v in asked),
            "handed_over": sum(v in {"unsure", "out_of_domain"} for _, v in asked),
        }
        figures |= {name: share / count for name, share in shares.items()} | {"asked": count}
    for sort in ("removed", "nothing", "foreign"):
        of_sort = [verdict for each, verdict in verdicts if each.sort == sort]
        if of_sort:
            figures |= {
                f"{sort}_answered": of_sort.count("answer") / len(of_sort),
                f"{sort}_likely": of_sort.count("likely") / len(of_sort),
                f"{sort}_clarified": of_sort.count("clarify") / len(of_sort),
                f"{sort}_rejected": (of_sort.count("unsure") + of_sort.count("out_of_domain"))
                / len(of_sort),
                sort: len(of_sort),
            }
    return figures
