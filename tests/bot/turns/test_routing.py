"""Who decides a turn: every row of the table in ARCHITECTURE, section 3."""

import asyncio
from datetime import timedelta

import pytest

from bot.dialogue.client import Decision
from bot.turns.person_words import asks_for_person
from bot.turns.sweeper import sweep_turns
from conversations import repository, service, waiting
from conversations.ownership import Holder, change_owner
from conversations.schemas import Incoming
from escalation import repository as escalation

QUESTION = "小规模纳税人可以放弃免税开专票吗"


def decided(kind: str, **more: object) -> Decision:
    return Decision(kind=kind, intent=more.pop("intent", kind), confidence=0.9, **more)


async def hold(talk) -> None:
    """Let an officer take the conversation."""

    def unit(tx) -> None:
        state = service.access_conversation(tx, talk.session.conversation_id, change=True)
        holder = Holder("st_1", "李静")
        change_owner(tx, state, "officer", actor="st_1", reason="claimed", holder=holder)

    await talk.database.write(unit)


class TestTypedInput:
    async def test_goes_to_its_handler_and_rasa_is_not_asked(self, talk) -> None:
        talk.dialogue.decision = decided("answer")
        await talk.send("转人工")
        [notice] = await talk.send(type="leave_queue")
        assert notice.kind == "notice"
        assert await talk.owner() == "bot"
        assert talk.dialogue.asked == []

    async def test_closing_asks_for_a_rating_and_the_rating_is_kept(self, talk) -> None:
        await talk.send(QUESTION)
        [survey] = await talk.send(type="close")
        assert survey.kind == "survey"
        consultation = survey.meta["consultation_id"]
        await talk.send(type="rating", consultation_id=consultation, score=5, comment="清楚")
        kept = await talk.database.read(lambda tx: repository.consultation_by_id(tx, consultation))
        assert (kept.score, kept.comment) == (5, "清楚")

    async def test_an_entry_button_gives_that_answer(self, talk) -> None:
        talk.dialogue.decision = decided("answer")
        [asked_back] = await talk.send("个税")
        assert asked_back.kind == "clarify"
        button = next(each for each in asked_back.choices if each.id.startswith("entry:"))
        pressed = {"type": "choice", "ref_seq": asked_back.seq, "id": button.id}
        [reply] = await talk.send(**pressed)
        assert f"entry:{reply.entry_id}" == button.id
        assert reply.sources or reply.kind == "clarify"  # or the one fact that its answer turns on


class TestPersonHolds:
    async def test_text_is_stored_and_nobody_answers(self, talk) -> None:
        await talk.send("转人工")
        await hold(talk)
        talk.dialogue.decision = decided("answer")
        assert await talk.send(QUESTION) == []
        assert talk.dialogue.asked == []

    async def test_a_reply_in_the_making_is_dropped(self, talk) -> None:
        await talk.send("转人工")
        await hold(talk)
        await talk.send(QUESTION)
        left = await talk.database.read(repository.unsettled_turns)
        assert left == []


class TestWaiting:
    async def test_text_is_kept_for_the_person(self, talk) -> None:
        await talk.send("转人工")
        assert await talk.send(QUESTION) == []

    async def test_the_bot_goes_on_if_it_was_asked_to(self, talk) -> None:
        [handoff] = await talk.send("转人工")
        await talk.send(type="choice", ref_seq=handoff.seq, id="ask_bot")
        talk.dialogue.decision = decided("answer")
        [reply] = await talk.send(QUESTION)
        assert reply.sender == "bot"
        assert await talk.owner() == "officer_queue"


class TestAsksForPerson:
    async def test_is_understood_before_rasa_and_with_rasa_down(self, talk) -> None:
        [handoff] = await talk.send("我要转人工！")
        assert handoff.kind == "handoff"
        assert await talk.owner() == "officer_queue"
        assert talk.dialogue.asked == []

    @pytest.mark.parametrize("words", ["人工", "轉人工", "转人工客服，谢谢", "我要找真人", "RG"])
    def test_plain_wishes(self, words: str) -> None:
        assert asks_for_person(words)

    @pytest.mark.parametrize(
        "words", ["人工智能企业有什么优惠", "不用转人工", "人工成本能加计扣除吗", "你好",
                  "我们公司去年支付给外包单位的人工费怎么开票，能不能全额扣除"],
    )  # fmt: skip
    def test_other_words(self, words: str) -> None:
        assert not asks_for_person(words)


