"""Messages, typed inputs and the state of a conversation, as the public contract gives them."""

import json
from datetime import date, datetime
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from core.identifiers import FreeText
from core.texts import Locale

Owner = Literal["bot", "officer_queue", "officer", "expert_queue", "expert"]
Sender = Literal["taxpayer", "bot", "officer", "expert", "system"]
Kind = Literal[
    "text", "answer", "clarify", "flow", "handoff", "reminder", "risk_tip", "credit_tip",
    "policy", "survey", "notice", "file", "rating",
]  # fmt: skip
Outcome = Literal[
    "answered", "referred", "refused", "clarified", "profile_asked", "small_talk", "handed_over",
    "handoff_offered", "kept_for_person", "input_done", "flow_step", "dropped", "apologised",
]  # fmt: skip
"""Every way in which a taxpayer's message can end."""

LARGEST_SEQ = 2**53 - 1
"""As large as a number may be that browsers keep exactly."""
TEXT_LIMIT = 2000
"""Characters of a taxpayer's message; longer ones are refused with the limit named."""
VALUE_LIMIT = 20_000
"""Characters of JSON of a flow's field, lists of rows included."""


FILES_LIMIT = 9
"""Files that one message carries."""


class Source(BaseModel):
    """The legal basis of an answer."""

    document: str
    number: str | None = None
    article: str | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    url: str | None = None
    kind: str | None = None


class Choice(BaseModel):
    """A button."""

    id: str = Field(max_length=200)
    label: str


class Card(BaseModel):
    """A pushed card: why it came, by when, and the ways to answer it."""

    campaign: str
    why: str
    due: date | None = None
    actions: list[Choice]
    data_as_of: date | None = None


class Message(BaseModel):
    """One entry of a conversation's log; unknown fields of later versions are ignored."""

    seq: int
    at: datetime
    consultation_id: str | None = None
    sender: Sender
    name: str | None = None
    kind: Kind
    text: str
    sources: list[Source] = []
    choices: list[Choice] = []
    entry_id: str | None = None
    flow: dict[str, Any] | None = None
    card: Card | None = None
    client_message_id: str | None = None
    meta: dict[str, Any] = {}


class Draft(BaseModel):
    """A message before it has its place in the log."""

    model_config = ConfigDict(frozen=True)

    sender: Sender
    kind: Kind = "text"
    text: str
    name: str | None = None
    sources: tuple[Source, ...] = ()
    choices: tuple[Choice, ...] = ()
    entry_id: str | None = None
    flow: dict[str, Any] | None = None
    card: Card | None = None
    meta: dict[str, Any] = {}


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ChoiceInput(_Input):
    """A button of message `ref_seq` was pressed."""

    type: Literal["choice"]
    ref_seq: int = Field(ge=0, le=LARGEST_SEQ)
    id: str = Field(max_length=200)


class CardInput(_Input):
    """A card was answered."""

    type: Literal["card"]
    ref_seq: int = Field(ge=0, le=LARGEST_SEQ)
    action: str = Field(max_length=50)


class RatingInput(_Input):
    """A consultation was rated from 1 to 5."""

    type: Literal["rating"]
    consultation_id: str = Field(max_length=64)
    score: int = Field(ge=1, le=5)
    comment: FreeText | None = Field(None, max_length=500)


class VoteInput(_Input):
    """An answer was found useful, or not."""

    type: Literal["vote"]
    ref_seq: int = Field(ge=0, le=LARGEST_SEQ)
    useful: bool
    reason: FreeText | None = Field(None, max_length=500)


class LeaveQueueInput(_Input):
    """The taxpayer no longer wants to wait."""

    type: Literal["leave_queue"]


class CloseInput(_Input):
    """The taxpayer ends the consultation."""

    type: Literal["close"]


