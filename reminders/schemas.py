"""Campaigns, lists and counts as they come in and go out."""

from datetime import datetime
from string import Formatter
from typing import Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator, model_validator

from core.conditions import ConditionError, parse
from core.obligations import Obligation, last_month
from core.script import shown

CampaignState = Literal["draft", "running", "done", "stopped"]
Action = Literal["done", "later", "not_applicable", "ask"]

PLACEHOLDERS = frozenset({"name", "obligation", "period", "due"})
"""What a template may name: the taxpayer, what is due, for which period, until when."""


class Words(BaseModel):
    """The words of a card; `{name}`, `{obligation}`, `{period}` and `{due}` are filled in."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str = Field(min_length=1, max_length=1000)
    why: str = Field(min_length=1, max_length=500, description="why this taxpayer gets it")

    @field_validator("text", "why")
    @classmethod
    def _known_placeholders(cls, words: str) -> str:
        for _, name, form, conversion in Formatter().parse(words):
            if name is not None and (name not in PLACEHOLDERS or form or conversion):
                known = ", ".join(f"{{{each}}}" for each in sorted(PLACEHOLDERS))
                raise ValueError(f"{{{name}}} cannot be filled in; use {known}")
        return words


class Template(Words):
    """The words of a card in Chinese, and in English for those who chose it."""

    en: Words | None = Field(None, exclude_if=lambda english: english is None)

    def for_locale(self, locale: str) -> Words:
        """Return the words in a language; in Chinese where there are no English ones."""
        if locale == "en" and self.en is not None:
            return self.en
        return Words(text=shown(self.text, locale), why=shown(self.why, locale))


class Schedule(BaseModel):
    """When the first card may be given."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    start_at: AwareDatetime


class CampaignBody(BaseModel):
    """A filing reminder: who gets which words, about which obligation and tax period."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["reminder"]
    title: str = Field(min_length=1, max_length=100)
    tax_period: str = Field(examples=["2026-11"])
    obligation: Obligation
    audience: dict[str, Any] = Field(description="a condition on the profile; {} is everybody")
    template: Template
    schedule: Schedule | None = None

    @field_validator("audience")
    @classmethod
    def _readable_audience(cls, audience: dict[str, Any]) -> dict[str, Any]:
        try:
            parse(audience)
        except ConditionError as error:
            raise ValueError(error.detail) from error
        return audience

    @model_validator(mode="after")
    def _fitting_period(self) -> Self:
        last_month(self.obligation, self.tax_period)
        return self


class CampaignSpec(CampaignBody):
    """A filing reminder under its key."""

    key: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$", examples=["filing-2026-12"])


class Counts(BaseModel):
    """The funnel; answers are counted as they stand now."""

    audience: int = 0
    delivered: int = 0
    read: int = 0
    done: int = 0
    later: int = 0
    not_applicable: int = 0
    asked: int = 0


class Campaign(BaseModel):
    """A campaign as it stands.

    Attributes:
        state: draft until started, running while recipients are looked up, done when each has
            its place in the inbox (cards go on being given at the next visits), stopped by hand.
    """

    key: str
    state: CampaignState
    counts: Counts
    spec: CampaignSpec
    updated_at: datetime


class BadRow(BaseModel):
    """A row of a list that was not taken; row 1 is the head."""

    row: int
    column: str
    value: str
    reason: str


class ImportReport(BaseModel):
    """What became of a list."""

    rows: int
    good: int
    bad: list[BadRow]
