"""Numbers in any text, written in any way, leave no trace; what is no such number stays.

Out of scope, by decision: a number spread over two messages, and one that was mistyped so that its
check digit fails.
"""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import ric

from core.digit_groups import plain
from core.identifiers import find_protected, mask, masked_values
from tests.support.numbers import CARDS, CREDIT_CODES, IDENTITY_NUMBERS, PHONES

words = st.text(
    alphabet=st.sampled_from("我的身份证号电话卡请问怎么办理税务局，。：（）“!?abXx_-+ \n\t😀"),
    max_size=12,
)

FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
CHINESE = str.maketrans("0123456789", "〇一二三四五六七八九")
CAPITAL = str.maketrans("0123456789", "零壹贰叁肆伍陆柒捌玖")


@st.composite
def identity_numbers(draw: st.DrawFn) -> str:
    """A made-up number in a region that does not exist."""
    born = draw(st.dates(min_value=_day(1900), max_value=_day(2025)))
    serial = draw(st.integers(0, 999))
    body = f"990000{born:%Y%m%d}{serial:03}"
    return body + ric.calc_check_digit(body + "0")


def _day(year: int):
    from datetime import date

    return date(year, 1, 1)


phones = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True).map(str)


@st.composite
def cards(draw: st.DrawFn) -> str:
    body = draw(st.from_regex(r"62[0-9]{13,16}", fullmatch=True))
    return body + luhn.calc_check_digit(body)


def grouped(number: str, sizes: tuple[int, ...], joint: str) -> str:
    parts, place = [], 0
    for size in sizes:
        parts.append(number[place : place + size])
        place += size
    parts.append(number[place:])
    return joint.join(part for part in parts if part)


JOINTS = (" ", "-", "—", "　", "\u00a0", "\n", ".", " - ")
HIDDEN = ("\u200b", "\u2060", "\ufeff", "\u00ad")

in_any_script = st.sampled_from(
    [
        lambda n: n,
        str.lower,
        lambda n: n.translate(FULL_WIDTH),
        lambda n: n.translate(CHINESE),
        lambda n: n.translate(CAPITAL),
        lambda n: n.replace("X", "×"),
        lambda n: "".join(f"{c}\ufe0f\u20e3" if c.isdigit() else c for c in n),
        lambda n: "".join(chr(ord("𝟎") + int(c)) if c.isdigit() else c for c in n),
        *(lambda n, h=hidden: h.join(n) for hidden in HIDDEN),
    ]
)


def leaves_nothing(number: str, text: str) -> None:
    masked = mask(text)
    assert masked.kinds
    for chinese in (False, True):
        read = plain(masked.text, chinese=chinese).text.upper()
        assert number not in re.sub(r"[^0-9X]", "", read)


@given(identity_numbers() | st.sampled_from(IDENTITY_NUMBERS), in_any_script, words, words)
def test_an_identity_number_in_any_script(number, write, before, after) -> None:
    leaves_nothing(number, before + write(number) + after)


@given(phones | st.sampled_from(PHONES), in_any_script, words, words)
def test_a_phone_in_any_script(number, write, before, after) -> None:
    leaves_nothing(number, before + write(number) + after)


@given(cards() | st.sampled_from(CARDS), in_any_script, words, words)
def test_a_card_in_any_script(number, write, before, after) -> None:
    leaves_nothing(number, before + write(number) + after)


@given(
    identity_numbers(),
    st.lists(st.integers(1, 8), max_size=17).map(tuple),
    st.sampled_from(JOINTS),
    in_any_script,
    words,
)
@example("990000199003070013", (1,) * 17, " ", lambda n: n, "")
def test_an_identity_number_in_any_groups(number, sizes, joint, write, before) -> None:
    leaves_nothing(number, f"{before}：{write(grouped(number, sizes, joint))}。")


@pytest.mark.parametrize("joint", JOINTS)
@pytest.mark.parametrize("number", PHONES)
@pytest.mark.parametrize("sizes", [(3, 4), (3,), (7,), (4, 4), (3, 3), (3, 2, 2, 2), (1,) * 10])
def test_a_phone_in_usual_groups(number, sizes, joint) -> None:
    leaves_nothing(number, f"电话{grouped(number, sizes, joint)}，谢谢")


