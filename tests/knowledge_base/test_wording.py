import pytest

from knowledge_base import wording


@pytest.mark.parametrize(
    ("text", "profile", "follow_up", "expected"),
    [
        ("那个体户呢", {}, True, {"entity_type": "individual_business"}),
        ("那公司呢", {"entity_type": "individual_business"}, True, {"entity_type": "company"}),
        ("我给公司客户开票", {"entity_type": "individual_business"}, False, {}),
        ("公司要交吗", {}, False, {"entity_type": "company"}),
        ("个体户要交吗", {"entity_type": "company"}, False, {"entity_type": "individual_business"}),
        (
            "小规模纳税人按季申报",
            {},
            False,
            {"vat_status": "small_scale", "filing_period": "quarter"},
        ),
        ("个人所得税怎么交", {}, True, {}),
        ("小规模什么时候转一般纳税人", {}, False, {"vat_status": "small_scale"}),
        ("小规模和一般纳税人有什么不同", {}, False, {}),
        ("超标以后从哪天算一般纳税人", {}, False, {}),
        ("公司给个人付款要代扣吗", {}, False, {}),
        ("今天天气怎么样", {}, True, {}),
    ],
)
def test_facts_that_words_state(text, profile, follow_up, expected):
    assert wording.facts(text, profile, follow_up=follow_up) == expected


@pytest.mark.parametrize(
    "text", ["那个体户呢?", "如果是一般纳税人呢", "小规模的呢", "那公司怎么办"]
)
def test_only_whom_it_is_about(text):
    assert wording.only_facts(text)


@pytest.mark.parametrize(
    "text", ["逾期了怎么办", "那怎么办呢", "个体户注销呢", "小规模要交印花税吗"]
)
def test_something_else_is_said(text):
    assert not wording.only_facts(text)


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("小规模纳税人多久申报", "那一般纳税人呢", "一般纳税人多久申报"),
        ("公司注销要什么材料", "个体户呢", "个体户注销要什么材料"),
        ("注销要什么材料", "个体户呢", "个体户注销要什么材料"),
    ],
)
def test_the_same_question_about_somebody_else(question, text, expected):
    assert wording.about(question, text) == expected
