from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from core.conditions import evaluate, parse

SMALL = {"vat_status": "small_scale"}


@pytest.mark.parametrize(
    ("condition", "facts", "value", "missing"),
    [
        ({}, {}, True, None),
        (SMALL, {"vat_status": "small_scale"}, True, None),
        (SMALL, {"vat_status": "general"}, False, None),
        (SMALL, {}, None, "vat_status"),
        (SMALL, {"vat_status": None}, None, "vat_status"),
        ({"credit_grade": ["A", "B"]}, {"credit_grade": "B"}, True, None),
        ({"credit_grade": ["A", "B"]}, {"credit_grade": "C"}, False, None),
        ({"employees": {"lte": 300}}, {"employees": 300}, True, None),
        ({"employees": {"lt": 300}}, {"employees": 300}, False, None),
        ({"employees": {"gte": 10, "lt": 20}}, {"employees": 20}, False, None),
        ({"employees": {"ne": 3}}, {"employees": 3}, False, None),
        ({"employees": 3}, {"employees": "3"}, None, "employees"),
        ({"employees": 1}, {"employees": True}, None, "employees"),
        ({"total_assets": {"gt": 0.1}}, {"total_assets": Decimal("0.1")}, False, None),
        ({"registered_on": {"gte": "2026-01-01"}}, {"registered_on": date(2026, 1, 1)}, True, None),
        ({"registered_on": {"lt": date(2026, 1, 1)}}, {"registered_on": "2026-01-01"}, False, None),
        ({"registered_on": "2026-02-28"}, {"registered_on": "2026-02-30"}, None, "registered_on"),
        (
            {"registered_on": {"gte": "2026-01-01"}},
            {"registered_on": datetime(2026, 1, 1, tzinfo=UTC)},
            None,
            "registered_on",
        ),
        ({"tags": "exporter"}, {"tags": ["exporter", "new"]}, True, None),
        ({"tags": ["a", "b"]}, {"tags": ["b"]}, True, None),
        ({"tags": "exporter"}, {"tags": []}, False, None),
        ({"tags": {"ne": "exporter"}}, {"tags": []}, True, None),
        ({"tags": "exporter"}, {"tags": "exporter"}, None, "tags"),
    ],
)
def test_one_test(condition, facts, value, missing):
    verdict = evaluate(parse(condition), facts)
    assert (verdict.value, verdict.missing) == (value, missing)


@pytest.mark.parametrize(
    ("condition", "facts", "value", "missing"),
    [
        # false decides an AND whatever is unknown beside it, true an OR
        ({**SMALL, "employees": 1}, {"vat_status": "general"}, False, None),
        ({**SMALL, "employees": 1}, {"vat_status": "small_scale"}, None, "employees"),
        ({"any": [SMALL, {"employees": 1}]}, {"employees": 1}, True, None),
        ({"any": [SMALL, {"employees": 1}]}, {"employees": 2}, None, "vat_status"),
        ({"any": [SMALL, {"employees": 1}]}, {"vat_status": "general"}, None, "employees"),
        ({"not": SMALL}, {}, None, "vat_status"),
        ({"not": SMALL}, {"vat_status": "general"}, True, None),
        # the unknown in a branch that is already false is not worth asking
        (
            {"any": [{**SMALL, "industry": "x"}, {"employees": 1}]},
            {"industry": "y"},
            None,
            "employees",
        ),
        ({"all": [SMALL, {"not": {"any": [{"employees": 1}]}}]}, {"employees": 1}, False, None),
    ],
)
def test_three_values(condition, facts, value, missing):
    verdict = evaluate(parse(condition), facts)
    assert (verdict.value, verdict.missing) == (value, missing)


def test_explanation_tells_every_test():
    condition = parse(
        {"vat_status": "small_scale", "employees": {"lte": 300}, "registered_on": ["2026-01-01"]}
    )
    verdict = evaluate(condition, {"vat_status": "general", "registered_on": "2026-01-01"})
    assert verdict.explanation == [
        {
            "field": "vat_status",
            "op": "eq",
            "expected": "small_scale",
            "actual": "general",
            "result": False,
        },
        {"field": "employees", "op": "lte", "expected": 300, "actual": None, "result": None},
        {
            "field": "registered_on",
            "op": "in",
            "expected": ["2026-01-01"],
            "actual": "2026-01-01",
            "result": True,
        },
    ]
