import random
from datetime import date

import pytest
from stdnum import luhn
from stdnum.cn import ric, uscc

from core.identifiers import (
    check_identity_number,
    check_phone,
    check_uscc,
    find_protected,
    mask,
)

# Synthetic (region 990000 does not exist), but the fourth, which is GB 32100-2015's own sample.
CREDIT_CODES = [
    "91990000MA01TEHTXE",
    "91990000MA1GT00A3L",
    "92990000MA6CD00BX3",
    "91350100M000100Y43",
    "93990000MA0DD00C8D",
    "12990000MB5FK00D9H",
    "51990000MJ00001X63",
]
# The first is GB 11643-1999's own sample, the others are synthetic.
IDENTITY_NUMBERS = [
    "11010519491231002X",
    "990000199003070013",
    "990000202002290019",
    "990001197711150089",
]
CARD = "6222021234567894"


@pytest.mark.parametrize("code", CREDIT_CODES)
def test_a_credit_code_passes(code):
    assert check_uscc(code).fault is None
    assert check_uscc(code).code == code


@pytest.mark.parametrize(
    "text", [" 91990000ma01tehtxe\n", "９１９９００００MA01TEHTXE", "91990000-MA01TEHTX-E"]
)
def test_a_credit_code_is_normalised(text):
    assert check_uscc(text).code == "91990000MA01TEHTXE"
    assert check_uscc(text).fault is None


def test_letters_may_stand_in_the_first_two_places():
    body = "N2990000MA01TEHTX"
    assert check_uscc(body + uscc.calc_check_digit(body)).fault is None


@pytest.mark.parametrize(
    ("text", "fault", "suggestion"),
    [
        ("91990000MA01TEHTX0", "check_character", None),
        ("91990000MI01TEHTXE", "character", None),
        ("91990000MA01TEHTX", "length", None),
        ("19990000MA01TEHTXE", "check_character", None),
        ("", "length", None),
        ("91A90000MA01TEHTXE", "region", None),
        ("91L90000MA01TEHTXE", "region", None),
        ("9199OO00MA01TEHTXE", "character", "91990000MA01TEHTXE"),
        ("9l990000MAO1TEHTXE", "character", "91990000MA01TEHTXE"),
        ("9I990000MAO1TEHTXE", "character", "91990000MA01TEHTXE"),
        ("税务局税务局税务局税务局税务局税务局", "character", None),
    ],
)
def test_a_fault_is_named_and_nothing_changed_silently(text, fault, suggestion):
    found = check_uscc(text)
    assert (found.fault, found.suggestion) == (fault, suggestion)
    assert found.code == text.upper()


@pytest.mark.parametrize("number", IDENTITY_NUMBERS)
def test_identity_numbers_are_masked(number):
    assert mask(f"我的号码{number}，怎么办").text == "我的号码[ID]，怎么办"
    assert mask(f"ID{number.lower()}").kinds == ("identity_number",)


@pytest.mark.parametrize(
    "written",
    ["110105 19491231 002X", "110105-1949-1231-002x", "１１０１０５１９４９１２３１００２Ｘ"],
)
def test_identity_numbers_are_found_as_people_write_them(written):
    assert mask(f"号码：{written}。").text == "号码：[ID]。"


@pytest.mark.parametrize(
    "text",
    [
        "990000199003070010",  # check digit
        "99000019900307001",  # length
        "99000021000307001X",  # a birthday to come
    ],
)
def test_what_is_no_identity_number_stays(text):
    assert mask(text).text == text


@pytest.mark.parametrize(
    "written",
    [
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "+8613800138000",
        "+86 138-0013-8000",
        "008613800138000",
    ],
)
def test_phones_are_masked(written):
    assert mask(f"打{written}找我").text == "打[PHONE]找我"


@pytest.mark.parametrize("text", ["12366", "010-12345678", "12800138000", "213800138000"])
def test_what_is_no_mobile_phone_stays(text):
    assert mask(text).text == text


@pytest.mark.parametrize("written", [CARD, "6222 0212 3456 7894", "6222-0212-3456-7894"])
def test_cards_are_masked(written):
    assert mask(f"卡号{written}扣款失败").text == "卡号[CARD]扣款失败"


def test_a_card_needs_its_check_digit():
    assert mask("6222021234567890").text == "6222021234567890"


