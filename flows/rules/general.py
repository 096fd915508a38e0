"""Checks that any flow may name (通用校验); what a field's type and bounds say needs no rule.

G1 to G5 (credit code, identity number, phone, no period to come, money) belong to the types.
"""

from collections.abc import Sequence
from datetime import date

from core.identifiers import check_identity_number
from flows.rules import Answers, Context, Fault, validator


@validator("alone")
def alone(
    value: Sequence[str], _answers: Answers, _context: Context, *, option: str
) -> Fault | None:
    """Refuse an option such as "none of these" together with another one."""
    if option in value and len(value) > 1:
        return Fault("flow_rules.general.alone")
    return None


@validator("not_before_field")
def not_before_field(
    value: date, answers: Answers, _context: Context, *, field: str
) -> Fault | None:
    """Refuse an end that is before its beginning, which another field holds."""
    begin = answers.get(field)
    if isinstance(begin, date) and value < begin:
        return Fault("flow_rules.general.end_before_begin", {"begin": begin})
    return None


@validator("identity_born")
def identity_born(value: str, answers: Answers, context: Context, *, field: str) -> Fault | None:
    """Refuse an identity number with another month of birth than a field; hint at its region.

    Once it is kept, only its mask is seen here, and there is nothing left to check.

    Source: GB 11643-1999; the region is no reason to refuse, it may be a residence permit.
    """
    if "*" in value:
        return None
    number = check_identity_number(value, context.today)
    told = answers.get(field)
    if number.born is None:
        return Fault(f"flow_rules.identity.{number.fault}")
    if isinstance(told, date) and (told.year, told.month) != (number.born.year, number.born.month):
        return Fault("flow_rules.identity.born_differs")
    if number.unusual_region:
        return Fault("flow_rules.identity.unusual_region", hint=True)
    return None
