"""Try a question and see why: the same search and the same rules as in the chat, told in full."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, Field

from core.conditions import evaluate
from core.identifiers import FreeText
from core.texts import DEFAULT, Locale
from knowledge_base import regions
from knowledge_base.collection import audience_key, day_span
from knowledge_base.editing.schemas import Written
from knowledge_base.english import is_english
from knowledge_base.outcomes import Outcome, Query
from knowledge_base.ranking import FEATURES, Candidate, features
from knowledge_base.schemas import Entry, Slug, Visibility
from knowledge_base.search import Filters
from knowledge_base.snapshot import Snapshot
from knowledge_base.text import key, searchable, tokens
from knowledge_base.turn import Turn
from knowledge_base.vectors import TextEncoder

SHOWN = 10
Why = Literal["not_valid", "region", "audience", "staff_only"]


class TryIn(BaseModel):
    """A question as some taxpayer asks it on some day; with `content` as if that were published."""

    text: FreeText = Field(min_length=1, max_length=2000)
    profile: dict[str, Any] = {}
    as_of: date | None = Field(None, description="today, when left out")
    region: str | None = Field(None, max_length=50, description="goes before the profile's")
    visibility: Visibility = "public"
    locale: Locale = DEFAULT
    entry_id: Slug | None = Field(None, description="which entry `content` is of")
    content: Written | None = None

    def query(self, today: date) -> Query:
        """Return the search that this is."""
        told = {} if self.region is None else {"region": self.region}
        return Query(
            text=self.text,
            as_of=self.as_of or today,
            profile=self.profile | told,
            locale=self.locale,
            visibility=self.visibility,
        )


class Understood(BaseModel):
    """The question as it was searched (`Outcome.understood`), and the facts that it states."""

    text: str
    stated: dict[str, Any]


class Feature(BaseModel):
    """What the decision looks at; `part` is what it adds to the log-odds."""

    name: str
    value: float
    part: float


class Scored(BaseModel):
    """A candidate with its scores; `exact`: an editor gave this very wording to it."""

    entry_id: str
    question: str
    score: float
    bm25: float
    cosine: float
    support: float
    exact: bool


class LeftOut(BaseModel):
    """An entry that would have ranked, and why it was not looked at."""

    entry_id: str
    question: str
    score: float
    why: Why
    detail: str


class Tried(BaseModel):
    """What the chat would say, and why.

    Attributes:
        thresholds: the cosine from which a message is about this domain (`gate`), and the
            probabilities from which there is an answer, or choices.
    """

    outcome: Outcome
    understood: Understood
    thresholds: dict[str, float]
    features: list[Feature]
    probability: float | None
    candidates: list[Scored]
    left_out: list[LeftOut]
    version: str


def try_question(snapshot: Snapshot, encoder: TextEncoder, query: Query) -> Tried:
    """Ask a snapshot and tell how it came to its answer. Run it in a thread."""
    turn = Turn(snapshot, encoder, query)
    asker = replace(query, profile={**query.profile, **turn.finder.stated})
    said = searchable(query.text)
    searched = bool(said) and not is_english(said)
    vector = encoder.encode_query(said) if searched else None
    outcome = turn.answer(vector)
    if outcome.understood is not None:
        meant = replace(query, text=outcome.understood)
        return try_question(snapshot, encoder, meant).model_copy(update={"outcome": outcome})
    found: list[Candidate] = []
    ever: list[Candidate] = []
    if vector is not None:
        search, query_tokens = snapshot.backend.search, tokens(said)
        found = turn.finder.ranked(search(query_tokens, vector, turn.finder.filters))
        ever = turn.finder.ranked(search(query_tokens, vector, _everything(snapshot)))
    calibration = snapshot.calibration
    return Tried(
        outcome=outcome,
        understood=Understood(text=said, stated=dict(turn.finder.stated)),
        thresholds=calibration.model_dump(include={"gate", "answer", "likely", "clarify"}),
        **_decision(snapshot, said, found),
        candidates=_scored(snapshot, said, found),
        left_out=_left_out(snapshot, asker, ever, {each.entry_id for each in found}),
        version=snapshot.version,
    )


def _everything(snapshot: Snapshot) -> Filters:
    places = (regions.code(each.region) for each in snapshot.content.entries.values())
    return Filters(None, frozenset(places) - {""}, frozenset({"public", "staff"}))


def _decision(snapshot: Snapshot, said: str, found: list[Candidate]) -> Mapping[str, Any]:
    if not found:
        return {"features": [], "probability": None}
    row = features(tokens(said), found, snapshot.lexicon)
    calibration = snapshot.calibration
    parts = zip(
        FEATURES, row.tolist(), calibration.mean, calibration.scale, calibration.weights,
        strict=True,
    )  # fmt: skip
    return {
        "features": [
            Feature(name=name, value=round(value, 4), part=round((value - m) / s * w, 4))
            for name, value, m, s, w in parts
        ],
        "probability": round(calibration.probability(row), 4),
    }


def _scored(snapshot: Snapshot, said: str, found: list[Candidate]) -> list[Scored]:
    owners = snapshot.worded.get(key(said), frozenset())
    return [
        Scored(
            entry_id=each.entry_id,
            question=snapshot.content.entries[each.entry_id].question,
            score=round(each.score, 4),
            bm25=round(each.bm25, 4),
            cosine=round(each.cosine, 4),
            support=round(each.support, 4),
            exact=each.entry_id in owners,
        )
        for each in found[:SHOWN]
    ]


def _left_out(
    snapshot: Snapshot, query: Query, ever: list[Candidate], found: set[str]
) -> list[LeftOut]:
    told = []
    for each in ever[:SHOWN]:
        if each.entry_id in found:
            continue
        entry = snapshot.content.entries[each.entry_id]
        why, detail = _reason(snapshot, query, entry)
        told.append(
            LeftOut(
                entry_id=entry.id,
                question=entry.question,
                score=round(each.score, 4),
                why=why,
                detail=detail,
            )
        )
    return told


def _reason(snapshot: Snapshot, query: Query, entry: Entry) -> tuple[Why, str]:
    span = snapshot.content.validity(entry)
    first, last = day_span(span)
    if not first <= query.as_of.toordinal() <= last:
        return "not_valid", f"{span[0] or ''}/{span[1] or ''}"
    if entry.visibility == "staff" and query.visibility != "staff":
        return "staff_only", ""
    audience = snapshot.audiences.get(audience_key(entry))
    if audience is not None and evaluate(audience, query.profile).value is False:
        return "audience", audience_key(entry)
    return "region", entry.region or ""
