"""A flow in a chat: fields, typed words, questions in the middle, people; Rasa is down or up."""

from typing import Any

import pytest

from bot.dialogue.client import Decision
from conversations.schemas import Message
from tests.bot.conftest import Talk
from tests.support.numbers import IDENTITY_NUMBERS

DOWN: Any = None


def flow_of(messages: list[Message]) -> dict[str, Any]:
    """Return the flow part of the last message."""
    assert messages and messages[-1].kind == "flow", [each.text for each in messages]
    flow = messages[-1].flow
    assert flow is not None
    return flow


async def begin(talk: Talk, flow_id: str = "T01") -> dict[str, Any]:
    """Begin a flow in the way an officer's or entry's button does."""
    from conversations.service import access_conversation, append_message

    def unit(tx: Any) -> None:
        state = access_conversation(tx, talk.session.conversation_id, change=True)
        for draft in talk.chat.services.flows.start(tx, state, flow_id).drafts:
            append_message(tx, state.id, draft)

    await talk.database.write(unit)
    return flow_of(await talk.news())


async def fill(talk: Talk, flow: dict[str, Any], value: Any) -> dict[str, Any]:
    """Fill in the field that is asked now."""
    return flow_of(
        await talk.send(
            type="flow_field", run_id=flow["run_id"], field=flow["fields"][0]["key"], value=value
        )
    )


async def test_fields_lead_to_a_result_with_the_dialogue_down(talk: Talk) -> None:
    flow = await begin(talk)
    assert flow["step"] == "subject" and flow["progress"] == {"step": 1, "of": 6}
    assert [each["id"] for each in flow["fields"][0]["options"]] == [
        "company",
        "individual_business",
    ]
    flow = await fill(talk, flow, "company")
    flow = await fill(talk, flow, "2026-09")
    flow = await fill(talk, flow, True)
    assert flow["step"] == "amount"
    flow = await fill(talk, flow, "12345.60")
    assert flow["step"] == "people" and flow["progress"] == {"step": 5, "of": 6}
    flow = await fill(talk, flow, None)
    assert flow["step"] == "summary"
    assert [each["value"] for each in flow["summary"]] == [
        "企业",
        "2026年9月",
        "是",
        "12,345.60 元",
        "未填写",
    ]
    flow = await fill(talk, flow, value=True)
    assert flow["state"] == "done" and flow["result"]["verdict"] == "supplement"
    assert flow["result"]["text"] == "税款 12,345.60 元，滞纳金约 12.35 元。"
    assert flow["result"]["checklist"] == ["营业执照", "申报表"]
    assert "不构成受理或审批决定" in flow["result"]["disclaimer"]


async def test_words_lead_to_the_same_result(talk: Talk) -> None:
    await begin(talk)
    for words in ("我是企业", "9月", "有", "1.2万元", "跳过"):
        said = await talk.send(words)
    assert flow_of(said)["step"] == "summary"
    flow = flow_of(await talk.send("是"))
    assert flow["result"]["id"] == "pay" and "12,000.00 元" in flow["result"]["text"]
    assert talk.dialogue.asked == []


async def test_a_question_in_the_middle_is_answered_and_the_step_offered_again(
    talk: Talk,
) -> None:
    await begin(talk)
    said = await talk.send("逾期申报会怎么罚款")
    assert said[0].kind == "answer"
    assert flow_of(said)["step"] == "subject"
    assert "接着办" in said[-1].text


async def test_small_talk_in_the_middle(talk: Talk) -> None:
    await begin(talk)
    talk.dialogue.decision = Decision("say", "thanks", 1.0, text_key="smalltalk.thanks")
    said = await talk.send("谢谢你")
    assert said[0].kind == "text" and flow_of(said)["step"] == "subject"


async def test_what_is_no_value_is_told_and_after_three_times_a_person_offered(
    talk: Talk,
) -> None:
    flow = await begin(talk)
    await fill(talk, flow, "company")
    for _ in range(3):
        said = await talk.send("嘿哈嘿哈嘿哈嘿")
    assert flow_of(said)["step"] == "month"
    assert "没能看懂" in said[-1].text and "税务干部" in said[-1].text


async def test_commands_go_back_explain_pause_and_resume(talk: Talk) -> None:
    await begin(talk)
    assert "看营业执照" in (await talk.send("不懂"))[-1].text
    await talk.send("企业")
    flow = flow_of(await talk.send("上一步"))
    assert flow["step"] == "subject" and flow["fields"][0]["value"] == "company"
    flow = flow_of(await talk.send("先存着"))
    assert flow["state"] == "paused"
    flow = flow_of(await talk.send("继续办理"))
    assert flow["state"] == "active" and flow["step"] == "subject"


