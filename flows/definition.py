"""What the file of a flow may hold (`data/flows/F06.yml`); how its parts fit is in `checks`.

A condition (`when`) is a mapping of `core.conditions` over these facts: the profile, `today`, the
definition's parameters, the answers by the key of their field, and what calculations gave. Money
and numbers compare as numbers, dates and months (their first day) as dates, a choice with its
option's id, `yes_no` and `confirm` with true, false or unknown, `multi` as tags, a list by the
number of its rows. A protected answer is no fact. Unknown is never true; only a step's `when`
counts as ask.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from knowledge_base.schemas import SourceRef

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
FlowId = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$", max_length=16)]
Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
When = dict[str, Any]
FieldType = Literal[
    "choice", "multi", "yes_no", "text", "money", "number", "date", "month", "identity_number",
    "phone", "uscc", "list", "confirm",
]  # fmt: skip
Verdict = Literal["pass", "supplement", "person"]
"""通过, 需补正, 建议转人工; none of them is a decision to accept or approve."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Words(_Part):
    """A text in the languages; Traditional Chinese is converted unless it is given.

    A text may hold {name} for a fact; money, dates and options are shown as people read them.
    """

    zh_hans: Said = Field(alias="zh-Hans")
    en: Said
    zh_hant: Said | None = Field(None, alias="zh-Hant")

    def given(self, locale: str) -> str | None:
        """Return the text as it was written for a language, or None."""
        given: dict[str, str | None] = {"zh-Hant": self.zh_hant, "en": self.en}
        return given.get(locale, self.zh_hans)


class Option(_Part):
    """One of the values of a choice.

    Attributes:
        when: offered unless this is false.
    """

    id: Key
    label: Words
    help: Words | None = None
    when: When | None = None


class Rule(_Part):
    """A registered check with its parameters; a bare name in YAML is one without."""

    rule: str
    with_: dict[str, Any] = Field({}, alias="with", description="parameters of the rule")


class _Field(_Part):
    """A value that is asked for.

    Attributes:
        options: of choice and multi.
        unit: shown behind a number, e.g. 人.
        min, max: of a number or money; of a date or month as YYYY-MM-DD, YYYY-MM or `today`; of a
            multi or list the number of options or rows.
        decimals: of a number; money always has two.
        max_length: of a text, in characters.
        pattern: of a text, the whole of it.
        pattern_fault: what to say when the pattern does not fit.
        may_not_know: a yes_no then also takes "unknown" (不清楚).
        protected: the number is kept encrypted and shown masked; identity_number and phone
            always are.
        prefill: where a value may be known from, `profile.<field>` or `due.<name>` (obligation,
            tax_period, due of the item that the flow was started for); the person confirms it.
    """

    key: Key
    type: FieldType
    label: Words
    required: bool = True
    options: list[Option] = []
    unit: Words | None = None
    min: Decimal | date | str | None = None
    max: Decimal | date | str | None = None
    decimals: int = Field(0, ge=0, le=6)
    max_length: int = Field(200, ge=1, le=2000)
    pattern: str | None = None
    pattern_fault: Words | None = None
    may_not_know: bool = False
    protected: bool = False
    prefill: Annotated[str, StringConstraints(pattern=r"^(profile|due)\.[a-z_]+$")] | None = None

    @property
    def is_protected(self) -> bool:
        """Whether the value never stands in the clear."""
        return self.protected or self.type in {"identity_number", "phone"}


class SubField(_Field):
    """A column of a list.

    Attributes:
        help: what is meant.
        when: asked unless this is false; knows the row's earlier columns as well.
        validate: checks of the value, which see the row as `answers`.
    """

    help: Words | None = None
    when: When | None = None
    rules: list[str | Rule] = Field([], alias="validate")


class FlowField(_Field):
    """The field of a step.

    Attributes:
        fields: the columns of a list; a list stands in no list.
        due_items: a choice that also offers what the taxpayer is known not to have filed in time;
            one chosen answers the fields with `prefill: due.<name>`. Without any the step is left
            out, so no `next` leads to it.
    """

    fields: list[SubField] = []
    due_items: bool = False


class Next(_Part):
    """Where to go from a step when the order of the file is not enough; always forward."""

    step: Key
    when: When | None = None


