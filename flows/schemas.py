"""A run as it is stored, and flows as lists give them."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from flows.engine import Standing, State

ENDED = frozenset({"done", "cancelled", "expired"})
"""States of a run that is over; a done one can still be changed."""


class Run(BaseModel):
    """A run of a flow between two inputs."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: str
    conversation_id: str
    flow_id: str
    version: int
    state: State
    step: str
    answers: dict[str, Any]
    standing: dict[str, Any]
    due: dict[str, Any]
    summary: dict[str, Any]
    trail: list[dict[str, Any]]
    started_by: str
    started_at: datetime
    updated_at: datetime
    expires_at: datetime
    change: int

    def stands(self) -> Standing:
        """Return it as the engine sees it."""
        kept = {
            key: self.standing[key]
            for key in ("cursor", "submitted", "failures", "leaving")
            if key in self.standing
        }
        return Standing(state=self.state, answers=self.answers, **kept)


class FlowOut(BaseModel):
    """A flow that can be started."""

    flow_id: str = Field(examples=["F06"])
    title: str = Field(examples=["逾期申报补办"])
    about: str
    minutes: int = Field(examples=[5])


class FlowList(BaseModel):
    """The flows there are."""

    items: list[FlowOut]
    next_cursor: str | None = None
