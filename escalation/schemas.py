"""Queues, entries and the desk's view of a consultation, in and out."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from conversations.files.schemas import SentFile
from conversations.schemas import FILES_LIMIT, Message, Owner
from escalation.hours import Hours
from taxpayers.schemas import Assurance

Tier = Literal["officer", "expert"]
EntryState = Literal["waiting", "held", "done"]
Reason = Literal[
    "asked_for_person", "no_answer", "low_confidence", "complaint", "abuse", "card_help",
    "flow_help", "bot_failed", "deadline_missed", "transfer", "orphaned",
]  # fmt: skip
"""Why a consultation is with people; `transfer` when another tier sent it."""
PresenceState = Literal["available", "busy", "away"]
ListState = Literal["waiting", "mine", "open", "closed"]

SUMMARY_LIMIT = 2000

LATE, FIRST = 10, 100
"""Priorities that the system gives: past its deadline; given back, first in line."""


class Queue(BaseModel):
    """Where consultations of one tier wait."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: str
    name: str | None
    tier: Tier
    office: str | None
    hours: Hours
    wait_seconds: int


class Entry(BaseModel):
    """A consultation's stay with people; `version` grows with every change."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: str
    conversation_id: str
    consultation_id: str
    queue_id: str
    tier: Tier
    state: EntryState
    holder_id: str | None
    reason: Reason
    question: str
    summary: str | None
    priority: int
    place: int
    waiting_since: datetime
    deadline_at: datetime
    promised_at: datetime | None
    apologised_at: datetime | None
    claimed_at: datetime | None
    claimed_seq: int | None
    transfers: list[dict[str, Any]]
    done_at: datetime | None
    version: int


class QueueState(NamedTuple):
    """What one who waits is told.

    Attributes:
        place: 1 is next; 0 when a person is already there.
        expected_wait_seconds: an estimate, the time until office hours included.
        open: whether the queue is served now.
        opens_at: aware, UTC; None while open.
    """

    place: int
    expected_wait_seconds: int
    open: bool
    opens_at: datetime | None


class Handed(NamedTuple):
    """Where a hand-over led; the fields of `QueueState` and the entry."""

    entry_id: str
    place: int
    expected_wait_seconds: int
    open: bool
    opens_at: datetime | None


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class QueueOut(_Out):
    """A queue as the desk's list shows it."""

    id: str = Field(examples=["officer"])
    name: str = Field(examples=["税务干部咨询"])
    tier: Tier
    waiting: int = Field(examples=[3])
    oldest_wait_seconds: int | None = Field(examples=[75])
    on_duty: int = Field(description="available at this moment", examples=[2])
    open: bool


class QueueList(_Out):
    """All queues in reach."""

    items: list[QueueOut]
    next_cursor: str | None = None


class HolderOut(_Out):
    """Who holds a consultation."""

    id: str
    name: str


class TaxpayerOut(_Out):
    """Who asks; a name only at real-name assurance (Tax Collection Law, article 8)."""

    name: str = Field(examples=["访客"])
    assurance: Assurance


class ConsultationOut(_Out):
    """A row of the desk's list."""

    consultation_id: str
    conversation_id: str
    queue: str
    tier: Tier
    owner: Owner
    state: EntryState
    holder: HolderOut | None = None
    waiting_since: datetime
    deadline_at: datetime
    promised_at: datetime | None = None
    late: bool = Field(description="past its deadline while waiting")
    closed_at: datetime | None = None
    reason: Reason
    question: str
    priority: int
    taxpayer: TaxpayerOut


class ListQuery(BaseModel):
    """Which consultations to list.

    Attributes:
        state: `waiting` in the order to take them; `mine` those in hand; `open` both, of
            everyone; `closed` the latest ended first.
        queue: only of this queue.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    state: ListState = "waiting"
    queue: str | None = Field(None, max_length=64)
    limit: int = Field(50, ge=1, le=200)
    cursor: str | None = Field(None, max_length=500)


class ConsultationPage(_Out):
    """A page of the desk's list."""

    items: list[ConsultationOut]
    next_cursor: str | None = None


class Candidate(BaseModel):
    """An entry of the knowledge base that the bot weighed."""

    model_config = ConfigDict(extra="allow")

    entry_id: str
    question: str | None = None
    score: float | None = None


class Attempt(BaseModel):
    """One question and what the bot made of it."""

    at: datetime
    question: str
    decision: str | None = None
    confidence: float | None = None
    entry_id: str | None = None
    candidates: list[Candidate] = []


class Earlier(BaseModel):
    """An earlier consultation of the same conversation."""

    consultation_id: str
    opened_at: datetime
    closed_at: datetime | None = None
    question: str
    result: str | None = None
    matter: str | None = None
    summary: str | None = None
    score: int | None = Field(None, description="the taxpayer's rating, 1 to 5")


