"""What is asked of the knowledge base, and how an answer can end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from core.texts import DEFAULT
from knowledge_base.choices import Choice
from knowledge_base.schemas import EntryKind, Visibility
from knowledge_base.sources import Source

Reason = Literal[
    "matched",
    "chosen",
    "several",
    "unsure",
    "out_of_domain",
    "lapsed",
    "empty",
    "profile",
    "draft",
]


Decision = Literal["answer", "refer", "refuse", "clarify", "ask_profile", "handoff"]
"""Only `answer` gives policy."""
DECISIONS: dict[EntryKind, Decision] = {
    "policy": "answer",
    "referral": "refer",
    "refusal": "refuse",
}
"""What giving an entry of a kind is."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question of a taxpayer.

    Attributes:
        text: as it was typed.
        profile: facts known of the taxpayer (CONTRACT: profile).
        as_of: the day (Asia/Shanghai) whose rules are asked for.
        topic_entry: the entry answered last, when this goes on from it.
        visibility: `staff` also finds entries kept for staff.
        may_ask: whether a profile question may come back; False once one was asked.
    """

    text: str
    as_of: date
    profile: Mapping[str, Any] = field(default_factory=dict)
    locale: str = DEFAULT
    topic_entry: str | None = None
    visibility: Visibility = "public"
    may_ask: bool = True


class _Out(BaseModel):
    model_config = ConfigDict(frozen=True)


class Trace(_Out):
    """An entry that was considered, with its scores."""

    entry_id: str
    question: str
    score: float
    bm25: float
    cosine: float


class Outcome(_Out):
    """What to say.

    Attributes:
        decision: give the answer, name the office that the matter belongs to, say what cannot be
            done, offer choices, ask one fact, or offer a person.
        reason: why; `lapsed` answers say that a rule ended or has not begun, `draft` names a
            question whose answer is still being verified.
        sure: whether the answer (or the question of the profile) is given without reserve; if not,
            `choices` are other questions that may have been meant.
        confidence: probability that the first entry is the right one.
        flow: a guided flow to offer.
        profile_field: the fact asked for, by `choices`; with a general answer, that would say it
            more closely.
        understood: what was searched, where that was not what was typed (`spelling`).
        trace: the best entries, for the hand-over and for editors.
    """

    decision: Decision
    reason: Reason
    text: str
    sources: list[Source] = []
    choices: list[Choice] = []
    confidence: float = 0.0
    sure: bool = True
    entry_id: str | None = None
    related: list[Choice] = []
    flow: str | None = None
    profile_field: str | None = None
    understood: str | None = None
    trace: list[Trace] = []

    @property
    def gives_entry(self) -> bool:
        """Whether the text is an entry's own: policy, or where the matter belongs."""
        return self.decision in {"answer", "refer", "refuse"}
