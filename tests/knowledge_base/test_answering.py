"""The knowledge base as the bot sees it, on a small made-up collection."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from core.errors import NotFound
from knowledge_base.outcomes import Query
from knowledge_base.text import searchable
from knowledge_base.turn import Turn
from tests.knowledge_base.conftest import TODAY, BigramEncoder

SMALL = {"vat_status": "small_scale", "filing_period": "quarter"}


class TestAnswer:
    def test_a_known_wording_is_answered_with_its_basis(self, ask):
        outcome = ask("忘记报税罚多少？")
        assert (outcome.decision, outcome.reason, outcome.entry_id) == ("answer", "matched", "X-02")
        assert outcome.confidence == 1.0
        [source] = outcome.sources
        assert source.model_dump() == {
            "document": "测试税法（2024年）",
            "number": None,
            "article": "第六十二条",
            "effective_from": date(2001, 5, 1),
            "effective_to": None,
            "url": "https://example.org/law",
            "kind": "法律",
        }

    def test_traditional_script_is_the_same_question(self, ask):
        assert ask("忘記報稅罰多少").entry_id == "X-02"

    def test_a_near_wording_finds_the_entry_first(self, ask):
        outcome = ask("报税晚了几天会罚款吗")
        assert outcome.trace[0].entry_id == "X-02"
        assert len(outcome.trace) == 5
        assert outcome.trace[0].score >= outcome.trace[1].score

    def test_an_unverified_number_is_marked_and_all_issuers_named(self, ask):
        [source] = ask("小规模季度免税额度", profile=SMALL).sources
        assert source.kind == "公告（文号待核）"
        assert source.number == "财政部 税务总局公告2026年第10号"

    def test_related_entries_and_the_flow_are_offered(self, ask):
        outcome = ask("小规模季度免税额度", profile=SMALL)
        assert [(each.id, each.label) for each in outcome.related] == [
            ("entry:X-02", "逾期申报会怎么罚款"),
            ("entry:X-07", "小型微利企业所得税优惠条件"),
        ]
        assert outcome.flow == "F06"

    def test_a_vector_made_before_is_used(self, shared_knowledge, encoder):
        text = "报税晚了几天会罚款吗"
        vector = encoder.encode_query(searchable(text))
        given = shared_knowledge.answer(Query(text, TODAY), vector)
        assert given == shared_knowledge.answer(Query(text, TODAY))

    def test_it_can_be_shown_as_json(self, ask):
        shown = ask("忘记报税罚多少").model_dump(mode="json")
        assert shown["sources"][0]["effective_from"] == "2001-05-01"


class TestOddInput:
    @pytest.mark.parametrize("text", ["", "  \n", "😀😀", "？？？", "\x00\x1b", "\ufeff"])
    def test_nothing_to_search_asks_for_a_question(self, ask, text):
        outcome = ask(text)
        assert (outcome.decision, outcome.reason, outcome.choices) == ("clarify", "empty", [])
        assert outcome.text

    @pytest.mark.parametrize(
        "text",
        [
            "<script>alert(1)</script>",
            "'; DROP TABLE kb_entry; --",
            "今日の天気はどうですか",
            "Какая сегодня погода",
            "كيف حالك",
            "བཀྲ་ཤིས་བདེ་ལེགས",
            "🎉 quarterly ¯\\_(ツ)_/¯",
            "title:免税 AND answer:* ~2^9",
            "/goodbye{}",
            "\u202e反转",
            "a",
        ],
    )
    def test_other_text_ends_in_a_person_or_choices(self, ask, text):
        outcome = ask(text)
        assert outcome.decision in {"handoff", "clarify"}
        assert outcome.text
        assert text not in outcome.text

    def test_a_very_long_text_is_searched_by_its_beginning(self, ask):
        long = ask("忘记报税罚多少" + "，我是真的不知道该怎么处理" * 800)
        assert long.trace[0].entry_id == "X-02"
        assert ask("税" * 10_000).decision in {"handoff", "clarify"}


class TestDates:
    def test_a_lapsed_rule_is_never_given_as_current(self, ask):
        outcome = ask("困难企业缓缴社保")
        assert (outcome.decision, outcome.reason, outcome.entry_id) == ("answer", "lapsed", "X-03")
        assert "2025-12-31" in outcome.text
        assert "2026-01-01" in outcome.text
        assert "现行规定见《财政部 税务总局公告2026年第10号》" in outcome.text
        assert "免收滞纳金" not in outcome.text
        assert outcome.sources[0].effective_to == date(2025, 12, 31)

    def test_it_is_given_as_of_a_day_when_it_held(self, ask):
        outcome = ask("困难企业缓缴社保", as_of=date(2025, 12, 31))
        assert (outcome.reason, outcome.entry_id) == ("matched", "X-03")
        assert "免收滞纳金" in outcome.text

    def test_a_rule_to_come_is_told_with_its_day(self, ask):
        outcome = ask("数字服务登记材料")
        assert (outcome.reason, outcome.entry_id) == ("lapsed", "X-08")
        assert "2027-03-01" in outcome.text
        assert ask("数字服务登记材料", as_of=date(2027, 3, 1)).reason == "matched"

    def test_the_end_of_a_validity_is_inclusive(self, ask):
        assert (
            ask("小规模季度免税额度", profile=SMALL, as_of=date(2027, 12, 31)).reason == "matched"
        )
        assert ask("小规模季度免税额度", profile=SMALL, as_of=date(2028, 1, 1)).reason == "lapsed"


class TestProfile:
    def test_an_unknown_fact_is_asked_once(self, ask):
        outcome = ask("每季度开票多少免税")
        assert (outcome.decision, outcome.profile_field) == ("ask_profile", "vat_status")
        assert [each.id for each in outcome.choices] == [
            "profile:vat_status:small_scale",
            "profile:vat_status:general",
            "profile:vat_status:unknown",
        ]
        assert "先确认" in outcome.text
        assert outcome.entry_id == "X-01"
        given = ask("每季度开票多少免税", may_ask=False)
        assert given.decision == "answer"
        assert "增值税纳税人身份不同，结果可能不同" in given.text

    def test_the_first_case_that_holds_is_given(self, ask):
        outcome = ask("每季度开票多少免税", profile={"vat_status": "general"})
        assert "不适用这项免税" in outcome.text
        outcome = ask("每季度开票多少免税", profile=SMALL | {"filing_period": "month"})
        assert "按月申报的小规模纳税人" in outcome.text

    def test_the_answer_stands_when_no_case_holds(self, ask):
        assert "一般情形下" in ask("每季度开票多少免税", profile=SMALL).text

    def test_words_of_the_question_go_before_the_profile(self, ask):
        outcome = ask(
            "小规模季度免税额度", profile={"vat_status": "general", "filing_period": "quarter"}
        )
        assert "一般情形下" in outcome.text

    def test_an_amount_is_asked_by_its_bounds(self, ask):
        outcome = ask("小微企业三个条件")
        assert outcome.profile_field == "annual_taxable_income"
        given = ask("小微企业三个条件", profile={"annual_taxable_income": 3_000_001})
        assert "不符合小型微利企业的条件" in given.text

    def test_an_audience_keeps_others_out(self, ask):
        assert ask("进项抵扣流程", profile={"vat_status": "general"}).entry_id == "X-06"
        assert ask("进项抵扣流程").entry_id == "X-06"
        outcome = ask("进项抵扣流程", profile={"vat_status": "small_scale"})
        assert "X-06" not in {each.entry_id for each in outcome.trace}

    def test_a_province_goes_before_the_nation(self, ask):
        assert ask("房产税优惠申请").entry_id == "X-04"
        assert ask("房产税优惠申请", profile={"region": "浙江省"}).entry_id == "X-04-ZJ"
        assert ask("房产税优惠申请", profile={"region": "330200"}).entry_id == "X-04-ZJ"
        assert ask("房产税优惠申请", profile={"region": "广东"}).entry_id == "X-04"

    def test_staff_knowledge_is_for_staff(self, ask):
        outcome = ask("疑点数据转给谁")
        assert "X-05" not in {each.entry_id for each in outcome.trace}
        assert ask("疑点数据转给谁", visibility="staff").entry_id == "X-05"


class TestGeneralAnswer:
    """X-01 as if its answer were right whoever asks."""

    @pytest.fixture
    def ask_general(self, shared_knowledge):
        def run(text, *, likely=False, **query):
            content = shared_knowledge.content
            general = content.entries["X-01"].model_copy(update={"general": True})
            entries = content.entries | {"X-01": general}
            calibration = shared_knowledge.calibration
            if likely:
                bounds = {"gate": 0.0, "clarify": 0.0, "likely": 0.0, "answer": 1.0}
                calibration = calibration.model_copy(update=bounds)
            snapshot = replace(
                shared_knowledge._snapshot,
                content=content.model_copy(update={"entries": entries}),
                calibration=calibration,
            )
            return Turn(snapshot, BigramEncoder(), Query(text, TODAY, **query)).answer(None)

        return run

    def test_it_is_given_at_once_with_the_fact_to_choose(self, ask_general):
        outcome = ask_general("每季度开票多少免税")
        assert (outcome.decision, outcome.sure, outcome.reason) == ("answer", True, "matched")
        assert "一般情形下" in outcome.text
        assert "您是小规模纳税人还是一般纳税人？选一项" in outcome.text
        assert outcome.profile_field == "vat_status"
        assert [each.id for each in outcome.choices] == [
            "profile:vat_status:small_scale",
            "profile:vat_status:general",
        ]
        assert outcome.sources

    def test_whose_fact_is_known_gets_his_case_alone(self, ask_general):
        outcome = ask_general("每季度开票多少免税", profile={"vat_status": "general"})
        assert "不适用这项免税" in outcome.text
        assert "一般情形下" not in outcome.text
        assert (outcome.choices, outcome.profile_field) == ([], None)

    def test_beside_a_likely_one_other_questions_stand(self, ask_general):
        outcome = ask_general("增值税免税", likely=True)
        assert (outcome.decision, outcome.sure, outcome.entry_id) == ("answer", False, "X-01")
        assert "选一项" not in outcome.text
        assert "增值税纳税人身份不同，结果可能不同" in outcome.text
        assert {each.id.partition(":")[0] for each in outcome.choices} == {"entry"}
        assert outcome.profile_field is None


class TestFollowUp:
    def test_whom_it_is_about_changes_the_case(self, ask):
        outcome = ask("那一般纳税人呢？", topic_entry="X-01", profile=SMALL)
        assert (outcome.entry_id, outcome.reason) == ("X-01", "matched")
        assert "不适用这项免税" in outcome.text

    def test_a_new_wording_leads_on_to_another_entry(self, ask):
        assert ask("报税超期了怎么办", topic_entry="X-01").entry_id == "X-02"

    def test_without_content_it_leans_on_the_topic(self, ask):
        outcome = ask("那罚款呢", topic_entry="X-01")
        assert outcome.trace[0].entry_id == "X-02"

    def test_a_topic_that_may_not_be_seen_is_no_topic(self, ask):
        seen = ask("那一般纳税人呢？", topic_entry="X-05")
        assert seen.entry_id != "X-05"
        assert ask("忘记报税罚多少", topic_entry="gone").entry_id == "X-02"


class TestChosen:
    def test_a_chosen_entry_is_answered(self, shared_knowledge):
        outcome = shared_knowledge.answer_entry("X-02", Query("", TODAY))
        assert (outcome.decision, outcome.reason, outcome.confidence) == ("answer", "chosen", 1.0)

    def test_it_may_still_need_a_fact(self, shared_knowledge):
        outcome = shared_knowledge.answer_entry("X-01", Query("", TODAY))
        assert outcome.decision == "ask_profile"

    def test_a_lapsed_one_says_so(self, shared_knowledge):
        assert shared_knowledge.answer_entry("X-03", Query("", TODAY)).reason == "lapsed"

    @pytest.mark.parametrize("entry_id", ["X-05", "X-04-ZJ", "nothing", ""])
    def test_what_is_not_for_this_asker_is_not_found(self, shared_knowledge, entry_id):
        with pytest.raises(NotFound):
            shared_knowledge.answer_entry(entry_id, Query("", TODAY))


ASKED = ["房产税", "小微企业的税", "登记", "增值税免税", "报税", "抵扣", "缴税有什么优惠条件"]


def with_thresholds(knowledge, **values):
    """A turn's snapshot that decides by other thresholds."""
    calibration = knowledge.calibration.model_copy(update=values)
    snapshot = replace(knowledge._snapshot, calibration=calibration)

    def run(text, **query):
        return Turn(snapshot, BigramEncoder(), Query(text, TODAY, **query)).answer(None)

    return run


