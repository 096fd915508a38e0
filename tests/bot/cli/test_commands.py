"""Commands without a server: refusals first, each one line and no traceback."""

import json
import shutil
from pathlib import Path

import pytest

from bot.commands.commands import ListStaff
from bot.commands.instance import AlreadyRunning, only_writer
from bot.commands.perform import perform
from core.settings import Settings
from tests.bot.cli.conftest import Daoban
from tests.knowledge_base.conftest import FIXTURES


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["ask", "怎么报税", "--profile", "colour=red"], "--profile colour=red"),
        (["ask", "怎么报税", "--profile", "employees=many"], "profile.employees"),
        (["ask", "怎么报税", "--as-of", "tomorrow"], "YYYY-MM-DD"),
        (["ask", ""], "text"),
        (["setup", "--only", "coffee"], "no step coffee"),
        (["staff", "add", "X", "--name", "某", "--role", "officer"], "username"),
        (["staff", "add", "who", "--name", "某", "--role", "king"], "roles"),
        (["queue", "set", "officer", "--hours", "morning"], "08:30-12:00"),
        (["queue", "set", "officer", "--hours", "17:00-09:00"], "in order"),
        (["queue", "set", "officer", "--hours", "09:00-25:00"], "valid time"),
        (["queue", "set", "officer", "--days", "daily"], "--hours"),
        (["queue", "set", "officer", "--days", "never", "--hours", "09:00-17:00"], "'daily'"),
        (["queue", "set", "officer", "--wait", "5"], "wait_seconds"),
        (["queue", "set", "officer"], "nothing to change"),
        (["push", "nowhere.yml"], "nowhere.yml cannot be read"),
        (["work"], "DAOBAN_DATABASE_URL"),
        (["dialogue"], "DAOBAN_RASA_TOKEN"),
    ],
)
def test_wrong_input_is_told_in_a_line(daoban: Daoban, arguments: list[str], names: str) -> None:
    ran = daoban(*arguments)
    assert ran.code == 2
    assert ran.err.startswith("error: ")
    assert names in ran.err
    assert ran.err.count("\n") == 1


def test_a_wrong_setting_is_named(daoban: Daoban, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAOBAN_PORT", "eight")
    ran = daoban("staff", "list")
    assert (ran.code, "DAOBAN_PORT" in ran.err) == (2, True)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("postgresql://daoban@127.0.0.1:1/daoban", "error: "),
        ("sqlite:////proc/daoban.sqlite3", "error: /proc cannot be written"),
        ("sqlite:////proc/version/daoban.sqlite3", "error: /proc/version cannot be written"),
    ],
)
def test_a_database_that_is_not_there_is_told(
    daoban: Daoban, monkeypatch: pytest.MonkeyPatch, address: str, told: str
) -> None:
    monkeypatch.setenv("DAOBAN_DATABASE_URL", address)
    ran = daoban("staff", "list")
    assert ran.code == 1
    assert ran.err.startswith(told)


@pytest.mark.postgres
def test_a_database_that_refuses_us_is_told(
    daoban: Daoban, monkeypatch: pytest.MonkeyPatch, postgres_server: str
) -> None:
    monkeypatch.setenv("DAOBAN_DATABASE_URL", f"{postgres_server}nowhere")
    ran = daoban("staff", "list")
    assert ran.code == 1
    assert 'database "nowhere" does not exist' in ran.err
    assert "DAOBAN_DATABASE_URL" in ran.err


