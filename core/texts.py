"""What the software says, by key and language; the words stand in `data/texts/<locale>/`.

Simplified Chinese has every key. Traditional is converted from it where `zh-Hant/` says nothing
else, English is written. `recognised/` has the words of taxpayers, of all languages at once.
"""

from datetime import date, datetime
from functools import cache
from typing import Any, Literal, get_args

import yaml

from core.clock import SHANGHAI
from core.script import TERMS, shown
from core.settings import PROJECT

Locale = Literal["zh-Hans", "zh-Hant", "en"]
LOCALES: tuple[Locale, ...] = get_args(Locale)
DEFAULT: Locale = "zh-Hans"
TEXTS = PROJECT / "data" / "texts"


@cache
def catalogue(folder: str) -> dict[str, Any]:
    """Return all texts of a folder of `data/texts/`, flat, by dotted key.

    Raises:
        ValueError: one key stands in two files.
    """
    found: dict[str, Any] = {}
    for path in sorted((TEXTS / folder).glob("*.yml")):
        if path == TERMS:
            continue
        part = _flat(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
        if twice := found.keys() & part.keys():
            raise ValueError(f"{path.name}: {min(twice)} stands in another file too")
        found |= part
    return found


def _flat(tree: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in tree.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{key}.")
        else:
            flat[f"{prefix}{key}"] = value
    return flat


def text(key: str, locale: str = DEFAULT, **values: Any) -> str:
    """Return a text with its values filled in, which are taken as they are.

    Raises:
        KeyError: there is no such text, or a value it needs is missing.
    """
    return _template(key, locale).format(**values)


@cache
def _template(key: str, locale: str) -> str:
    own = catalogue(locale).get(key)
    if own is not None:
        return str(own)
    if not has_text(key):
        raise KeyError(f"no text for {key}: add it to data/texts/{DEFAULT}/")
    return shown(str(catalogue(DEFAULT)[key]), locale)


def has_text(key: str) -> bool:
    """Whether there is such a text."""
    return key in catalogue(DEFAULT)


def recognised(key: str) -> Any:
    """Return the words by which something is recognised in what a taxpayer writes."""
    return catalogue("recognised")[key]


def month_in_words(month: int, locale: str) -> str:
    """Return the name of a month.

    >>> month_in_words(12, "en")
    'December'
    """
    return text(f"dates.month.{month}", locale)


def day_in_words(day: date, locale: str, *, year: bool = False) -> str:
    """Return a day as people read it, with its year if that matters.

    >>> day_in_words(date(2026, 12, 15), "zh-Hans")
    '12月15日'
    """
    named = {"month": month_in_words(day.month, locale), "day": day.day}
    if year:
        return text("dates.day_of_year", locale, year=day.year, **named)
    return text("dates.day", locale, **named)


def moment_in_words(at: datetime, locale: str) -> str:
    """Return an aware moment as people read it, in Asia/Shanghai."""
    here = at.astimezone(SHANGHAI)
    return text(
        "dates.moment",
        locale,
        month=month_in_words(here.month, locale),
        day=here.day,
        time=f"{here:%H:%M}",
    )


def negotiated(accept_language: str | None) -> Locale | None:
    """Return the language of ours that an Accept-Language header prefers, if any.

    >>> negotiated("fr, zh-TW;q=0.8, en;q=0.9")
    'en'
    """
    wishes = [_wish(each) for each in (accept_language or "")[:500].split(",")]
    for _, tag in sorted(wishes, key=lambda each: -each[0]):
        if (locale := _locale_of(tag)) is not None:
            return locale
    return None


def _wish(part: str) -> tuple[float, str]:
    tag, _, quality = part.partition(";")
    try:
        return float(quality.strip().removeprefix("q=") or 1), tag.strip().lower()
    except ValueError:
        return 0.0, tag.strip().lower()


def _locale_of(tag: str) -> Locale | None:
    language, *parts = tag.split("-")
    if language == "en":
        return "en"
    if language != "zh":
        return None
    if "hans" not in parts and {"hant", "tw", "hk", "mo"} & set(parts):
        return "zh-Hant"
    return "zh-Hans"
