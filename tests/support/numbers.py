"""Numbers for tests: none is a real person's, company's or account's."""

from stdnum import luhn
from stdnum.cn import ric

IDENTITY_NUMBERS = (
    "11010519491231002X",  # GB 11643-1999's own sample; the region of the others does not exist
    "990000199003070013",
    "990000202002290019",
    "990001197711150089",
)
CREDIT_CODES = (
    "91990000MA01TEHTXE",
    "91990000MA1GT00A3L",
    "92990000MA6CD00BX3",
    "91350100M000100Y43",  # GB 32100-2015's own sample
    "93990000MA0DD00C8D",
    "12990000MB5FK00D9H",
    "51990000MJ00001X63",
)
PHONES = ("13800138000", "19912345678", "16612345678")
CARDS = ("6222021234567894", "6217000000000000004", "4111111111111111")

assert all(ric.calc_check_digit(each) == each[-1] for each in IDENTITY_NUMBERS)
assert all(luhn.is_valid(each) for each in CARDS)
