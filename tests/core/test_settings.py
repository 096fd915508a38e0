"""Settings: what cannot work is refused at the start, with the variable's name."""

from pathlib import Path

import pytest

from core.errors import BadSettings
from core.settings import load_settings


def test_surfaces_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAOBAN_SURFACES", "chat, desk")
    assert load_settings().surfaces == {"chat", "desk"}


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DAOBAN_PORT", "eighty", "DAOBAN_PORT"),
        ("DAOBAN_SURFACES", "chat,kitchen", "DAOBAN_SURFACES"),
        ("DAOBAN_DATABASE_URL", "mysql://x", "sqlite:/// or postgresql://"),
        ("DAOBAN_CLOCK", "2026-11-24T10:00:00+08:00", "DAOBAN_DEMO=1"),
    ],
)
def test_what_cannot_work_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.delenv("DAOBAN_DEMO", raising=False)
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSettings, match=said):
        load_settings()


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("from a file\n", encoding="utf-8")
    assert load_settings(secret_key_file=file).secret() == "from a file"


def test_a_missing_secret_file_says_which(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="nowhere"):
        load_settings(secret_key_file=tmp_path / "nowhere").secret()


def test_outside_the_demo_a_signing_key_is_demanded(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="DAOBAN_SECRET_KEY"):
        load_settings(home=tmp_path, demo=False).secret()


def test_the_demo_makes_and_keeps_its_key(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path, demo=True)
    assert settings.secret() == settings.secret()
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600
