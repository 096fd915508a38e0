"""Finds a character that was typed for another that sounds alike: "纳谁" for "纳税".

Whoever types by pinyin picks the wrong character now and then. A character is taken for wrong when
neither it and the one before nor it and the one after stand together in any question or alias of
the collection; the right one is another of its sound that stands there. Nothing is known of the
language beyond that, so a correction is only a second way to read a question.
"""

import math
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from knowledge_base.ranking import Lexicon

os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")  # 45 MB that single characters do not need
from pypinyin import Style, pinyin

BESIDE_ONE = 3
"""Entries that must say a character beside one of its neighbours, where none says it beside both
of them."""
MOST = 3
"""Characters that are corrected in one question."""

_HAN = re.compile(r"[\u4e00-\u9fff]")
_SOUTHERN = (
    (re.compile(r"^([zcs])h"), r"\1"),
    (re.compile(r"^n"), "l"),
    (re.compile(r"(?<=[ie])ng$"), "n"),
)


class _Correction(NamedTuple):
    """In the order of what is likelier: the very sound goes before a near one."""

    same_sound: bool
    weight: float
    place: int
    character: str


@dataclass(frozen=True)
class Spelling:
    """Which characters stand side by side in a collection, and which sound alike.

    Attributes:
        df: in how many entries' questions and aliases each bigram stands (`Lexicon.df`).
        alike: the collection's characters by their sound (`near`).
    """

    df: Mapping[str, int]
    alike: Mapping[str, str]

    @classmethod
    def of(cls, lexicon: Lexicon) -> "Spelling":
        """Read the characters of a lexicon; its counts are shared."""
        alike: dict[str, str] = {}
        for character in sorted({each for token in lexicon.df for each in token}):
            if sound := near(sound_of(character)):
                alike[sound] = alike.get(sound, "") + character
        return cls(lexicon.df, alike)

    def corrected(self, text: str) -> str:
        """Return a normalised text with what seems to be typed wrong by its sound put right.

        The likeliest correction is made first, since it may show that a neighbour is right.
        """
        for _ in range(MOST):
            best = max(self._corrections(text), default=None)
            if best is None:
                break
            text = text[: best.place] + best.character + text[best.place + 1 :]
        return text

    def _corrections(self, text: str) -> Iterator[_Correction]:
        for place, typed in enumerate(text):
            sound = sound_of(typed)
            before, after = text[place - 1 : place], text[place + 1 : place + 2]
            if not sound or any(self._beside(before, typed, after)):
                continue
            for other in self.alike.get(near(sound), ""):
                left, right = self._beside(before, other, after)
                if (left and right) or max(left, right) >= BESIDE_ONE:
                    weight = math.log((1 + left) * (1 + right))
                    yield _Correction(sound_of(other) == sound, weight, place, other)

    def _beside(self, before: str, character: str, after: str) -> tuple[int, int]:
        """How many entries say a character after the one before it, and before the one after."""
        left = self.df.get(before + character, 0) if before else 0
        return left, self.df.get(character + after, 0) if after else 0


@lru_cache(maxsize=10_000)
def sound_of(character: str) -> str:
    """Return the commonest reading of a Chinese character, without its tone; else "".

    >>> sound_of("税"), sound_of("谁"), sound_of("a")
    ('shui', 'shui', '')
    """
    if not _HAN.match(character):
        return ""
    readings = pinyin(character, style=Style.NORMAL, errors="ignore")
    return readings[0][0] if readings else ""


@lru_cache(maxsize=1_000)
def near(sound: str) -> str:
    """Return what sounds have in common that many speakers of the south do not tell apart.

    >>> near("shui") == near("sui"), near("nan") == near("lan"), near("xing") == near("xin")
    (True, True, True)
    """
    for pattern, same in _SOUTHERN:
        sound = pattern.sub(same, sound)
    return sound
