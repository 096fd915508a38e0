"""Credit codes, identity numbers and phones as people write them, and such numbers in free text.

A check digit shows that a number is written as it should be, never that it exists.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

from stdnum import luhn
from stdnum.cn import ric, uscc

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

_TOKEN = re.compile(r"[0-9A-Za-z]+")
_NUMBERS: tuple[tuple[Protected, re.Pattern[str]], ...] = (
    # 18 places (GB 11643-1999), whole or as region, birthday and the rest
    ("identity_number", re.compile(r"(?<!\d)\d{6}([ -]?)\d{4}[ -]?\d{4}\1\d{3}[\dXx](?!\d)")),
    ("phone", re.compile(r"(?<!\d)(?:(?:\+|00)?86[ -]?)?1[3-9]\d([ -]?)\d{4}\1\d{4}(?!\d)")),
    # 16 to 19 digits, whole or in fours; five fours are an invoice number
    ("bank_card", re.compile(r"(?<!\d)[2-69]\d{15,18}(?!\d)")),
    (
        "bank_card",
        re.compile(
            r"(?<!\d)(?<!\d{4}[ -])[2-69]\d{3}([ -])\d{4}\1\d{4}\1\d{4}(?:\1\d{1,3})?(?!\d|\1\d)"
        ),
    ),
)


def find_protected(text: str) -> list[Found]:
    """Return the identity numbers, mobile phones and bank cards of a text, in its order.

    An identity number must pass its check digit and hold a birthday between 1900 and today, a card
    must pass Luhn's check. A word that passes as a credit code is left alone. Where 18 digits pass
    as both, a birthday in places 7 to 14 makes it an identity number: a credit code rarely holds
    one, and storing an identity number is the worse mistake. Digits of full width count.
    """
    plain = "".join(map(_half_width, text))
    found: list[Found] = []
    taken = list(_credit_codes(plain))
    for kind, pattern in _NUMBERS:
        for match in pattern.finditer(plain):
            start, end = match.span()
            if any(start < e and s < end for s, e in taken):
                continue
            number = re.sub(r"[ -]", "", match.group()).upper()
            if _passes(kind, number):
                taken.append((start, end))
                found.append(Found(kind, start, end))
    return sorted(found, key=lambda one: one.start)


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


def _half_width(character: str) -> str:
    plain = unicodedata.normalize("NFKC", character)
    return plain if len(plain) == 1 and plain.isascii() else character


def _credit_codes(plain: str) -> Iterator[tuple[int, int]]:
    for match in _TOKEN.finditer(plain):
        word = match.group().upper()
        if _uscc_fault(word) is None and not _is_identity_number(word):
            yield match.span()


def _passes(kind: Protected, number: str) -> bool:
    if kind == "identity_number":
        return _is_identity_number(number)
    return kind == "phone" or luhn.is_valid(number)


def _is_identity_number(number: str) -> bool:
    return check_identity_number(number, datetime.now(UTC).date()).fault is None