class TestBotOwns:
    async def test_rasa_says_answer_and_the_app_answers(self, talk) -> None:
        talk.dialogue.decision = decided("answer")
        [reply] = await talk.send("逾期申报会怎么罚款")
        assert (reply.kind, reply.entry_id) == ("answer", "T16-01")
        assert reply.sources
        assert talk.dialogue.asked == ["逾期申报会怎么罚款"]

    async def test_small_talk_comes_from_the_catalogue(self, talk) -> None:
        talk.dialogue.decision = decided("say", text_key="smalltalk.thanks")
        [reply] = await talk.send("谢谢")
        assert reply.kind == "text"

    async def test_a_hand_over_queues_with_its_reason(self, talk) -> None:
        talk.dialogue.decision = decided("hand_over", reason="complaint")
        await talk.send("你们这服务太差了我要投诉")
        assert await talk.owner() == "officer_queue"

    async def test_a_choice_in_words_takes_the_button_offered(self, talk) -> None:
        talk.dialogue.decision = decided("answer")
        [clarify] = await talk.send("没按时申报会罚款吗")
        assert clarify.kind == "clarify"
        talk.dialogue.decision = decided("choose", option=2)
        [reply] = await talk.send("第二个")
        assert f"entry:{reply.entry_id}" == clarify.choices[1].id

    async def test_repeat_says_the_last_reply_again(self, talk) -> None:
        talk.dialogue.decision = decided("answer")
        [first] = await talk.send("逾期申报会怎么罚款")
        talk.dialogue.decision = decided("repeat")
        [again] = await talk.send("再说一遍")
        assert (again.text, again.sources) == (first.text, first.sources)

    async def test_out_of_scope_offers_a_person(self, talk) -> None:
        talk.dialogue.decision = decided("out_of_scope")
        [reply] = await talk.send("今天天气怎么样")
        offered = [choice.id for choice in reply.choices]
        assert offered[-1] == "person"
        assert not any(each.startswith("entry:") for each in offered)

    async def test_a_profile_question_is_answered_in_words(self, talk) -> None:
        talk.dialogue.decision = decided("answer")
        [asked] = await talk.send("小规模纳税人季度销售额多少免增值税")
        assert asked.meta["profile_field"] == "entity_type"
        talk.dialogue.asked.clear()
        [reply] = await talk.send("个体工商户")
        assert reply.entry_id == asked.entry_id
        assert talk.dialogue.asked == []


class TestGeneralAnswer:
    """T18-04 says how companies and how persons do it; who chooses hears only his own way."""

    @pytest.fixture
    async def given(self, talk):
        talk.dialogue.decision = decided("answer")
        [reply] = await talk.send("怎么开具完税证明")
        assert (reply.kind, reply.entry_id) == ("answer", "T18-04")
        assert "企业登录电子税务局" in reply.text
        assert reply.sources
        assert "profile:entity_type:natural_person" in {each.id for each in reply.choices}
        return reply

    async def test_a_button_narrows_it(self, talk, given) -> None:
        [reply] = await talk.send(
            type="choice", ref_seq=given.seq, id="profile:entity_type:natural_person"
        )
        assert (reply.kind, reply.entry_id) == ("answer", "T18-04")
        assert "企业登录电子税务局" not in reply.text

    async def test_a_button_of_an_earlier_one_answers_that_one(self, talk, given) -> None:
        [later] = await talk.send("社保费在哪里缴")
        assert (later.entry_id, later.meta["profile_field"]) == ("T13-01", "entity_type")
        [reply] = await talk.send(
            type="choice", ref_seq=given.seq, id="profile:entity_type:natural_person"
        )
        assert (reply.kind, reply.entry_id) == ("answer", "T18-04")
        assert "企业登录电子税务局" not in reply.text

    async def test_so_does_the_fact_in_words(self, talk, given) -> None:
        talk.dialogue.asked.clear()
        [reply] = await talk.send("我是个体工商户")
        assert reply.entry_id == given.entry_id
        assert talk.dialogue.asked == []

    async def test_a_whole_question_that_states_it_is_one_of_its_own(self, talk, given) -> None:
        [reply] = await talk.send("个体工商户逾期申报会怎么罚款")
        assert reply.entry_id != given.entry_id


