"""Every scripted case of the flows that ship, and that a case which differs is told."""

from datetime import date

import pytest

from flows.cases import Case
from flows.loading import load_flows
from flows.trial import differences, read_cases
from tests.support import flow_rules

PRESENT = load_flows().present
CASES = [
    pytest.param(flow, case, id=f"{flow.flow_id}-{case.name}")
    for flow in PRESENT.values()
    if (file := read_cases(flow.flow_id)) is not None
    for case in file.cases
]


@pytest.mark.parametrize(("flow", "case"), CASES)
def test_a_case_ends_as_expected(flow, case) -> None:
    assert differences(flow, case) == []


@pytest.mark.parametrize("flow_id", sorted(PRESENT))
def test_a_flow_has_cases_enough(flow_id: str) -> None:
    file = read_cases(flow_id)
    assert file is not None
    kinds = [each.kind for each in file.cases]
    assert len(kinds) >= 10 and kinds.count("boundary") >= 3 and kinds.count("handoff") >= 2


def case(**parts) -> Case:
    return Case.model_validate({"name": "x", "today": date(2026, 11, 24), **parts})


INPUTS = [
    {"step": "subject", "text": "企业"},
    {"step": "month", "value": "2026-09"},
    {"step": "has_tax", "value": True},
    {"step": "amount", "value": "12000"},
    {"step": "people", "value": "30"},
]


@pytest.mark.parametrize(
    ("expect", "told"),
    [
        ({"result": "pay", "verdict": "supplement", "facts": {"months": 2, "late_fee": "12"}}, []),
        ({"shown": ["税款 12,000.00 元"], "state": "done", "step": "result"}, []),
        ({"result": "file"}, ["end: result is 'pay', not 'file'"]),
        ({"facts": {"late_fee": "13"}}, ["end: late_fee is '12', not '13'"]),
        ({"progress": [5, 5]}, ["end: progress is (6, 6), not (5, 5)"]),
        ({"handoff": "large_amount"}, ["end: handoff is None, not 'large_amount'"]),
    ],
)
def test_what_differs_is_told(expect, told) -> None:
    flow = flow_rules.shipped().access("T01")
    assert differences(flow, case(inputs=INPUTS, expect=expect)) == told


def test_a_wrong_step_and_a_refused_value_are_told() -> None:
    flow = flow_rules.shipped().access("T01")
    wrong = [{"step": "month", "value": "2026-09"}, {"value": "nobody"}]
    found = differences(flow, case(inputs=wrong, expect={}))
    assert found == [
        "input 1: month should be asked, but it is subject",
        "input 2: subject does not take 'nobody': flows.fault.choice",
    ]
