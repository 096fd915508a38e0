"""Checks of flow F05: what may not stand together in special additional deductions."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from flows.rules import Answers, Context, Fault, validator
from flows.rules.deductions import ELDERLY, FIRST_YEAR

_SHARES = {"none": 0, "half": 50, "full": 100}


@validator("deduction.year_open", basis=("sta-2022-7", "state-council-2023-13"))
def year_open(value: str, _answers: Answers, context: Context) -> Fault | None:
    """Refuse next year before December, when it is confirmed, and years with other amounts (G8).

    Sources: State Taxation Administration announcement 2022 No. 7 (confirmation each December);
    国发〔2023〕13号 (the amounts hold since 2023).
    """
    if value == "next_year" and context.today.month != 12:
        return Fault("flow_rules.deduction.next_year_in_december")
    if value == "last_year" and context.today.year <= FIRST_YEAR:
        return Fault("flow_rules.general.before_rule", {"begin": date(FIRST_YEAR, 1, 1)})
    return None


@validator("deduction.one_home", basis=("state-council-2018-41",))
def one_home(value: Sequence[str], _answers: Answers, _context: Context) -> Fault | None:
    """Refuse loan interest and rent in one year (国发〔2018〕41号 article 20)."""
    if "mortgage" in value and "rent" in value:
        return Fault("flow_rules.deduction.loan_and_rent")
    return None


@validator("deduction.shares", basis=("state-council-2018-41",))
def shares(value: str, answers: Answers, _context: Context) -> Fault | None:
    """Refuse shares of both parents above 100 percent (国发〔2018〕41号 article 6)."""
    both = _SHARES.get(value, 0) + _SHARES.get(str(answers.get("my_share")), 0)
    return Fault("flow_rules.deduction.shares_above", {"both": both}) if both > 100 else None


@validator("deduction.no_in_law", basis=("state-council-2018-41",))
def no_in_law(value: str, _answers: Answers, _context: Context) -> Fault | None:
    """Refuse a spouse's parents (国发〔2018〕41号 article 23: one's own)."""
    return Fault("flow_rules.deduction.in_law") if value == "in_law" else None


@validator("deduction.elderly_shares", basis=("state-council-2018-41", "state-council-2023-13"))
def elderly_shares(value: Decimal, answers: Answers, _context: Context) -> Fault | None:
    """Refuse shares of brothers and sisters above the amount for their parents."""
    both = value + (answers.get("my_amount") or Decimal(0))
    if both > ELDERLY:
        return Fault("flow_rules.deduction.elderly_above", {"both": both, "most": ELDERLY})
    return None


_SCHOOL_AGE = range(4, 9)
"""Whole years between which a child may be at school or not; outside them a slip is likely."""


@validator("deduction.stage")
def stage(value: str, answers: Answers, context: Context) -> Fault | None:
    """Hint at a stage that does not go with the age; the month of birth may be a slip."""
    born = answers.get("child_born")
    if not isinstance(born, date):
        return None
    age = context.today.year - born.year
    if (value == "small" and age > max(_SCHOOL_AGE)) or (
        value != "small" and age < min(_SCHOOL_AGE)
    ):
        return Fault("flow_rules.deduction.stage_odd", {"age": age}, hint=True)
    return None
