"""Rules and a catalogue of the flow that tests walk through; none of it is law."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from core.settings import PROJECT
from flows.loading import Catalogue, load_flows
from flows.rules import Context, Fault, Told, calculator, calculators, validator

DEFINITIONS = PROJECT / "tests" / "flows" / "fixtures" / "flows"

if "test.late_fee" not in calculators():

    @calculator("test.late_fee", needs=("month",), gives={"late_fee": "money", "months": "number"})
    def late_fee(answers: Mapping[str, Any], context: Context, rate: str) -> dict[str, Any]:
        """Give months between and a share of the amount for each."""
        first = answers["month"]
        months = (context.today.year - first.year) * 12 + context.today.month - first.month
        amount = answers.get("amount", Decimal(0))
        return {"months": months, "late_fee": amount * Decimal(rate) * months}

    @validator("test.round")
    def is_round(value: Decimal, answers: Mapping[str, Any], context: Context) -> Fault | None:
        """Find amounts like 10000 worth a second look."""
        del answers, context
        return Fault("flows.fault.rule", hint=True) if value % 1000 == 0 else None

    @validator("test.fewer_than")
    def fewer_than(
        value: Decimal, answers: Mapping[str, Any], context: Context, most: int
    ) -> Fault | None:
        """Refuse more than so many, fewer for individual businesses."""
        del context
        limit = most if answers.get("subject") == "company" else most // 10
        return Fault("flows.fault.at_most", {"most": limit}) if value > limit else None

    @calculator("test.papers", gives={"papers": "lines"})
    def papers(answers: Mapping[str, Any], context: Context) -> dict[str, Any]:
        """Name a paper for each owner."""
        del context
        rows = answers.get("owners", ())
        return {"papers": tuple(Told("flows.row", {"place": 1, "row": r["name"]}) for r in rows)}


def shipped(directory: Path = DEFINITIONS) -> Catalogue:
    """Return the flows of the tests."""
    return load_flows(directory)