def test_between_the_thresholds_up_to_three_are_offered(shared_knowledge):
    """Whatever the wording: entries that this asker may have."""
    ask = with_thresholds(shared_knowledge, gate=0.0, clarify=0.0, likely=1.0, answer=1.0)
    for text in ASKED:
        outcome = ask(text)
        assert outcome.decision == "clarify"
        assert 1 <= len(outcome.choices) <= 3
        for choice in outcome.choices:
            entry_id = choice.id.removeprefix("entry:")
            chosen = shared_knowledge.answer_entry(entry_id, Query("", TODAY))
            assert chosen.entry_id == entry_id


def test_a_likely_answer_says_so_above_others_that_may_be_meant(shared_knowledge):
    ask = with_thresholds(shared_knowledge, gate=0.0, clarify=0.0, likely=0.0, answer=1.0)
    for text in ASKED:
        outcome = ask(text, may_ask=False)
        entry = shared_knowledge.content.entries[outcome.entry_id]
        assert (outcome.decision, outcome.sure) == ("answer", False)
        assert outcome.text.startswith(f"您问的可能是“{entry.question}”")
        assert entry.answer in outcome.text or any(c.answer in outcome.text for c in entry.cases)
        assert 1 <= len(outcome.choices) <= 2
        assert f"entry:{entry.id}" not in {each.id for each in outcome.choices}


