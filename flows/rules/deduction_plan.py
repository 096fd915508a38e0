"""What flow F05 calculates from its answers: deductions by month, conflicts, who files."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from flows.rules import Answers, Context, Told, calculator
from flows.rules.deductions import (
    CERTIFICATE,
    CHILD,
    DEGREE,
    ELDERLY,
    MORTGAGE,
    Deduction,
    Item,
    Months,
    by_month,
    degree_months,
    education_months,
    elderly_amount,
    elderly_months,
    illness_amount,
    infant_months,
    mortgage_months,
    rent_by_month,
    stretches,
)

_WORDS = "flow_rules.deduction"
_YEARS = {"last_year": -1, "this_year": 0, "next_year": 1}


@dataclass
class _Plan:
    """What comes together while the answers are gone through.

    Attributes:
        problems: what has to be put right before it can be filed.
        notes: what gives nothing, and why.
    """

    deductions: list[Deduction] = field(default_factory=list)
    lines: list[Told] = field(default_factory=list)
    problems: list[Told] = field(default_factory=list)
    notes: list[Told] = field(default_factory=list)

    def add(self, item: Item, months: Months, amount: Decimal, **values: Any) -> None:
        """Take a monthly deduction, and tell it by its stretches."""
        if not months:
            return
        deduction = Deduction(item, months, amount)
        self.deductions.append(deduction)
        for line in _stretches(by_month([deduction])):
            values_of = {"name": Told(f"{_WORDS}.name.{item}", values), "months": line}
            self.lines.append(Told(f"{_WORDS}.item", values_of))

    def problem(self, name: str) -> None:
        """Take what has to be put right."""
        self.problems.append(Told(f"{_WORDS}.problem.{name}"))

    def note(self, name: str, **values: Any) -> None:
        """Take what gives nothing."""
        self.notes.append(Told(f"{_WORDS}.note.{name}", values))


def _stretches(amounts: tuple[Decimal, ...]) -> list[Told]:
    return [
        Told(f"{_WORDS}.month", {"month": each.first, "amount": each.amount})
        if each.first == each.last
        else Told(
            f"{_WORDS}.months", {"first": each.first, "last": each.last, "amount": each.amount}
        )
        for each in stretches(amounts)
    ]


@calculator(
    "deduction.year",
    needs=("which_year",),
    gives={"year": "number", "keep_until": "date"},
    basis=("sta-2022-7",),
)
def find_year(answers: Answers, context: Context) -> Mapping[str, Any]:
    """Find the tax year, and until when papers are kept: five years after the settlement ends."""
    year = context.today.year + _YEARS[answers["which_year"]]
    return {"year": year, "keep_until": date(year + 6, 6, 30)}


@calculator(
    "deduction.people",
    gives={"dispute": "yes_no", "abroad": "yes_no"},
)
def find_people(answers: Answers, _context: Context) -> Mapping[str, Any]:
    """Find what only a person can help with: a share nobody agrees on, a school abroad."""
    rows = answers.get("children", ())
    return {
        "dispute": any(row.get("other_share") == "dispute" for row in rows)
        or answers.get("elder_share") == "dispute",
        "abroad": any(row.get("child_stage") == "abroad" for row in rows),
    }


@calculator(
    "deduction.plan",
    needs=("which_year", "items"),
    gives={
        "monthly": "lines",
        "by_item": "lines",
        "now": "lines",
        "problems": "lines",
        "notes": "lines",
        "has_problems": "yes_no",
        "has_deductions": "yes_no",
        "month_amount": "money",
        "months_total": "money",
        "once_total": "money",
        "year_total": "money",
    },
    basis=("state-council-2018-41", "state-council-2022-8", "state-council-2023-13", "sta-2022-7"),
)
def make_plan(answers: Answers, context: Context) -> Mapping[str, Any]:
    """Add the deductions up by month and for the year, and say what stands in the way."""
    year = int(context.results["year"])
    plan = _Plan()
    for name in answers["items"]:
        _PARTS.get(name, _nothing)(plan, answers, year)
    months = by_month(plan.deductions)
    once = sum((each.total for each in plan.deductions if not each.months), Decimal(0))
    total = sum(months, Decimal(0)) + once
    found: dict[str, Any] = {
        "monthly": [
            Told(f"{_WORDS}.monthly", {"months": each})
            for each in (_stretches(months) if len(plan.lines) > 1 else ())
        ],
        "by_item": plan.lines,
        "problems": plan.problems,
        "notes": plan.notes,
        "has_problems": bool(plan.problems),
        "has_deductions": total > 0,
        "months_total": total - once,
        "once_total": once,
        "year_total": total,
    }
    if answers["which_year"] != "last_year":
        month = context.today.month if answers["which_year"] == "this_year" else 1
        found["month_amount"] = months[month - 1]
        if months[month - 1]:
            values = {"year": str(year), "month": month, "amount": months[month - 1]}
            found["now"] = [Told(f"{_WORDS}.now", values)]
    return found


def _nothing(_plan: _Plan, _answers: Answers, _year: int) -> None:
    return


def _children(plan: _Plan, answers: Answers, year: int) -> None:
    for place, row in enumerate(answers.get("children", ()), 1):
        amount = CHILD if row.get("my_share") == "full" else CHILD / 2
        infant = infant_months(row["child_born"], year)
        education = education_months(row["child_born"], row.get("child_ended"), year)
        plan.add("infant_care", infant, amount, place=place)
        plan.add("education", education, amount, place=place)
        if infant and education:
            plan.note("turns_three", place=place, month=min(education))
        if not infant and not education:
            plan.note("child", place=place)


def _continuing(plan: _Plan, answers: Answers, year: int) -> None:
    kind = answers.get("continuing")
    began = answers.get("degree_from")
    if kind in {"degree", "both"} and began is not None:
        months = degree_months(began, answers.get("degree_until"), year)
        if answers.get("parents_claim") == "yes":
            plan.problem("degree_claimed")
        elif months:
            plan.add("degree", months, DEGREE)
        else:
            plan.note("degree")
        if answers.get("parents_claim") == "unknown":
            plan.problem("ask_parents")
    if kind in {"certificate", "both"}:
        plan.deductions.append(Deduction("certificate", frozenset(), CERTIFICATE))
        plan.lines.append(Told(f"{_WORDS}.certificate", {"amount": CERTIFICATE}))


def _illness(plan: _Plan, answers: Answers, _year: int) -> None:
    for place, row in enumerate(answers.get("patients", ()), 1):
        amount = illness_amount(row["paid"])
        if not amount:
            plan.note("illness", place=place)
            continue
        plan.deductions.append(Deduction("illness", frozenset(), amount))
        plan.lines.append(Told(f"{_WORDS}.illness", {"place": place, "amount": amount}))


def _mortgage(plan: _Plan, answers: Answers, year: int) -> None:
    began, spouse = answers.get("loan_from"), answers.get("spouse_housing")
    obstacle = next(
        (
            name
            for name, stands in (
                ("loan_not_first", answers.get("loan_first") == "no"),
                ("loan_and_rent", spouse in {"rent_same", "rent_other"}),
                ("loan_twice", spouse == "loan" and answers.get("loan_share") == "full"),
            )
            if stands
        ),
        None,
    )
    if answers.get("loan_first") == "unknown":
        plan.problem("ask_bank")
    if spouse == "unknown":
        plan.problem("ask_spouse")
    if obstacle is not None:
        plan.problem(obstacle)
        return
    if began is None:
        return
    months = mortgage_months(began, answers.get("loan_until"), year)
    plan.add("mortgage", months, MORTGAGE if answers.get("loan_share") == "full" else MORTGAGE / 2)
    if not months:
        plan.note("loan")


def _rent(plan: _Plan, answers: Answers, year: int) -> None:
    spouse = answers.get("spouse_housing")
    if spouse == "unknown":
        plan.problem("ask_spouse")
    if answers.get("own_home") == "unknown":
        plan.problem("ask_home")
    if answers.get("own_home") == "yes":
        plan.problem("own_home")
    elif spouse == "loan":
        plan.problem("loan_and_rent")
    elif spouse == "rent_same":
        plan.problem("rent_twice")
    else:
        found = rent_by_month(list(_leases(answers)), year)
        for each in found:
            plan.add("rent", each.months, each.amount)
        if not found and answers.get("leases"):
            plan.note("rent")


def _leases(answers: Answers) -> Iterator[tuple[str, date, date | None]]:
    for row in answers.get("leases", ()):
        yield row["city_class"], row["lease_from"], row.get("lease_until")


def _elderly(plan: _Plan, answers: Answers, year: int) -> None:
    elders = answers.get("elders", ())
    months = elderly_months([row["elder_born"] for row in elders], year)
    if elders and not months:
        plan.note("elderly")
    share = answers.get("elder_share")
    if share == "only_child":
        plan.add("elderly", months, ELDERLY)
    elif share == "equal" and (siblings := answers.get("siblings")) is not None:
        plan.add("elderly", months, elderly_amount(int(siblings)))
    elif share == "agreed" and (mine := answers.get("my_amount")) is not None:
        plan.add("elderly", months, mine)


_PARTS = {
    "children": _children,
    "continuing": _continuing,
    "illness": _illness,
    "mortgage": _mortgage,
    "rent": _rent,
    "elderly": _elderly,
}


@calculator(
    "deduction.filing",
    needs=("which_year", "income", "items"),
    gives={"way": "text", "ways": "lines"},
    basis=(
        "iit-law#a11",
        "iit-law#a12",
        "iit-regulation#a15",
        "iit-regulation#a28",
        "sta-2022-7",
    ),
)
def find_way(answers: Answers, context: Context) -> Mapping[str, Any]:
    """Find who files, and when: the employer by the month, or oneself at the settlement.

    Sources: Individual Income Tax Law article 11 (1 March to 30 June; the employer may not refuse)
    and 12 (31 March); its Implementation Regulations articles 15 (business income) and 28 (one
    employer only; income from labour at the settlement); announcement 2022 No. 7 article 4.
    """
    year = int(context.results["year"])
    income = answers["income"]
    wages = income in {"wages", "wages_two"}
    monthly = set(answers["items"]) - {"illness"}
    by_employer = wages and bool(monthly) and answers["which_year"] != "last_year"
    if income == "business":
        way, last = "business", date(year + 1, 3, 31)
    elif by_employer and answers.get("channel", "employer") != "settlement":
        way, last = "employer", date(year + 1, 6, 30)
    else:
        way, last = "settlement", date(year + 1, 6, 30)
    values = {"first": date(year + 1, 3, 1), "last": last}
    lines = [Told(f"{_WORDS}.way.{way}", values)]
    if way != "employer" and context.today > last:
        lines.append(Told(f"{_WORDS}.way.passed", values))
    if way == "employer":
        if answers["which_year"] == "this_year":
            lines.append(Told(f"{_WORDS}.way.catch_up"))
        if "illness" in answers["items"]:
            lines.append(Told(f"{_WORDS}.way.illness", values))
    if income == "wages_two":
        lines.append(Told(f"{_WORDS}.way.two_employers"))
    return {"way": way, "ways": lines}
