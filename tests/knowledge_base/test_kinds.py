"""Referrals and refusals: given like policy, never counted or shown as policy."""

from datetime import date

import pytest
from pydantic import ValidationError

from knowledge_base.answering import KnowledgeBase
from knowledge_base.checks import check_entry
from knowledge_base.content import load_content
from knowledge_base.decision import Verdict
from knowledge_base.editing.lasting import checked_on
from knowledge_base.evaluation.files import EvaluationFile, Question
from knowledge_base.evaluation.report import evaluate
from knowledge_base.exporting import export
from knowledge_base.outcomes import Query
from knowledge_base.schemas import Content, Entry, SourceRef
from tests.knowledge_base.conftest import FIXTURES, TODAY, BigramEncoder

REFERRAL = Entry(
    id="B-1",
    kind="referral",
    topic="referral",
    question="住房公积金的提取和贷款找谁",
    aliases=[
        *("公积金怎么取", "公积金贷款额度", "公积金账户封存", "单位不给交公积金", "公积金利率"),
        *("取公积金要什么材料", "公积金余额在哪查", "公积金比例几个点", "公积金转移", "离职公积金"),
    ],
    answer="测试用：住房公积金由当地住房公积金管理中心办理，不由税务机关管理，请拨打它的热线或者到窗口办理。",
    checked_on=date(2026, 11, 1),
    check="L2",
    related=["X-02"],
)
REFUSAL = REFERRAL.model_copy(
    update={
        "id": "N-1",
        "kind": "refusal",
        "topic": "refusal",
        "question": "能帮我买发票吗",
        "aliases": [
            *("哪里卖发票", "买几张专票抵成本", "花点数弄发票", "找人虚开一张票", "成本票去哪买"),
            *("年底缺票怎么买", "介绍个卖票的", "给我弄点假票", "买票平账", "想买进项票"),
        ],
        "answer": "测试用：没有真实业务取得发票属于虚开，这里不能帮忙。"
        "请向销售方要发票，需要时可以转人工。",
    }
)


@pytest.fixture(scope="module")
def whole() -> Content:
    """The made-up collection with one of each."""
    content = load_content(FIXTURES)
    related = content.entries["X-02"].model_copy(update={"related": ["B-1", "N-1"]})
    more = {"B-1": REFERRAL, "N-1": REFUSAL, "X-02": related}
    return content.model_copy(update={"entries": content.entries | more})


