"""Numbers in Chinese characters, of print, of cheques and of speech."""

from decimal import Decimal

_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")}
_DIGITS |= {"〇": 0, "两": 2, "壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5, "陆": 6}
_DIGITS |= {"柒": 7, "捌": 8, "玖": 9}
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_MYRIADS = {"万": 10**4, "亿": 10**8}
NUMERALS = "".join((*_DIGITS, *_UNITS, *_MYRIADS))
"""Characters that a number may be written in."""


def numeral(said: str) -> Decimal:
    """Return the value of a number written only in `NUMERALS`.

    >>> numeral("一万二"), numeral("三百零五"), numeral("二〇二六")
    (Decimal('12000'), Decimal('305'), Decimal('2026'))
    """
    if all(character in _DIGITS for character in said):
        return Decimal("".join(str(_DIGITS[character]) for character in said))
    total, section, digit, unit = 0, 0, None, 1
    for character in said:
        if character in _DIGITS:
            digit = _DIGITS[character]
            unit = 1 if digit == 0 else unit
        elif character in _UNITS:
            unit = _UNITS[character]
            section += (1 if digit is None else digit) * unit
            digit = None
        else:
            unit = _MYRIADS[character]
            section += digit or 0
            total = (total + section) * unit if character == "亿" else total + section * unit
            section, digit = 0, None
    if digit:
        section += digit * (unit // 10 if unit >= 10 else 1)
    return Decimal(total + section)
