"""What flow F06 calculates from its answers: deadline, waiver, surcharge, credit."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, cast

from core.calendar import CalendarUnconfirmed
from flows.rules import Answers, Context, Told, calculator
from flows.rules.credit_repair import POINTS, repair_percent, restored, windows
from flows.rules.late_filing import (
    WAIVER_LIST,
    Correction,
    correction,
    days_late,
    filing_deadline,
    is_first,
    is_minor,
    waiver,
)
from flows.rules.surcharge import surcharge

_WORDS = "flow_rules.late"
_FILINGS = frozenset({"filing", "agent_filing"})


@calculator(
    "late_filing.deadline",
    needs=("matter",),
    gives={
        "deadline": "date",
        "deadline_announced": "yes_no",
        "days_late": "number",
        "is_late": "yes_no",
        "notice_expired": "yes_no",
    },
    basis=("sta-office-2025-64", "tax-collection-rules#a109", "cit-law#a54", "iit-law#a12"),
)
def find_deadline(answers: Answers, context: Context) -> Mapping[str, Any]:
    """Find the last day, from the calendar or as the person gave it, and how late it is by now.

    `deadline_announced` is false where the person has to be asked: another matter than a filing of
    the calendar, or a year that is not announced.
    """
    announced = _announced(answers, context)
    deadline = answers.get("known_deadline") if announced is False else announced
    found: dict[str, Any] = {}
    if announced is not None:
        found["deadline_announced"] = announced is not False
    if isinstance(deadline, date):
        days = days_late(deadline, answers.get("corrected_on") or context.today)
        found |= {"deadline": deadline, "days_late": days, "is_late": days > 0}
    if answers.get("ordered_by"):
        found["notice_expired"] = answers["ordered_by"] < context.today
    return found


def _announced(answers: Answers, context: Context) -> date | bool | None:
    """Return the announced day, False when there is none, None while too little is known."""
    if answers["matter"] not in _FILINGS:
        return False
    obligation = answers.get("obligation")
    if obligation == "other":
        return False
    period = answers.get("period")
    if period is None and (year := answers.get("tax_year")) is not None:
        period = date(int(year), 1, 1)
    if obligation is None or period is None:
        return None
    code = obligation.upper().replace("_", "-")
    try:
        return filing_deadline(code, period, context.calendar, context.region).date
    except CalendarUnconfirmed:
        return False


@calculator(
    "late_filing.waiver",
    needs=("matter", "notice", "history", "harm"),
    gives={
        "item_number": "number",
        "first_violation": "yes_no",
        "minor_harm": "yes_no",
        "correction": "text",
        "waiver": "text",
        "tests": "lines",
        "rights": "lines",
    },
    basis=("sta-2021-6", "sta-2021-33", "penalty-law#a33"),
)
def decide_waiver(answers: Answers, context: Context) -> Mapping[str, Any]:
    """Look at the four conditions of the waiver, and say of each how it stands."""
    item = _item(answers)
    corrected = correction(
        corrected_on=answers.get("corrected_on"),
        notice=answers.get("notice"),
        ordered_by=answers.get("ordered_by"),
        today=context.today,
    )
    first = is_first(answers["history"], str(context.parameters.get("first_window") or "ever"))
    minor = is_minor(answers["harm"])
    listed = None if item == "unknown" else item in WAIVER_LIST
    found = waiver(on_list=listed, first=first, minor=minor, corrected=corrected)
    tests = [
        _test("on_list", listed, {"number": WAIVER_LIST.get(item, 0)}),
        _test("first", first),
        _test("minor", minor),
        _corrected_test(corrected, answers),
    ]
    rights = ("discretion", "defence", "hearing", "reconsideration")
    return {
        "item_number": WAIVER_LIST.get(item),
        "first_violation": first,
        "minor_harm": minor,
        "correction": corrected,
        "waiver": found.outcome,
        "tests": tests,
        "rights": [Told(f"{_WORDS}.right.{name}") for name in rights]
        if found.outcome == "not_met"
        else [],
    }


def _item(answers: Answers) -> str:
    """Return the item of the list that is meant; late statements belong to item 3."""
    matter = str(answers["matter"])
    if matter == "another":
        return str(answers.get("list_item", "unknown"))
    return "filing" if matter == "statements" else matter


def _test(name: str, value: bool | None, values: Mapping[str, Any] | None = None) -> Told:
    shown = {True: "met", False: "failed", None: "unknown"}[value]
    return Told(f"{_WORDS}.test.{name}.{shown}", values or {})


def _corrected_test(found: Correction, answers: Answers) -> Told:
    if found == "possible" and (day := answers.get("ordered_by")):
        return Told(f"{_WORDS}.test.corrected.possible_until", {"day": day})
    return Told(f"{_WORDS}.test.corrected.{found}")


@calculator(
    "late_filing.money",
    needs=("tax_due",),
    gives={
        "surcharge": "money",
        "surcharge_days": "number",
        "to_pay": "money",
        "large_tax": "yes_no",
        "surcharge_above_tax": "yes_no",
        "money": "lines",
    },
    basis=("tax-collection-law#a32", "tax-collection-rules#a75"),
)
def estimate_money(answers: Answers, context: Context) -> Mapping[str, Any]:
    """Estimate the surcharge and what is to be paid in all, without any fine."""
    tax = cast("Decimal", answers["tax_due"])
    limit = context.parameters.get("large_tax_amount")
    found: dict[str, Any] = {"large_tax": limit is not None and tax >= limit}
    deadline, paid_on = context.results.get("deadline"), answers.get("pay_on")
    if not tax:
        return {**found, "surcharge": tax, "to_pay": tax, "money": [Told(f"{_WORDS}.money.none")]}
    if deadline is None or paid_on is None:
        return found
    late = surcharge(tax, deadline, paid_on)
    values = {
        "tax": tax,
        "days": late.days,
        "surcharge": late.amount,
        "total": tax + late.amount,
        "deadline": deadline,
        "paid_on": paid_on,
    }
    return {
        **found,
        "surcharge": late.amount,
        "surcharge_days": late.days,
        "to_pay": tax + late.amount,
        "surcharge_above_tax": late.amount > tax,
        "money": [Told(f"{_WORDS}.money.{name}", values) for name in ("surcharge", "total")],
    }


@calculator(
    "late_filing.credit",
    needs=("matter",),
    gives={"credit_points": "number", "credit_restored": "number", "credit": "lines"},
    basis=("sta-2025-12#annex1", "sta-2025-12#annex6"),
)
def estimate_credit(answers: Answers, context: Context) -> Mapping[str, Any]:
    """Estimate the points of tax-payment credit, and until when how many come back."""
    kind = str(answers["matter"])
    deadline = context.results.get("deadline")
    entity = context.profile.get("entity_type")
    if entity == "natural_person":
        return {"credit": [Told("flow_rules.credit.natural_person")]}
    if kind not in POINTS:
        return {"credit": [Told("flow_rules.credit.not_known")]}
    if deadline is None:
        return {}
    points = POINTS[kind]
    lines = [Told("flow_rules.credit.points", {"points": _plain(points)})]
    found: dict[str, Any] = {"credit_points": points}
    amount = answers.get("tax_due")
    if corrected_on := answers.get("corrected_on"):
        days = days_late(deadline, corrected_on)
        percent = repair_percent(kind, days, amount)
        back = restored(points, percent)
        found["credit_restored"] = back
        values = {"days": days, "percent": _plain(percent), "restored": _plain(back)}
        lines.append(Told("flow_rules.credit.restored", values))
    else:
        lines += _windows(kind, deadline, context.today, amount)
    if entity == "individual_business":
        lines.append(Told("flow_rules.credit.individual_business"))
    lines.append(Told("flow_rules.credit.estimate"))
    return {**found, "credit": lines}


def _windows(kind: str, deadline: date, today: date, amount: Decimal | None) -> list[Told]:
    lines = []
    for window in windows(kind, deadline, today, amount):
        values = {"percent": _plain(window.percent), "restored": _plain(window.restored)}
        if window.last_day is None:
            lines.append(Told("flow_rules.credit.window_later", values))
        else:
            left = (window.last_day - today).days
            values_until = {**values, "day": window.last_day, "left": left}
            lines.append(Told("flow_rules.credit.window", values_until))
    return lines


def _plain(number: Decimal) -> str:
    """Return a number of points or percent as people write it; Decimal would be shown as money."""
    return f"{number.normalize():f}"
