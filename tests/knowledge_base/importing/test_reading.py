"""Files of every kind read into passages, with what they say of themselves and what is doubtful."""

import json
from datetime import date

import pytest

from core.errors import BadInput
from core.settings import PROJECT
from knowledge_base.content import load_content
from knowledge_base.importing import reading
from knowledge_base.importing.reading import find_files, read
from knowledge_base.importing.schemas import BadFile, Source
from tests.knowledge_base.importing.papers import LAW, NOTICE, html, pdf, word


@pytest.fixture
def reads(tmp_path):
    def run(name, data, clauses=()):
        path = tmp_path / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return read(name, path, clauses)

    return run


@pytest.fixture(scope="module")
def clauses():
    documents = load_content(PROJECT / "data").documents.values()
    return [(each, clause) for each in documents for clause in each.batch_repeals]


def test_a_law_in_markdown(reads):
    law = reads("law.md", LAW)
    said = law.about
    assert (said.title, said.kind) == ("中华人民共和国茶叶税法", "law")
    assert said.issuers == ["全国人民代表大会常务委员会"]
    assert said.issued_on == date(2024, 3, 5)
    assert (said.effective_from, said.effective_to) == (date(2024, 7, 1), None)
    assert said.repeals == ["《茶叶税暂行规定》"]
    assert law.warnings == []
    articles = [each for each in law.passages if each.label != "正文"]
    assert [(each.label, each.heading) for each in articles] == [
        ("第一条", "第一章 总则"),
        ("第二条", "第一章 总则"),
        ("第三条", "第二章 附则"),
    ]
    assert articles[1].text == "本法所称茶叶，是指下列各项：\n（一）绿茶；\n（二）红茶。"


AMENDED = """# 茶叶税暂行条例

1993年12月12日 国务院批准

1993年12月23日 财政部令第6号发布

2010年12月20日 《国务院关于修改〈茶叶税暂行条例〉的决定》第一次修订

2018年12月18日 中华人民共和国国务院令第707号第二次修订

2019年1月1日 施行

\u200b第一条 茶叶缴税。

第二条 本条例自发布之日起施行。

## 附：

## 茶叶税税目税率表

绿茶 3%

## 附表二：红茶

## 一、祁门

红茶 5%
"""


def test_a_regulation_that_was_amended_says_so(reads):
    said = reads("old.md", AMENDED).about
    assert (said.kind, said.issuers) == ("regulation", ["国务院"])
    assert (said.series, said.number) == ("令", "707")
    assert (said.issued_on, said.amended_on) == (date(1993, 12, 23), date(2018, 12, 18))
    assert said.effective_from == date(1993, 12, 23)
    [told] = reads("old.md", AMENDED).warnings
    assert told == "amended on 2018-12-18: look since when this wording is in force"


def test_what_is_appended_is_no_part_of_the_last_article(reads):
    parts = reads("old.md", AMENDED).passages
    assert [each.label for each in parts] == ["正文", "第一条", "第二条", "附", "附表二"]
    assert parts[2].text == "本条例自发布之日起施行。"
    assert parts[3].text == "附：\n茶叶税税目税率表\n绿茶 3%"
    assert parts[4].text == "附表二：红茶\n一、祁门\n红茶 5%"


def test_rules_that_are_appended_keep_their_articles(reads):
    rules = ["附件：茶叶办法", "第一章 总则", "第一条 喝茶。", "第二条 品茶。"]
    parts = reads("notice.txt", "\n".join([*NOTICE, *rules])).passages
    assert [(each.label, each.heading) for each in parts[-2:]] == [
        ("第一条", "附件：茶叶办法 第一章 总则"),
        ("第二条", "附件：茶叶办法 第一章 总则"),
    ]


def test_a_law_in_word_is_read_as_in_markdown(reads):
    law, same = reads("law.docx", word()), reads("law.md", LAW)
    assert law.about == same.about
    assert [each.label for each in law.passages] == [each.label for each in same.passages]
    assert law.passages[-1].text.endswith("绿茶 | 3%")


def of_notice(source: Source) -> None:
    said = source.about
    assert said.title == "财政部税务总局关于茶叶增值税免征政策的公告"
    assert said.issuers == ["财政部", "税务总局"]
    assert (said.series, said.year, said.number) == ("公告", 2023, "99")
    assert said.issued_on == date(2022, 12, 20)
    assert (said.effective_from, said.effective_to) == (date(2023, 1, 1), date(2027, 12, 31))
    assert [each.label for each in source.passages][-2:] == ["一", "二"]


