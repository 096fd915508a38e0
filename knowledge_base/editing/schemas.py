"""What editors send and get. Moments are UTC; days are in Asia/Shanghai, `valid_to` inclusive."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Protocol, Self

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

from core.identifiers import FreeText, masked_values
from knowledge_base.schemas import Check, Entry, EntryKind, Slug, Visibility
from knowledge_base.sources import Source
from knowledge_base.yaml_files import Rule

Live = Literal["draft", "provisional", "published", "withdrawn"]
"""What taxpayers get: nothing yet, unsigned, signed, nothing any more."""
Work = Literal["draft", "in_review", "scheduled"]
"""What editors do with it."""
State = Literal["draft", "in_review", "scheduled", "provisional", "published", "withdrawn"]
Sort = Literal["id", "changed", "expires", "due", "most_used", "voted_down", "question"]
Origin = Literal["edit", "import", "revert"]

_Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]
_Long = Annotated[str, StringConstraints(strip_whitespace=True, max_length=5000)]
Note = Annotated[FreeText, StringConstraints(strip_whitespace=True, max_length=500)]
Why = Annotated[FreeText, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]


class Caller(Protocol):
    """Who edits: a member of staff."""

    id: str
    name: str


class _Draft(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DraftCase(_Draft):
    """An answer for taxpayers of whom a condition holds."""

    when: dict[str, Any] = {}
    answer: _Long = ""


class DraftSource(_Draft):
    """A document, and a provision of it."""

    document: _Short = ""
    provision: _Short | None = None


class DraftEnglish(_Draft):
    """The entry in English."""

    question: _Short = ""
    aliases: Annotated[list[_Short], Field(max_length=100)] = []
    answer: _Long = ""
    cases: Annotated[list[_Long], Field(max_length=50)] = []


class Draft(_Draft):
    """The content of an entry while it is written: any part may still be missing or wrong."""

    kind: EntryKind = "policy"
    topic: _Short = ""
    question: _Short = ""
    aliases: Annotated[list[_Short], Field(max_length=100)] = []
    answer: _Long = ""
    cases: Annotated[list[DraftCase], Field(max_length=50)] = []
    general: bool = False
    sources: Annotated[list[DraftSource], Field(max_length=50)] = []
    checked_on: date | None = None
    region: _Short | None = None
    audience: dict[str, Any] | None = None
    visibility: Visibility = "public"
    valid_from: date | None = None
    valid_to: date | None = None
    check: Check = "L3"
    related: Annotated[list[_Short], Field(max_length=50)] = []
    flow: _Short | None = None
    en: DraftEnglish | None = None

    @classmethod
    def of(cls, entry: Entry) -> Self:
        """Return the content of an entry; whether it may be given is no part of it."""
        plain = entry.model_dump(mode="json", exclude={"id", "state"})
        return cls.model_validate(plain)

    @property
    def words(self) -> str:
        """All that a search in the list looks at, in small letters."""
        return "\n".join([self.topic, self.question, *self.aliases, self.answer]).lower()

    def plain(self) -> dict[str, Any]:
        """Return it as JSON data."""
        return self.model_dump(mode="json")


Written = Annotated[Draft, BeforeValidator(masked_values)]
"""Content as an editor sends it; once read, it holds no protected number."""


class Fault(BaseModel):
    """What must be mended before the entry can be submitted.

    Attributes:
        field: the field of the content.
        path: the part of it, dotted, positions from 0.
        rule: what is broken, for who says it in the language of his reader.
        values: what stands in that sentence.
        message: the same in English.
    """

    field: str
    path: str
    rule: Rule | None
    values: dict[str, str | int]
    message: str


class Person(BaseModel):
    """Who did something."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str


class Usage(BaseModel):
    """How often an entry was given, and what taxpayers thought of it."""

    answers: int = 0
    up: int = 0
    down: int = 0
    last_at: datetime | None = None


class Deed(BaseModel):
    """Something that was done to an entry, with the reason where one was given."""

    by: Person
    at: datetime
    reason: str = ""


class EntryRow(BaseModel):
    """An entry in the list."""

    id: str
    kind: EntryKind
    topic: str
    question: str
    state: State | None
    live: Live | None
    work: Work | None
    version: int
    live_version: int | None
    head_version: int
    check: Check
    visibility: Visibility
    region: str | None
    valid_to: date | None
    verify_by: date | None
    usage: Usage
    changed_at: datetime
    changed_by: Person
    submitted: Deed | None
    publish_at: datetime | None


class EntryPage(BaseModel):
    """A page of the list."""

    items: list[EntryRow]
    next_cursor: str | None


