"""The allow-list of pages that may hold the chat: what is refused, what a look-alike gets."""

import pytest

from core.errors import BadSettings
from core.origins import Origins, checked_origin
from core.settings import load_settings

LISTED = Origins(
    map(
        checked_origin, ["https://etax.example", "https://*.bureau.example", "http://10.0.0.8:8080"]
    )
)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("etax.example", "must begin with https://"),
        ("ftp://etax.example", "must begin with https://"),
        ("null", "must begin with https://"),
        ("https://etax.example/", "no path, no slash"),
        ("https://etax.example/chat", "no path, no slash"),
        ("https://user@etax.example", "no path, no slash"),
        ("https://etax.example:port", "no valid host and port"),
        ("https://", "no valid host"),
        ("https://etax.*.example", "wildcard stands first"),
        ("https://e*.etax.example", "wildcard stands first"),
        ("https://*.example", "too wide"),
        ("https://*", "no valid host"),
        ("*", "only in the demo"),
    ],
)
def test_what_is_no_origin_is_refused_with_its_reason(
    monkeypatch: pytest.MonkeyPatch, written: str, said: str
) -> None:
    monkeypatch.delenv("DAOBAN_DEMO", raising=False)
    monkeypatch.setenv("DAOBAN_WIDGET_ORIGINS", f"https://good.example, {written}")
    with pytest.raises(BadSettings, match=said) as refused:
        load_settings()
    assert "DAOBAN_WIDGET_ORIGINS" in str(refused.value)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("HTTPS://ETax.Example", "https://etax.example"),
        ("https://etax.example:443", "https://etax.example"),
        ("http://etax.example:80", "http://etax.example"),
        ("https://etax.example:8443", "https://etax.example:8443"),
        ("https://税务.example", "https://xn--zfr703g.example"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_an_origin_is_kept_as_browsers_write_it(written: str, kept: str) -> None:
    assert checked_origin(written) == kept


@pytest.mark.parametrize(
    "origin",
    [
        "https://etax.example",
        "https://www.bureau.example",
        "https://a.b.bureau.example",
        "http://10.0.0.8:8080",
    ],
)
def test_listed_origins_pass(origin: str) -> None:
    assert LISTED.allows(origin)


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "",
        "http://etax.example",
        "https://ETAX.example",
        "https://etax.example:8443",
        "https://etax.example/",
        "https://etax.example.evil.test",
        "https://evil-etax.example",
        "https://www.etax.example",
        "https://bureau.example",
        "https://bureau.example.evil.test",
        "https://www.bureau.example.evil.test",
        "https://evilbureau.example",
        "https://evil.test/.bureau.example",
        "https://evil.test#.bureau.example",
        "https://evil.test:1@www.bureau.example",
        "https://www.bureau.example\nhttps://evil.test",
        "http://10.0.0.8",
        "http://10x0.0.8:8080",
    ],
)
def test_others_and_look_alikes_do_not(origin: str) -> None:
    assert not LISTED.allows(origin)


def test_an_empty_list_allows_nobody_and_a_star_everybody() -> None:
    assert not Origins(()).allows("https://etax.example")
    assert not Origins(()).allows("")
    assert Origins(["*"]).allows("https://anywhere.test")


def test_frames_follow_the_same_list() -> None:
    assert Origins(()).frame_sources == "'self'"
    assert Origins(["*"]).frame_sources == "*"
    assert LISTED.frame_sources == (
        "'self' http://10.0.0.8:8080 https://*.bureau.example https://etax.example"
    )
