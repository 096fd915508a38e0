"""A draft is a lead: its question is named and a person offered, and nothing of it is said."""

import pytest

from knowledge_base.answering import KnowledgeBase
from knowledge_base.outcomes import Query
from tests.knowledge_base.conftest import TODAY

SMALL = {"vat_status": "small_scale", "filing_period": "quarter"}


@pytest.fixture
def knowledge(tmp_path, content, encoder) -> KnowledgeBase:
    """The made-up collection with X-02 and X-03 as drafts; X-03 has ended besides."""
    drafts = {
        each: content.entries[each].model_copy(update={"state": "draft"})
        for each in ("X-02", "X-03")
    }
    changed = content.model_copy(update={"entries": content.entries | drafts})
    return KnowledgeBase.open(tmp_path, encoder, changed)


def says_nothing_of(outcome, entry):
    return not any(part in outcome.text for part in entry.answer.split("。") if part)


def test_the_best_match_is_named_as_being_verified(knowledge):
    outcome = knowledge.answer(Query("忘记报税罚多少", TODAY))
    entry = knowledge.content.entries["X-02"]
    assert (outcome.decision, outcome.reason, outcome.entry_id) == ("handoff", "draft", "X-02")
    assert entry.question in outcome.text
    assert "核实" in outcome.text
    assert says_nothing_of(outcome, entry)
    assert (outcome.sources, outcome.choices, outcome.related) == ([], [], [])


def test_it_is_told_in_the_language_of_the_asker(knowledge):
    outcome = knowledge.answer(Query("忘记报税罚多少", TODAY, locale="en"))
    assert "being verified" in outcome.text


def test_a_chosen_draft_says_no_more(knowledge):
    """A button of an answer given before may still name it."""
    outcome = knowledge.answer_entry("X-02", Query("", TODAY))
    assert (outcome.decision, outcome.reason) == ("handoff", "draft")
    assert says_nothing_of(outcome, knowledge.content.entries["X-02"])


def test_no_button_names_a_draft(knowledge):
    outcome = knowledge.answer(Query("小规模季度免税额度", TODAY, SMALL))
    assert [each.id for each in outcome.related] == ["entry:X-07"]
    asked = ["报税", "罚款", "晚报税", "申报晚了", "房产税", "登记", "增值税免税", "社保"]
    for text in asked:
        told = knowledge.answer(Query(text, TODAY))
        ids = {each.id for each in (*told.choices, *told.related)}
        assert not ids & {"entry:X-02", "entry:X-03"}
        assert told.decision != "answer" or told.entry_id not in {"X-02", "X-03"}
    assert knowledge.questions(["X-02", "X-07"], Query("", TODAY)) != []
    assert len(knowledge.questions(["X-02", "X-07"], Query("", TODAY))) == 1


def test_a_draft_is_no_topic_and_tells_of_no_end(knowledge):
    assert knowledge.answer(Query("那一般纳税人呢", TODAY, topic_entry="X-02")).entry_id != "X-02"
    ended = knowledge.answer(Query("困难企业缓缴社保", TODAY))
    assert ended.reason != "lapsed"


def test_a_ready_entry_with_the_same_wording_goes_first(knowledge, content):
    worded = content.entries["X-07"]
    same = worded.model_copy(update={"aliases": [*worded.aliases, "忘记报税罚多少"]})
    entries = knowledge.content.entries | {"X-07": same}
    knowledge.rebuild(knowledge.content.model_copy(update={"entries": entries}))
    assert knowledge.answer(Query("忘记报税罚多少", TODAY)).entry_id == "X-07"
