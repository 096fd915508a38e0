"""The demo is loaded once, brought up to date after, and is what the contract says."""

from pathlib import Path

import pytest

from bot.setup.demo import DEFINITIONS, demo_of, load_demo
from core.database import Database
from core.errors import BadInput, BadSettings
from core.identifiers import check_uscc
from core.settings import Settings
from escalation.staff.service import find_account, list_staff, prove
from knowledge_base.service import stored_content
from taxpayers.host_token import HostTokens
from taxpayers.service import access_taxpayer


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return Settings(home=tmp_path, database_url=database_url, demo=True)


async def test_keys_of_elsewhere_are_refused(settings: Settings, db: Database) -> None:
    foreign = settings.model_copy(update={"host_jwks_url": "https://bureau.example/keys"})
    with pytest.raises(BadSettings, match="DAOBAN_HOST_JWKS_URL"):
        await load_demo(foreign, db)


async def test_a_broken_definition_is_named(
    settings: Settings, db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, project: Path
) -> None:
    for name in ("staff.yml", "taxpayers.yml"):
        (tmp_path / name).write_bytes((DEFINITIONS / name).read_bytes())
    (tmp_path / "staff.yml").write_text("staff: [{username: X}]", encoding="utf-8")
    monkeypatch.setattr("bot.setup.demo.DEFINITIONS", tmp_path)
    monkeypatch.setattr("bot.setup.demo.PROJECT", tmp_path)
    with pytest.raises(BadInput, match=r"staff\.yml"):
        await load_demo(settings, db)


async def test_loading_again_changes_nothing(settings: Settings, db: Database) -> None:
    first = await load_demo(settings, db)
    written = (settings.home / "demo.json").stat()
    assert written.st_mode & 0o777 == 0o600
    assert await load_demo(settings, db) == first == demo_of(settings.home)
    assert (settings.home / "demo.json").stat().st_mtime_ns == written.st_mtime_ns
    assert len(await db.read(list_staff)) == len(first.staff)


async def test_a_lost_file_is_written_anew_with_another_password(
    settings: Settings, db: Database
) -> None:
    first = await load_demo(settings, db)
    (settings.home / "demo.json").unlink()
    second = await load_demo(settings, db)
    assert second.password != first.password
    account = await db.read(lambda tx: find_account(tx, "officer1"))
    assert prove(account, second.password).username == "officer1"


async def test_everything_is_there(settings: Settings, db: Database) -> None:
    demo = await load_demo(settings, db)
    assert len(demo.taxpayers) == 20
    content = await db.read(lambda tx: stored_content(tx, provisional=True))
    assert len(content.entries) >= 40
    verifier = HostTokens(settings.host_secret())
    profiles = []
    for each in demo.taxpayers:
        party = await verifier.verify(each.token, db.clock.now())
        assert (party.person.id, party.taxpayer.id) == (each.person, each.taxpayer)
        assert "示例" in each.name
        assert party.assurance == "real_name"
        known = await db.read(lambda tx, each=each: access_taxpayer(tx, each.taxpayer))
        assert known.profile == party.taxpayer.profile
        assert known.uscc is None or check_uscc(known.uscc).fault is None
        profiles.append(known.profile)
    assert {each.entity_type for each in profiles} == {
        "company", "individual_business", "natural_person",
    }  # fmt: skip
    assert {"small_scale", "general"} <= {each.vat_status for each in profiles}
    assert {"month", "quarter"} <= {each.filing_period for each in profiles}
    assert {"A", "B", "M", "C", "D"} <= {each.credit_grade for each in profiles}
