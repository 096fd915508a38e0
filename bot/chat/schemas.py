"""Requests and answers of the chat, as the public contract names them."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from conversations.schemas import Choice, Message, Owner, Source
from core.identifiers import FreeText
from core.texts import DEFAULT, Locale
from taxpayers.schemas import Profile

QUESTION_LIMIT = 10_000
"""Characters of a one-shot question; what follows the first 400 is not searched."""


class _In(BaseModel):
    model_config = ConfigDict(extra="ignore")


class OpenSession(_In):
    """Ask for a session."""

    token: str | None = Field(None, max_length=8192, description="the host bureau's JWT")
    channel: FreeText = Field("web", max_length=32)
    locale: Locale | None = Field(
        None, description="none keeps the conversation's; a new one takes Accept-Language's"
    )
    profile: Profile | None = Field(None, description="only in the demo, or inside the token")


class SessionOpened(BaseModel):
    """A session, and the words that open the chat."""

    session_id: str
    session_token: str
    expires_at: datetime
    conversation_id: str
    greeting: str
    bureau: str
    locale: Locale


class Identify(_In):
    """Sign in later."""

    token: str = Field(max_length=8192, description="the host bureau's JWT")


class Identified(BaseModel):
    """The conversation that the session speaks in from now on."""

    conversation_id: str
    last_seq: int


class ChangeLocale(_In):
    """The language in which everything is said from now on."""

    locale: Locale


class Accepted(BaseModel):
    """The message is stored, durably, at this place."""

    seq: int


class Read(_In):
    """How far the taxpayer has read."""

    seq: int = Field(ge=0)


class QueueView(BaseModel):
    """Where one stands who waits for a person."""

    place: int
    expected_wait_seconds: int
    open: bool
    opens_at: datetime | None = None


class Updates(BaseModel):
    """What is new since a seq, and how the conversation stands."""

    owner: Owner
    locale: Locale
    holder: str | None = Field(None, description="name of the officer or expert")
    queue: QueueView | None = None
    consultation_id: str | None = None
    read_seq: int = 0
    messages: list[Message]
    last_seq: int


class Ask(_In):
    """A question without a conversation."""

    text: str = Field(min_length=1, max_length=QUESTION_LIMIT)
    profile: Profile = Profile()
    as_of: date | None = Field(None, description="the day whose rules are asked for")
    locale: Locale = DEFAULT

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={
            "example": {
                "text": "小规模纳税人季度销售额多少免增值税",
                "profile": {"vat_status": "small_scale", "filing_period": "quarter"},
                "as_of": "2026-11-24",
            }
        },
    )


class AskAnswer(BaseModel):
    """The bot's decision on one question."""

    decision: Literal["answer", "clarify", "handoff", "smalltalk", "flow"]
    text: str
    sources: list[Source] = []
    choices: list[Choice] = []
    confidence: float
    entry_id: str | None = None
    flow: dict[str, Any] | None = None
