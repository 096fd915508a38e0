"""Codes of the demo: right in form, of no place, all different."""

from bot.setup.credit_codes import NOWHERE, credit_code
from core.identifiers import check_uscc


def test_codes_pass_the_check_and_stand_in_no_region() -> None:
    codes = {credit_code(number, company=number % 2 == 0) for number in range(500)}
    assert len(codes) == 500
    assert {check_uscc(code).fault for code in codes} == {None}
    assert {code[2:8] for code in codes} == {NOWHERE}


def test_the_first_places_tell_the_kind() -> None:
    assert credit_code(1, company=True) == "91990000DEM0000145"
    assert credit_code(1, company=False).startswith("92")
