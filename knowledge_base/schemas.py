"""What a knowledge file may hold: documents with provisions, and entries that cite them.

Dates are days in Asia/Shanghai; `effective_to` and `valid_to` are inclusive, null is open. How the
parts fit together (sources exist, dates agree, aliases suffice) is in `checks`.
"""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

Slug = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=80)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Body = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Kind = Literal["law", "regulation", "rule", "announcement", "notice", "guide"]
Status = Literal["in_force", "partly_repealed", "repealed", "not_yet_in_force"]
Check = Literal["L1", "L2", "L3"]
"""L1: compared with the text of the law; L2: with public material; L3: number not verified."""
Visibility = Literal["public", "staff"]
EntryKind = Literal["policy", "referral", "refusal"]
"""A policy answers by the law. A referral names the office that a matter belongs to, a refusal says
what the chat cannot do and what the lawful way is: neither states a rule or shows a legal basis."""
State = Literal["ready", "draft", "withdrawn"]
"""Only what is ready is given: a draft waits for somebody who knows, a withdrawn one was wrong."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Provision(_Strict):
    """A part of a document that can be cited and repealed by itself; null dates are its own."""

    id: Slug
    article: Line
    effective_from: date | None = None
    effective_to: date | None = None
    region: Line | None = None


class BatchRepeal(_Strict):
    """A clause that ends documents by what they are about, without naming them.

    A document falls under it when its title has all words of `title_has`, one of
    `title_has_one_of` and none of `title_has_none_of`, and its year is no later than
    `issued_until`.

    Attributes:
        last_day: the last day of the documents that fall under it.
        spared: documents that it does not end, or of which nobody knows yet, and why.
    """

    provision: Slug
    title_has: list[Line] = Field(min_length=1)
    title_has_one_of: list[Line] = Field(min_length=1)
    title_has_none_of: list[Line] = []
    issued_until: int = Field(ge=1949, le=2100)
    last_day: date
    spared: dict[Slug, Line] = {}

    def ends(self, document: "Document") -> bool:
        """Whether a document falls under the clause; one of an unknown year does not."""
        return (
            document.id not in self.spared
            and document.year is not None
            and self.covers(document.title, document.year)
        )

    def covers(self, title: str, year: int) -> bool:
        """Whether a title and year fall under the clause."""
        return (
            year <= self.issued_until
            and all(word in title for word in self.title_has)
            and any(word in title for word in self.title_has_one_of)
            and not any(word in title for word in self.title_has_none_of)
        )


class Document(_Strict):
    """A law, rule, announcement or guide. Its key is issuers in full + kind + year + number."""

    id: Slug
    issuers: list[Line] = Field(min_length=1)
    kind: Kind
    year: int | None = Field(None, ge=1949, le=2100)
    number: Line | None = None
    series: Line | None = None
    title: Line
    cite: Line
    effective_from: date | None = None
    effective_to: date | None = None
    status: Status
    repealed_by: Slug | None = None
    amended_by: list[Slug] = []
    batch_repeals: list[BatchRepeal] = Field([], exclude_if=lambda found: not found)
    url: Annotated[str, StringConstraints(pattern=r"^https?://")] | None = None
    check: Check
    checked_on: date
    provisions: list[Provision] = []

    def provision(self, provision_id: str | None) -> Provision | None:
        """Return the provision of that id, if there is one."""
        return next((each for each in self.provisions if each.id == provision_id), None)

    def in_force(self, provision_id: str | None = None) -> tuple[date | None, date | None]:
        """Return first and last day in force of the document or of one provision."""
        part = self.provision(provision_id)
        if part is None:
            return self.effective_from, self.effective_to
        return (
            part.effective_from or self.effective_from,
            part.effective_to or self.effective_to,
        )


class SourceRef(_Strict):
    """The legal basis of an entry."""

    document: Slug
    provision: Slug | None = None


class Case(_Strict):
    """An answer for taxpayers of whom the condition holds (`core.conditions`)."""

    when: dict[str, Any] = Field(min_length=1)
    answer: Body


class English(_Strict):
    """An entry in English; `cases` are the answers of its cases, in their order."""

    question: Line
    aliases: list[Line] = []
    answer: Body
    cases: list[Body] = []

    @property
    def asked(self) -> list[str]:
        """The question and its aliases."""
        return [self.question, *self.aliases]


class Entry(_Strict):
    """A question with its aliases, the curated answer, its basis and who may see it when.

    `checked_on` is of a referral or refusal; a policy is dated by its sources. Of a `general`
    entry the answer is right whoever asks, and its cases say more closely what holds for some: it
    is given at once, with the one fact to choose below it. Others ask for the fact first.
    """

    id: Slug
    kind: EntryKind = Field("policy", exclude_if=lambda kind: kind == "policy")
    topic: Slug
    question: Line
    aliases: list[Line]
    answer: Body
    cases: list[Case] = []
    general: bool = Field(default=False, exclude_if=lambda general: not general)
    sources: list[SourceRef] = Field([], validate_default=True)
    checked_on: date | None = Field(None, exclude_if=lambda day: day is None)
    region: Line | None = None
    audience: dict[str, Any] | None = Field(None, min_length=1)
    visibility: Visibility = "public"
    state: State = Field("ready", exclude_if=lambda state: state == "ready")
    valid_from: date | None = None
    valid_to: date | None = None
    check: Check
    related: list[Slug] = []
    flow: Slug | None = None
    en: English | None = Field(None, exclude_if=lambda english: english is None)

    @field_validator("sources")
    @classmethod
    def _named(cls, sources: list[SourceRef], info: ValidationInfo) -> list[SourceRef]:
        """A policy answers by some rule."""
        if not sources and info.data.get("kind") == "policy":
            raise PydanticCustomError("no_source", "a policy needs its legal basis; add a source")
        return sources

    @property
    def is_draft(self) -> bool:
        """Whether it may only be named as a matter that is being verified."""
        return self.state == "draft"

    @property
    def is_policy(self) -> bool:
        """Whether it answers by the law."""
        return self.kind == "policy"

    @property
    def may_be_offered(self) -> bool:
        """Whether a button or a list may name it: nobody is led to a draft or a refusal."""
        return not self.is_draft and self.kind != "refusal"

    @property
    def asked(self) -> list[str]:
        """The question and its aliases: all the ways it is asked."""
        return [self.question, *self.aliases]

    @property
    def answers(self) -> list[str]:
        """Every text that may be given as the answer."""
        return [self.answer, *(case.answer for case in self.cases)]


class Content(_Strict):
    """A whole collection, by id."""

    documents: dict[str, Document]
    entries: dict[str, Entry]

    def validity(self, entry: Entry) -> tuple[date | None, date | None]:
        """Return first and last day of an entry: its own dates, else those its sources share."""
        spans = [self.documents[ref.document].in_force(ref.provision) for ref in entry.sources]
        starts = [start for start, _ in spans if start is not None]
        ends = [end for _, end in spans if end is not None]
        return (
            entry.valid_from or max(starts, default=None),
            entry.valid_to or min(ends, default=None),
        )
