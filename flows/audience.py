"""Whom a flow is for."""

from collections.abc import Mapping
from typing import Any

from conversations.schemas import State
from conversations.sessions import profile_of
from core.conditions import evaluate, parse
from core.database import Tx
from flows.definition import Definition


def facts_of(tx: Tx, state: State) -> dict[str, Any]:
    """Return what is known of a taxpayer: their profile, and what was told in the chat."""
    told: dict[str, Any] = state.memory.get("profile", {})
    return profile_of(tx, state) | told


def suits(definition: Definition, facts: Mapping[str, Any]) -> bool:
    """Whether a flow is offered: unless its audience plainly rules the taxpayer out."""
    audience = definition.audience
    return audience is None or evaluate(parse(audience), facts).value is not False
