"""Why a question is answered as it is, and what a change would move."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from core.errors import DaobanError
from knowledge_base.answering import KnowledgeBase
from knowledge_base.content import load_content
from knowledge_base.editing import effect as effects
from knowledge_base.editing.effect import Asked, effect, questions_of
from knowledge_base.editing.schemas import Draft
from knowledge_base.editing.trial_routes import _effect, _with
from knowledge_base.editing.trying import TryIn, try_question
from knowledge_base.encoder.loading import load_encoder
from knowledge_base.vectors import VectorCache
from tests.knowledge_base.conftest import TODAY


@pytest.fixture
def tried(shared_knowledge):
    def run(text: str, **asked):
        query = TryIn(text=text, **asked).query(TODAY)
        return try_question(shared_knowledge.snapshot, shared_knowledge.encoder, query)

    return run


class TestTrying:
    def test_it_says_what_the_chat_says(self, tried, ask) -> None:
        told = tried("报税晚了会被罚多少钱")
        assert told.outcome == ask("报税晚了会被罚多少钱")
        assert told.candidates[0].entry_id == "X-02"
        assert told.probability is not None
        assert told.features[0].name == "support"
        assert {"gate", "answer", "clarify"} <= told.thresholds.keys()

    def test_the_features_add_up_to_the_probability(self, tried, shared_knowledge) -> None:
        import math

        told = tried("报税晚了会被罚多少钱")
        odds = sum(each.part for each in told.features) + shared_knowledge.calibration.bias
        assert told.probability == pytest.approx(1 / (1 + math.exp(-odds)), abs=1e-3)

    def test_scores_are_those_that_decided_for_this_asker(self, tried) -> None:
        company = tried("免税标准", profile={"vat_status": "general"})
        own = tried("免税标准", profile={"vat_status": "small_scale"})
        for told in (company, own):
            assert [(each.entry_id, each.score) for each in told.candidates][:5] == [
                (each.entry_id, each.score) for each in told.outcome.trace
            ]
        assert [each.score for each in company.candidates] != [
            each.score for each in own.candidates
        ]

    def test_an_exact_wording_is_told(self, tried) -> None:
        assert tried("漏报一期税罚款").candidates[0].exact

    @pytest.mark.parametrize(
        ("text", "asked", "entry_id", "why"),
        [
            ("旧的社保缓缴优惠怎么申请", {}, "X-03", "not_valid"),
            ("窗口受理疑点数据怎么转办", {}, "X-05", "staff_only"),
            ("房产税困难减免怎么办理", {"region": "广东"}, "X-04-ZJ", "region"),
            (
                "进项税额怎么抵扣",
                {"profile": {"vat_status": "small_scale"}},
                "X-06",
                "audience",
            ),
        ],
    )
    def test_what_was_left_out_and_why(self, tried, text, asked, entry_id, why) -> None:
        told = {each.entry_id: each.why for each in tried(text, **asked).left_out}
        assert told[entry_id] == why

    def test_what_is_let_in_is_not_left_out(self, tried) -> None:
        told = tried("窗口受理疑点数据怎么转办", visibility="staff")
        assert "X-05" not in {each.entry_id for each in told.left_out}

    def test_a_character_typed_wrong_is_told_as_it_was_searched(self, shared_knowledge) -> None:
        calibration = shared_knowledge.calibration.model_copy(update={"answer": 1.0})
        snapshot = replace(shared_knowledge.snapshot, calibration=calibration)
        query = TryIn(text="忘记报睡罚多少").query(TODAY)
        told = try_question(snapshot, shared_knowledge.encoder, query)
        assert told.understood.text == told.outcome.understood == "忘记报税罚多少"
        assert told.candidates[0].exact

    def test_words_that_say_nothing(self, tried) -> None:
        told = tried("？？？")
        assert (told.outcome.reason, told.candidates, told.left_out) == ("empty", [], [])


class TestDrafts:
    def test_as_if_it_were_published(self, shared_knowledge) -> None:
        content = shared_knowledge.content
        fields = Draft.of(content.entries["X-02"]).plain()
        draft = Draft.model_validate(fields | {"aliases": ["跨境电商平台代扣", *fields["aliases"]]})
        snapshot = shared_knowledge.beside(_with(content, "X-02", draft))
        query = TryIn(text="跨境电商平台代扣").query(TODAY)
        told = try_question(snapshot, shared_knowledge.encoder, query)
        assert (told.outcome.entry_id, told.candidates[0].exact) == ("X-02", True)
        assert shared_knowledge.content is content

    @pytest.mark.parametrize(
        "broken",
        [
            {"answer": ""},
            {"sources": [{"document": "none"}]},
            {"cases": [{"when": {"colour": "red"}, "answer": "x"}]},
        ],
    )
    def test_what_could_not_be_given_cannot_be_tried(self, shared_knowledge, broken) -> None:
        fields = Draft.of(shared_knowledge.content.entries["X-02"]).plain()
        with pytest.raises(DaobanError) as refused:
            _with(shared_knowledge.content, "X-02", Draft.model_validate(fields | broken))
        assert refused.value.code == "entry_has_faults"
        assert refused.value.extra["faults"]


class TestEffect:
    def run(self, knowledge, entry_id, changed, asked=()):
        before = knowledge.content
        return effect(
            knowledge.beside,
            before,
            _with(before, entry_id, changed),
            entry_id,
            questions_of(before, entry_id, knowledge.lessons, asked),
            vectors=VectorCache(knowledge.encoder),
            as_of=TODAY,
        )

    def test_no_change_moves_nothing(self, shared_knowledge) -> None:
        draft = Draft.of(shared_knowledge.content.entries["X-02"])
        told = self.run(shared_knowledge, "X-02", draft, ["报税晚了会被罚多少钱"])
        assert (told.moved, told.truncated) == ([], False)
        assert told.checked > 80

    def test_a_wording_that_another_entry_has_is_taken_from_it(self, shared_knowledge) -> None:
        fields = Draft.of(shared_knowledge.content.entries["X-06"]).plain()
        draft = Draft.model_validate(fields | {"audience": None})
        moved = {each.question: each for each in self.run(shared_knowledge, "X-02", draft).moved}
        assert moved
        assert any(each.better is False and each.owner == "X-06" for each in moved.values())

    def test_a_withdrawal_moves_what_was_asked(self, shared_knowledge) -> None:
        told = self.run(shared_knowledge, "X-02", None, ["报税晚了会被罚多少钱"])
        moved = {each.question: each for each in told.moved}["报税晚了会被罚多少钱"]
        assert (moved.kind, moved.before.entry_id, moved.better) == ("asked", "X-02", None)
        assert moved.after is None or moved.after.entry_id != "X-02"

    def test_vectors_that_the_desk_keeps_are_not_made_again(self, shared_knowledge) -> None:
        encoder = shared_knowledge.encoder
        said = {True: "谁家晚报了税要挨罚呀", False: "别家晚报了税要挨罚呀"}
        rows = [
            SimpleNamespace(
                text=text,
                vector=encoder.encode_query(text).tobytes(),
                encoder=encoder.fingerprint if own else "another",
            )
            for own, text in said.items()
        ]
        before = {own: encoder.encoded.count(text) for own, text in said.items()}
        told = _effect(shared_knowledge, "X-02", None, rows, TODAY)
        assert set(said.values()) <= {each.question for each in told.moved}
        assert encoder.encoded.count(said[True]) == before[True]
        assert encoder.encoded.count(said[False]) == before[False] + 1

    def test_it_ends_in_time(self, shared_knowledge, monkeypatch) -> None:
        monkeypatch.setattr(effects, "SECONDS", 0.0)
        draft = Draft.of(shared_knowledge.content.entries["X-02"])
        told = self.run(shared_knowledge, "X-02", draft)
        assert (told.checked, told.truncated) == (0, True)


def test_each_question_knows_who_answers_it(shared_knowledge) -> None:
    content, lessons = shared_knowledge.content, shared_knowledge.lessons
    found = questions_of(content, "X-02", lessons, ["随便问问", "随便问问"])
    assert [each for each in found if each.kind == "asked"] == [Asked("随便问问", "asked")]
    assert all("X-02" not in each.owners for each in found if each.kind == "alias")
    asked = {each.text for each in found if each.kind == "evaluation"}
    assert asked == {each.query for each in lessons.questions}
    assert [each.kind for each in found] == sorted(
        (each.kind for each in found), key=["asked", "evaluation", "alias"].index
    )


class TestShipped:
    """On the shipped collection, with the encoder, from the index that the tests keep."""

    MOVED = "小规模 季销 免征 标准"

    @pytest.fixture
    def shipped(self, project, encoder_directory, index_home) -> KnowledgeBase:
        encoder = load_encoder(encoder_directory)
        return KnowledgeBase.open(index_home, encoder, load_content(project / "data"))

    def test_all_are_seen_and_what_moves_is_found(self, shipped, monkeypatch) -> None:
        monkeypatch.setattr(effects, "SECONDS", 600.0)  # a limit for people, not for a busy machine
        before, vectors = shipped.content, shipped.kept_vectors()
        questions = questions_of(before, "T04-01", shipped.lessons, [])
        told = effect(
            lambda content: shipped.beside(content, vectors),
            before,
            _with(before, "T04-01", None),
            "T04-01",
            questions,
            vectors=vectors,
            as_of=TODAY,
        )
        assert (told.truncated, told.checked) == (False, 2 * effects.NEAREST)
        moved = {each.question: each for each in told.moved}
        assert (moved[self.MOVED].kind, moved[self.MOVED].better) == ("evaluation", False)
        assert any(each.kind == "alias" for each in told.moved)
        assert vectors.encoded <= effects.NEAREST  # not the twenty thousand wordings
