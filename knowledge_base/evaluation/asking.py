"""Asks the knowledge base a question of a file, and judges how the first reply ends."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict

from knowledge_base.answering import KnowledgeBase
from knowledge_base.choices import EntryChoice, read_choice
from knowledge_base.evaluation.files import Question
from knowledge_base.outcomes import Outcome, Query
from knowledge_base.schemas import Content

Given = Literal["sure", "likely", "choices", "lapsed", "referred", "refused", "person"]
"""A sure answer (or the one fact it turns on is asked), a likely one with other questions below
it, choices only, word of a rule that does not hold on the day, the office that it belongs to, what
cannot be done, or a person."""
SENT_ON = frozenset({"referred", "refused"})
"""An entry is given, and no policy."""


class Result(BaseModel):
    """How the first reply to a question ended.

    Attributes:
        place: of the first right entry in the ranking, from 1; 0 when it is not among those told.
        right: the reply itself is right: an answer that suits, or no policy where nothing answers.
        offered: a right entry is among the buttons.
        confidence: what the decision thought of the first entry, 0 to 1.
    """

    model_config = ConfigDict(frozen=True)

    query: str
    answerable: bool
    topic: str
    style: str
    pair: str | None
    given: Given
    entry_id: str | None
    place: int
    right: bool
    offered: bool
    confidence: float

    @property
    def end(self) -> str:
        """The reply in a word or two, as changes are told."""
        if not self.answerable:
            return self.given
        if self.given in {"sure", "likely"}:
            return f"{self.given}, {'right' if self.right else 'wrong'}"
        return "among the choices" if self.given == "choices" and self.offered else self.given


def ask(knowledge: KnowledgeBase, question: Question, today: date) -> Result:
    """Ask one question, after the one before it if there is one.

    Args:
        knowledge: what is evaluated.
        question: what is asked and expected.
        today: the day for questions that do not say one.
    """
    day = question.as_of or today
    topic = None
    if question.after is not None:
        before = knowledge.answer(Query(question.after, day, question.profile))
        topic = before.entry_id or (before.trace[0].entry_id if before.trace else None)
    outcome = knowledge.answer(Query(question.query, day, question.profile, topic_entry=topic))
    return judge(question, outcome, knowledge.content)


def judge(question: Question, outcome: Outcome, content: Content) -> Result:
    """Judge a reply.

    A profile question about a right entry is a right reply: it is the only way to a right answer.
    """
    right_ids = {each.id for each in content.entries.values() if question.suited_by(each)}
    ranked = [each.entry_id for each in outcome.trace]
    if not ranked and outcome.entry_id is not None:
        ranked = [outcome.entry_id]
    place = next((at for at, each in enumerate(ranked, 1) if each in right_ids), 0)
    offered = {
        choice.entry_id
        for each in outcome.choices
        if isinstance(choice := read_choice(each.id), EntryChoice)
    }
    given = _given(outcome)
    return Result(
        query=question.query,
        answerable=question.answerable,
        topic=question.topic or _topic(question, content),
        style=question.style,
        pair=question.pair,
        given=given,
        entry_id=outcome.entry_id,
        place=place if question.answerable else 0,
        right=_is_right(question, outcome, given, right_ids),
        offered=question.answerable and bool(offered & right_ids),
        confidence=outcome.confidence,
    )


def _given(outcome: Outcome) -> Given:
    if outcome.reason == "lapsed":
        return "lapsed"
    if outcome.decision in {"answer", "ask_profile"}:
        return "sure" if outcome.sure else "likely"
    return _ENDS.get(outcome.decision, "person")


_ENDS: dict[str, Given] = {"clarify": "choices", "refer": "referred", "refuse": "refused"}


def _is_right(question: Question, outcome: Outcome, given: Given, right_ids: set[str]) -> bool:
    if not question.answerable:
        return given in {"person", "lapsed"} or given in SENT_ON
    if outcome.entry_id not in right_ids:
        return False
    if outcome.reason == "draft":  # named as being verified: all that can be right about it
        return True
    if given not in {"sure", "likely"} | SENT_ON:
        return False
    return outcome.decision == "ask_profile" or question.suits(outcome.text)


def _topic(question: Question, content: Content) -> str:
    if not question.expected:
        return "unsaid"
    return content.entries[min(question.expected)].topic