async def test_a_person_gets_all_answers(talk: Talk) -> None:
    flow = await begin(talk)
    await fill(talk, flow, "company")
    said = await talk.send("转人工")
    assert said[-1].kind == "handoff"
    assert await talk.owner() == "officer_queue"


async def test_a_step_can_name_who_helps(talk: Talk) -> None:
    flow = await begin(talk)
    for value in ("company", "2026-09", True):
        flow = await fill(talk, flow, value)
    said = await talk.send(type="flow_action", run_id=flow["run_id"], action="person")
    assert said[-1].kind == "handoff"
    assert await talk.owner() == "expert_queue"


async def test_cancelling_asks_once_when_much_would_be_lost(talk: Talk) -> None:
    flow = await begin(talk)
    for value in ("company", "2026-09", False):
        flow = await fill(talk, flow, value)
    first = flow_of(await talk.send("不办了"))
    assert first["state"] == "active" and "cancel" in {each["id"] for each in first["actions"]}
    second = flow_of(await talk.send("不办了"))
    assert second["state"] == "cancelled"


async def test_a_resend_gets_the_first_result(talk: Talk) -> None:
    flow = await begin(talk)
    await fill(talk, flow, "company")
    talk.number -= 1
    pressed = {"type": "flow_field", "run_id": flow["run_id"], "field": "subject"}
    assert await talk.send(**pressed, value="company") == []


async def test_two_devices_answer_the_same_step(talk: Talk) -> None:
    flow = await begin(talk)
    await fill(talk, flow, "company")
    said = await talk.send(
        type="flow_field", run_id=flow["run_id"], field="subject", value="individual_business"
    )
    assert flow_of(said)["step"] == "month"
    assert "其他设备" in said[-1].text and "企业" in said[-1].text


@pytest.mark.parametrize("typed", [True, False])
async def test_a_protected_number_stands_nowhere_in_the_clear(talk: Talk, typed: bool) -> None:
    identity_number = IDENTITY_NUMBERS[0]
    flow = await begin(talk, "T02")
    if typed:
        said = await talk.send(identity_number)
    else:
        said = await talk.send(
            type="flow_field", run_id=flow["run_id"], field="who", value=identity_number
        )
    assert flow_of(said)["step"] == "phone"
    import sqlalchemy as sa

    from core.tables import metadata

    def everything(tx: Any) -> str:
        return "".join(
            str(list(tx.execute(sa.select(table)))) for table in metadata.tables.values()
        )

    kept = await talk.database.read(everything)
    assert identity_number not in kept
    assert f"{identity_number[:3]}***********{identity_number[-4:]}" in kept


@pytest.mark.parametrize("words", ["我要办理T01", "办理逾期自查", "Late filing check"])
async def test_a_flow_called_by_its_name_begins_with_the_dialogue_down(
    talk: Talk, words: str
) -> None:
    assert flow_of(await talk.send(words))["flow_id"] == "T01"


async def test_the_dialogue_names_a_flow(talk: Talk) -> None:
    entities = ({"entity": "flow_id", "value": "T01", "start": 0, "end": 2},)
    talk.dialogue.decision = Decision("start_flow", "start_flow", 1.0, entities=entities)
    assert flow_of(await talk.send("帮我看看逾期的事"))["flow_id"] == "T01"
    unknown = ({"entity": "flow_id", "value": "T99", "start": 0, "end": 2},)
    talk.dialogue.decision = Decision("start_flow", "start_flow", 1.0, entities=unknown)
    assert (await talk.send("逾期申报会怎么罚款"))[0].kind == "answer"


@pytest.mark.parametrize(("words", "taken"), [("就第二项吧", True), ("第二季度的", False)])
async def test_a_place_that_the_dialogue_heard_may_count_something_else(
    talk: Talk, words: str, taken: bool
) -> None:
    await begin(talk)
    start = words.index("第二")
    ordinal = {"entity": "ordinal", "value": "2", "start": start, "end": start + 2}
    talk.dialogue.decision = Decision(
        kind="choose", intent="choose_option", confidence=0.9, option=2, entities=(ordinal,)
    )
    flow = flow_of(await talk.send(words))
    assert (flow["step"] != "subject") is taken
