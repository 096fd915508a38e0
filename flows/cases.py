"""Scripted cases of a flow (`data/flows/cases/F06.yml`): what goes in, and what must come out."""

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from flows.definition import FlowId, Key, Verdict


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Expect(_Part):
    """What must hold; what is not named is not looked at.

    Attributes:
        step: the step that is asked now.
        state: of the run.
        fault: text key of the refusal of this input; null in YAML: it must be taken.
        hint: text key of a hint that came with it.
        result: id of the result.
        handoff: reason of the hand-over rule or result that stopped it.
        facts: calculated facts by name, as JSON (money and dates as strings).
        path: the ids of the steps on the way, in order.
        progress: [step, of].
        shown: pieces of text that the message must contain.
    """

    step: Key | None = None
    state: Literal["active", "paused", "done", "cancelled", "with_person"] | None = None
    fault: str | None = None
    hint: str | None = None
    verdict: Verdict | None = None
    result: Key | None = None
    handoff: Key | None = None
    facts: dict[str, Any] = {}
    path: list[Key] = []
    progress: tuple[int, int] | None = None
    shown: list[str] = []


class CaseInput(_Part):
    """One input: a value of a step, typed words, or an action.

    Attributes:
        step: the step that must be asked now; for action `change` the one to change.
        value: as a client sends it in `flow_field` (money and numbers as strings, dates as ISO,
            rows of a list as mappings).
        text: as a person would type it instead.
        action: back, change, explain, pause, resume, cancel, person, restart, or submit (the
            summary is right).
    """

    step: Key | None = None
    value: Any = None
    text: str | None = None
    action: str | None = None
    expect: Expect | None = None

    @model_validator(mode="after")
    def _one(self) -> "CaseInput":
        given = [self.value is not None, self.text is not None, self.action is not None]
        if sum(given) != 1:
            raise ValueError("give exactly one of value, text and action")
        return self


class Case(_Part):
    """One walk through a flow.

    Attributes:
        name: what it shows.
        kind: flows.md asks for at least three `boundary` and two `handoff` cases of a flow.
        today: the day in Asia/Shanghai.
        profile: what is known of the taxpayer.
        due: the due item it was started for: obligation, tax_period, due; or `items`,
            those to choose from.
        parameters: in place of the definition's.
        submit: the summary is confirmed after the last input, so that the result is reached.
        expect: at the end.
    """

    name: str = Field(min_length=1)
    kind: Literal["usual", "boundary", "handoff"] = "usual"
    today: date
    profile: dict[str, Any] = {}
    due: dict[str, Any] = {}
    parameters: dict[str, Any] = {}
    inputs: list[CaseInput] = Field(min_length=1)
    submit: bool = True
    expect: Expect


class CaseFile(_Part):
    """All cases of a flow's present version."""

    flow_id: FlowId
    cases: list[Case] = Field(min_length=1)
