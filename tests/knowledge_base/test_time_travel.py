"""The shipped collection on every day on which a rule begins or ends: what is given holds then."""

import re
from datetime import date, timedelta

import pytest

from knowledge_base.answering import KnowledgeBase
from knowledge_base.collection import day_span
from knowledge_base.content import load_content
from knowledge_base.encoder.loading import load_encoder
from knowledge_base.outcomes import Query
from knowledge_base.text import searchable
from knowledge_base.watch import boundary_days

TURNS = [date(2025, 12, 31), date(2026, 1, 1), date(2027, 12, 31), date(2028, 1, 1)]
"""When most changes: the VAT law begins, the reliefs of 2023 to 2027 end."""
LAST_DAY = "2027年12月31日"
ENDS = {
    date(2026, 12, 31): ["T19-08"],  # battery products: refund of 6%
    date(2027, 12, 31): [
        *("T04-01", "T04-02", "T04-04"),  # small-scale: threshold, 1%
        *("T05-01", "T05-02", "T05-03", "T05-04", "T05-05"),  # small low-profit enterprises
        *("T04-07", "T04-23", "T04-24", "T04-25", "T04-26", "T08-08"),  # six taxes, two fees
        *("T04-09", "T06-61"),  # individual businesses: half the income tax
        "T03-20",  # advanced manufacturing: 5% more input tax
        *("T06-15", "T06-30"),  # annual bonus taxed by itself
        "T06-12",  # no annual settlement
        "T04-12",  # veterans, the unemployed
        "T05-17",  # equipment deducted at once
        "T10-02",  # new energy vehicles: half
        *("T14-01", "T14-02"),  # disability levy
        "T06-23",  # allowances of foreigners
        "T06-26",  # home sold and another bought
    ],
    date(2028, 12, 31): ["T19-04"],  # profits reinvested from abroad
}
"""Reliefs with an end, by the last day of the announcements that they rest on."""
SAID = {
    name: re.compile(pattern)
    for name, pattern in {
        "1%": r"减按1%|(?<!\d)1%征收率|专票按1%|按1%的差额",
        "threshold": r"(起征点|未达到|是否达到|(?<!抵)免税|免征)[^。]{0,14}(?<!\d)(10|30)万元",
        "threshold each time": r"每次（日）[^。]{0,12}1000元",
        "5% income tax": r"实际税负为?5%|减按25%计入",
        "quarterly prepayment": r"小型微利企业统一按季预缴",
        "six taxes, two fees": r"六税两费”[^。，；]{0,12}减|个体工商户[^。]{0,20}减按50%",
        "individual businesses": r"个体工商户[^。]{0,40}减半",
        "annual bonus": r"单独计税",
        "no settlement": r"补税[^。]{0,4}不超过400元",
        "new energy vehicles": r"新能源汽车[^。]{0,30}减半",
        "equipment at once": r"500万元[^。]{0,30}一次性",
        "disability levy": r"30人（含）以下",
        "allowances of foreigners": r"津补贴",
    }.items()
}
"""How answers tell of the reliefs that end on LAST_DAY; none of what law grants without an end."""


@pytest.fixture(scope="module")
def content(project):
    return load_content(project / "data")


@pytest.fixture(scope="module")
def policies(content):
    """What is given as the law: no drafts, and none of what the law does not say."""
    return {
        key: entry
        for key, entry in content.entries.items()
        if entry.is_policy and entry.state == "ready"
    }


@pytest.fixture(scope="module")
def encoder(encoder_directory):
    return load_encoder(encoder_directory)


@pytest.fixture(scope="module")
def knowledge(project, encoder, content):
    return KnowledgeBase.open(project / ".cache" / "tests", encoder, content)


def holds(content, entry, day):
    first, last = day_span(content.validity(entry))
    return first <= day.toordinal() <= last


def test_on_every_day_the_entries_that_hold_can_be_found_and_no_other(knowledge, content, policies):
    national = {key: entry for key, entry in policies.items() if entry.region is None}
    for day in boundary_days(content):
        can_be_found = knowledge.questions(list(national), Query("", day, visibility="staff"))
        held = [entry.question for entry in national.values() if holds(content, entry, day)]
        assert can_be_found == held, day


def test_each_entry_is_given_on_its_days_and_never_on_others(knowledge, content, policies, encoder):
    for entry in policies.values():
        vector = encoder.encode_query(searchable(entry.question))
        for day in {*boundary_days(content, [entry]), *TURNS}:
            query = Query(
                entry.question,
                day,
                profile={"region": entry.region} if entry.region else {},
                visibility="staff",
                may_ask=False,
            )
            outcome = knowledge.answer(query, vector)
            if holds(content, entry, day):
                assert (outcome.decision, outcome.entry_id) == ("answer", entry.id), day
                assert outcome.reason == "matched", (entry.id, day)
                continue
            assert outcome.text not in entry.answers, (entry.id, day)
            if outcome.entry_id == entry.id:
                assert outcome.reason == "lapsed", (entry.id, day)
            elif outcome.reason == "matched":
                assert holds(content, content.entries[outcome.entry_id], day), (entry.id, day)


@pytest.mark.parametrize(("entry_id", "last"), [(i, d) for d, ids in ENDS.items() for i in ids])
def test_a_relief_ends_with_its_last_day_and_says_so(content, entry_id, last):
    entry = content.entries[entry_id]
    assert content.validity(entry)[1] == last
    assert holds(content, entry, last)
    assert not holds(content, entry, last + timedelta(days=1))


@pytest.mark.parametrize("relief", SAID)
def test_no_relief_of_2027_is_current_in_2028(content, policies, relief):
    """What is still given the day after says of each relief until when it was."""
    the_day_after = date(2028, 1, 1)
    said = [entry for entry in policies.values() if any(map(SAID[relief].search, entry.answers))]
    assert said, "nothing says it so any more: mend the pattern"
    undated = [
        (entry.id, text)
        for entry in said
        if holds(content, entry, the_day_after)
        for text in entry.answers
        if SAID[relief].search(text) and LAST_DAY not in text
    ]
    assert undated == []


@pytest.mark.parametrize(
    ("question", "old", "new"),
    [
        ("增值税依据什么规定征收", "T03-01-2025", "T03-01"),
        ("小规模纳税人季度销售额多少免征增值税", "T04-01-2025", "T04-01"),
    ],
)
def test_old_vat_rules_are_given_for_their_time_and_named_as_old(knowledge, question, old, new):
    before = knowledge.answer(Query(question, date(2025, 12, 31), may_ask=False))
    assert old in {before.entry_id, *(each.id.removeprefix("entry:") for each in before.choices)}
    assert new != before.entry_id
    today = knowledge.answer_entry(old, Query(question, date(2026, 1, 1)))
    assert today.reason == "lapsed"
    assert "2025-12-31" in today.text