class Handoff(_Part):
    """Who helps.

    Attributes:
        reason: a short word for the person who takes it, e.g. `second_violation`.
        queue: id of a queue; the general ones are `officer` and `expert`.
    """

    reason: Key = "flow_help"
    queue: str = "officer"


class HandoffRule(Handoff):
    """When a flow had better stop and recommend a person (建议转人工).

    Attributes:
        when: looked at after every answer; only true counts.
        text: why, told to the person.
    """

    when: When
    title: Words | None = None
    text: Words
    legal_refs: list[SourceRef] = []


class Step(_Part):
    """One question.

    Attributes:
        prompt: the question itself.
        help: the explanation given to "不懂".
        why: the reason it is asked.
        validate: names of registered checks, or {rule, with}.
        when: skipped if false; unknown counts as ask.
        next: the first whose `when` holds; else the step that follows in the file.
        handoff: to whom a wish for a person at this step goes.
    """

    id: Key
    prompt: Words
    field: FlowField
    help: Words | None = None
    why: Words | None = None
    rules: list[str | Rule] = Field([], alias="validate")
    when: When | None = None
    next: list[Next] = []
    legal_refs: list[SourceRef] = []
    handoff: Handoff | None = None


class Compute(_Part):
    """A registered calculation whose facts later conditions and texts use.

    It is done as soon as the answers it needs are there, and again when one of them changes.

    Attributes:
        when: only if this is true.
    """

    calculator: str
    with_: dict[str, Any] = Field({}, alias="with", description="parameters of the calculation")
    when: When | None = None


class Item(_Part):
    """A line of a result, or a paper of its checklist; shown unless `when` is not true."""

    text: Words
    when: When | None = None


class Action(_Part):
    """What can be done next: exactly one of a link, another flow, or an entry to read."""

    label: Words
    url: Annotated[str, StringConstraints(pattern=r"^https://")] | None = None
    flow: FlowId | None = None
    entry: str | None = None
    when: When | None = None


class Result(_Part):
    """An end of the flow; the first whose `when` is true is given, the last has none.

    Attributes:
        lines: names of calculated facts of kind `lines` whose sentences come before the items.
        items: why it is so, what follows.
        checklist: 预审清单, what to have at hand.
        handoff: for verdict `person`: who takes it.
    """

    id: Key
    verdict: Verdict
    when: When | None = None
    title: Words
    text: Words
    items: list[Item] = []
    lines: list[Key] = []
    checklist: list[Item] = []
    legal_refs: list[SourceRef] = []
    actions: list[Action] = []
    handoff: Handoff | None = None


class Parameter(_Part):
    """A number or word that a bureau sets for its region.

    Attributes:
        value: null is unknown to conditions.
        about: what it is, and where the value comes from.
    """

    value: Decimal | str | None = None
    kind: Literal["number", "money", "text"] = "number"
    about: Said

    @model_validator(mode="after")
    def _of_its_kind(self) -> "Parameter":
        if self.kind != "text" and isinstance(self.value, str):
            try:
                return self.model_copy(update={"value": Decimal(self.value)})
            except ArithmeticError:
                raise ValueError(f"{self.value!r} is no number; or say kind: text") from None
        return self


class Definition(_Part):
    """A flow in one version.

    Attributes:
        version: grows by one when answers kept from before could mean something else.
        minutes: how long it takes, honestly.
        audience: offered unless this is false for the taxpayer.
        handoffs: 通用转人工, looked at after every answer.
        results: the ends, in the order in which they are tried.
    """

    flow_id: FlowId
    version: int = Field(ge=1)
    title: Words
    about: Words
    minutes: int = Field(ge=1, le=120)
    audience: When | None = None
    legal_refs: list[SourceRef] = []
    parameters: dict[Key, Parameter] = {}
    steps: list[Step] = Field(min_length=1)
    compute: list[Compute] = []
    handoffs: list[HandoffRule] = []
    results: list[Result] = Field(min_length=1)

    def step(self, step_id: str) -> Step:
        """Return a step.

        Raises:
            KeyError: there is none with this id.
        """
        for each in self.steps:
            if each.id == step_id:
                return each
        raise KeyError(step_id)


def schema_document() -> dict[str, Any]:
    """Return the JSON schema of a definition, kept in `data/flows/schema.json`."""
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return dialect | Definition.model_json_schema()