@pytest.mark.parametrize("joint", JOINTS)
@pytest.mark.parametrize("number", CARDS)
@pytest.mark.parametrize("sizes", [(4, 4, 4, 4), (6,), (8,), (1,) * 18])
def test_a_card_in_usual_groups(number, sizes, joint) -> None:
    leaves_nothing(number, f"卡号{grouped(number, sizes, joint)}，谢谢")


@given(st.lists(identity_numbers(), min_size=2, max_size=3), st.sampled_from(["", " ", "\n", "、"]))
def test_several_identity_numbers_even_glued(numbers, joint) -> None:
    for number in numbers:
        leaves_nothing(number, joint.join(numbers))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("99000019900307001313800138000", "[ID][PHONE]"),
        ("13800138000990000199003070013", "[PHONE][ID]"),
        ("620501560870769694", "[CARD]"),  # passes as a credit code too
        ("9990000199003070013", "9[ID]"),
        ("911010519491231002X", "9[ID]"),
        ("11010519491231002X5", "[ID]5"),
        ("(+86)13800138000", "(+86)[PHONE]"),
        ("+86-138-0013-8000", "[PHONE]"),
        ("0086 13800138000", "[PHONE]"),
        ("013800138000", "[PHONE]"),
        ("010-13800138000", "010-[PHONE]"),
        ("mailto:13800138000@example.com", "mailto:[PHONE]@example.com"),
        ("第一13800138000", "第一[PHONE]"),
        ("一三八零零一三八零零零", "[PHONE]"),
        ("IMG_990000199003070013.jpg", "IMG_[ID].jpg"),
        ("１３８-00138000/6222021234567894", "[PHONE]/[CARD]"),
    ],
)
def test_what_is_left(text, shown) -> None:
    assert mask(text).text == shown


@pytest.mark.parametrize(
    "text",
    [
        "发票26442000000012345678",
        "发票 2644 2000 0000 1234 5674 号",
        "2024-01-01 2024-12-31 期间",
        "2024.01.01-2024.12.31",
        "年应纳税所得额 13,800,138,000 元",
        "税率13%、3%，金额 15000-130000 元",
        "二〇二六年十一月二十四日",
        "国家税务总局公告2023年第12号、财税〔2019〕13号",
        "12366 转 2，010-12345678",
        "2023 2024 2025",
        "申报表第1、2、3、4、5、6、7、8、9、10、11、12行",
        "订单 202611240001",
    ],
)
def test_what_is_no_such_number_stays(text) -> None:
    assert mask(text).text == text


@given(st.from_regex(r"[0-9]{20}", fullmatch=True), words, words)
def test_twenty_digits_survive(number, before, after) -> None:
    text = f"{before}号{number}号{after}"
    assert mask(text).text == text


@given(st.sampled_from(CREDIT_CODES), words, words, st.sampled_from(["", " ", "-"]))
def test_credit_codes_survive(code, before, after, joint) -> None:
    text = f"{before}码{code[:8]}{joint}{code[8:]}码{after}"
    assert mask(text).text == text


@given(st.text())
def test_any_text_is_taken_and_masking_twice_changes_nothing(text) -> None:
    once = mask(text).text
    assert mask(once).text == once
    assert all(text[one.start : one.end] for one in find_protected(text))


def test_a_json_value_is_masked_in_all_its_texts_and_names() -> None:
    value = {"when": {PHONES[0]: [CARDS[0], 5, None]}, "text": f"我是{IDENTITY_NUMBERS[0]}"}
    assert masked_values(value) == {"when": {"[PHONE]": ["[CARD]", 5, None]}, "text": "我是[ID]"}


def test_a_long_text_is_masked_in_a_pass_over_it() -> None:
    """The work grows with the text, not with its square: counted in windows looked at."""
    from core.digit_groups import runs, windows

    text = "1 " * 1000
    assert sum(1 for run in runs(text) for _ in windows(run, 19)) <= 1000 * 19