def test_a_likely_entry_may_still_need_a_fact(shared_knowledge):
    ask = with_thresholds(shared_knowledge, gate=0.0, clarify=0.0, likely=0.0, answer=1.0)
    outcome = ask("增值税免税")
    assert (outcome.decision, outcome.sure, outcome.entry_id) == ("ask_profile", False, "X-01")


def test_vectors_are_float32(encoder):
    assert encoder.encode_query("税").dtype == np.float32


class TestWhatEndedAndWhatHoldsNow:
    """X-03 has ended; X-02 stands for the rule that came after it."""

    @pytest.fixture
    def ended(self, shared_knowledge):
        def run(*related):
            snapshot = with_related(shared_knowledge._snapshot, "X-03", related)
            turn = Turn(snapshot, BigramEncoder(), Query("困难企业缓缴", TODAY))
            return turn.finder.find(None)

        return run

    def test_a_likely_current_entry_that_the_ended_one_names_is_given(self, ended):
        assert ended().verdict == "lapsed"
        current = ended("X-01", "X-02", "X-04", "X-06", "X-07")
        assert current.verdict == "likely"
        assert current.candidates[0].entry_id != "X-03"


def with_related(snapshot, entry_id, related):
    """A snapshot in which everything is likely at least and the wordings of an entry are sure."""
    entry = snapshot.content.entries[entry_id].model_copy(update={"related": list(related)})
    content = snapshot.content.model_copy(
        update={"entries": snapshot.content.entries | {entry_id: entry}}
    )
    calibration = snapshot.calibration.model_copy(
        update={"gate": 0.0, "clarify": 0.0, "likely": 0.0, "answer": 1.0}
    )
    worded = dict(snapshot.worded) | {"困难企业缓缴": frozenset({entry_id})}
    return replace(snapshot, content=content, calibration=calibration, worded=worded)
