"""Text as the search sees it: one form for all ways of typing, and the tokens of BM25.

Pre-made tokens (a space between) are what every backend indexes, so that they rank alike.
"""

import re
import unicodedata
from itertools import pairwise

from core.script import simplified

SEARCHED = 400
"""Characters of a message that are searched; what follows is rarely the question."""

_SPACE = re.compile(r"\s+")
_WORDS = re.compile(r"[^\W_]+")


def normalise(text: str) -> str:
    """Return text in NFKC, Simplified Chinese and lower case, without control characters.

    >>> normalise("發票　ＡＢＣ\\u200b")
    '发票 abc'
    """
    folded = unicodedata.normalize("NFKC", text)
    visible = folded if folded.isprintable() else _visible(folded)
    return _SPACE.sub(" ", simplified(visible).lower()).strip()


def _visible(text: str) -> str:
    """Leave out control characters, and make blanks of all that is blank."""
    return "".join(
        " " if character.isspace() else character
        for character in text
        if character.isspace() or unicodedata.category(character)[0] != "C"
    )


def searchable(text: str) -> str:
    """Return the normalised beginning of a message; empty when it has no letter or digit."""
    short = normalise(text[: 4 * SEARCHED])[:SEARCHED]
    return short if _WORDS.search(short) else ""


def key(text: str) -> str:
    """Return what two wordings share when only punctuation and spaces differ.

    >>> key("发票 怎么开?") == key("发票怎么开")
    True
    """
    return "".join(_WORDS.findall(text))


def tokens(text: str) -> list[str]:
    """Return the character bigrams of normalised text, punctuation left out; each once, in order.

    >>> tokens("免税, 吗")
    ['免税', '税吗']
    >>> tokens("a")
    ['a']
    """
    characters = key(text)
    if len(characters) < 2:
        return [characters] if characters else []
    return list(dict.fromkeys(map("".join, pairwise(characters))))


def all_tokens(text: str) -> list[str]:
    """Return the bigrams of a text to be indexed, repeats kept: their number counts in BM25."""
    characters = key(text)
    if len(characters) < 2:
        return [characters] if characters else []
    return list(map("".join, pairwise(characters)))
