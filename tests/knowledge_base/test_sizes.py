"""Where a company's size decides, the shipped answers turn exactly at the bounds of the law."""

from datetime import date

import pytest

from knowledge_base.answering import KnowledgeBase
from knowledge_base.content import load_content
from knowledge_base.outcomes import Query
from tests.knowledge_base.conftest import BigramEncoder

AT_THE_BOUNDS = {
    "entity_type": "company",
    "vat_status": "general",
    "annual_taxable_income": 3_000_000,
    "employees": 300,
    "total_assets": 50_000_000,
}
ONE_MORE = [
    {"annual_taxable_income": 3_000_001},
    {"employees": 301},
    {"total_assets": 50_000_001},
]
SAYS = {
    "T05-01": ("三项标准都符合", "不符合。"),
    "T05-02": ("5%。", "25%。"),
    "T05-05": ("能。按您的情况", "要看累计数。"),
    "T04-07": ("可以享受，减按50%", "不能享受。"),
    "T04-23": ("可以享受，减按50%", "还不能享受。"),
    "T04-24": ("可以不停。", "从一般纳税人生效之日起停。"),
    "T08-08": ("能。您是一般纳税人", "不能享受。"),
    "T09-06": ("要，可以减半缴纳", "要全额缴纳"),
    "T12-01": ("减半缴纳", "全额缴纳"),
}
"""By entry: how the answer begins at all bounds, and one yuan or person above one of them."""
NEW = "T04-23"
"""Of a company without a settlement yet the income is not known: people and assets decide."""


@pytest.fixture(scope="module")
def ask(project, tmp_path_factory):
    """Asks an entry of the shipped files, as it would be chosen, with a profile."""
    content = load_content(project / "data")
    few = {key: content.entries[key].model_copy(update={"related": []}) for key in SAYS}
    chosen = content.model_copy(update={"entries": few})
    knowledge = KnowledgeBase.open(tmp_path_factory.mktemp("sizes"), BigramEncoder(), chosen)

    def run(entry_id, profile, **changes):
        query = Query("", date(2026, 11, 24), profile=profile, **changes)
        return knowledge.answer_entry(entry_id, query)

    return run


@pytest.mark.parametrize("entry_id", SAYS)
def test_at_the_bounds_the_relief_is_given(ask, entry_id):
    outcome = ask(entry_id, AT_THE_BOUNDS)
    assert outcome.text.startswith(SAYS[entry_id][0])
    assert outcome.choices == []


@pytest.mark.parametrize("more", ONE_MORE, ids=lambda more: next(iter(more)))
@pytest.mark.parametrize("entry_id", SAYS)
def test_one_above_a_bound_it_is_not(ask, entry_id, more):
    within = entry_id == NEW and "annual_taxable_income" in more
    said = ask(entry_id, AT_THE_BOUNDS | more).text
    assert said.startswith(SAYS[entry_id][0 if within else 1])


@pytest.mark.parametrize("entry_id", ["T05-01", "T05-02"])
def test_above_the_bound_the_whole_income_bears_the_full_rate(ask, entry_id):
    said = ask(entry_id, AT_THE_BOUNDS | {"annual_taxable_income": 3_000_001}).text
    assert "全部应纳税所得额按25%" in said
    assert f"{3_000_001 * 0.25:.2f}元" in said


@pytest.mark.parametrize("entry_id", SAYS)
def test_one_fact_above_its_bound_decides_though_the_others_are_unknown(ask, entry_id):
    known = {"entity_type": "company", "vat_status": "general", "employees": 301}
    outcome = ask(entry_id, known)
    assert outcome.text.startswith(SAYS[entry_id][1])


@pytest.mark.parametrize("entry_id", SAYS)
def test_of_an_unknown_size_the_general_answer_comes_first_and_the_size_is_asked(ask, entry_id):
    outcome = ask(entry_id, {"entity_type": "company", "vat_status": "general"})
    assert outcome.decision == "answer"
    assert not outcome.text.startswith(SAYS[entry_id])
    first = "employees" if entry_id == NEW else "annual_taxable_income"
    assert outcome.profile_field == first
    bound = {"employees": 300, "annual_taxable_income": 3_000_000}[first]
    assert [each.id for each in outcome.choices] == [
        f"profile:{first}:0",
        f"profile:{first}:{bound + 1}",
    ]


@pytest.mark.parametrize("entry_id", ["T04-07", "T04-23", "T04-24", "T08-08", "T09-06", "T12-01"])
@pytest.mark.parametrize("size", [{}, {"annual_taxable_income": 9_000_000, "employees": 900}])
def test_of_individual_businesses_no_size_is_asked(ask, entry_id, size):
    profile = {"entity_type": "individual_business", "vat_status": "general", **size}
    outcome = ask(entry_id, profile)
    assert outcome.profile_field is None
    assert not outcome.text.startswith(SAYS[entry_id][1])


def test_small_scale_taxpayers_have_the_six_taxes_halved_whatever_their_size(ask):
    profile = AT_THE_BOUNDS | {"vat_status": "small_scale", "employees": 301}
    assert "您是增值税小规模纳税人，可以享受" in ask("T04-07", profile).text
    assert "您是小规模纳税人" in ask("T04-23", profile).text


def test_in_english_too(ask):
    assert ask("T05-02", AT_THE_BOUNDS, locale="en").text.startswith("5%:")
    more = AT_THE_BOUNDS | {"annual_taxable_income": 3_000_001}
    assert ask("T05-02", more, locale="en").text.startswith("25%:")