class Span(BaseModel):
    """First and last day, inclusive; None is open."""

    start: date | None
    end: date | None


class EntryOut(EntryRow):
    """One entry with everything about it.

    Attributes:
        content: of the open work, else what is live.
        faults: what the rules say against `content`.
        validity: of `content`, its sources counted in; None while a source is unknown.
        own_work: the caller wrote part of it and may not approve it.
    """

    content: Draft
    live_content: Draft | None
    faults: list[Fault]
    validity: Span | None
    sources: list[Source]
    reviewed_at: datetime | None
    reviewed_by: str | None
    returned: Deed | None
    approved: Deed | None
    withdrawn: Deed | None
    verified: Deed | None
    linked_from: list[str]
    own_work: bool


class ListQuery(BaseModel):
    """Which entries are listed, and in which order."""

    model_config = ConfigDict(extra="forbid")

    state: State | None = None
    topic: str | None = Field(None, max_length=80)
    check: Check | None = None
    visibility: Visibility | None = None
    q: str | None = Field(None, max_length=200)
    expires_within: int | None = Field(None, ge=0, le=3660, description="days")
    due: bool = False
    voted_down: bool = False
    sort: Sort = "id"
    limit: int = Field(50, ge=1, le=200)
    cursor: str | None = Field(None, max_length=2000)


class Expiring(BaseModel):
    """How many live entries end within so many days."""

    within_days: int
    count: int


class TopicCount(BaseModel):
    """How many entries a topic has."""

    topic: str
    count: int


class Summary(BaseModel):
    """What there is to do."""

    states: dict[State, int]
    expiring: Expiring
    due: int
    voted_down: int
    topics: list[TopicCount]


class ProvisionOut(BaseModel):
    """A provision that can be cited."""

    id: str
    article: str


class DocumentOut(BaseModel):
    """A document that can be cited."""

    id: str
    cite: str
    title: str
    status: str
    effective_from: date | None
    effective_to: date | None
    check: Check
    provisions: list[ProvisionOut]


class DocumentList(BaseModel):
    """Documents that can be cited."""

    items: list[DocumentOut]


class NewEntryIn(BaseModel):
    """An entry to be begun."""

    id: Slug
    content: Written
    note: Note = ""


class SaveIn(BaseModel):
    """Content to be kept as a new version; `base_version` is the one that was edited."""

    content: Written
    base_version: Version | None = Field(None, description="or send If-Match")
    note: Note = ""


class RevertIn(BaseModel):
    """An older version to be taken up again."""

    version: Version
    base_version: Version
    note: Note = ""


class DiscardIn(BaseModel):
    """Open work to be let go."""

    base_version: Version


class SubmitIn(BaseModel):
    """A draft to be reviewed."""

    version: Version
    note: Note = ""


class ApproveIn(BaseModel):
    """A version to be published, at once when no moment is given."""

    version: Version
    publish_at: AwareDatetime | None = None
    note: Note = ""


class ReturnIn(BaseModel):
    """What goes back to the editors, and why."""

    version: Version
    reason: Why


class WithdrawIn(BaseModel):
    """Why an entry is given no longer."""

    reason: Why


class VerifyIn(BaseModel):
    """Somebody looked, and it still holds."""

    verify_by: date | None = Field(None, description="by then somebody must look again")
    note: Note = ""


class VerifyByIn(BaseModel):
    """By when somebody must look."""

    verify_by: date


class CheckIn(BaseModel):
    """Content to be checked without saving it."""

    id: Slug | None = None
    content: Written


class CheckOut(BaseModel):
    """What the rules say against it."""

    faults: list[Fault]


class VersionRow(BaseModel):
    """A version in the history.

    Attributes:
        aside: two saved at once and this was the second; it never was the entry's text.
    """

    version: int
    at: datetime
    author: Person
    note: str
    origin: Origin
    aside: bool
    base_version: int | None
    published_at: datetime | None


class VersionOut(VersionRow):
    """A version with its content."""

    content: Draft


class VersionPage(BaseModel):
    """Versions, the newest first."""

    items: list[VersionRow]
    next_cursor: str | None


class Part(BaseModel):
    """A piece of a text, or an item of a list, on the way from one version to another."""

    op: Literal["same", "add", "del"]
    text: str


class FieldDifference(BaseModel):
    """One field that differs; `parts` are pieces of a text, `items` those of a list."""

    field: str
    change: Literal["changed", "added", "removed"]
    before: Any = None
    after: Any = None
    parts: list[Part] = []
    items: list[Part] = []


class Difference(BaseModel):
    """Where two versions differ."""

    before: int
    after: int
    fields: list[FieldDifference]
