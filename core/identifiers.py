"""Credit codes, identity numbers and phones as people write them, and such numbers in free text.

A check digit shows that a number is written as it should be, never that it exists.
"""

import re
import unicodedata
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator
from stdnum import luhn
from stdnum.cn import ric, uscc

from core.digit_groups import (
    Group,
    Stretch,
    count_digits,
    has_chinese_digits,
    plain,
    runs,
    windows,
)
from core.identity import OWN_ID

Fault = Literal["length", "character", "region", "check_character"]
IdentityFault = Literal["length", "character", "birthday", "check_character"]
Protected = Literal["identity_number", "phone", "bank_card"]

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015: no I, O, S, V, Z
_MISREAD = str.maketrans("OISZV", "0152Y")
_MISREAD_DIGITS = str.maketrans("OISZL", "01521")  # the first eight places are digits, as a rule


@dataclass(frozen=True, slots=True)
class Uscc:
    """What a text is, taken for a unified social credit code (GB 32100-2015).

    Attributes:
        code: the text in half-width capitals without separators; nothing else is changed.
        fault: why it is no credit code, or None when it is one.
        suggestion: the code that was meant when letters that look like digits were written.
    """

    code: str
    fault: Fault | None
    suggestion: str | None = None


def check_uscc(text: str) -> Uscc:
    """Check a credit code as people write it."""
    code = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text)).upper()
    fault = _uscc_fault(code)
    if fault is None or fault == "length":
        return Uscc(code, fault)
    meant = code[:8].translate(_MISREAD_DIGITS) + code[8:].translate(_MISREAD)
    return Uscc(code, fault, meant if _uscc_fault(meant) is None else None)


def _uscc_fault(code: str) -> Fault | None:
    if len(code) != 18:
        return "length"
    if any(character not in _ALPHABET for character in code):
        return "character"
    if not code[2:8].isdigit():
        return "region"
    # stdnum's own `validate` refuses the letters that now stand in the first two places.
    return None if uscc.calc_check_digit(code[:17]) == code[17] else "check_character"


# What an identity number may begin with (GB/T 2260). 83 stands for the residence permits of Hong
# Kong, Macao and Taiwan residents; 9 begins the permits of foreign permanent residents.
_PROVINCES = frozenset(
    code
    for first, last in (
        (11, 15),
        (21, 23),
        (31, 37),
        (41, 46),
        (50, 54),
        (61, 65),
        (71, 71),
        (81, 83),
    )
    for code in range(first, last + 1)
)


@dataclass(frozen=True, slots=True)
class IdentityNumber:
    """What a text is, taken for a resident identity number (GB 11643-1999).

    Attributes:
        number: the text in half-width capitals without separators.
        fault: why it is no identity number, or None when it is written as one.
        unusual_region: no province has the first two places: worth a second look, never a refusal.
        born: the birthday it holds; None when it has a fault.
    """

    number: str
    fault: IdentityFault | None
    unusual_region: bool = False
    born: date | None = None


def check_identity_number(text: str, today: date) -> IdentityNumber:
    """Check an identity number as people write it.

    Args:
        text: 18 places, with or without separators.
        today: the date in Asia/Shanghai, after which nobody is born.
    """
    number = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text)).upper()
    if len(number) != 18:
        return IdentityNumber(number, "length")
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        return IdentityNumber(number, "character")
    born = _birthday(number, today)
    if born is None:
        return IdentityNumber(number, "birthday")
    if ric.calc_check_digit(number) != number[-1]:
        return IdentityNumber(number, "check_character")
    return IdentityNumber(number, None, int(number[:2]) not in _PROVINCES, born)


def _birthday(number: str, today: date) -> date | None:
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
    return born if date(1900, 1, 1) <= born <= today else None


def check_phone(text: str) -> str | None:
    """Return the 11 digits of a mobile phone of the mainland as people write it, or None."""
    number = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text))
    found = re.fullmatch(r"(?:\+86|0086|86)?(1[3-9][0-9]{9})", number)
    return found[1] if found else None


@dataclass(frozen=True, slots=True)
class Found:
    """A protected number in a text, from `start` up to `end`."""

    kind: Protected
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Masked:
    """A text without its protected numbers, and the kinds it held, each once."""

    text: str
    kinds: tuple[Protected, ...]


