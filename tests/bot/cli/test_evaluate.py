"""`daoban kb evaluate` on the made-up collection."""

import json
from pathlib import Path

from core.settings import PROJECT
from tests.bot.cli.conftest import Daoban

KNOWLEDGE = ("--knowledge", str(PROJECT / "tests" / "knowledge_base" / "fixtures"))
DAY = ("--as-of", "2026-11-24")


def write(path: Path, *lines: dict[str, object]) -> str:
    path.write_text("\n".join(json.dumps(each) for each in lines), encoding="utf-8")
    return str(path)


def test_a_report_is_told_kept_and_compared(daoban: Daoban, tmp_path: Path) -> None:
    before = write(tmp_path / "before.jsonl", {"query": "忘记报税罚多少", "expect": "X-01"})
    kept = str(tmp_path / "report.json")
    ran = daoban("kb", "evaluate", before, *KNOWLEDGE, *DAY, "--save", kept)
    assert ran.code == 0
    assert "wrong sure" in ran.out
    now = write(tmp_path / "now.jsonl", {"query": "忘记报税罚多少", "expect": "X-02"})
    ran = daoban("kb", "evaluate", now, *KNOWLEDGE, *DAY, "--baseline", kept)
    assert "better: 1" in ran.out
    assert "忘记报税罚多少: sure, wrong (X-02) -> sure, right (X-02)" in ran.out
    ran = daoban("kb", "evaluate", now, *KNOWLEDGE, *DAY, "--baseline", kept, "--json")
    told = json.loads(ran.out)
    assert told["report"]["replies"]["right"] == 1.0
    assert told["changes"]["shares"]["replies.right"] == [0.0, 1.0]


def test_articles_are_asked_in_an_index_of_their_own(daoban: Daoban, tmp_path: Path) -> None:
    articles = write(
        tmp_path / "articles.jsonl",
        {"id": "1", "title": "怎么办税务登记", "answer": "到大厅。", "question": "如何税务登记"},
        {
            "id": "2",
            "title": "公司怎么注销",
            "answer": "先清税。",
            "question": "公司不做了如何注销",
        },
    )
    ran = daoban("kb", "evaluate", articles, *KNOWLEDGE)
    assert (ran.code, "little overlap" in ran.out) == (0, True)


def test_bad_lines_and_days_are_told(daoban: Daoban, tmp_path: Path) -> None:
    bad = write(tmp_path / "bad.jsonl", {"query": "怎么报", "expect": "nothing"})
    ran = daoban("kb", "evaluate", bad, *KNOWLEDGE)
    assert (ran.code, "line 1: expect: no entry nothing" in ran.err) == (2, True)
    ran = daoban("kb", "evaluate", bad, *KNOWLEDGE, "--as-of", "soon")
    assert (ran.code, "YYYY-MM-DD" in ran.err) == (2, True)
    ran = daoban("kb", "evaluate", bad, *KNOWLEDGE, "--baseline", str(tmp_path / "none.json"))
    assert (ran.code, "cannot be read" in ran.err) == (2, True)