class Transfer(BaseModel):
    """A passing on from one queue to another."""

    at: datetime
    from_queue: str
    to_queue: str
    from_tier: Tier
    to_tier: Tier
    by: HolderOut
    reason: str
    summary: str


class ContextTaxpayer(TaxpayerOut):
    """Who asks, with the profile where it may be shown."""

    profile: dict[str, Any] | None = Field(None, description="only at real-name assurance")


class FlowAnswer(BaseModel):
    """One answer of a flow, as it is shown; a protected one is masked."""

    step: str
    label: str
    value: str
    protected: list[str] = Field([], description="references of what is kept sealed")


class FlowContext(BaseModel):
    """Where the taxpayer stands in a guided flow, with all answers."""

    model_config = ConfigDict(extra="allow")

    flow_id: str
    run_id: str
    title: str
    state: str
    step: str | None = Field(None, description="label of what is asked now")
    progress: dict[str, int]
    answers: list[FlowAnswer]
    result: dict[str, Any] | None = Field(None, description="verdict, title, text, items, ...")


class ContextDueItem(BaseModel):
    """A return that the taxpayer did not call done; whether it was filed the e-tax bureau knows."""

    title: str = Field(examples=["增值税及附加税费 2026年10月（税款所属期）"])
    due: date = Field(description="the last day, in Asia/Shanghai")


class ContextPackage(BaseModel):
    """All that the next person needs, so that nobody asks the taxpayer twice."""

    model_config = ConfigDict(title="Daoban context package, version 1")

    question: str
    reason: Reason
    opened_at: datetime
    taxpayer: ContextTaxpayer
    attempts: list[Attempt] = Field(description="what the bot tried, in order")
    summary: str | None = Field(None, description="of the one who passed it on last")
    files: list[SentFile] = []
    flow: FlowContext | None = Field(None, description="the guided flow that was gone through")
    earlier: list[Earlier] = []
    transfers: list[Transfer] = []
    due_items: list[ContextDueItem] = []


class ConsultationDetail(ConsultationOut):
    """A row of the list with the whole conversation and the context package."""

    context: ContextPackage
    messages: list[Message]


ClientMessageId = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[\w.:-]+$")]


class ReplyIn(BaseModel):
    """An officer's or expert's message."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"client_message_id": "d-1", "text": "您好，请稍等。"}},
    )

    client_message_id: ClientMessageId
    text: str = Field("", max_length=2000)
    file_ids: list[Annotated[str, Field(max_length=64)]] = Field(
        [], max_length=FILES_LIMIT, description="files taken in before, with or without a text"
    )

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len(set(self.file_ids)) < len(self.file_ids):
            raise ValueError("file_ids names a file twice")
        return self


class ReplyOut(BaseModel):
    """The message's place in the log."""

    seq: int = Field(examples=[12])


class TransferIn(BaseModel):
    """Where to pass a consultation on to, and why."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "tier": "expert",
                "reason": "涉及跨境重组",
                "summary": "已核对主表，需确认特殊性税务处理条件",
            }
        },
    )

    queue: str | None = Field(None, max_length=64)
    tier: Tier | None = None
    reason: str = Field(min_length=1, max_length=500)
    summary: str = Field(min_length=1, max_length=SUMMARY_LIMIT)

    @model_validator(mode="after")
    def _one(self) -> "TransferIn":
        if (self.queue is None) == (self.tier is None):
            raise ValueError("give either queue or tier")
        return self


class SendFlowIn(BaseModel):
    """Which flow the taxpayer shall go through."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"flow_id": "F06"}})

    flow_id: str = Field(max_length=16)


class FlowSent(BaseModel):
    """The run that began, and its first message."""

    run_id: str
    seq: int = Field(examples=[14])


class RevealIn(BaseModel):
    """Which protected value is needed in full, and why."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "reference": "pv_0193c1a2b3c4d5e6f708",
                "reason": "核对申报人身份",
            }
        },
    )

    reference: str = Field(max_length=64)
    reason: str = Field(min_length=1, max_length=200)


class RevealOut(BaseModel):
    """A protected value; it is shown for a short time and stored nowhere."""

    value: str


class CloseIn(BaseModel):
    """How a consultation ended."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"result": "solved", "matter": "增值税申报"}}
    )

    result: Literal["solved", "unsolved", "ticket"]
    matter: str | None = Field(None, max_length=200)
    summary: str | None = Field(None, max_length=SUMMARY_LIMIT)


class PresenceIn(BaseModel):
    """Whether one takes chats now, and how many at once.

    Attributes:
        capacity: null for no limit; left out, it stays what it was.
    """

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"state": "available", "capacity": 3}}
    )

    state: PresenceState
    capacity: int | None = Field(None, ge=1, le=20)


class PresenceOut(_Out):
    """One's presence."""

    state: PresenceState
    capacity: int | None = None