def test_an_announcement_as_a_page_in_an_old_encoding(reads):
    page = reads("notice.html", html())
    of_notice(page)
    everything = "\n".join(each.text for each in page.passages)
    assert "绿茶 | 3%" in everything
    assert not any(each in everything for each in ("首页", "var x", "主办单位"))


def test_an_announcement_as_a_pdf_with_lines_that_go_on(reads):
    cut = ["一、对茶农销售自产的各种各样的好茶叶和坏茶", "叶，免征增值税。"]
    wide = [*NOTICE[:3], *cut, *NOTICE[4:]]
    paper = reads("notice.pdf", pdf([wide[:4], wide[4:]]))
    of_notice(paper)
    assert paper.passages[-2].text == "一、对茶农销售自产的各种各样的好茶叶和坏茶叶，免征增值税。"


def test_a_relief_that_a_batch_repeal_may_have_ended_goes_to_a_person(reads, clauses):
    relief = reads("notice.txt", "\n".join(NOTICE), clauses)
    assert any("may have ended on 2025-12-31" in each for each in relief.warnings)
    assert reads("law.md", LAW, clauses).warnings == []


def test_what_is_missing_or_doubtful_is_told(reads):
    gap = LAW.replace("第二条", "第四条")
    assert "article 4 follows article 1: is one missing?" in reads("law.md", gap).warnings
    begun = LAW.replace("第一条", "以下")
    assert "it begins with article 2" in reads("law.md", begun).warnings[0]
    bare = reads("notes.txt", "随便写的一段话。\n又一段话。")
    assert bare.about.title is None
    assert "no issuer found" in bare.warnings


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("empty.md", b"", "it holds no text"),
        ("torn.docx", b"PK\x03\x04 torn", "save it anew as .docx"),
        ("torn.pdf", b"%PDF-1.4 torn", "it is no PDF, or damaged"),
        ("scan.pdf", pdf([[]]), "OCR"),
        ("locked.pdf", pdf([["第一条"]], password="secret"), "protected by a password"),
        ("bytes.txt", b"\xff\xfe\xff\xff\x80", "neither UTF-8 nor GB 18030"),
        ("table.xlsx", b"", "files of this kind are not read"),
        ("none.jsonl", b"{}\n", "no line of it holds a question with its answer"),
    ],
)
def test_a_bad_file_is_told_with_what_to_do(reads, name, data, why):
    found = reads(name, data)
    assert isinstance(found, BadFile)
    assert why in found.reason


def test_a_file_that_is_too_large_is_not_read(reads, monkeypatch):
    monkeypatch.setattr(reading, "LARGEST", 10)
    assert "split it" in reads("law.md", LAW).reason


def test_questions_with_their_answers(reads):
    rows = [
        {
            "id": "Q1",
            "title": "茶叶怎么交税",
            "question": "我种茶，卖茶要交税吗",
            "answer": "按本法。",
        },
        {"title": "没有答案"},
        {"id": "Q1", "title": "重复", "answer": "重复。"},
        {"query": "只有一种问法", "text": "也行。"},
    ]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    found = reads("qa.jsonl", "\n".join([*lines, "not json", ""]))
    assert [(each.label, each.heading, each.asked) for each in found.passages] == [
        ("Q1", "茶叶怎么交税", ["我种茶，卖茶要交税吗"]),
        ("4", "只有一种问法", []),
    ]
    assert found.warnings == [
        "line 2: no answer (answer, text); left out",
        "line 3: the id Q1 stands twice; left out",
        "line 5: no JSON; left out",
    ]


def test_files_are_found_below_a_directory(tmp_path):
    for name in ("a/law.md", "b.docx", ".hidden.md", "~$b.docx", "picture.png"):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).touch()
    assert [name for name, _ in find_files([tmp_path / "in"])] == ["a/law.md", "b.docx"]
    with pytest.raises(BadInput, match="not there"):
        find_files([tmp_path / "nowhere"])
    (tmp_path / "b.docx").touch()
    with pytest.raises(BadInput, match=r"b\.docx is there twice"):
        find_files([tmp_path / "in", tmp_path / "b.docx"])
