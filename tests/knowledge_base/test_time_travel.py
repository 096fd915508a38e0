"""The shipped collection on every day on which a rule begins or ends: what is given holds then."""

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


def test_no_relief_of_2027_is_current_in_2028(content):
    ending = [
        entry.id
        for entry in content.entries.values()
        if content.validity(entry)[1] == date(2027, 12, 31)
    ]
    assert len(ending) >= 18
    tomorrow = date(2027, 12, 31) + timedelta(days=1)
    assert not any(holds(content, content.entries[each], tomorrow) for each in ending)


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
