"""What follows from a profile, and what it does to the ranking and the answer."""

import pytest

from core.conditions import parse
from knowledge_base import asker
from knowledge_base.answering import KnowledgeBase
from knowledge_base.outcomes import Query

from .conftest import TODAY

COMPANY = {"entity_type": "company", "vat_status": "small_scale"}


def test_a_natural_person_is_small_scale_and_files_each_time():
    known = asker.known({"entity_type": "natural_person"}, {})
    assert known["vat_status"] == "small_scale"
    assert known["filing_period"] not in {"month", "quarter"}


def test_what_is_known_is_not_replaced():
    known = asker.known({"entity_type": "natural_person", "filing_period": "month"}, {})
    assert known["filing_period"] == "month"
    assert asker.known(COMPANY, {"entity_type": "individual_business"}) == {
        "entity_type": "individual_business",
        "vat_status": "small_scale",
    }


@pytest.mark.parametrize(
    ("question", "case", "expected"),
    [
        ("小规模纳税人多久申报", None, asker.OWN_KIND),
        ("公司注销要什么材料", None, asker.OWN_KIND),
        ("个体户注销要什么材料", None, asker.OTHER_KIND),
        ("个体户注销要什么材料", {"entity_type": "company"}, 0.0),
        ("个体户注销要什么材料", {"entity_type": "natural_person"}, asker.OTHER_KIND),
        ("一般纳税人的标准是多少", None, 0.0),
        ("个人卖住房要交增值税吗", None, 0.0),
        ("发票丢了怎么办", None, 0.0),
    ],
)
def test_whom_an_entry_is_about_weighs(question, case, expected):
    cases = [] if case is None else [parse(case)]
    assert asker.leaning(question, cases, COMPANY) == expected


def test_an_unknown_asker_leans_nowhere():
    assert asker.leaning("个体户注销要什么材料", [], {}) == 0.0


def twin(entry, kind):
    """The entry as one on how that kind of taxpayer deregisters."""
    asked = ["注销登记要带什么", "注销的材料清单", "不干了怎么销户", "注销去哪里办"]
    changed = {"question": f"{kind}注销要交哪些材料", "aliases": asked, "cases": []}
    return entry.model_copy(update=changed)


@pytest.mark.parametrize(("kind", "first"), [("company", "X-01"), ("individual_business", "X-02")])
def test_twins_are_told_apart_by_the_profile(tmp_path, content, encoder, kind, first):
    twins = {
        "X-01": twin(content.entries["X-01"], "公司"),
        "X-02": twin(content.entries["X-02"], "个体户"),
    }
    content = content.model_copy(update={"entries": content.entries | twins})
    knowledge = KnowledgeBase.open(tmp_path, encoder, content)
    outcome = knowledge.answer(Query("注销要交哪些材料", TODAY, {"entity_type": kind}))
    assert outcome.trace[0].entry_id == first


def test_the_answer_says_what_it_goes_by(ask):
    known = {"vat_status": "small_scale", "filing_period": "month"}
    given = ask("每季度开票多少免税", profile=known).text
    assert given.endswith("（以上按您的登记信息答复：按月申报。）")


def test_what_the_question_states_need_not_be_said(ask):
    given = ask("一般纳税人每季度开票多少免税", profile={"vat_status": "small_scale"})
    assert "不适用这项免税" in given.text
    assert "登记信息" not in given.text
