"""Profile facts that the taxpayer's own words state, for this answer only.

"那个体户呢？" after an answer, or "小规模……" in the question, goes before what the profile says.
The words stand in `data/texts/recognised/facts.yml`.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from core.texts import catalogue, recognised
from knowledge_base.text import normalise, searchable, tokens

_PREFIX = "facts."


@lru_cache
def _words(group: str) -> list[tuple[str, str, str]]:
    """Return `(word, field, value)`, longer words first."""
    prefix = f"{_PREFIX}{group}."
    found: list[tuple[str, str, str]] = []
    for key, words in catalogue("recognised").items():
        if key.startswith(prefix):
            field, value = key.removeprefix(prefix).split(".")
            found.extend((normalise(word), field, value) for word in words)
    return sorted(found, key=lambda each: -len(each[0]))


def facts(text: str, profile: Mapping[str, Any], *, follow_up: bool) -> dict[str, Any]:
    """Return the facts that a normalised text states, each at most once.

    Args:
        text: what was asked.
        profile: what is known; words such as 公司 only fill its gaps in a first question.
        follow_up: whether the text goes on from an answer: then every word counts.
    """
    bare = _without(text, _list("masked"))
    stated = _found(bare, "stated")
    filled = {
        field: value
        for field, value in _found(bare, "filled").items()
        if field not in stated and (follow_up or profile.get(field) is None)
    }
    return stated | filled


@lru_cache(maxsize=65_536)
def named(question: str, *, plainly: bool = False) -> Mapping[str, str]:
    """Return the facts that an entry's question names.

    Args:
        question: of an entry.
        plainly: leave out words such as 公司 and 个人, that often name no kind of taxpayer.
    """
    bare = _without(searchable(question), _list("masked"))
    stated = _found(bare, "stated")
    return stated if plainly else _found(bare, "filled") | stated


def only_facts(text: str) -> bool:
    """Whether a normalised text says nothing beyond whom it is about: "那个体户呢"."""
    if not _spoken(text):
        return False
    rest = text
    for group in ("stated", "filled"):
        rest = _without(rest, [word for word, _, _ in _words(group)])
    return not tokens(_without(rest, _list("filler")))


def about(question: str, text: str) -> str:
    """Return a normalised question with its words of a field replaced by those of `text`.

    >>> about("小规模纳税人怎么申报", "那一般纳税人呢")
    '一般纳税人怎么申报'
    """
    for word, field, _ in _spoken(text):
        same = [other for other, other_field, _ in _all() if other_field == field]
        replaced = _replace(question, same, word)
        question = replaced if replaced != question else f"{word}{question}"
    return question


def _all() -> list[tuple[str, str, str]]:
    return sorted([*_words("stated"), *_words("filled")], key=lambda each: -len(each[0]))


def _spoken(text: str) -> list[tuple[str, str, str]]:
    """The words of a text, the longest for each field."""
    spoken: dict[str, tuple[str, str, str]] = {}
    for each in _all():
        if each[0] in text:
            spoken.setdefault(each[1], each)
    return list(spoken.values())


def _found(text: str, group: str) -> dict[str, str]:
    """The facts stated; a field named with two values states nothing."""
    values: dict[str, set[str]] = {}
    for word, field, value in _words(group):
        if word in text:
            values.setdefault(field, set()).add(value)
    return {field: one.pop() for field, one in values.items() if len(one) == 1}


def _list(name: str) -> list[str]:
    words: list[str] = recognised(f"{_PREFIX}{name}")
    return words


def _without(text: str, words: list[str]) -> str:
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, " ")
    return text


def _replace(text: str, words: list[str], new: str) -> str:
    for word in sorted(words, key=len, reverse=True):
        if word in text:
            return text.replace(word, new, 1)
    return text
