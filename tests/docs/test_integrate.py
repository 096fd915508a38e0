"""What docs/integrate tells a bureau to write, run as it stands there, in both languages."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.bureau import policy
from core.settings import load_settings
from taxpayers.host_token import HostTokens

SECRET = "a secret of the bureau, only for tests"
CHAT = "https://chat.bureau.example"


@pytest.fixture(params=["integrate.md", "integrate.zh-CN.md"])
def words(project: Path, request: pytest.FixtureRequest) -> str:
    """One of the two pages."""
    return (project / "docs" / request.param).read_text(encoding="utf-8")


def code(words: str, kind: str) -> str:
    """Return the first block of a kind."""
    found = re.search(rf"^ *```{kind}\n(.*?)^ *```", words, re.DOTALL | re.MULTILINE)
    assert found, f"no block {kind!r}"
    return found[1]


async def test_the_token_that_python_signs_opens_the_chat(words: str) -> None:
    names: dict = {}
    exec(code(words, "python"), names)
    party = await HostTokens(SECRET).verify(names["chat_token"](SECRET), datetime.now(UTC))
    assert (party.person.id, party.taxpayer.id) == ("person-1", "taxpayer-1")
    assert party.assurance == "real_name"
    assert party.taxpayer.profile.document()["vat_status"] == "small_scale"


def test_the_origins_are_taken(words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name, _, value = code(words, "").strip().partition("=")
    monkeypatch.setenv(name, value)
    assert load_settings().widget_origins == {
        "https://etax.bureau.example",
        "https://*.portal.bureau.example",
    }


def test_the_policy_is_the_one_under_which_the_widget_is_tested(words: str) -> None:
    tested = {name: set(rest) for name, *rest in map(str.split, policy(CHAT).split(";"))}
    lines = re.findall(r"^ +([a-z]+-src) (.+);$", words, re.MULTILINE)
    assert [name for name, _ in lines] == ["script-src", "connect-src", "style-src", "img-src"]
    of_the_page = {"'self'", "data:"}
    for name, sources in lines:
        assert set(sources.split()) == tested[name] - of_the_page


def test_every_attribute_and_call_is_one_that_exists(words: str, project: Path) -> None:
    source = project / "web" / "chat" / "src" / "widget"
    options = (source / "options.ts").read_text(encoding="utf-8")
    loader = (source / "loader.ts").read_text(encoding="utf-8")
    for attribute in set(re.findall(r"`data-([a-z-]+)", words)):
        name = re.sub(r"-(\w)", lambda match: match[1].upper(), attribute)
        assert re.search(rf'dataset\.{name}\b|"{name}" in dataset', options + loader), attribute
    for call in set(re.findall(r"^\| `(\w+)\(", words, re.MULTILINE)):
        assert re.search(rf"^    {call}[:,]", loader, re.MULTILINE), call


def test_both_languages_have_the_same_sections(project: Path) -> None:
    english, chinese = (
        [
            line.split(" ")[0]
            for line in (project / "docs" / name).read_text(encoding="utf-8").splitlines()
            if re.match(r"#+ ", line)
        ]
        for name in ("integrate.md", "integrate.zh-CN.md")
    )
    assert chinese == english
