"""Each breach of the rules of the knowledge files, told with file, line and what to do."""

import pytest

from core.identifiers import masked_values
from core.settings import PROJECT
from knowledge_base.content import load_content
from knowledge_base.yaml_files import BrokenContent

KNOWLEDGE, POLICIES = "knowledge/all.yml", "policies/all.yml"


@pytest.fixture
def broken(data):
    """Replaces a text in a file and returns the faults as (file, text of the line, message)."""

    def run(file, old, new):
        path = data / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(BrokenContent) as error:
            load_content(data)
        lines = {
            name: (data / name).read_text(encoding="utf-8").splitlines()
            for name in (KNOWLEDGE, POLICIES)
        }
        return [
            (fault.file, lines[fault.file][fault.line - 1].strip(), fault.message)
            for fault in error.value.faults
        ]

    return run


def test_shipped_content_is_sound():
    content = load_content(PROJECT / "data")
    assert len(content.entries) >= 40
    assert content.documents


def test_no_shipped_entry_changes_when_the_desk_masks_it():
    entries = load_content(PROJECT / "data").entries.values()
    plain = {each.id: each.model_dump(mode="json") for each in entries}
    assert [key for key, each in plain.items() if masked_values(each) != each] == []


def test_sound_files_load(content):
    assert content.entries["X-01"].cases[0].when == {"vat_status": "general"}
    assert content.documents["law"].provision("a63").article == "第六十三条"


def test_an_unknown_source(broken):
    [(file, line, message)] = broken(KNOWLEDGE, "{document: notice-2026}", "{document: nothing}")
    assert (file, line) == (KNOWLEDGE, "sources: [{document: nothing}]")
    assert message == "no document nothing; add it to policies/"


def test_an_unknown_provision(broken):
    [(_, line, message)] = broken(KNOWLEDGE, "provision: a63", "provision: a99")
    assert "a99" in line
    assert message == "law has no provision a99; add it"


def test_too_few_aliases(broken):
    [(_, line, message)] = broken(KNOWLEDGE, ", 小规模多少额度以下免税]", "]")
    assert line.startswith("aliases:")
    assert message == "9 aliases; write at least 10 ways of asking"


def test_an_id_that_stands_twice(broken):
    [(_, line, message)] = broken(KNOWLEDGE, "id: X-08", "id: X-07")
    assert line == "- id: X-07"
    assert "stands already in knowledge/all.yml:" in message


@pytest.mark.parametrize("taken", ["小微企业优惠标准", "进项抵扣流程"])
def test_an_alias_of_two_entries(broken, taken):
    """X-02 is for everybody, so an audience of the other does not tell them apart."""
    [(_, line, message)] = broken(KNOWLEDGE, taken, "忘记报税罚多少")
    assert message == "忘记报税罚多少 is an alias of X-02 too; leave it to one of them"
    assert line.startswith("aliases:")


def test_an_alias_that_stands_twice_in_other_script(broken):
    [(_, line, message)] = broken(KNOWLEDGE, "进项抵扣流程", "專票怎麼勾選抵扣")
    assert message == "专票怎么勾选抵扣 stands twice; remove one"
    assert line.startswith("aliases:")


def test_a_short_answer(broken):
    [(_, line, message)] = broken(
        KNOWLEDGE,
        "测试用：一般纳税人不适用这项免税，无论当季销售额是多少，"
        "都应当按适用税率计算销项税额、抵扣进项税额后申报缴纳增值税。",
        "不免。",
    )
    assert line == "answer: 不免。"
    assert message == "3 characters; an answer has 40 to 400"


def test_a_condition_that_does_not_parse(broken):
    [(_, line, message)] = broken(
        KNOWLEDGE, "{vat_status: general}\n        answer", "{vat: x}\n        answer"
    )
    assert line == "- when: {vat: x}"
    assert message.startswith("vat: unknown field 'vat'")


def test_an_unknown_related_entry(broken):
    [(_, line, message)] = broken(KNOWLEDGE, "[X-02, X-07]", "[X-02, X-99]")
    assert line == "related: [X-02, X-99]"
    assert message == "no entry X-99; mend or remove it"


def test_dates_that_contradict(broken):
    faults = broken(POLICIES, "effective_to: 2027-12-31", "effective_to: 2025-12-31")
    assert (
        POLICIES,
        "effective_to: 2025-12-31",
        "ends 2025-12-31, before it begins 2026-01-01",
    ) in faults
    assert any(message.startswith("ended on 2025-12-31") for _, _, message in faults)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("status: repealed", "status: in_force", "ended on 2025-12-31"),
        ("status: not_yet_in_force", "status: in_force", "begins on 2027-03-01"),
        ("effective_to: 2025-12-31\n", "effective_to: null\n", "repealed, but effective_to"),
        ("repealed_by: notice-2026", "repealed_by: nothing", "no document nothing"),
        ("effective_from: 2020-01-01", "effective_from: 1990-01-01", "in force from 1990-01-01"),
    ],
)
def test_a_status_must_fit_the_dates(broken, old, new, message):
    faults = broken(POLICIES, old, new)
    assert any(each.startswith(message) for _, _, each in faults), faults


