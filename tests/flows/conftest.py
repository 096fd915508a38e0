"""An engine of the tests' flow, and a service on both databases."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from core.calendar import tax_calendar
from flows.engine import Engine, Known
from flows.flow import Flow
from tests.support import flow_rules

TODAY = date(2026, 11, 24)

Make = Callable[..., Engine]


@pytest.fixture(scope="session")
def flows() -> dict[str, Flow]:
    """The flows of the tests, ready to run."""
    return {key: Flow(each) for key, each in flow_rules.shipped().present.items()}


@pytest.fixture
def engine_of(flows: dict[str, Flow]) -> Make:
    """Make the engine of a flow for a taxpayer."""

    def make(flow_id: str = "T01", **known: Any) -> Engine:
        profile = known.pop("profile", {})
        return Engine(flows[flow_id], Known(profile, TODAY, tax_calendar(), **known))

    return make


@pytest.fixture
def engine(engine_of: Make) -> Engine:
    """The engine of T01 for a taxpayer of whom nothing is known."""
    return engine_of()