class FlowFieldInput(_Input):
    """A field of a guided flow was filled in.

    Attributes:
        value: by the field's type: text, an option's id, true or false, money and numbers as a
            decimal in a string, dates as YYYY-MM-DD, months as YYYY-MM, a list of ids, or a list
            of rows; null leaves an optional field out.
    """

    type: Literal["flow_field"]
    run_id: str = Field(max_length=64)
    field: str = Field(max_length=64)
    value: Any = None

    @field_validator("value")
    @classmethod
    def _bounded(cls, value: Any) -> Any:
        if len(json.dumps(value)) > VALUE_LIMIT:
            raise ValueError(f"the value is larger than {VALUE_LIMIT} characters of JSON")
        return value


class FlowActionInput(_Input):
    """Something else was done with a guided flow.

    Attributes:
        step: for `change`, the step to answer anew.
    """

    type: Literal["flow_action"]
    run_id: str = Field(max_length=64)
    action: Literal["back", "change", "explain", "pause", "resume", "cancel", "person", "restart"]
    step: str | None = Field(None, max_length=64)


class FlowInput(_Input):
    """A guided flow was asked for, by its id of `GET /chat/flows`; an unfinished run goes on."""

    type: Literal["flow"]
    flow_id: str = Field(max_length=64)

    model_config = ConfigDict(json_schema_extra={"example": {"type": "flow", "flow_id": "F06"}})


Input = Annotated[
    ChoiceInput
    | CardInput
    | FlowFieldInput
    | FlowActionInput
    | FlowInput
    | RatingInput
    | VoteInput
    | LeaveQueueInput
    | CloseInput,
    Field(discriminator="type"),
]


class Incoming(BaseModel):
    """What a taxpayer sends: a text or a typed input, under an id of the client's own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    client_message_id: str = Field(min_length=1, max_length=64, pattern=r"^[\w.:-]+$")
    text: str | None = Field(None, max_length=TEXT_LIMIT)
    input: Input | None = None
    file_ids: list[Annotated[str, Field(max_length=64)]] = Field(
        [], max_length=FILES_LIMIT, description="files taken in before, with or without a text"
    )

    @model_validator(mode="after")
    def _one(self) -> "Incoming":
        said = self.text is not None or bool(self.file_ids)
        if said == (self.input is not None):
            raise ValueError("send either text (or file_ids, or both) or input")
        if self.text is not None and not self.text.strip():
            raise ValueError("text is empty: write a question, or press a button")
        if len(set(self.file_ids)) < len(self.file_ids):
            raise ValueError("file_ids names a file twice")
        return self


class ConsultationSummary(BaseModel):
    """One contact as its taxpayer finds it again."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    opened_at: datetime
    closed_at: datetime | None
    question: str
    result: str | None = Field(description="solved, unsolved or ticket; none if nobody set it")
    score: int | None


class History(BaseModel):
    """A page of what was said, the newest first.

    Attributes:
        messages: only those that hold the words searched for, if there are any.
        consultations: those that the messages belong to, the latest first.
        next_before: the seq to go on before; None when this was all.
        taxpayer: the name of whom the conversation is held for; None for a visitor.
    """

    messages: list[Message]
    consultations: list[ConsultationSummary]
    next_before: int | None
    taxpayer: str | None = None


class Kept(NamedTuple):
    """How something that was sent is stored when its own handler knows better than the log.

    Attributes:
        text: the words of the bubble, safe to read.
        meta: for `meta`; the input without what must not be stored.
    """

    text: str
    meta: dict[str, Any]


class State(BaseModel):
    """A conversation between two changes; `memory` is what a follow-up refers to."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: str
    person_id: str | None
    taxpayer_id: str | None
    assurance: str
    profile: dict[str, Any]
    locale: Locale
    owner: Owner
    owner_version: int
    holder_id: str | None
    holder_name: str | None
    last_seq: int
    read_seq: int
    consultation_id: str | None
    memory: dict[str, Any]
    joined_to: str | None
    worker: str | None = None
    created_at: datetime
    updated_at: datetime


class Received(BaseModel):
    """What became of an incoming message.

    Attributes:
        seq: its place in the log.
        again: it had been received before; nothing was done now.
        turn: whether the bot has to see to it.
        handled: whether its handler has to answer it in this transaction.
        worker: the process that does; None where there is only one.
    """

    seq: int
    again: bool = False
    turn: bool = False
    handled: bool = False
    worker: str | None = None
