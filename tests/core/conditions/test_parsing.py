from datetime import UTC, datetime

import pytest

from core.conditions import All, AnyOf, Comparison, ConditionError, Field, Not, parse
from core.conditions.parsing import MAX_DEPTH, MAX_VALUES

VAT = Field("vat_status", "text", ("small_scale", "general"))


def test_reads_a_tree():
    condition = parse(
        {"vat_status": "general", "any": [{"employees": {"gt": 5}}, {"not": {"tags": ["a", "b"]}}]}
    )
    assert condition == All(
        (
            Comparison(VAT, "eq", ("general",)),
            AnyOf(
                (
                    Comparison(Field("employees", "number"), "gt", (5.0,)),
                    Not(Comparison(Field("tags", "tags"), "in", ("a", "b"))),
                )
            ),
        )
    )


def test_reads_other_fields_when_given():
    fields = {"amount": Field("amount", "number")}
    assert parse({"amount": 3}, fields) == Comparison(fields["amount"], "eq", (3.0,))
    with pytest.raises(ConditionError, match="unknown field 'employees'"):
        parse({"employees": 3}, fields)


@pytest.mark.parametrize(
    ("data", "path", "hint"),
    [
        (None, "", "a mapping"),
        ([{"employees": 1}], "", "a mapping"),
        ({"colour": "red"}, "colour", "use one of entity_type"),
        ({5: "red"}, "5", "unknown field 5"),
        ({"vat_status": "general_taxpayer"}, "vat_status", "use small_scale, general"),
        ({"vat_status": ["general", "tiny"]}, "vat_status[1]", "use small_scale"),
        ({"region": 330000}, "region", "put digits in quotes"),
        ({"region": ""}, "region", "a text"),
        ({"region": "a\0"}, "region", "a text"),
        ({"employees": "5"}, "employees", "a number"),
        ({"employees": True}, "employees", "a number"),
        ({"employees": float("nan")}, "employees", "a number"),
        ({"employees": 10**400}, "employees", "a number"),
        ({"employees": []}, "employees", "empty list"),
        ({"employees": {}}, "employees", "a comparison"),
        ({"employees": {"between": 5}}, "employees.between", "lt, lte, gt, gte, ne"),
        ({"industry": {"lt": "x"}}, "industry.lt", "can be compared by ne"),
        ({"tags": {"gt": "x"}}, "tags.gt", "can be compared by ne"),
        ({"registered_on": {"gte": "2026-02-30"}}, "registered_on.gte", "YYYY-MM-DD"),
        ({"registered_on": datetime(2026, 1, 1, tzinfo=UTC)}, "registered_on", "YYYY-MM-DD"),
        ({"any": []}, "any", "at least one"),
        ({"all": {"employees": 1}}, "all", "a list"),
        ({"any": [{"employees": 1}, {"all": [{"x": 1}]}]}, "any[1].all[0].x", "unknown field"),
        ({"not": [{"employees": 1}]}, "not", "a mapping"),
        ({"employees": list(range(MAX_VALUES + 1))}, f"employees[{MAX_VALUES}]", "more than"),
    ],
)
def test_a_fault_is_told_by_its_path(data, path, hint):
    with pytest.raises(ConditionError) as caught:
        parse(data)
    assert caught.value.path == path
    assert hint in caught.value.detail
    assert caught.value.problem()["code"] == "bad_condition"


def test_depth_is_bounded():
    data = {"employees": 1}
    for _ in range(MAX_DEPTH + 1):
        data = {"not": data}
    with pytest.raises(ConditionError, match="nested deeper"):
        parse(data)
