"""What the software says, by key and language; the words stand in `data/texts/<locale>/`."""

from functools import lru_cache
from typing import Any, Literal, get_args

import yaml

from core.script import TERMS
from core.settings import PROJECT

Locale = Literal["zh-Hans", "zh-Hant", "en"]
LOCALES: tuple[Locale, ...] = get_args(Locale)
DEFAULT: Locale = "zh-Hans"


@lru_cache
def catalogue(locale: str) -> dict[str, Any]:
    """Return all texts of a language, flat, by dotted key.

    Raises:
        ValueError: one key stands in two files.
    """
    found: dict[str, Any] = {}
    for path in sorted((PROJECT / "data" / "texts" / locale).glob("*.yml")):
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
    """Return a text; a language without it gives the Simplified Chinese one.

    Raises:
        KeyError: no language has the key, or a value it needs is missing.
    """
    template = catalogue(locale).get(key, catalogue(DEFAULT).get(key))
    if template is None:
        raise KeyError(f"no text for {key}: add it to data/texts/{DEFAULT}/")
    if isinstance(template, list):
        template = template[0]
    return str(template).format(**values)


def has_text(key: str) -> bool:
    """Whether the default language has the key."""
    return key in catalogue(DEFAULT)
