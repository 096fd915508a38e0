"""One query on one snapshot: what was found is put into words of the catalogue."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Literal

import numpy as np

from core.conditions import Condition, evaluate
from core.errors import NotFound
from core.script import shown
from core.texts import has_text, text
from knowledge_base import asker, wording
from knowledge_base.choices import Choice, entry_choice, known_choices, profile_choices
from knowledge_base.decision import CHOICES, NEAR, Found
from knowledge_base.english import CLARIFY, is_english, is_sure
from knowledge_base.finding import Finder
from knowledge_base.languages import answer_of, question_of
from knowledge_base.outcomes import DECISIONS, Outcome, Query, Reason, Trace
from knowledge_base.ranking import Candidate
from knowledge_base.schemas import Entry
from knowledge_base.snapshot import Snapshot
from knowledge_base.sources import sources_of
from knowledge_base.vectors import TextEncoder

TRACED = 5


class Turn:
    """One query on one snapshot."""

    def __init__(self, snapshot: Snapshot, encoder: TextEncoder, query: Query) -> None:
        self._snapshot = snapshot
        self._content = snapshot.content
        self._encoder = encoder
        self._query = query
        self._finder = Finder(snapshot, encoder, query)

    @property
    def finder(self) -> Finder:
        """Where it is searched."""
        return self._finder

    def answer(self, vector: np.ndarray | None) -> Outcome:
        """Search, decide, and say it."""
        if not self._finder.text:
            return self._say("clarify", "empty")
        if is_english(self._finder.text):
            return self._answer_english(self._finder.topic())
        found = self._finder.find(vector)
        meant = self._as_it_sounds() if found.verdict != "answer" else None
        if meant is None:
            return self.reply(found)
        other = meant.finder.find(None)
        if other.sureness() <= found.sureness():
            return self.reply(found)
        return meant.reply(other).model_copy(update={"understood": meant.finder.text})

    def _as_it_sounds(self) -> "Turn | None":
        """The question without what seems typed wrong by its sound; None: nothing does."""
        text = self._snapshot.spelling.corrected(self._finder.text)
        if text == self._finder.text:
            return None
        return Turn(self._snapshot, self._encoder, replace(self._query, text=text))

    def reply(self, found: Found) -> Outcome:
        """Put what was found into words."""
        if found.verdict in {"answer", "likely"}:
            return self._matched(found)
        if found.verdict == "lapsed":
            return self._say_lapsed(self._finder.first(found), found.confidence, found.candidates)
        return self._unanswered(found)

    def _answer_english(self, topic: Entry | None) -> Outcome:
        """Answer by the English wordings; where none is near, say so and offer a person."""
        if (
            topic is not None
            and wording.only_facts(self._finder.text)
            and self._finder.depends(topic)
        ):
            return self._resolve(topic, "matched", 1.0, [])
        hits = self._snapshot.english.search(self._finder.text, self._finder.may_be_found)[:CHOICES]
        score = hits[0].score if hits else 0.0
        if is_sure(hits):
            return self._resolve(self._content.entries[hits[0].entry_id], "matched", score, [])
        near = [self._content.entries[each.entry_id] for each in hits if each.score >= CLARIFY]
        choices = [entry_choice(each, self._query.locale) for each in near if each.may_be_offered]
        if choices:
            return self._offer(choices, score, [])
        said = text("knowledge.reply.only_chinese_search", self._query.locale)
        return Outcome(decision="handoff", reason="unsure", text=said, confidence=score)

    def chosen(self, entry_id: str) -> Outcome:
        """Answer with an entry that the asker chose; its audience is then no matter."""
        entry = self._content.entries.get(entry_id)
        if entry is None or not self._finder.may_see(entry):
            raise NotFound(f"no entry {entry_id} for this asker; it may have been withdrawn")
        if entry.is_draft:
            return self._say_draft(entry, 1.0, [])
        if not self._finder.valid(entry):
            return self._say_lapsed(entry, 1.0, [])
        return self._resolve(entry, "chosen", 1.0, [])

    def questions(self, entry_ids: Sequence[str]) -> list[str]:
        """Return the questions of those entries that this asker may find."""
        known = [each for each in entry_ids if each in self._content.entries]
        found = [self._content.entries[each] for each in known if self._finder.may_be_offered(each)]
        if self._query.locale == "en":
            found = [each for each in found if each.en is not None] or found
        return [question_of(each, self._query.locale) for each in found]

    # -- saying

    def _matched(self, found: Found) -> Outcome:
        """Give the first entry: for sure, or as a likely one above others that may be meant."""
        entry = self._finder.first(found)
        if entry.is_draft:
            return self._say_draft(entry, found.confidence, found.candidates)
        sure = found.verdict == "answer"
        given = self._resolve(entry, "matched", found.confidence, found.candidates, narrows=sure)
        if sure:
            return given
        if given.decision in {"ask_profile", "refuse"}:
            return given.model_copy(update={"sure": False})
        locale = self._query.locale
        said = text(
            "knowledge.reply.likely", locale, question=question_of(entry, locale), answer=given.text
        )
        # Beside another office the law is offered only where it is near.
        least = 0.0 if entry.is_policy else NEAR * found.candidates[0].score
        rest = [each for each in found.candidates[1:] if each.score >= least]
        others = self._choices(rest, CHOICES - 1)
        return given.model_copy(update={"sure": False, "text": said, "choices": others})

    def _choices(self, candidates: Sequence[Candidate], count: int) -> list[Choice]:
        """Offer the best of those that this asker may be given."""
        entries = [
            self._content.entries[each.entry_id]
            for each in candidates
            if self._content.entries[each.entry_id].may_be_offered
        ]
        return [entry_choice(each, self._query.locale) for each in entries[:count]]

    def _resolve(
        self,
        entry: Entry,
        reason: Reason,
        confidence: float,
        candidates: Sequence[Candidate],
        *,
        narrows: bool = True,
    ) -> Outcome:
        """Give the answer for this taxpayer, or ask the one fact that it turns on.

        A general answer is given in any case, with the fact to choose below it if `narrows`. A
        referral or a refusal is given as it stands, and shows no legal basis.
        """
        case, doubtful = None, None
        for place, condition in enumerate(self._snapshot.cases[entry.id]):
            verdict = evaluate(condition, self._finder.profile)
            if verdict.value:
                case = place
                break
            if verdict.value is None and doubtful is None:
                doubtful = verdict.missing
        given = answer_of(entry, self._query.locale, case)
        if case is not None:
            given += self._by_profile(self._snapshot.cases[entry.id][case])
        narrower: list[Choice] = []
        if doubtful is not None:
            choices = profile_choices(entry, doubtful, self._query.locale)
            may_ask = choices and self._query.may_ask
            if may_ask and not entry.general:
                return self._ask(entry, doubtful, choices, confidence, candidates)
            if may_ask and narrows:
                narrower = known_choices(choices)
                given += self._which(doubtful)
            else:
                given = self._in_general(given, doubtful)
        return Outcome(
            decision=DECISIONS[entry.kind],
            reason=reason,
            text=given,
            sources=sources_of(self._content, entry, self._query.locale) if entry.is_policy else [],
            confidence=confidence,
            entry_id=entry.id,
            choices=narrower,
            profile_field=doubtful if narrower else None,
            related=self._related(entry),
            flow=entry.flow,
            trace=self._trace(candidates),
        )

    def _which(self, missing: str) -> str:
        """Ask, below a general answer, for the fact by which it can be said more closely."""
        locale = self._query.locale
        asked = text(f"knowledge.field.{missing}.asked", locale)
        return text("knowledge.reply.narrower", locale, asked=asked)

    def _by_profile(self, condition: Condition) -> str:
        """Say which facts of the profile the answer goes by; those of the question are known."""
        of_profile = {
            field: value
            for field, value in self._query.profile.items()
            if field not in self._finder.stated
        }
        facts = asker.told(condition, of_profile, self._query.locale)
        return text("knowledge.reply.by_profile", self._query.locale, facts=facts) if facts else ""

    def _in_general(self, given: str, missing: str) -> str:
        key = f"knowledge.field.{missing}.name"
        if not has_text(key):
            return given
        name = text(key, self._query.locale)
        return given + text("knowledge.reply.general_case", self._query.locale, field=name)

    def _ask(
        self,
        entry: Entry,
        missing: str,
        choices: list[Choice],
        confidence: float,
        candidates: Sequence[Candidate],
    ) -> Outcome:
        locale = self._query.locale
        return Outcome(
            decision="ask_profile",
            reason="profile",
            text=text(
                "knowledge.ask.question",
                locale,
                question=question_of(entry, locale),
                asked=text(f"knowledge.field.{missing}.asked", locale),
                why=text(f"knowledge.field.{missing}.why", locale),
            ),
            choices=choices,
            confidence=confidence,
            entry_id=entry.id,
            profile_field=missing,
            trace=self._trace(candidates),
        )

    def _unanswered(self, found: Found) -> Outcome:
        trace = self._trace(found.candidates)
        if found.verdict == "clarify":
            choices = self._choices(found.candidates, CHOICES)
            first = self._finder.first(found)
            if first.is_draft:
                return self._say_draft(first, found.confidence, found.candidates, choices)
            if first.kind == "referral":  # the office says more than three policies do
                return self._matched(found)
            if first.kind != "refusal":  # no policy instead of it, and no refusal on a mere guess
                return self._offer(choices, found.confidence, trace)
        reason: Reason = "out_of_domain" if found.verdict == "out_of_domain" else "unsure"
        return Outcome(
            decision="handoff",
            reason=reason,
            text=text(f"knowledge.reply.{reason}", self._query.locale),
            confidence=found.confidence,
            trace=trace,
        )

    def _offer(self, choices: list[Choice], confidence: float, trace: list[Trace]) -> Outcome:
        return Outcome(
            decision="clarify",
            reason="several",
            text=text("knowledge.reply.clarify", self._query.locale),
            choices=choices,
            confidence=confidence,
            trace=trace,
        )

    def _say(self, decision: Literal["clarify", "handoff"], reason: Reason) -> Outcome:
        said = text(f"knowledge.reply.{reason}", self._query.locale)
        return Outcome(decision=decision, reason=reason, text=said)

    def _say_draft(
        self,
        entry: Entry,
        confidence: float,
        candidates: Sequence[Candidate],
        choices: Sequence[Choice] = (),
    ) -> Outcome:
        """Name the question that is being verified, and offer others that may be meant or a person.

        Nothing of its answer is said.
        """
        locale = self._query.locale
        said = text("knowledge.reply.draft", locale, question=question_of(entry, locale))
        if choices:
            said += text("knowledge.reply.draft_or", locale)
        return Outcome(
            decision="clarify" if choices else "handoff",
            reason="draft",
            text=said,
            choices=list(choices),
            confidence=confidence,
            entry_id=entry.id,
            trace=self._trace(candidates),
        )

    def _say_lapsed(
        self, entry: Entry, confidence: float, candidates: Sequence[Candidate]
    ) -> Outcome:
        """Tell since when an entry no longer holds, or from when it will; not what it said."""
        locale = self._query.locale
        start, end = self._content.validity(entry)
        if end is not None and end < self._query.as_of:
            said = text(
                "knowledge.reply.expired",
                locale,
                question=question_of(entry, locale),
                last_day=_day(end),
                day=_day(end + timedelta(days=1)),
                successor=self._successor(entry),
            )
        else:
            assert start is not None  # noqa: S101 - neither ended nor open at its beginning
            question = question_of(entry, locale)
            said = text("knowledge.reply.not_yet", locale, question=question, day=_day(start))
        return Outcome(
            decision="answer",
            reason="lapsed",
            text=said,
            sources=sources_of(self._content, entry, locale),
            confidence=confidence,
            entry_id=entry.id,
            related=self._related(entry),
            trace=self._trace(candidates),
        )

    def _successor(self, entry: Entry) -> str:
        """Name the documents that replaced an entry's sources, if the files say which."""
        replaced_by = [
            successor.cite
            for ref in entry.sources
            if (successor_id := self._content.documents[ref.document].repealed_by)
            and (successor := self._content.documents.get(successor_id))
        ]
        if not replaced_by:
            return ""
        locale = self._query.locale
        cite = shown("、".join(f"《{each}》" for each in dict.fromkeys(replaced_by)), locale)
        return text("knowledge.reply.expired_successor", locale, cite=cite)

    def _related(self, entry: Entry) -> list[Choice]:
        return [
            entry_choice(self._content.entries[each], self._query.locale)
            for each in entry.related
            if each in self._content.entries and self._finder.may_be_offered(each)
        ]

    def _trace(self, candidates: Sequence[Candidate]) -> list[Trace]:
        return [
            Trace(
                entry_id=each.entry_id,
                question=self._content.entries[each.entry_id].question,
                score=round(each.score, 4),
                bm25=round(each.bm25, 4),
                cosine=round(each.cosine, 4),
            )
            for each in candidates[:TRACED]
        ]


def _day(day: date) -> str:
    return day.isoformat()
