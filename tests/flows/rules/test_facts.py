"""What the cases in `data/flows/cases` do not reach of the calculations."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from core.calendar import tax_calendar
from core.texts import has_text
from flows.rules import Context, Told, calculators

CONTEXT = Context(date(2026, 11, 23), {}, None, tax_calendar())
LATE = replace(CONTEXT, results={"deadline": date(2026, 11, 16)})
YEAR = replace(CONTEXT, results={"year": 2026})


def calculate(name, answers, context):
    rule = calculators()[name]
    assert all(need in answers for need in rule.needs)
    found = rule.calculate(answers, context)
    assert set(found) <= set(rule.gives)
    return found


def keys(lines: list[Told]) -> list[str]:
    assert all(has_text(line.key) for line in lines)
    return [line.key.removeprefix("flow_rules.") for line in lines]


@pytest.mark.parametrize(
    "answers",
    [
        {"matter": "filing"},
        {"matter": "filing", "obligation": "vat_m"},
        {"matter": "agent_filing", "obligation": "iit_w"},
    ],
)
def test_nobody_is_asked_for_the_deadline_while_too_little_is_known(answers):
    assert calculate("late_filing.deadline", answers, CONTEXT) == {}


@pytest.mark.parametrize(
    ("matter", "profile", "expected"),
    [
        ("filing", {"entity_type": "natural_person"}, ["credit.natural_person"]),
        ("books", {"entity_type": "company"}, ["credit.not_known"]),
        ("another", {}, ["credit.not_known"]),
    ],
)
def test_credit_is_only_told_where_it_is_known(matter, profile, expected):
    context = replace(LATE, profile=profile)
    assert keys(calculate("late_filing.credit", {"matter": matter}, context)["credit"]) == expected


def test_without_a_deadline_nothing_is_estimated():
    assert calculate("late_filing.credit", {"matter": "filing"}, CONTEXT) == {}
    paid = {"tax_due": Decimal(10), "pay_on": date(2026, 11, 23)}
    assert calculate("late_filing.money", paid, CONTEXT) == {"large_tax": False}


def test_without_a_limit_no_tax_is_large():
    context = replace(LATE, parameters={"large_tax_amount": None})
    found = calculate("late_filing.money", {"tax_due": Decimal(10**7)}, context)
    assert found["large_tax"] is False


def test_a_bureau_that_names_no_window_counts_every_earlier_time():
    answers = {"matter": "filing", "notice": "no", "history": "earlier", "harm": ("nothing",)}
    assert calculate("late_filing.waiver", answers, LATE)["first_violation"] is False


def test_a_matter_nobody_can_tell_is_unknown():
    answers = {
        "matter": "another", "list_item": "unknown", "notice": "no", "history": "none",
        "harm": ("nothing",),
    }  # fmt: skip
    found = calculate("late_filing.waiver", answers, LATE)
    assert found["waiver"] == "unknown"
    assert keys(found["tests"])[0] == "late.test.on_list.unknown"


CHILD = {"child_stage": "finished", "my_share": "full", "other_share": "none"}
HOME = {"own_home": "no", "spouse_housing": "none"}
LOAN = {"loan_first": "yes", "loan_share": "full", "spouse_housing": "none"}


@pytest.mark.parametrize(
    ("item", "answers", "problems", "notes"),
    [
        (
            "children",
            {
                "children": (
                    CHILD | {"child_born": date(2000, 1, 1), "child_ended": date(2024, 6, 1)},
                )
            },
            [],
            ["child"],
        ),
        ("continuing", {"continuing": "degree", "degree_from": date(2020, 9, 1)}, [], ["degree"]),
        (
            "continuing",
            {
                "continuing": "degree",
                "degree_from": date(2025, 9, 1),
                "parents_claim": "unknown",
            },
            ["ask_parents"],
            [],
        ),
        ("mortgage", LOAN | {"loan_from": date(2000, 1, 1)}, [], ["loan"]),
        ("mortgage", LOAN | {"loan_first": "no"}, ["loan_not_first"], []),
        ("mortgage", LOAN | {"spouse_housing": "rent_other"}, ["loan_and_rent"], []),
        ("mortgage", LOAN | {"spouse_housing": "unknown"}, ["ask_spouse"], []),
        (
            "rent",
            HOME | {"leases": ({"city_class": "small", "lease_from": date(2027, 1, 1)},)},
            [],
            ["rent"],
        ),
        ("rent", HOME | {"own_home": "unknown"}, ["ask_home"], []),
        ("rent", HOME | {"spouse_housing": "unknown"}, ["ask_spouse"], []),
        ("rent", HOME | {"spouse_housing": "rent_same"}, ["rent_twice"], []),
        ("rent", HOME | {"spouse_housing": "rent_other"}, [], []),
    ],
)
def test_what_stands_in_the_way_is_told(item, answers, problems, notes):
    found = calculate(
        "deduction.plan", {"which_year": "this_year", "items": (item,), **answers}, YEAR
    )
    assert keys(found["problems"]) == [f"deduction.problem.{name}" for name in problems]
    assert keys(found["notes"]) == [f"deduction.note.{name}" for name in notes]
    assert found["has_problems"] is bool(problems)


def test_a_spouse_who_rents_in_another_city_leaves_ones_own_rent():
    lease = {"city_class": "middle", "lease_from": date(2026, 1, 1)}
    answers = {"which_year": "this_year", "items": ("rent",), "leases": (lease,)}
    found = calculate("deduction.plan", answers | HOME | {"spouse_housing": "rent_other"}, YEAR)
    assert found["year_total"] == 13200  # 12 x 1100


@pytest.mark.parametrize(
    ("answers", "way", "expected"),
    [
        ({"income": "wages", "channel": "employer"}, "employer", ["employer", "catch_up"]),
        ({"income": "wages", "channel": "settlement"}, "settlement", ["settlement"]),
        (
            {"income": "wages_two", "which_year": "next_year"},
            "employer",
            ["employer", "two_employers"],
        ),
        (
            {"income": "wages", "items": ("children", "illness")},
            "employer",
            ["employer", "catch_up", "illness"],
        ),
        ({"income": "wages", "items": ("illness",)}, "settlement", ["settlement"]),
        ({"income": "labour"}, "settlement", ["settlement"]),
        ({"income": "business"}, "business", ["business"]),
    ],
)
def test_who_files(answers, way, expected):
    given = {"which_year": "this_year", "items": ("children",), **answers}
    found = calculate("deduction.filing", given, YEAR)
    assert found["way"] == way
    assert keys(found["ways"]) == [f"deduction.way.{name}" for name in expected]


@pytest.mark.parametrize(
    ("income", "today", "passed"),
    [
        ("wages", date(2026, 6, 30), False),
        ("wages", date(2026, 7, 1), True),
        ("business", date(2026, 3, 31), False),
        ("business", date(2026, 4, 1), True),
    ],
)
def test_last_years_time_passes_after_its_last_day(income, today, passed):
    context = replace(CONTEXT, today=today, results={"year": 2025})
    answers = {"which_year": "last_year", "income": income, "items": ("children",)}
    found = calculate("deduction.filing", answers, context)
    assert ("deduction.way.passed" in keys(found["ways"])) is passed
