"""The page for operators tells every setting and metric as they are."""

from core.settings import Settings
from tools.reference import PAGE, page


def test_the_tables_are_those_of_the_code() -> None:
    words = PAGE.read_text(encoding="utf-8")
    assert page(words) == words, "run `python -m tools.reference`"
    for name in Settings.model_fields:
        assert f"`DAOBAN_{name.upper()}`" in words
    assert "`daoban_turns_total`" in words


def test_every_setting_says_what_it_is() -> None:
    silent = [
        name
        for name, field in Settings.model_fields.items()
        if not field.description and not name.endswith("_file")
    ]
    assert silent == []
