"""One query on one snapshot: what it states, what may be found for it, and what is found."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from core.conditions import evaluate
from knowledge_base import asker, regions, wording
from knowledge_base.collection import audience_key, day_span
from knowledge_base.decision import Found
from knowledge_base.outcomes import Query
from knowledge_base.ranking import Candidate, averaged, fuse
from knowledge_base.schemas import Entry
from knowledge_base.search import Filters, Hits
from knowledge_base.snapshot import Snapshot
from knowledge_base.text import key, searchable, tokens
from knowledge_base.vectors import TextEncoder

TOPIC_FIRST = 0.1
"""Added, in a follow-up, to entries related to the one answered last or on its topic."""


class Finder:
    """One query on one snapshot, to be searched."""

    def __init__(self, snapshot: Snapshot, encoder: TextEncoder, query: Query) -> None:
        self._snapshot = snapshot
        self._content = snapshot.content
        self._encoder = encoder
        self._query = query
        self._text = searchable(query.text)
        follow_up = query.topic_entry is not None
        self._stated = wording.facts(self._text, query.profile, follow_up=follow_up)
        self._profile = asker.known(query.profile, self._stated)
        self._filters = self._make_filters()

    @property
    def text(self) -> str:
        """The question as it is searched."""
        return self._text

    @property
    def stated(self) -> Mapping[str, Any]:
        """The facts that the question states."""
        return self._stated

    @property
    def profile(self) -> Mapping[str, Any]:
        """The facts that are known of the asker, those of the question before others."""
        return self._profile

    @property
    def filters(self) -> Filters:
        """Which entries may be found for this asker."""
        return self._filters

    def find(self, vector: np.ndarray | None) -> Found:
        """Search this question as it stands, from its topic on if there is one."""
        topic = self.topic()
        if topic is None:
            return self._search(self._text, vector)
        if not wording.only_facts(self._text):
            return self._search_on(topic, vector)
        if self.depends(topic):
            return Found([], "answer", 1.0, topic)
        return self._search_about(topic)

    def topic(self) -> Entry | None:
        """Return the entry that the question may go on from."""
        entry = self._content.entries.get(self._query.topic_entry or "")
        if entry is None or not entry.is_policy or entry.is_draft or not self.may_see(entry):
            return None
        return entry if self.valid(entry) else None

    def first(self, found: Found) -> Entry:
        """Return the entry that was found best."""
        return found.topic or self._content.entries[found.candidates[0].entry_id]

    def depends(self, entry: Entry) -> bool:
        """Whether an entry's answer turns on a fact that was just stated."""
        return any(
            reason["field"] in self._stated
            for condition in self._snapshot.cases[entry.id]
            for reason in evaluate(condition, {}).explanation
        )

    def may_see(self, entry: Entry) -> bool:
        """Whether an entry is for this kind of reader, and for the asker's region."""
        region = regions.code(entry.region)
        return entry.visibility in self._filters.visibilities and (
            not region or region in self._filters.regions
        )

    def valid(self, entry: Entry) -> bool:
        """Whether an entry holds on the day that is asked for."""
        first, last = day_span(self._content.validity(entry))
        return first <= self._query.as_of.toordinal() <= last

    def may_be_found(self, entry_id: str) -> bool:
        """Whether an entry may be given or offered to this asker."""
        entry = self._content.entries[entry_id]
        return (
            not entry.is_draft
            and self.may_see(entry)
            and self.valid(entry)
            and audience_key(entry) not in self._filters.not_for
        )

    def may_be_offered(self, entry_id: str) -> bool:
        """Whether this asker may be led to an entry that was not asked for."""
        return self._content.entries[entry_id].may_be_offered and self.may_be_found(entry_id)

    def _make_filters(self) -> Filters:
        staff = self._query.visibility == "staff"
        return Filters(
            as_of=self._query.as_of,
            regions=regions.codes(self._profile.get("region")),
            visibilities=frozenset({"public", "staff"} if staff else {"public"}),
            not_for=frozenset(
                key
                for key, condition in self._snapshot.audiences.items()
                if evaluate(condition, self._profile).value is False
            ),
        )

    def _search(
        self,
        said: str,
        vector: np.ndarray | None,
        *,
        without: tuple[str, ...] = (),
        favoured: Mapping[str, float] | None = None,
    ) -> Found:
        """Search what holds on the day; where that does not answer, whatever held or will hold."""
        if vector is None:
            vector = self._encoder.encode_query(said)

        def decided(hits: Hits) -> Found:
            return self._decide(said, self.ranked(hits, without=without, favoured=favoured))

        search = self._snapshot.backend.search
        holding = search(tokens(said), vector, self._filters)
        found = decided(holding)
        if found.verdict != "answer":
            lapsed = search(tokens(said), vector, replace(self._filters, lapsed=True))
            if not lapsed:
                return found
            ever = decided(holding | lapsed)
            first = self.first(ever) if ever.verdict == "answer" else None
            if first is None or first.is_draft or self.valid(first):
                return found
            if found.verdict == "likely" and found.candidates[0].entry_id in first.related:
                return found  # what has ended names what holds now, and that is likely meant
            return replace(ever, verdict="lapsed")
        return found

    def ranked(
        self,
        hits: Hits,
        *,
        without: Collection[str] = (),
        favoured: Mapping[str, float] | None = None,
    ) -> list[Candidate]:
        """Fuse what a search brought, with what an entry gets for its region and for the asker.

        Args:
            hits: what was found.
            without: entries to leave out.
            favoured: what entries get on top.
        """
        bonus = {**self._snapshot.favoured, **(favoured or {})}
        for entry_id, more in self._leaning(hits).items():
            bonus[entry_id] = bonus.get(entry_id, 0.0) + more
        return fuse(hits, without=without, favoured=bonus)

    def _leaning(self, hits: Hits) -> dict[str, float]:
        """Return what entries that name a kind of taxpayer get or lose for the asker's."""
        found = {hit.entry_id for hit in (*hits.bm25, *hits.vector)}
        return {
            each: asker.leaning(
                self._content.entries[each].question, self._snapshot.cases[each], self._profile
            )
            for each in found & self._snapshot.naming
        }

    def _decide(self, said: str, candidates: list[Candidate]) -> Found:
        owners = self._snapshot.worded.get(key(said), frozenset())
        own = [each for each in candidates if each.entry_id in owners]
        own.sort(key=lambda each: self._content.entries[each.entry_id].is_draft)
        if own:  # an editor gave this very wording to the entry: nothing is left to guess
            rest = [each for each in candidates if each is not own[0]]
            return Found([own[0], *rest], "answer", 1.0)
        verdict, confidence = self._snapshot.calibration.decide(
            tokens(said), candidates, self._snapshot.lexicon
        )
        return Found(candidates, verdict, confidence)

    def _search_about(self, topic: Entry) -> Found:
        """The topic's question, asked for somebody else; not the topic if it names another."""
        said = wording.about(searchable(topic.question), self._text)
        named = wording.named(topic.question)
        other = any(named.get(key, value) != value for key, value in self._stated.items())
        without = (topic.id,) if other else ()
        return self._search(said, None, without=without, favoured=self._near(topic))

    def _search_on(self, topic: Entry, vector: np.ndarray | None) -> Found:
        """A follow-up may stand alone or need its topic: it is read both ways.

        Either reading is misled at times, by too few words or by those of the topic: their scores
        are averaged. How sure the first is, its own words say, or a reading that agrees.
        """
        near = self._near(topic)
        alone = self._search(self._text, vector, favoured=near)
        said = searchable(f"{topic.question} {self._text}")
        joined = self._search(said, None, without=(topic.id,), favoured=near)
        surer = max(joined, alone, key=Found.sureness)
        if surer.is_settled or not alone.candidates or not joined.candidates:
            return surer
        both = averaged(alone.candidates, joined.candidates, kept=topic.id)
        verdict, confidence = self._snapshot.calibration.decide(
            tokens(self._text), both, self._snapshot.lexicon
        )
        agreeing = [
            replace(each, candidates=both)
            for each in (joined, alone)
            if self.first(each).id == both[0].entry_id
        ]
        return max([*agreeing, Found(both, verdict, confidence)], key=Found.sureness)

    def _near(self, topic: Entry) -> dict[str, float]:
        return {
            entry.id: TOPIC_FIRST
            for entry in self._content.entries.values()
            if entry.id != topic.id and (entry.topic == topic.topic or entry.id in topic.related)
        }
