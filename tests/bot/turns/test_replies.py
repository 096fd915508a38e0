"""An outcome of the knowledge base as it is put into a chat."""

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
