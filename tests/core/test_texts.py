"""The catalogues: complete in every language, all of it used, and dates as people read them."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from string import Formatter

import pytest

from core.settings import PROJECT
from core.texts import (
    DEFAULT,
    LOCALES,
    catalogue,
    day_in_words,
    moment_in_words,
    negotiated,
    recognised,
    text,
)

NOT_FOR_PEOPLE = frozenset(
    {
        # How a document's number is written officially: Chinese in every language.
        "knowledge.source.announcement_number",
        "knowledge.source.order_number",
        "knowledge.source.series_number",
        "knowledge.source.announcement_series",
        "knowledge.source.order_series",
    }
)
OTHER_PLACES = frozenset({"knowledge.ten_thousand"})
"""English groups digits where Chinese counts in ten thousands; the code gives both."""
NOT_TEXTS = frozenset({"reminders.help_requested", "flow_rules.not_in_future"})
"""An event; an example in a docstring."""
PACKAGES = (
    "core", "taxpayers", "conversations", "knowledge_base", "flows", "reminders", "escalation",
    "actions", "bot",
)  # fmt: skip
HAN = re.compile(r"[㐀-鿿]")
_KEY = re.compile(r'"((?:[a-z_]+|\{[^{}"]+\})(?:\.(?:[\w-]+|\{[^{}"]+\}))+)"')


def _sources() -> list[Path]:
    code = [path for each in PACKAGES for path in (PROJECT / each).rglob("*.py")]
    kept = [path for path in code if ".venv" not in path.parts]
    return [*kept, *(PROJECT / "data" / "flows").glob("*.yml"), PROJECT / "domain.yml"]


@pytest.fixture(scope="module")
def named() -> set[str]:
    """Every string in the code that has the form of a key; {} where a value is put in."""
    found: set[str] = set()
    for path in _sources():
        words = path.read_text(encoding="utf-8")
        found |= {re.sub(r"\{[^{}]+\}", "{}", each) for each in _KEY.findall(words)}
        if path.suffix == ".yml":
            found |= set(re.findall(r"text_key: ([\w.]+)", words))
    return found


def _places(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


class TestCatalogues:
    def test_english_has_every_key_and_no_other(self):
        assert catalogue("en").keys() == catalogue(DEFAULT).keys() - NOT_FOR_PEOPLE

    def test_traditional_overrides_only_what_exists(self):
        assert catalogue("zh-Hant").keys() <= catalogue(DEFAULT).keys()

    def test_every_language_fills_in_the_same_values(self):
        differing = [
            key
            for locale in ("zh-Hant", "en")
            for key, template in catalogue(locale).items()
            if key not in OTHER_PLACES and _places(template) != _places(catalogue(DEFAULT)[key])
        ]
        assert differing == []

    def test_english_is_english(self):
        chinese = [key for key, said in catalogue("en").items() if HAN.search(said)]
        assert chinese == []

    def test_every_text_is_one_line_of_words(self):
        for locale in LOCALES:
            assert [key for key, said in catalogue(locale).items() if not said.strip()] == []
            assert all(isinstance(said, str) for said in catalogue(locale).values())

    def test_no_text_stands_unused(self, named):
        patterns = [re.compile(re.escape(each).replace(r"\{\}", ".+")) for each in named]
        unused = [
            key for key in catalogue(DEFAULT) if not any(each.fullmatch(key) for each in patterns)
        ]
        assert unused == []

    def test_no_text_is_missing(self, named):
        roots = {key.split(".")[0] for key in catalogue(DEFAULT)}
        whole = {each for each in named if "{}" not in each and each.split(".")[0] in roots}
        missing = whole - catalogue(DEFAULT).keys() - NOT_TEXTS
        assert {each for each in missing if not _is_code(each)} == set()


def _is_code(name: str) -> bool:
    """Whether a name is that of a module's, or what keys begin with."""
    if any(key.startswith(f"{name}.") for key in catalogue(DEFAULT)):
        return True
    package, module = name.split(".")[:2]
    return (PROJECT / package / f"{module}.py").exists()


class TestText:
    def test_traditional_is_converted_but_values_are_not(self):
        said = text("escalation.claimed.officer", "zh-Hant", name="范云")
        assert said.startswith("范云（稅務幹部）已接入")

    def test_an_unknown_key_says_where_to_add_it(self):
        with pytest.raises(KeyError, match="data/texts/zh-Hans"):
            text("chat.no_such_text", "en")

    def test_a_missing_value_is_an_error(self):
        with pytest.raises(KeyError, match="place"):
            text("escalation.waiting.open", "en")

    def test_recognised_words_are_of_all_languages(self):
        assert {"人工", "human", "officer please"} <= set(recognised("person.exact"))


class TestDates:
    def test_days(self):
        day = date(2026, 12, 5)
        assert [day_in_words(day, each) for each in LOCALES] == ["12月5日", "12月5日", "5 December"]
        assert day_in_words(day, "zh-Hans", year=True) == "2026年12月5日"
        assert day_in_words(day, "en", year=True) == "5 December 2026"

    def test_moments_are_in_shanghai(self):
        at = datetime(2026, 11, 24, 16, 5, tzinfo=UTC)
        assert moment_in_words(at, "zh-Hans") == "11月25日 00:05"
        assert moment_in_words(at, "en") == "00:05 on 25 November"


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        (None, None),
        ("", None),
        ("fr", None),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("zh-TW", "zh-Hant"),
        ("zh-Hant-HK", "zh-Hant"),
        ("zh-Hans-HK", "zh-Hans"),
        ("en-GB", "en"),
        ("fr, zh-MO;q=0.4, en;q=0.9", "en"),
        ("en;q=nonsense, zh", "zh-Hans"),
        (";;;,,,q=", None),
    ],
)
def test_accept_language(header, locale):
    assert negotiated(header) == locale
