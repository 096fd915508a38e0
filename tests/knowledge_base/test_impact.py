"""What hangs on a document, found by id, by number or by title."""

import pytest

from core.errors import NotFound
from core.settings import PROJECT
from flows.impact import impact as flow_impact
from flows.loading import load_flows
from flows.rules import calculators, validators
from knowledge_base.content import load_content
from knowledge_base.impact import find_document, impact
from knowledge_base.schemas import BatchRepeal


@pytest.fixture(scope="module")
def shipped():
    return load_content(PROJECT / "data")


@pytest.mark.parametrize(
    "words",
    [
        "notice-2026",
        "财政部 税务总局公告2026年第10号",
        "财政部税务总局公告2026年第10号",
        "测试免税公告",
    ],
)
def test_a_document_is_found_by_id_number_or_title(content, words):
    assert find_document(content, words).id == "notice-2026"


def test_two_announcements_of_one_number_are_never_taken_for_each_other(shipped):
    assert find_document(shipped, "国家税务总局公告2026年第2号").id == "sta-2026-2"
    assert find_document(shipped, "财政部 税务总局公告2026年第2号").id == "mof-sta-2026-2"
    with pytest.raises(NotFound, match=r"several documents: .*sta-2026-2 .*mof-sta-2026-2"):
        find_document(shipped, "2026年第2号")


def test_an_unknown_document_is_told(content):
    with pytest.raises(NotFound, match="give an id, or a number with its issuers in full"):
        find_document(content, "财政部公告1990年第1号")


def test_entries_hang_on_what_they_cite_and_on_what_they_name(content):
    entry = content.entries["X-07"]
    named = entry.model_copy(
        update={"answer": f"{entry.answer}见财政部 税务总局公告2026年第10号。"}
    )
    content = content.model_copy(update={"entries": content.entries | {"X-07": named}})
    found = {each.id: each.how for each in impact(content, content.documents["notice-2026"])}
    citing = {
        key
        for key, each in content.entries.items()
        if any(ref.document == "notice-2026" for ref in each.sources)
    }
    assert citing
    assert citing <= found.keys()
    assert all(found[each].startswith("cites") for each in citing)
    assert found["X-07"].startswith("names it in its answer")
    assert found["notice-2023"] == "is repealed by it"


def test_a_batch_repeal_hangs_on_both_its_ends(content):
    clause = BatchRepeal.model_validate(
        {
            "provision": "a62",
            "title_has": ["测试"],
            "title_has_one_of": ["通知"],
            "issued_until": 2025,
            "last_day": "2025-12-31",
        },
        strict=False,
    )
    law = content.documents["law"].model_copy(update={"batch_repeals": [clause]})
    content = content.model_copy(update={"documents": content.documents | {"law": law}})
    ended = {each.id: each.how for each in impact(content, content.documents["notice-2023"])}
    ends = {each.id: each.how for each in impact(content, law)}
    assert ended["law"] == "batch repeal: ends it"
    assert ends["notice-2023"] == "is ended by its batch repeal"


def test_flows_and_their_rules_hang_on_documents(shipped):
    flows = load_flows().present
    found = flow_impact(flows, shipped.documents["tax-collection-law"])
    assert ("flow", "F06") in {(each.kind, each.id) for each in found}
    [money] = [each for each in found if each.id == "late_filing.money"]
    assert (money.kind, money.how) == ("rule", "cites 第三十二条")


def test_all_that_flows_and_rules_rest_on_is_registered(shipped):
    """A basis that no document answers to would be missing from every list of this kind."""
    refs = [ref for each in calculators().values() for ref in each.basis]
    refs += [ref for each in validators().values() for ref in each.basis]
    for flow in load_flows().present.values():
        refs += flow.legal_refs
        for part in (*flow.steps, *flow.results, *flow.handoffs):
            refs += part.legal_refs
    assert len(refs) > 40
    for ref in refs:
        document = shipped.documents[ref.document]
        assert ref.provision is None or document.provision(ref.provision) is not None, ref