def test_an_encoder_that_is_not_built_is_told(
    daoban: Daoban, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DAOBAN_ENCODER")
    monkeypatch.setenv("DAOBAN_DEMO", "1")
    ran = daoban("ask", "怎么报税")
    assert (ran.code, "daoban setup" in ran.err) == (1, True)


def test_broken_knowledge_files_are_told_with_file_and_line(daoban: Daoban, data: Path) -> None:
    broken = data / "knowledge" / "vat.yml"
    broken.write_text("entries:\n  - {id: T01-01, topik: vat}\n", encoding="utf-8")
    for command in ("check", "load"):
        ran = daoban("kb", command, str(data))
        assert ran.code == 1
        assert "knowledge/vat.yml:2: topik: no such field" in ran.err


def test_shipped_knowledge_has_no_fault(daoban: Daoban) -> None:
    ran = daoban("kb", "check")
    assert (ran.code, "no fault" in ran.out) == (0, True)
    assert "references cite a whole document" in ran.out


def test_a_check_knows_the_flows(daoban: Daoban, tmp_path: Path) -> None:
    ran = daoban("kb", "check")
    [told] = [line for line in ran.out.splitlines() if line.startswith("No definition yet")]
    assert "F04 (" in told
    assert "F06" not in told

    data = tmp_path / "data"
    shutil.copytree(FIXTURES, data)
    file = data / "knowledge" / "all.yml"
    written = file.read_text(encoding="utf-8")
    for flow, code in (("F04", 0), ("F99", 1), ("f06", 1)):
        file.write_text(written.replace("flow: F06", f"flow: {flow}"), "utf-8")
        ran = daoban("kb", "check", str(data))
        assert ran.code == code, ran.err
        assert ("F04 (X-01)" in ran.out) == (flow == "F04")
        assert (f"no flow {flow}; mend it (F01, " in ran.err) == (code == 1)


def test_a_check_lists_what_ends_soon(daoban: Daoban) -> None:
    ran = daoban("kb", "check", "--as-of", "2027-11-01")
    assert ran.code == 0
    assert "end within 90 days" in ran.out
    assert "T04-01" in ran.out
    assert "what it tells" in ran.out  # T12-01 stays, the half of it that it names ends
    assert "T12-01" in ran.out
    assert "T04-01" not in daoban("kb", "check", "--as-of", "2027-11-01", "--within", "30").out
    assert daoban("kb", "check", "--as-of", "soon").code == 2


def test_what_hangs_on_a_document_is_listed(daoban: Daoban) -> None:
    ran = daoban("kb", "impact", "税总办征科函〔2025〕64号")
    assert ran.code == 0
    for told in ("R01-2026", "F06 step period", "late_filing.deadline", "1 x calendar"):
        assert told in ran.out
    unknown = daoban("kb", "impact", "公告1990年第1号")
    assert (unknown.code, "issuers in full" in unknown.err) == (1, True)


def test_accounts_are_made_listed_and_reset(daoban: Daoban) -> None:
    made = daoban("staff", "add", "wang", "--name", "王老师", "--role", "officer")
    assert made.code == 0
    assert "Its password, shown only now: " in made.out
    again = daoban("staff", "add", "wang", "--name", "王老师", "--role", "officer")
    assert (again.code, "the username wang is taken" in again.err) == (1, True)
    assert "王老师" in daoban("staff", "list").out
    assert daoban("staff", "reset-password", "wang").code == 0
    missing = daoban("staff", "reset-password", "li")
    assert (missing.code, "daoban staff list" in missing.err) == (1, True)


def test_the_hours_of_a_queue_are_changed_for_the_last_night(daoban: Daoban) -> None:
    assert "09:00-17:00" in daoban("queue", "list").out
    periods = ("--hours", "08:30-12:00", "--hours", "13:30-24:00")
    changed = daoban("queue", "set", "officer", "--days", "daily", *periods, "--wait", "600")
    assert changed.code == 0, changed.err
    named = daoban("queue", "set", "officer", "--name", "申报期专席")
    for told in ("申报期专席", "daily", "08:30-12:00 13:30-24:00", "600 s"):
        assert told in named.out
    listed = daoban("queue", "list").out.splitlines()
    assert ["09:00-17:00" in line for line in listed if "expert" in line] == [True]
    usual = daoban("queue", "set", "officer", "--name", "")
    assert "申报期专席" not in usual.out
    missing = daoban("queue", "set", "night", "--wait", "600")
    assert (missing.code, "no queue night" in missing.err) == (1, True)


def test_a_password_is_read_from_standard_input(
    daoban: Daoban, monkeypatch: pytest.MonkeyPatch
) -> None:
    from io import StringIO

    arguments = ("staff", "add", "li", "--name", "李老师", "--role", "expert", "--password-stdin")
    monkeypatch.setattr("sys.stdin", StringIO("short\n"))
    refused = daoban(*arguments)
    assert (refused.code, "8 characters" in refused.err) == (2, True)
    monkeypatch.setattr("sys.stdin", StringIO("long enough\n"))
    made = daoban(*arguments)
    assert (made.code, "long enough" in made.out + made.err) == (0, False)


def test_knowledge_is_loaded_once(daoban: Daoban) -> None:
    assert " 0 changed, 0 unchanged" in daoban("kb", "load").out
    assert daoban("kb", "load").out.startswith("0 added, 0 changed, ")


def test_the_store_goes_back_into_files(daoban: Daoban, tmp_path: Path) -> None:
    daoban("kb", "load")
    ran = daoban("kb", "export", str(tmp_path / "out"))
    assert " files written: 0 added, 0 changed, 0 dropped, " in ran.out
    assert daoban("kb", "load", str(tmp_path / "out")).out.startswith("0 added, 0 changed, ")
    assert daoban("kb", "export", str(tmp_path / "out")).out.startswith("0 files written: ")


def test_a_question_is_answered_without_a_server(
    daoban: Daoban, index_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.faults.harness import prepare

    (tmp_path / "home").mkdir()
    prepare(tmp_path / "home", index_home)
    monkeypatch.setenv("DAOBAN_DEMO", "1")
    daoban("kb", "load")
    facts = ("entity_type=company", "vat_status=small_scale", "filing_period=quarter")
    known = tuple(part for fact in facts for part in ("--profile", fact))
    ran = daoban("ask", "小规模纳税人季度销售额多少免增值税", *known, "--json")
    answer = json.loads(ran.out)
    assert answer["decision"] == "answer"
    assert answer["sources"]
    shown = daoban("ask", "小规模纳税人季度销售额多少免增值税", *known)
    assert "依据：" in shown.out


def test_a_list_is_taken_but_for_its_bad_rows(
    daoban: Daoban, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.setup.credit_codes import credit_code

    monkeypatch.setenv("DAOBAN_DEMO", "1")
    monkeypatch.setenv("DAOBAN_CLOCK", "2026-12-01T09:00:00+08:00")
    good = credit_code(500, company=True)
    rows = f"uscc,name\n{good},示例公司\n{good},示例公司\n91990000BAD,示例公司\n"
    (tmp_path / "list.csv").write_text(rows, encoding="utf-8")
    campaign = str(project / "data" / "outreach" / "filing-2026-12.yml")
    ran = daoban("push", campaign, "--list", "list.csv")
    assert ran.code == 0, ran.err
    assert "1 of 3 rows taken" in ran.out
    assert "Campaign filing-2026-12 is running." in ran.out
    assert [row in ran.err for row in ("3", "4", "uscc")] == [True] * 3
    (tmp_path / "bad.csv").write_text("code,name\n1,2\n", encoding="utf-8")
    refused = daoban("push", campaign, "--list", "bad.csv")
    assert (refused.code, "uscc" in refused.err) == (2, True)


def test_a_command_does_not_write_beside_another_process(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, demo=True)
    with (
        only_writer(settings),
        pytest.raises(AlreadyRunning, match="another Daoban process"),
    ):
        perform(settings, ListStaff(), patience=0)


def test_the_set_up_indexes_what_the_store_holds_and_tells_how_far_it_is(
    daoban: Daoban, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAOBAN_ANSWER_PROVISIONAL", "1")
    assert daoban("kb", "load", str(FIXTURES)).code == 0
    ran = daoban("setup", "--only", "index")
    assert ran.code == 0, ran.err
    assert "Fitting the decision to the collection." in ran.err
    entries = int(ran.err.partition(" entries are indexed")[0].split()[-1])
    assert entries > 0
    assert list((tmp_path / "home" / "index").glob("*/manifest.json"))
    again = daoban("setup", "--only", "index")
    assert (again.code, "Fitting" in again.err) == (0, False)
    assert f"{entries} entries are indexed" in again.err
