"""Files of questions: what is read, and what is refused with the number of its line."""

import json

import pytest

from core.errors import BadInput
from knowledge_base.evaluation.files import TOLD, read_file


@pytest.fixture
def write(tmp_path):
    def run(*lines):
        path = tmp_path / "questions.jsonl"
        written = (each if isinstance(each, str) else json.dumps(each) for each in lines)
        path.write_text("\n".join(written), encoding="utf-8")
        return path

    return run


def test_questions_and_what_is_right(write, content):
    path = write(
        {"query": "忘了报税", "expect": "X-02", "style": "short", "as_of": "2026-01-02"},
        "",
        {"query": "免税多少", "must": ["30万"], "must_not": ["10万"]},
        {"query": "免税吗", "expect": ["X-01", "X-02"]},
        {"query": "天气", "expect": None},
    )
    file = read_file(path, content.entries)
    named, by_words, either, nothing = file.questions
    assert (named.expected, named.answerable) == ({"X-02"}, True)
    assert (by_words.suits("不超过30万元"), by_words.suits("30万或10万")) == (True, False)
    assert either.suited_by(content.entries["X-01"])
    assert not either.suited_by(content.entries["X-03"])
    assert not nothing.answerable
    assert not any(nothing.suited_by(each) for each in content.entries.values())
    assert file.articles == ()


def test_articles_are_a_collection_of_their_own(write):
    path = write(
        {"id": "1", "title": "怎么登记?", "answer": "到大厅。", "question": "怎么登记？", "x": 1},
        {"id": "2", "title": "怎么注销", "answer": "到大厅。", "question": "公司不做了怎么办"},
    )
    file = read_file(path, {})
    assert [each.asked for each in file.articles] == ["", "公司不做了怎么办"]
    assert file.questions == ()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"query": "怎么报"', "no JSON"),
        ("[1]", "a JSON object is needed"),
        ({"query": "怎么报"}, "say expect"),
        ({"query": "怎么报", "expect": "X-99"}, "no entry X-99"),
        ({"query": "怎么报", "expect": "X-01", "profil": {}}, "profil: "),
        ({"query": "？？", "expect": None}, "no letter or digit"),
        ({"query": "怎么报", "must": ["("]}, "no regular expression"),
        ({"query": "怎么报", "expect": None, "as_of": "soon"}, "as_of: "),
        ({"query": "怎么报", "expect": "X-01", "pair": "a"}, "pair a has no second"),
        ({"id": "1", "title": "怎么报"}, "answer: "),
        ({"id": "1", "title": "怎么报", "answer": "到大厅。"}, "a file of articles"),
    ],
)
def test_a_bad_line_is_told_by_its_number(write, content, line, told):
    path = write({"query": "忘了报税", "expect": "X-02"}, "", line)
    with pytest.raises(BadInput) as caught:
        read_file(path, content.entries)
    assert "1 bad lines" in caught.value.detail
    assert ("line 3" if "file of articles" not in told else "line 1") in caught.value.detail
    assert told in caught.value.detail


def test_an_id_may_stand_once(write):
    article = {"id": "1", "title": "怎么报", "answer": "到大厅。"}
    with pytest.raises(BadInput, match="line 2: id 1 stands in line 1 already"):
        read_file(write(article, article), {})


def test_many_bad_lines_are_counted(write):
    with pytest.raises(BadInput, match="and 5 more"):
        read_file(write(*["{"] * (TOLD + 5)), {})


def test_a_file_that_is_none(tmp_path, write):
    with pytest.raises(BadInput, match="cannot be read"):
        read_file(tmp_path / "nothing.jsonl", {})
    with pytest.raises(BadInput, match="holds no question"):
        read_file(write(""), {})
    gbk = tmp_path / "gbk.jsonl"
    gbk.write_bytes("发票".encode("gbk"))
    with pytest.raises(BadInput, match="not UTF-8"):
        read_file(gbk, {})
