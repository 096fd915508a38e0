"""The commands of imports: shown first, kept when told, never an answer to a taxpayer."""

import json
from pathlib import Path

import pytest

from tests.bot.cli.conftest import Daoban
from tests.knowledge_base.importing.papers import LAW


@pytest.fixture
def laws(tmp_path: Path) -> Path:
    folder = tmp_path / "laws"
    folder.mkdir()
    (folder / "law.md").write_text(LAW, encoding="utf-8")
    row = {"id": "Q1", "title": "种茶叶的农民卖茶要不要缴茶叶税", "answer": "茶叶税全部免掉。"}
    (folder / "qa.jsonl").write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
    return folder


def test_an_import_is_shown_first_and_kept_when_told(daoban: Daoban, laws: Path) -> None:
    shown = daoban("kb", "import", str(laws), "--collection", "tea")
    assert shown.code == 0
    assert "中华人民共和国茶叶税法 · 全国人民代表大会常务委员会" in shown.out
    assert "in force from 2024-07-01" in shown.out
    assert "Nothing was kept" in shown.out
    assert "tea" not in daoban("kb", "collections").out
    kept = daoban("kb", "import", str(laws), "--collection", "tea", "--apply")
    assert "Collection tea: 2 added, 0 changed, 0 unchanged." in kept.out
    again = daoban("kb", "import", str(laws), "--collection", "tea", "--apply")
    assert "Collection tea: 0 added, 0 changed, 2 unchanged." in again.out
    assert "第二条" in daoban("kb", "collections", "tea", "--find", "绿茶").out
    assert "2 files let go" in daoban("kb", "collections", "tea", "--remove").out
    assert daoban("kb", "collections", "tea", "--find", "绿茶").code == 1


def test_bad_files_are_told_and_the_others_kept(daoban: Daoban, laws: Path) -> None:
    (laws / "torn.pdf").write_bytes(b"torn")
    ran = daoban("kb", "import", str(laws), "--apply", "--collection", "tea")
    assert ran.code == 1
    assert "torn.pdf: it is no PDF, or damaged" in ran.err
    assert "2 added" in ran.out


def test_all_that_was_read_as_json(daoban: Daoban, laws: Path) -> None:
    found = json.loads(daoban("kb", "import", str(laws), "--json").out)
    assert [each["name"] for each in found] == ["law.md", "qa.jsonl"]
    assert found[0]["about"]["repeals"] == ["《茶叶税暂行规定》"]


def test_a_collection_never_answers_a_taxpayer(
    daoban: Daoban, laws: Path, index_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.faults.harness import prepare

    prepare(tmp_path / "home", index_home)
    monkeypatch.setenv("DAOBAN_DEMO", "1")
    daoban("kb", "load")
    daoban("kb", "import", str(laws), "--collection", "tea", "--apply")
    ran = daoban("ask", "种茶叶的农民卖茶要不要缴茶叶税", "--json")
    answer = json.loads(ran.out)
    assert "茶叶税全部免掉" not in ran.out
    assert not any("茶叶税" in each["label"] for each in answer["choices"])
    assert answer["text"]


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["kb", "import", "nowhere"], "nowhere is not there"),
        (["kb", "collections", "tea"], "--find WORDS"),
        (["kb", "import", "."], "no file to read"),
        (["kb", "import", "law.md", "--collection", "Tea Laws"], "lower-case letters"),
    ],
)
def test_wrong_input_is_told(
    daoban: Daoban, arguments: list[str], names: str, tmp_path: Path
) -> None:
    if arguments[2] == "law.md":
        (tmp_path / "law.md").write_text(LAW, encoding="utf-8")
    ran = daoban(*arguments)
    assert ran.code == 2
    assert names in ran.err
