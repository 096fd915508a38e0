"""A conversation in each language: everything the bot says is in it, and it can be changed."""

import re

import pytest

from bot.chat.schemas import OpenSession
from bot.dialogue.client import Decision
from conversations.sessions import Session
from core.script import shown
from tests.bot.conftest import ScriptedDialogue, Talk

HAN = re.compile(r"[㐀-鿿]")
COMPANY = {"entity_type": "company", "vat_status": "small_scale"}
ANSWER = Decision(kind="answer", intent="ask_knowledge", confidence=1.0)


@pytest.fixture
def begin(chat):
    async def begin_in(locale: str, profile: dict | None = None) -> Talk:
        asked = OpenSession.model_validate({"locale": locale, "profile": profile or {}})
        opened, _ = await chat.open(asked)
        session = Session(opened.session_id, opened.conversation.id, opened.expires_at)
        dialogue = chat.services.dialogue
        assert isinstance(dialogue, ScriptedDialogue)
        dialogue.decision = ANSWER
        return Talk(chat, session, dialogue, chat.services.database)

    return begin_in


class TestEnglish:
    async def test_the_greeting_and_its_questions_are_english(self, begin):
        [greeting] = await (await begin("en")).news()
        assert "robot" in greeting.text
        labels = [each["label"] for each in greeting.meta["suggestions"]]
        assert len(labels) == 6
        assert not any(HAN.search(each) for each in [*labels, greeting.text])

    async def test_an_english_question_gets_the_english_answer(self, begin):
        talk = await begin("en")
        await talk.news()
        [said] = await talk.send("I issued an e-invoice with a mistake, how do I correct it?")
        assert (said.kind, said.entry_id) == ("answer", "T02-04")
        assert "red-letter invoice" in said.text
        assert not HAN.search(said.text)
        assert talk.dialogue.asked == []

    async def test_a_chinese_question_gets_the_english_answer_with_chinese_documents(self, begin):
        talk = await begin("en")
        await talk.news()
        [said] = await talk.send("逾期申报会怎么罚款")
        assert said.text.startswith("If a return is not filed on time")
        assert said.sources[0].document.startswith("中华人民共和国税收征收管理法")
        assert said.sources[0].kind == "law"

    async def test_without_an_english_answer_the_chinese_one_comes_with_a_note(self, begin):
        talk = await begin("en")
        await talk.news()
        [said] = await talk.send("数电票可以作废吗，退货、折让怎么处理")
        note, answer = said.text.split("\n\n", 1)
        assert "Chinese only" in note
        assert HAN.search(answer)

    async def test_the_one_fact_is_asked_and_told_in_english(self, begin):
        talk = await begin("en", COMPANY)
        await talk.news()
        [asked] = await talk.send("VAT exemption threshold for small-scale taxpayers")
        assert asked.meta == {"profile_field": "filing_period"}
        assert [each.label for each in asked.choices] == ["Monthly", "Quarterly", "I do not know"]
        assert not HAN.search(asked.text)
        [said] = await talk.send(type="choice", ref_seq=asked.seq, id=asked.choices[1].id)
        assert said.text.startswith("You file quarterly")

    async def test_a_follow_up_names_another_status(self, begin):
        talk = await begin("en")
        await talk.news()
        asked = await talk.send("How often is VAT filed, monthly or quarterly?")
        assert asked[0].entry_id == "T03-09"
        await talk.send("I am a general taxpayer")
        [said] = await talk.send("what about small-scale, file monthly")
        assert said.text.startswith("You are a small-scale taxpayer who files monthly")

    async def test_what_is_not_found_says_so_and_offers_a_person(self, begin):
        talk = await begin("en")
        await talk.news()
        [said] = await talk.send("Which documents does a foreign investor need for zebras?")
        assert said.kind == "handoff"
        assert said.text.startswith("I can search in Chinese only")
        assert [each.label for each in said.choices] == ["Talk to an officer", "Ask another way"]

    async def test_a_short_text_may_be_small_talk(self, begin):
        talk = await begin("en")
        await talk.news()
        talk.dialogue.decision = Decision("say", "greeting", 0.9, text_key="smalltalk.greeting")
        [said] = await talk.send("hello")
        assert said.text.startswith("Hello, this is online guided help")

    @pytest.mark.parametrize(
        "words",
        [
            "human",
            "officer please",
            "I would like to speak to a human, please",
            "TALK TO AN OFFICER!",
        ],
    )
    async def test_a_wish_for_a_person_is_understood(self, begin, words):
        talk = await begin("en")
        await talk.news()
        [said] = await talk.send(words)
        assert await talk.owner() == "officer_queue"
        assert not HAN.search(said.text)
        assert not any(HAN.search(each.label) for each in said.choices)


class TestTraditional:
    async def test_answer_sources_and_choices_are_traditional(self, begin):
        talk = await begin("zh-Hant")
        [greeting] = await talk.news()
        assert "機器人" in greeting.text
        [said] = await talk.send("逾期申報會怎麼罰款")
        assert said.text.startswith("未按期申報的，稅務機關責令限期改正")
        assert said.sources[0].document.startswith("中華人民共和國稅收徵收管理法")
        assert all(shown(each.label, "zh-Hant") == each.label for each in said.choices)

    async def test_a_follow_up_and_a_fact_in_traditional(self, begin):
        talk = await begin("zh-Hant", COMPANY)
        await talk.news()
        [asked] = await talk.send("小規模納稅人季度銷售額多少免徵增值稅")
        assert [each.label for each in asked.choices] == ["按月申報", "按季申報", "不清楚"]
        [said] = await talk.send("按季")
        assert said.text.startswith("您按季申報：當季不含稅銷售額")

    async def test_a_wish_for_a_person_in_traditional(self, begin):
        talk = await begin("zh-Hant")
        await talk.news()
        await talk.send("轉人工")
        assert await talk.owner() == "officer_queue"


class TestChange:
    async def test_from_then_on_everything_is_said_in_it(self, begin):
        talk = await begin("zh-Hans")
        await talk.news()
        [before] = await talk.send("逾期申报会怎么罚款")
        await talk.chat.change_locale(talk.session, "en")
        assert await talk.news() == []
        [after] = await talk.send("逾期申报会怎么罚款")
        assert before.text.startswith("未按期申报的")
        assert after.text.startswith("If a return is not filed on time")
        assert (await talk.chat.updates(talk.session.conversation_id, 0)).locale == "en"

    async def test_where_nothing_was_said_the_greeting_comes_again(self, begin):
        talk = await begin("zh-Hans")
        await talk.news()
        await talk.chat.change_locale(talk.session, "en")
        [again] = await talk.news()
        assert again.text.startswith("Hello, this is")
        await talk.chat.change_locale(talk.session, "en")
        assert await talk.news() == []
