"""An outcome of the knowledge base as it is put into a chat."""

import pytest

from bot.turns.replies import from_outcome
from knowledge_base.choices import Choice
from knowledge_base.outcomes import Outcome

OTHERS = [Choice(id="entry:X-02", label="逾期申报会怎么罚款")]
ANSWER = Outcome(
    decision="answer", reason="matched", text="免征。", entry_id="X-01", related=[OTHERS[0]]
)


def reply(outcome: Outcome):
    return from_outcome(outcome, "免税吗", "zh-Hans", {"choices": ["entry:old"]})


def test_a_sure_answer_offers_related_questions() -> None:
    said = reply(ANSWER)
    [draft] = said.drafts
    assert [each.id for each in draft.choices] == ["entry:X-02"]
    assert "likely" not in draft.meta
    assert said.memory == {"topic_entry": "X-01"}


def test_a_likely_answer_offers_what_else_was_meant_and_none_of_it() -> None:
    said = reply(ANSWER.model_copy(update={"sure": False, "choices": OTHERS, "related": []}))
    [draft] = said.drafts
    assert (draft.kind, draft.meta) == ("answer", {"likely": True})
    assert [each.id for each in draft.choices] == ["entry:X-02", "none"]
    assert said.memory == {"topic_entry": "X-01", "others": ["entry:X-02"], "question": "免税吗"}
    assert said.outcome == "answered"


def test_a_draft_offers_a_person() -> None:
    lead = Outcome(decision="handoff", reason="draft", text="还在核实。", entry_id="X-01")
    said = reply(lead)
    [draft] = said.drafts
    assert (draft.kind, draft.text, draft.entry_id) == ("handoff", "还在核实。", None)
    assert "person" in [each.id for each in draft.choices]


REFUSAL = Outcome(decision="refuse", reason="matched", text="不能代办。", entry_id="N-01")


@pytest.mark.parametrize(("decision", "end"), [("refer", "referred"), ("refuse", "refused")])
def test_who_is_sent_on_may_ask_a_person(decision, end) -> None:
    said = reply(REFUSAL.model_copy(update={"decision": decision, "related": OTHERS}))
    [draft] = said.drafts
    assert (said.outcome, draft.kind, draft.text) == (end, "handoff", "不能代办。")
    assert [each.id for each in draft.choices] == ["entry:X-02", "person"]
    assert (draft.sources, draft.entry_id) == ((), "N-01")
    assert said.memory == {}


def test_a_refusal_in_doubt_lets_the_question_be_put_otherwise() -> None:
    [draft] = reply(REFUSAL.model_copy(update={"sure": False})).drafts
    assert [each.id for each in draft.choices] == ["retry", "person"]


def test_a_referral_in_doubt_offers_what_else_was_meant() -> None:
    doubt = {"decision": "refer", "sure": False, "choices": OTHERS}
    said = reply(REFUSAL.model_copy(update=doubt))
    [draft] = said.drafts
    assert [each.id for each in draft.choices] == ["entry:X-02", "none", "person"]
    assert draft.meta == {"likely": True}
    assert said.memory["others"] == ["entry:X-02"]