_PLACEHOLDERS: dict[Protected, str] = {
    "identity_number": "[ID]",
    "phone": "[PHONE]",
    "bank_card": "[CARD]",
}

_TOKEN = re.compile(r"[0-9A-Za-z]+(?:[ -][0-9A-Za-z]+)*")
_INVOICE = 20
"""Digits of an invoice number; it has no check digit and is never masked."""
_PHONE = re.compile(r"1[3-9][0-9]{9}")
_CALLED = re.compile(r"(?:0|0{0,2}86)(1[3-9][0-9]{9})")
_CALLING_CODES = frozenset({"86", "086", "0086", "0"})
_PHONE_SHAPES = frozenset({(11,), (3, 4, 4), (3, 8), (7, 4), (4, 4, 3), (3, 3, 5)})
_CARD = re.compile(r"[2-69][0-9]{15,18}")


FEWEST = 11
"""Digits of the shortest protected number, a mobile phone's."""


def find_protected(text: str) -> list[Found]:
    """Return the identity numbers, mobile phones and bank cards of a text, in its order.

    An identity number (GB 11643-1999) must pass its check digit and hold a birthday between 1900
    and today, a card must pass Luhn's check. A word that passes as a credit code is left alone,
    and so are twenty digits. Where 18 digits pass as both, a birthday in places 7 to 14 makes it
    an identity number: a credit code rarely holds one, and storing an identity number is the worse
    mistake. Digits count in full width, in Chinese, and in groups between blanks, hyphens, dots and
    line breaks; letters, words and invisible characters around or between do not hide them.
    """
    found: list[Found] = []
    if count_digits(text) < FEWEST:
        return found
    for chinese in (False, True) if has_chinese_digits(text) else (False,):
        read = plain(text, chinese=chinese)
        if sum(map(str.isdigit, read.text)) < FEWEST:
            continue
        for kind, start, end in _numbers(read.text):
            begin, stop = read.span(start, end)
            if not any(begin < one.end and one.start < stop for one in found):
                found.append(Found(kind, begin, stop))
    return sorted(found, key=lambda one: one.start)


def _numbers(text: str) -> Iterator[tuple[Protected, int, int]]:
    codes = list(_credit_codes(text))
    for run in runs(text):
        taken = [span for span in codes if span[0] < run[-1].end and run[0].start < span[1]]
        for part in _without_glued(run):
            if isinstance(part, Found):
                yield part.kind, part.start, part.end
                continue
            stretches = list(windows(part, 19))
            for find in (_identity_numbers, _phones, _cards):
                for kind, start, end in find(part, stretches):
                    if not any(start < e and s < end for s, e in taken):
                        taken.append((start, end))
                        yield kind, _with_plus(text, start), end


def _without_glued(run: list[Group]) -> Iterator[Found | list[Group]]:
    """Cut identity numbers out of longer rows of digits; give them, and what is left."""
    left: list[Group] = []
    waiting: deque[Group | Found] = deque(run)
    while waiting:
        part = waiting.popleft()
        if isinstance(part, Found):
            yield left
            yield part
            left = []
            continue
        following = waiting[0] if waiting else None
        crossed = isinstance(following, Group) and following.digits in {"X", "x"}
        at = _glued(part.digits, crossed=crossed)
        if at is None:
            left.append(part)
        else:
            waiting.extendleft(reversed(_cut(part, at)))
    yield left


def _cut(group: Group, at: int) -> list[Group | Found]:
    stop = at + 18
    found = Found("identity_number", group.start + at, group.start + stop)
    before = [group.part(0, at, group.joint)] if at else []
    after = [group.part(stop, len(group.digits))] if stop < len(group.digits) else []
    return [*before, found, *after]


def _glued(digits: str, *, crossed: bool) -> int | None:
    """Return where an identity number stands in a row of digits that is longer than one."""
    if crossed and len(digits) > 17 and _is_identity_number(digits[-17:] + "X"):
        return len(digits) - 17
    if len(digits) <= 18 or len(digits) == _INVOICE:
        return None
    starts = range(len(digits) - 17)
    return next((at for at in starts if _is_identity_number(digits[at : at + 18])), None)


def _identity_numbers(
    run: list[Group], stretches: list[Stretch]
) -> Iterator[tuple[Protected, int, int]]:
    for first, last, digits in stretches:
        if len(digits) == 18 and _is_identity_number(digits.upper()):
            yield "identity_number", run[first].start, run[last - 1].end


