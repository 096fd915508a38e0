from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from core.calendar import tax_calendar
from core.texts import has_text
from flows.rules import Context, Fault, validators

CONTEXT = Context(date(2026, 11, 23), {}, None, tax_calendar())


def ask(name, value, answers=None, context=CONTEXT, **given):
    return validators()[name].check(value, answers or {}, context, **given)


def key(fault: Fault | None) -> str | None:
    if fault is not None:
        assert has_text(fault.key)
    return fault and fault.key.removeprefix("flow_rules.")


@pytest.mark.parametrize(
    ("value", "expected"),
    [(("none",), None), (("a", "b"), None), (("a", "none"), "general.alone"), ((), None)],
)
def test_an_option_that_stands_alone(value, expected):
    assert key(ask("alone", value, option="none")) == expected


def test_an_end_is_not_before_its_beginning():
    begin = {"begin": date(2026, 3, 1)}
    assert key(ask("not_before_field", date(2026, 2, 1), begin, field="begin")) == (
        "general.end_before_begin"
    )
    assert ask("not_before_field", date(2026, 3, 1), begin, field="begin") is None
    assert ask("not_before_field", date(2026, 2, 1), {}, field="begin") is None


@pytest.mark.parametrize(
    ("number", "born", "expected", "hint"),
    [
        ("11010519491231002X", date(1949, 12, 1), None, None),
        ("11010519491231002X", date(1949, 11, 1), "identity.born_differs", False),
        ("990000202002290019", date(2020, 2, 1), "identity.unusual_region", True),
        ("990000199003070010", date(1990, 3, 1), "identity.check_character", False),
        ("990000202102290016", date(2021, 2, 1), "identity.birthday", False),
        ("99000019900307001", None, "identity.length", False),
        ("9900001990030700X3", None, "identity.character", False),
        ("990***********0013", date(1999, 1, 1), None, None),  # kept before: only its mask is seen
    ],
)
def test_an_identity_number_and_the_month_of_birth(number, born, expected, hint):
    found = ask("identity_born", number, {"born": born}, field="born")
    assert key(found) == expected
    assert (found and found.hint) == hint


@pytest.mark.parametrize(("year", "expected"), [(2023, "general.before_rule"), (2024, None)])
def test_a_year_with_other_amounts_is_refused(year, expected):
    context = replace(CONTEXT, today=date(year, 3, 1))
    assert key(ask("deduction.year_open", "last_year", context=context)) == expected


@pytest.mark.parametrize(
    ("value", "month", "expected"),
    [
        ("this_year", 11, None),
        ("last_year", 11, None),
        ("next_year", 11, "deduction.next_year_in_december"),
        ("next_year", 12, None),
    ],
)
def test_next_year_opens_in_december(value, month, expected):
    context = replace(CONTEXT, today=date(2026, month, 1))
    assert key(ask("deduction.year_open", value, context=context)) == expected


def test_a_loan_and_rent_do_not_stand_together():
    found = ask("deduction.one_home", ("mortgage", "rent", "elderly"))
    assert key(found) == "deduction.loan_and_rent"
    assert ask("deduction.one_home", ("mortgage", "elderly")) is None


@pytest.mark.parametrize(
    ("mine", "other", "expected"),
    [
        ("full", "none", None),
        ("half", "half", None),
        ("half", "none", None),
        ("full", "half", "deduction.shares_above"),
        ("half", "full", "deduction.shares_above"),
        ("full", "full", "deduction.shares_above"),
        ("full", "dispute", None),
    ],
)
def test_parents_share_a_child(mine, other, expected):
    assert key(ask("deduction.shares", other, {"my_share": mine})) == expected


def test_a_spouses_parent_is_refused():
    assert key(ask("deduction.no_in_law", "in_law")) == "deduction.in_law"
    assert ask("deduction.no_in_law", "parent") is None


@pytest.mark.parametrize(
    ("mine", "others", "expected"),
    [("1500", "1500", None), ("1500", "1500.01", "deduction.elderly_above"), ("1", "0", None)],
)
def test_brothers_and_sisters_share_the_amount(mine, others, expected):
    found = ask("deduction.elderly_shares", Decimal(others), {"my_amount": Decimal(mine)})
    assert key(found) == expected


@pytest.mark.parametrize(
    ("stage", "born", "odd"),
    [
        ("small", date(2018, 1, 1), False),
        ("small", date(2017, 1, 1), True),
        ("studying", date(2022, 1, 1), False),
        ("studying", date(2023, 1, 1), True),
        ("finished", date(2004, 1, 1), False),
    ],
)
def test_a_stage_that_does_not_go_with_the_age_is_a_hint(stage, born, odd):
    found = ask("deduction.stage", stage, {"child_born": born})
    assert (found is not None) == odd
    assert found is None or (found.hint and key(found) == "deduction.stage_odd")
