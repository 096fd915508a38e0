"""How people write long numbers in a text: in groups, in full width, in Chinese, glued to words."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_CHINESE = dict(
    zip("〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖", "001234567891123456789", strict=True)
)
_CROSSES = frozenset("×✕✖✗ХхΧχⅩⅹ")
"""What is typed for the X of an identity number."""

_GROUP = re.compile(r"[0-9]+|[Xx]")
_JOINT = re.compile(r"[ \t\r\n_./·-]{0,3}")


@dataclass(frozen=True, slots=True)
class Group:
    """Digits that stand together, or a lone X.

    Attributes:
        start: where they begin in the text that they were read from.
        end: where they end there.
        joint: what stands between them and the group before, when both may be of one number.
    """

    digits: str
    start: int
    end: int
    joint: str | None

    def part(self, begin: int, end: int, joint: str | None = None) -> "Group":
        """Return some of the digits as a group of their own."""
        return Group(self.digits[begin:end], self.start + begin, self.start + end, joint)


Stretch = tuple[int, int, str]
"""Groups of a run that stand together: from, up to, their digits."""


@dataclass(frozen=True, slots=True)
class Plain:
    """A text in half-width characters without invisible ones, and where each came from."""

    text: str
    places: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where a part of the plain text stands in the original."""
        return self.places[start], self.places[end - 1] + 1


def has_chinese_digits(words: str) -> bool:
    """Whether digits may be written in Chinese there."""
    return not _CHINESE.keys().isdisjoint(words)


def plain(words: str, *, chinese: bool) -> Plain:
    """Return the text as one reads it: `１３８` and, if asked, `一三八` are 138."""
    read = _read_chinese if chinese else _read
    kept = [(shown, place) for place, each in enumerate(words) if (shown := read(each))]
    return Plain("".join(shown for shown, _ in kept), tuple(place for _, place in kept))


@lru_cache(8192)
def _read(character: str) -> str:
    if character.isascii():
        return character
    if character in _CROSSES:
        return "X"
    kind = unicodedata.category(character)
    if kind in {"Cf", "Mn", "Me"}:  # zero-width, variation selectors, key caps
        return ""
    if kind in {"Pd", "Zs"} or character == "−":
        return " " if kind == "Zs" else "-"
    number = unicodedata.digit(character, None)
    if number is not None:
        return str(number)
    half = unicodedata.normalize("NFKC", character)
    return half if len(half) == 1 and half.isascii() else character


def _read_chinese(character: str) -> str:
    return _CHINESE.get(character) or _read(character)


def count_digits(words: str) -> int:
    """Return how many characters may be digits, Chinese ones included."""
    return sum(map(_may_be_digit, words))


@lru_cache(8192)
def _may_be_digit(character: str) -> bool:
    return _read_chinese(character).isdigit()


def runs(text: str) -> Iterator[list[Group]]:
    """Give the groups of a plain text, those together that may be one number."""
    run: list[Group] = []
    for match in _GROUP.finditer(text):
        joint = None
        if run:
            between = text[run[-1].end : match.start()]
            joint = between if _JOINT.fullmatch(between) else None
            if joint is None:
                yield run
                run = []
        run.append(Group(match.group(), match.start(), match.end(), joint))
    if run:
        yield run


def windows(run: list[Group], longest: int) -> Iterator[Stretch]:
    """Give every stretch of whole groups of at most so many digits.

    Longer stretches come before shorter ones from the same group.
    """
    for first in range(len(run)):
        digits = ""
        found = []
        for last in range(first, len(run)):
            digits += run[last].digits
            if len(digits) > longest:
                break
            found.append((first, last + 1, digits))
        yield from reversed(found)