class TestRasaDown:
    async def test_the_knowledge_base_answers(self, talk) -> None:
        [reply] = await talk.send("逾期申报会怎么罚款")
        assert (reply.kind, reply.entry_id) == ("answer", "T16-01")

    async def test_a_hopeless_question_ends_in_the_offer_of_a_person(self, talk) -> None:
        [reply] = await talk.send("asdfgh qwerty zxcvbn")
        assert reply.kind == "handoff"
        assert "person" in {choice.id for choice in reply.choices}


@pytest.mark.parametrize(
    "words",
    ["/restart", '/inform{"slot": 1}', "'; DROP TABLE message; --", "<script>alert(1)</script>",
     "😀😀😀", "Как подать декларацию", "問" * 2000, "\u200b\u202eabc"],
)  # fmt: skip
async def test_odd_text_gets_an_answer_a_choice_or_a_person(talk, words: str) -> None:
    said = await talk.send(words)
    assert said
    assert said[-1].kind in {"answer", "clarify", "handoff", "text"}


class TestDeadline:
    async def test_a_turn_that_fails_ends_in_an_apology_at_once(self, talk, monkeypatch) -> None:
        def broken(*_args, **_kwargs):
            raise RuntimeError("on purpose")

        monkeypatch.setattr(talk.chat.services.knowledge, "answer", broken)
        [reply] = await talk.send("逾期申报会怎么罚款")
        assert {choice.id for choice in reply.choices} == {"retry", "person"}

    async def test_an_overdue_turn_ends_in_an_apology_and_a_late_reply_is_dropped(
        self, talk
    ) -> None:
        conversation = talk.session.conversation_id
        incoming = Incoming.model_validate({"client_message_id": "late", "text": QUESTION})
        received = await talk.database.write(
            lambda tx: service.receive(
                tx, talk.chat.services.vault, conversation, incoming, timedelta(seconds=-1)
            )
        )
        assert await talk.database.write(sweep_turns) == 1
        assert await talk.database.write(sweep_turns) == 0
        talk.chat.turns.submit(conversation, received.seq)
        await asyncio.wait(talk.chat.turns.busy)
        [apology] = await talk.news()
        assert apology.kind == "handoff"

    async def test_turns_of_a_stopped_process_are_taken_up(self, talk) -> None:
        conversation = talk.session.conversation_id
        incoming = Incoming.model_validate({"client_message_id": "left", "text": QUESTION})
        await talk.database.write(
            lambda tx: service.receive(
                tx, talk.chat.services.vault, conversation, incoming, timedelta(seconds=20)
            )
        )
        left = await talk.database.read(lambda tx: waiting.open_turns(tx, 10))
        assert left.keys() == {conversation}
        talk.chat.turns.take_up(left)
        await asyncio.wait(talk.chat.turns.busy)
        assert [reply.sender for reply in await talk.news()] == ["bot"]


async def test_a_follow_up_is_handed_over_with_its_topic(talk) -> None:
    talk.dialogue.decision = decided("answer")
    [first] = await talk.send("逾期申报会怎么罚款")
    talk.dialogue.decision = decided("follow_up")
    await talk.send("那个体户呢")
    await talk.send("转人工")
    consultation = first.consultation_id

    def question(tx) -> str:
        return escalation.latest_entry(tx, consultation).question

    assert await talk.database.read(question) == "逾期申报会怎么罚款 / 那个体户呢"