def test_every_kind_in_one_text_in_its_order():
    text = f"{CARD} 13800138000 11010519491231002X 13900139000"
    masked = mask(text)
    assert masked.text == "[CARD] [PHONE] [ID] [PHONE]"
    assert masked.kinds == ("bank_card", "phone", "identity_number")
    assert [text[one.start : one.end] for one in find_protected(text)] == text.split()


@pytest.mark.parametrize(
    "code", [*CREDIT_CODES, "26442000000012345678", "2644 2000 0000 1234 5674"]
)
def test_credit_codes_and_invoice_numbers_survive(code):
    assert mask(f"税号{code}的发票").text == f"税号{code}的发票"


def test_credit_codes_of_digits_only_survive_unless_they_hold_a_birthday():
    digits = random.Random(7)
    survived = 0
    while survived < 200:
        body = "91990000" + "".join(digits.choices("0123456789", k=9))
        code = body + uscc.calc_check_digit(body)
        if code.isdigit():
            # places 7 to 14 begin with 00: no year of a birth
            assert mask(code).text == code
            survived += 1
    # eighteen digits that pass as credit code and as identity number
    both = next(
        number
        for serial in range(1_000)
        if (body := f"99000019900307{serial:03}")
        and (number := body + ric.calc_check_digit(body + "0")).isdigit()
        and uscc.calc_check_digit(body) == number[-1]
    )
    assert check_uscc(both).fault is None
    assert mask(both).text == "[ID]"


def test_invoice_numbers_of_twenty_digits_survive():
    digits = random.Random(3)
    for _ in range(500):
        number = "".join(digits.choices("0123456789", k=20))
        assert mask(number).text == number


def test_a_credit_code_goes_before_a_card():
    digits = random.Random(5)
    code = next(
        code
        for _ in range(100_000)
        if (body := "91990000" + "".join(digits.choices("0123456789", k=9)))
        and (code := body + uscc.calc_check_digit(body)).isdigit()
        and luhn.is_valid(code)
    )
    assert mask(code).text == code


@pytest.mark.parametrize("text", ["", "你好", "1" * 10_000, "🙂 <b>13</b>", "\0" * 50])
def test_other_text_is_untouched(text):
    assert mask(text) == type(mask(""))(text, ())


TODAY = date(2026, 11, 23)


@pytest.mark.parametrize("number", IDENTITY_NUMBERS)
def test_an_identity_number_passes(number):
    found = check_identity_number(number, TODAY)
    assert (found.number, found.fault) == (number, None)
    assert found.born is not None and found.born.strftime("%Y%m%d") == number[6:14]


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("110105 19491231 002x", "11010519491231002X"),
        ("１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X"),
        (" 990000-19900307-0013\n", "990000199003070013"),
    ],
)
def test_an_identity_number_is_normalised(written, number):
    assert check_identity_number(written, TODAY).number == number
    assert check_identity_number(written, TODAY).fault is None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("990000199003070010", "check_character"),
        ("99000019900307001", "length"),
        ("", "length"),
        ("990000202102290016", "birthday"),  # 2021 was no leap year; its check digit is right
        ("99000021000307001X", "birthday"),  # to come
        ("99000018990307001X", "birthday"),  # before 1900
        ("9900001990030700X3", "character"),
        ("９90000１９９００３０７００1号", "character"),
    ],
)
def test_what_is_wrong_with_an_identity_number_is_named(text, fault):
    found = check_identity_number(text, TODAY)
    assert (found.fault, found.born) == (fault, None)


def test_nobody_is_born_after_today():
    assert check_identity_number("990000202002290019", date(2020, 2, 29)).fault is None
    assert check_identity_number("990000202002290019", date(2020, 2, 28)).fault == "birthday"


@pytest.mark.parametrize(
    ("region", "unusual"),
    [("110000", False), ("830000", False), ("990000", True), ("170000", True)],
)
def test_an_unusual_region_is_a_hint_and_no_fault(region, unusual):
    body = f"{region}19900307001"
    found = check_identity_number(body + ric.calc_check_digit(body + "0"), TODAY)
    assert (found.fault, found.unusual_region) == (None, unusual)


@pytest.mark.parametrize(
    "written", ["13800138000", "138 0013 8000", "+86 138-0013-8000", "008613800138000"]
)
def test_a_phone_is_normalised(written):
    assert check_phone(written) == "13800138000"


@pytest.mark.parametrize("text", ["", "1380013800", "138001380000", "12800138000", "010-12345678"])
def test_what_is_no_mobile_phone_is_refused(text):
    assert check_phone(text) is None
