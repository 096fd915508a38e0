"""Chinese in the script that a person reads: Simplified as it was written, or Traditional.

Only the characters change (征收 becomes 徵收), never the words: 信息 stays 信息, for mainland tax
terms have no other name. OpenCC knows everyday phrases; what it does not know of taxes stands in
`data/texts/zh-Hant/terms.yml`.
"""

import re
from functools import cache, lru_cache
from typing import NamedTuple

import yaml
from opencc import OpenCC

from core.settings import PROJECT

TERMS = PROJECT / "data" / "texts" / "zh-Hant" / "terms.yml"
KEPT = 8192
"""Converted texts that are remembered; answers, labels and catalogues are fewer."""

_LEFT = re.compile(r"(`[^`]*`|https?://[^\s，。；、（）《》“”]+)")
_HAN = re.compile(r"[㐀-鿿]+")


class _Tables(NamedTuple):
    to_traditional: OpenCC
    to_simplified: OpenCC
    terms: dict[str, str]
    term: re.Pattern[str]
    characters: dict[int, str]


@lru_cache(maxsize=1)
def _tables() -> _Tables:
    read = yaml.safe_load(TERMS.read_text(encoding="utf-8"))
    terms: dict[str, str] = read["terms"]
    longest_first = sorted(terms, key=len, reverse=True)
    return _Tables(
        OpenCC("s2tw"),
        OpenCC("t2s"),
        terms,
        re.compile("|".join(map(re.escape, longest_first))),
        str.maketrans(read["characters"]),
    )


def shown(text: str, locale: str) -> str:
    """Return a text of ours in the script of a language; only zh-Hant changes anything.

    Addresses and what stands between backquotes stay, and so does what is Traditional already.
    Names of people and companies must not be given to it: convert a template, then fill it in.

    >>> shown("小规模纳税人免征增值税", "zh-Hant")
    '小規模納稅人免徵增值稅'
    >>> shown("小规模纳税人", "zh-Hans")
    '小规模纳税人'
    """
    return _traditional(text) if locale == "zh-Hant" else text


def simplified(text: str) -> str:
    """Return a text in Simplified characters, in which everything is searched.

    >>> simplified("發票")
    '发票'
    """
    found: str = _tables().to_simplified.convert(text)
    return found


@lru_cache(maxsize=KEPT)
def _traditional(text: str) -> str:
    parts = _LEFT.split(text)  # what is left as it is stands at the odd places
    parts[::2] = [
        _HAN.sub(lambda run: _run(run[0]), part).translate(_tables().characters)
        for part in parts[::2]
    ]
    return "".join(parts)


def _run(han: str) -> str:
    """Convert Chinese without anything between."""
    if _is_traditional(han):
        return han
    tables = _tables()
    made, done = [], 0
    for found in tables.term.finditer(han):
        made += [tables.to_traditional.convert(han[done : found.start()]), tables.terms[found[0]]]
        done = found.end()
    return "".join([*made, tables.to_traditional.convert(han[done:])])


def _is_traditional(han: str) -> bool:
    """Whether a run has Traditional characters and none that only Simplified has.

    Converting it again would be wrong: 里 and 后 are right in Traditional text where they stand.
    """
    return simplified(han) != han and not any(map(_only_simplified, han))


@cache
def _only_simplified(character: str) -> bool:
    """Whether Traditional text has no such character: Big5 knows those it has."""
    try:
        character.encode("big5")
    except UnicodeEncodeError:
        return bool(_tables().to_traditional.convert(character) != character)
    return False