def _phones(run: list[Group], stretches: list[Stretch]) -> Iterator[tuple[Protected, int, int]]:
    for first, last, digits in stretches:
        parts = run[first:last]
        if len(parts) == 1 and _CALLED.fullmatch(digits):
            yield "phone", parts[0].start, parts[0].end
        elif _PHONE.fullmatch(digits) and _is_shape_of_phone(parts):
            called = first > 0 and run[first - 1].digits in _CALLING_CODES
            yield "phone", run[first - called].start, parts[-1].end


def _is_shape_of_phone(parts: list[Group]) -> bool:
    joints = {each.joint for each in parts[1:]}
    if len(joints) > 1:
        return False
    shape = tuple(len(each.digits) for each in parts)
    return shape in _PHONE_SHAPES or (len(shape) > 3 and max(shape) <= 4)


def _cards(run: list[Group], stretches: list[Stretch]) -> Iterator[tuple[Protected, int, int]]:
    for first, last, digits in stretches:
        if not _CARD.fullmatch(digits):
            continue
        whole = last - first == 1
        if (whole or _is_shape_of_card(run, first, last)) and luhn.is_valid(digits):
            yield "bank_card", run[first].start, run[last - 1].end


def _is_shape_of_card(run: list[Group], first: int, last: int) -> bool:
    """Whether it is written in fours (five fours are an invoice number), or 6 and the rest."""
    parts = run[first:last]
    joint = parts[1].joint
    if {each.joint for each in parts[1:]} != {joint}:
        return False
    shape = [len(each.digits) for each in parts]
    if set(shape[:-1]) != {4} or shape[-1] > 4:
        return set(shape) == {1} or (len(shape) == 2 and shape[0] in {6, 8})
    before = first > 0 and parts[0].joint == joint and len(run[first - 1].digits) == 4
    after = last < len(run) and run[last].joint == joint
    return not before and not after


def _with_plus(text: str, start: int) -> int:
    return start - 1 if text[start - 1 : start] == "+" else start


def mask(text: str) -> Masked:
    """Replace the protected numbers of a text by `[ID]`, `[PHONE]` and `[CARD]`."""
    parts: list[str] = []
    place = 0
    found = find_protected(text)
    for one in found:
        parts += (text[place : one.start], _PLACEHOLDERS[one.kind])
        place = one.end
    parts.append(text[place:])
    return Masked("".join(parts), tuple(dict.fromkeys(one.kind for one in found)))


def masked_values(value: Any) -> Any:
    """Return a JSON value with all its texts masked, names of members too; ids of ours stay."""
    if isinstance(value, str):
        return value if OWN_ID.fullmatch(value) else mask(value).text
    if isinstance(value, list | tuple):
        return [masked_values(each) for each in value]
    if isinstance(value, dict):
        return {masked_values(name): masked_values(each) for name, each in value.items()}
    return value


FreeText = Annotated[str, AfterValidator(lambda words: mask(words).text)]
"""Words of people in a field of their own; once read, they hold no protected number."""


def is_identity_number(text: str) -> bool:
    """Whether a text is an identity number as a whole, and not merely built like one."""
    return any(
        one.kind == "identity_number" and not (text[: one.start] + text[one.end :]).strip()
        for one in find_protected(text)
    )


def _credit_codes(plain_text: str) -> Iterator[tuple[int, int]]:
    """Give where credit codes stand, whole or in groups between blanks or hyphens."""
    for match in _TOKEN.finditer(plain_text):
        words = list(re.finditer(r"[0-9A-Za-z]+", match.group()))
        for first, word in enumerate(words):
            code = ""
            for last in words[first:]:
                code += last.group().upper()
                if len(code) > 18:
                    break
                if len(code) == 18 and _uscc_fault(code) is None and not _is_more_likely(code):
                    yield match.start() + word.start(), match.start() + last.end()


def _is_identity_number(number: str) -> bool:
    return check_identity_number(number, datetime.now(UTC).date()).fault is None


def _is_more_likely(code: str) -> bool:
    """Whether 18 places that pass as a credit code are rather another number.

    Digits that begin with 62 and pass Luhn's check are a card of UnionPay: as a credit code they
    would belong to a tourist office's agency.
    """
    card = code.isdigit() and code.startswith("62") and luhn.is_valid(code)
    return card or _is_identity_number(code)