@pytest.fixture(scope="module")
def knowledge(whole: Content, tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    return KnowledgeBase.open(tmp_path_factory.mktemp("kinds"), BigramEncoder(), whole)


def at(knowledge: KnowledgeBase, monkeypatch: pytest.MonkeyPatch, verdict: Verdict) -> None:
    """Let every question be decided so."""
    decided = type(knowledge.calibration)
    monkeypatch.setattr(decided, "decide", lambda *_: (verdict, 0.5))


def faults(entry: Entry, content: Content) -> list[tuple[object, str]]:
    """What the rules say against an entry."""

    class Notes:
        file = "test"

        def __init__(self) -> None:
            self.found: list[tuple[object, str]] = []

        def line(self, _place: object) -> int:
            return 1

        def fault(self, place: tuple[object, ...], message: str, *_rule: object) -> None:
            self.found.append((place[0], message))

    notes = Notes()
    check_entry(entry, content, notes)
    return notes.found


@pytest.mark.parametrize(
    ("asked", "decision", "entry"),
    [("公积金怎么取", "refer", REFERRAL), ("哪里卖发票", "refuse", REFUSAL)],
)
def test_each_is_given_as_it_stands_without_a_basis(knowledge, asked, decision, entry) -> None:
    told = knowledge.answer(Query(asked, TODAY))
    assert (told.decision, told.entry_id, told.text) == (decision, entry.id, entry.answer)
    assert (told.sources, told.flow, told.sure) == ([], None, True)
    assert [each.id for each in told.related] == ["entry:X-02"]


def test_a_guide_that_was_looked_at_is_not_shown(knowledge, whole) -> None:
    guide = whole.documents["law"].model_copy(update={"id": "guide", "kind": "guide"})
    entry = REFERRAL.model_copy(update={"sources": [SourceRef(document="guide")]})
    changed = whole.model_copy(
        update={
            "documents": whole.documents | {"guide": guide},
            "entries": whole.entries | {"B-1": entry},
        }
    )
    assert faults(entry, changed) == []
    beside = knowledge.beside(changed)
    assert beside.content.entries["B-1"].sources
    knowledge.publish(changed)
    try:
        assert knowledge.answer(Query("公积金怎么取", TODAY)).sources == []
    finally:
        knowledge.publish(whole)


def test_a_likely_refusal_leads_to_no_policy(knowledge, monkeypatch) -> None:
    at(knowledge, monkeypatch, "likely")
    told = knowledge.answer(Query("哪里卖发票给我", TODAY))
    assert (told.decision, told.entry_id, told.sure) == ("refuse", "N-1", False)
    assert told.choices == []


def test_nobody_is_refused_on_a_guess_nor_offered_policy_instead(knowledge, monkeypatch) -> None:
    at(knowledge, monkeypatch, "clarify")
    told = knowledge.answer(Query("哪里卖发票给我", TODAY))
    assert (told.decision, told.reason, told.choices) == ("handoff", "unsure", [])
    assert told.trace[0].entry_id == "N-1"


def test_a_likely_referral_offers_what_else_was_meant(knowledge, monkeypatch) -> None:
    at(knowledge, monkeypatch, "likely")
    told = knowledge.answer(Query("公积金怎么取出", TODAY))
    assert (told.decision, told.entry_id, told.sure) == ("refer", "B-1", False)
    assert told.text.endswith(REFERRAL.answer)
    assert told.choices == []  # nothing else is near


def test_an_office_is_named_where_policy_would_only_be_offered(knowledge, monkeypatch) -> None:
    at(knowledge, monkeypatch, "clarify")
    told = knowledge.answer(Query("公积金怎么取出，增值税免税怎么办", TODAY))
    assert (told.decision, told.entry_id, told.sure) == ("refer", "B-1", False)
    assert told.choices  # the policy that may be meant instead stands below it
    assert all(each.id not in {"entry:B-1", "entry:N-1"} for each in told.choices)


def test_what_is_near_a_likely_referral_is_offered_beside_it(knowledge, monkeypatch) -> None:
    at(knowledge, monkeypatch, "likely")
    told = knowledge.answer(Query("公积金怎么取出，增值税免税怎么办", TODAY))
    assert (told.decision, told.entry_id) == ("refer", "B-1")
    near = [each.entry_id for each in told.trace[1:] if each.score >= told.trace[0].score / 2]
    offered = [f"entry:{each}" for each in near if each != "N-1"]
    assert offered
    assert [each.id for each in told.choices] == offered[:2]


def test_no_button_or_list_names_a_refusal(knowledge, monkeypatch) -> None:
    related = knowledge.answer_entry("X-02", Query("", TODAY)).related
    assert [each.id for each in related] == ["entry:B-1"]
    asker = Query("", TODAY)
    assert knowledge.questions(["N-1", "X-02"], asker) == knowledge.questions(["X-02"], asker)
    at(knowledge, monkeypatch, "clarify")
    for asked in ("发票", "专票勾选", "申报", "成本", "进项"):
        told = knowledge.answer(Query(asked, TODAY))
        assert "entry:N-1" not in {each.id for each in (*told.choices, *told.related)}


def test_neither_is_a_topic_to_go_on_from(knowledge) -> None:
    alone = knowledge.answer(Query("那一般纳税人呢", TODAY))
    after = knowledge.answer(Query("那一般纳税人呢", TODAY, topic_entry="B-1"))
    assert after == alone


def test_a_button_pressed_earlier_still_gives_it(knowledge) -> None:
    told = knowledge.answer_entry("B-1", Query("", TODAY))
    assert (told.decision, told.reason, told.sources) == ("refer", "chosen", [])


def test_they_count_as_right_where_nothing_answers_and_never_as_policy(knowledge) -> None:
    asked = (
        Question(query="公积金怎么取", expect=None),
        Question(query="哪里卖发票", expect=None),
        Question(query="忘记报税罚多少", expect=None),
    )
    report = evaluate(EvaluationFile("test", asked), knowledge, TODAY)
    assert [(each.given, each.right) for each in report.results] == [
        ("referred", True),
        ("refused", True),
        ("sure", False),
    ]
    assert report.refusals is not None
    shares = report.refusals.model_dump()
    assert {name: round(share, 2) for name, share in shares.items()} == {
        "questions": 3,
        "policy": 0.33,
        "policy_likely": 0.0,
        "choices": 0.0,
        "refused": 0.67,
        "sent_on": 0.67,
    }
    assert [(each.threshold, round(each.error, 2)) for each in report.curve[-1:]] == [(0.99, 0.33)]


def test_they_are_wrong_where_a_policy_answers(knowledge) -> None:
    asked = (
        Question(query="公积金怎么取", expect="X-02"),
        Question(query="哪里卖发票", expect="N-1"),
    )
    report = evaluate(EvaluationFile("test", asked), knowledge, TODAY)
    assert [each.right for each in report.results] == [False, True]
    assert report.replies is not None
    assert (report.replies.sent_on, report.replies.right) == (0.5, 0.5)


def test_a_sound_one_has_no_fault(whole) -> None:
    assert faults(REFERRAL, whole) == faults(REFUSAL, whole) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"checked_on": None}, "checked_on"),
        ({"flow": "F05"}, "flow"),
        ({"valid_to": date(2027, 12, 31)}, "valid_to"),
        ({"audience": {"vat_status": "general"}}, "audience"),
        ({"sources": [SourceRef(document="law")]}, "sources"),
        ({"related": ["N-1"]}, "related"),
    ],
)
def test_what_none_may_have(whole, change, field) -> None:
    [(found, _)] = faults(REFERRAL.model_copy(update=change), whole)
    assert found == field