def test_an_entry_may_not_outlive_its_source(broken):
    [(_, line, message)] = broken(
        KNOWLEDGE,
        "    check: L3\n    related",
        "    check: L3\n    valid_to: 2029-12-31\n    related",
    )
    assert line == "sources: [{document: notice-2026}]"
    assert (
        "in force from 2026-01-01 to 2027-12-31, the entry holds from 2026-01-01 to 2029-12-31"
        in message
    )


def test_sources_that_never_hold_together(broken):
    [(_, _, message)] = broken(
        KNOWLEDGE, "[{document: notice-2026}]", "[{document: notice-2026}, {document: notice-2023}]"
    )
    assert "never hold together" in message


def test_a_misspelt_field_and_a_wrong_type(broken):
    faults = broken(KNOWLEDGE, "    topic: late\n", "    topic: late\n    anwser: x\n    flow: 6\n")
    assert {(line, message) for _, line, message in faults} == {
        ("anwser: x", "anwser: no such field; remove it or mend its name"),
        ("flow: 6", "flow: a text is needed; put it in quotes"),
        # X-02 could not be read, so the entry that names it as related is told too
        ("related: [X-02, X-07]", "no entry X-02; mend or remove it"),
    }


def test_a_key_that_stands_twice(broken):
    [(_, line, message)] = broken(
        KNOWLEDGE, "    topic: late\n", "    topic: late\n    topic: vat\n"
    )
    assert (line, message) == ("topic: vat", "topic stands here twice; keep one")


def test_what_is_no_yaml(data):
    (data / "knowledge" / "bad.yml").write_text("entries:\n  - id: 'x\n", encoding="utf-8")
    (data / "knowledge" / "list.yml").write_text("- 1\n", encoding="utf-8")
    (data / "policies" / "empty.yml").write_text("", encoding="utf-8")
    (data / "policies" / "latin.yml").write_bytes(b"documents: \xff\xfe")
    (data / "policies" / "day.yml").write_text("documents: [{id: 2026-02-30}]", encoding="utf-8")
    with pytest.raises(BrokenContent) as error:
        load_content(data)
    told = {fault.file: fault.message for fault in error.value.faults}
    assert told["knowledge/bad.yml"].startswith("no YAML:")
    assert told["knowledge/list.yml"] == "the file must hold one list named entries:"
    assert told["policies/empty.yml"] == "the file must hold one list named documents:"
    assert told["policies/latin.yml"].endswith("save the file as UTF-8")
    assert told["policies/day.yml"].endswith("mend the date")


def test_all_faults_are_told_at_once(data):
    path = data / KNOWLEDGE
    text = path.read_text(encoding="utf-8")
    text = text.replace("check: L2", "check: L9").replace("visibility: staff", "visibility: all")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BrokenContent) as error:
        load_content(data)
    assert len(error.value.faults) == 2
    assert error.value.detail.count("\n") == 1
    assert [each["line"] for each in error.value.extra["faults"]] == [
        fault.line for fault in error.value.faults
    ]


CLAUSE = """
    batch_repeals:
      - provision: a62
        title_has: [测试]
        title_has_one_of: [免税]
        title_has_none_of: [出口]
        issued_until: 2026
        last_day: 2026-06-30
"""


def test_what_a_batch_repeal_ends_must_be_marked(broken):
    [(file, line, message)] = broken(
        POLICIES, "    url: https://example.org/law\n", CLAUSE.removeprefix("\n")
    )
    assert file == POLICIES
    assert line == "effective_to: 2027-12-31"
    assert "测试税法（2024年）第六十二条 ends it with 2026-06-30" in message
    assert "repealed_by: law" in message


def test_a_batch_repeal_that_spares_an_unknown_document(broken):
    clause = CLAUSE.removeprefix("\n") + "        spared: {notice-2026: 仍有效, nothing: 不知}\n"
    [(_, line, message)] = broken(POLICIES, "    url: https://example.org/law\n", clause)
    assert line.startswith("spared:")
    assert message == "no document nothing; mend or remove it"


def test_a_batch_repeal_by_an_unknown_provision(broken):
    clause = CLAUSE.removeprefix("\n").replace("a62", "a99")
    [(_, _, message)] = broken(POLICIES, "    url: https://example.org/law\n", clause)
    assert message == "law has no provision a99; add it"


def test_one_document_under_two_ids(broken):
    twin = """  - id: twin
    issuers: [税务总局, 财政部]
    kind: announcement
    year: 2026
    number: "10"
    series: 公告
    title: 换了题目
    cite: 换了写法
    effective_from: 2026-01-01
    status: in_force
    check: L3
    checked_on: 2026-11-23
  - id: notice-2023
"""
    [(_, line, message)] = broken(POLICIES, "  - id: notice-2023\n", twin)
    assert line == "- id: twin"
    assert message.endswith("is notice-2026 already: cite that one, or mend this")


def test_an_entry_that_nothing_dates(broken):
    faults = broken(POLICIES, "    effective_from: 2001-05-01\n    status", "    status")
    assert faults
    for file, line, message in faults:
        assert (file, line.startswith("sources:")) == (KNOWLEDGE, True)
        assert message.startswith("nothing says since when this holds")
