"""Characters typed for others of the same sound."""

from dataclasses import replace

import pytest

from knowledge_base.outcomes import Query
from knowledge_base.ranking import Lexicon
from knowledge_base.spelling import MOST, Spelling, near, sound_of
from knowledge_base.text import searchable
from knowledge_base.turn import Turn
from tests.knowledge_base.conftest import TODAY, BigramEncoder

ASKED = {
    "a": ["纳税申报怎么办", "发票开错了怎么办", "税"],
    "b": ["注册公司要交什么税", "纳税申报期限", "发票遗失"],
    "c": ["一般纳税人登记", "申报期限延长", "上海发票"],
}


@pytest.fixture
def corrected():
    spelling = Spelling.of(Lexicon.of(ASKED, {each: [] for each in ASKED}))
    return lambda text: spelling.corrected(searchable(text))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("纳谁申报怎么办", "纳税申报怎么办"),
        ("发飘开错了怎么办", "发票开错了怎么办"),
        ("纳税申暴期限", "纳税申报期限"),
        ("发飘", "发票"),
        ("飘 发飘", "飘 发票"),
        ("纳谁申暴,发飘遗失", "纳税申报,发票遗失"),
        ("納誰申報怎麼辦", "纳税申报怎么办"),
        ("拉税申报怎么办", "纳税申报怎么办"),  # n and l, not told apart in the south
        ("一般纳岁仍登记", "一般纳税人登记"),
        ("纳谁申报2026年", "纳税申报2026年"),
    ],
)
def test_what_sounds_like_the_collections_words_is_put_right(corrected, typed, meant):
    assert corrected(typed) == meant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "??",
        "12366",
        "how is tax filed",
        "纳税申报怎么办",  # as the collection says it
        "发票忘了开怎么办",  # 忘 is unknown here, and nothing of its sound stands there
        "谁",  # a character alone, though 税 stands alone in the collection
        "谁来注册公司",  # 税来 is no more said than 谁来
        "注，册公司",  # neighbours do not reach across punctuation
        "发票姚遗失",
        "上海发标",  # biao sounds otherwise
        "今日の天気",
        "😀谁",
        "龦纳",
    ],
)
def test_what_it_cannot_know_better_stays(corrected, text):
    assert corrected(text) == searchable(text)


def test_a_character_beside_one_neighbour_only_must_be_common():
    typed, meant = "我的发飘", "我的发票"
    for count, expected in ((1, typed), (2, typed), (3, meant)):
        asked = {f"e{n}": ["发票怎么开"] for n in range(count)}
        lexicon = Lexicon.of(asked, {each: [] for each in asked})
        assert Spelling.of(lexicon).corrected(typed) == expected


def test_only_so_many_are_corrected(corrected):
    assert corrected("。".join(["发飘开错"] * 5)).count("发票") == MOST


@pytest.mark.parametrize(
    ("character", "sound"), [("税", "shui"), ("水", "shui"), ("绿", "lv"), ("a", ""), ("の", "")]
)
def test_the_sound_of_a_character_has_no_tone(character, sound):
    assert sound_of(character) == sound


class TestInTheKnowledgeBase:
    @pytest.fixture
    def ask(self, shared_knowledge):
        """Asks where nothing is sure but a wording of the collection."""
        calibration = shared_knowledge.calibration.model_copy(update={"answer": 1.0})
        snapshot = replace(shared_knowledge.snapshot, calibration=calibration)

        def run(text: str, **query):
            return Turn(snapshot, BigramEncoder(), Query(text, TODAY, **query)).answer(None)

        return run

    def test_the_same_is_found_and_it_is_told_what_was_searched(self, ask):
        clean, typo = ask("忘记报税罚多少"), ask("忘记报睡罚多少")
        assert clean.confidence == 1.0
        assert clean.understood is None
        assert typo == clean.model_copy(update={"understood": "忘记报税罚多少"})

    def test_what_is_sure_as_typed_is_not_read_otherwise(self, shared_knowledge):
        text = "忘记报睡罚多少"
        assert shared_knowledge.snapshot.spelling.corrected(text) != text
        outcome = shared_knowledge.answer(Query(text, TODAY))
        assert (outcome.decision, outcome.sure, outcome.understood) == ("answer", True, None)

    def test_a_reading_that_is_no_surer_is_left(self, shared_knowledge):
        """Here by a spelling that makes a good question worse."""
        text = "报税晚了几天会罚款吗"
        worse = Spelling({"税完": 3}, {near("wan"): "完"})
        assert worse.corrected(text) == "报税完了几天会罚款吗"
        calibration = shared_knowledge.calibration.model_copy(update={"answer": 1.0})
        snapshot = replace(shared_knowledge.snapshot, calibration=calibration)
        expected = Turn(snapshot, BigramEncoder(), Query(text, TODAY)).answer(None)
        snapshot = replace(snapshot, spelling=worse)
        assert Turn(snapshot, BigramEncoder(), Query(text, TODAY)).answer(None) == expected

    def test_facts_are_read_in_what_was_meant(self, ask):
        outcome = ask("小规莫免增值税的线", profile={"filing_period": "quarter"})
        assert outcome.understood == "小规模免增值税的线"
        assert (outcome.decision, outcome.entry_id) == ("answer", "X-01")

    def test_a_published_change_brings_its_words(self, shared_knowledge):
        content = shared_knowledge.content
        entry = content.entries["X-02"].model_copy(update={"question": "跨区迁徙要交啥材料"})
        put = content.model_copy(update={"entries": content.entries | {"X-02": entry}})
        before, after = shared_knowledge.snapshot, shared_knowledge.beside(put)
        assert before.spelling.corrected("跨区签徙") == "跨区签徙"
        assert after.spelling.corrected("跨区签徙") == "跨区迁徙"

    def test_a_follow_up_is_put_right_too(self, ask):
        clean = ask("那一般纳税人呢", topic_entry="X-01")
        typo = ask("那一般纳谁人呢", topic_entry="X-01")
        assert (clean.entry_id, clean.confidence) == ("X-01", 1.0)
        assert typo == clean.model_copy(update={"understood": "那一般纳税人呢"})
