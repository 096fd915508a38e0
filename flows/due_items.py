"""Due items of a taxpayer as choices: the step that asks "which one" offers them, and one chosen
answers the fields that are prefilled from a due item (`prefill: due.tax_period`)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict

from conversations.schemas import State
from core.database import Tx
from flows.definition import Definition, Option, Step, Words

DUE = "due."


class DueItem(BaseModel):
    """Something that a taxpayer had to file.

    Attributes:
        obligation: of `core.obligations`, such as VAT-M.
        tax_period: 2026-10, or 2026-Q3.
        due: the last day, in Asia/Shanghai.
        label: how a person reads it.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    obligation: str
    tax_period: str
    due: date
    label: Words

    @property
    def id(self) -> str:
        """The id of its option."""
        return f"{self.obligation}_{self.tax_period}".lower().replace("-", "_")


DueItems = Callable[[Tx, State], Sequence[DueItem]]
"""Gives what a conversation's taxpayer is known not to have filed in time."""


def prefillable(step: Step, raw: str) -> str:
    """Return what is known in the form of the field: VAT-M is vat_m, 2026-Q3 its last month."""
    if step.field.type == "choice":
        return raw.lower().replace("-", "_")
    if step.field.type == "month":
        year, quarter, rest = raw.partition("-Q")
        return f"{year}-{int(rest) * 3:02d}" if quarter and rest.isdecimal() else raw[:7]
    return raw


def asks_for_item(definition: Definition) -> bool:
    """Whether a step of a flow asks for a due item."""
    return any(each.field.due_items for each in definition.steps)


def filled_by(definition: Definition) -> list[Step]:
    """Return the steps whose answer a due item gives."""
    return [each for each in definition.steps if (each.field.prefill or "").startswith(DUE)]


def offering(definition: Definition, items: Sequence[DueItem]) -> Definition:
    """Return a definition as a taxpayer with these due items goes through it.

    A step that asks for a due item has an option for each that the steps it fills take, and is
    left out where there is none.
    """
    steps: list[Step] = []
    for step in definition.steps:
        if not step.field.due_items:
            steps.append(step)
        elif options := [made for each in items if (made := _option(definition, each))]:
            field = step.field.model_copy(update={"options": [*options, *step.field.options]})
            steps.append(step.model_copy(update={"field": field, "when": _when(step, options)}))
    return definition.model_copy(update={"steps": steps})


def _option(definition: Definition, item: DueItem) -> Option | None:
    """Return the option of an item, offered where the choice that it answers offers its own."""
    when: list[Mapping[str, Any]] = []
    for step in filled_by(definition):
        if step.field.type != "choice":
            continue
        wanted = prefillable(step, value_of(item, step))
        same = next((each for each in step.field.options if each.id == wanted), None)
        if same is None:
            return None
        when += [same.when] if same.when else []
    return Option(id=item.id, label=item.label, when={"all": when} if when else None)


def _when(step: Step, options: Sequence[Option]) -> dict[str, Any] | None:
    """Return when a step is asked: as it says, and while at least one of its items is offered."""
    offered = [each.when for each in options if each.when is not None]
    if len(offered) < len(options):
        return step.when
    some = {"any": offered}
    return {"all": [step.when, some]} if step.when else some


def value_of(item: DueItem, step: Step) -> str:
    """Return what an item says for a field that is prefilled from one."""
    name = (step.field.prefill or "").removeprefix(DUE)
    value = getattr(item, name)
    return value.isoformat() if isinstance(value, date) else str(value)


def items_of(due: Mapping[str, Any]) -> tuple[DueItem, ...]:
    """Return the items that a run was begun with."""
    return tuple(DueItem.model_validate(each) for each in due.get("items", ()))