def test_a_case_belongs_to_policy_only(whole) -> None:
    case = whole.entries["X-01"].cases
    [(found, message)] = faults(REFUSAL.model_copy(update={"cases": case}), whole)
    assert (found, message) == ("cases", "a refusal has no cases; remove it, or make it a policy")


def test_a_policy_is_dated_by_its_sources(whole) -> None:
    policy = whole.entries["X-01"]
    [(field, _)] = faults(policy.model_copy(update={"checked_on": TODAY}), whole)
    assert field == "checked_on"
    plain = policy.model_dump(mode="json") | {"sources": []}
    with pytest.raises(ValidationError, match="a policy needs its legal basis"):
        Entry.model_validate(plain, strict=False)
    del plain["sources"]
    with pytest.raises(ValidationError, match="a policy needs its legal basis"):
        Entry.model_validate(plain, strict=False)


def test_it_is_looked_at_again_by_its_own_day(whole) -> None:
    assert checked_on(whole, REFERRAL) == date(2026, 11, 1)
    assert whole.validity(REFERRAL) == (None, None)


def test_files_keep_them_through_export(data, whole, tmp_path) -> None:
    sound = whole.entries["X-02"].model_copy(update={"related": ["B-1"]})
    wanted = whole.model_copy(update={"entries": whole.entries | {"X-02": sound}})
    export(wanted, tmp_path / "out", data)
    assert load_content(tmp_path / "out") == wanted
    assert export(wanted, tmp_path / "out", data).files == []
