"""A flow that a client begins by its id; Rasa is down."""

from typing import Any

import pytest

from bot.chat.schemas import OpenSession
from bot.chat.service import Chat
from conversations.sessions import Session
from flows.errors import FlowNotOffered, NoSuchFlow
from taxpayers.schemas import Profile
from tests.bot.conftest import Talk


async def talk_of(talk: Talk, chat: Chat, **profile: Any) -> Talk:
    """Return another visitor's conversation, of whom this is known."""
    opened, _ = await chat.open(OpenSession(profile=Profile(**profile)))
    session = Session(opened.session_id, opened.conversation.id, opened.expires_at)
    other = Talk(chat, session, talk.dialogue, talk.database)
    await other.news()
    return other


async def test_it_begins_in_the_middle_of_a_talk(talk: Talk) -> None:
    await talk.send("逾期申报会怎么罚款")
    said = await talk.send(type="flow", flow_id="T01")
    assert [each.kind for each in said] == ["flow"]
    flow = said[0].flow
    assert flow is not None and (flow["flow_id"], flow["step"]) == ("T01", "subject")
    log = await talk.chat.updates(talk.session.conversation_id, 0)
    asked = next(each for each in log.messages if "input" in each.meta)
    assert asked.text == "逾期自查"
    assert asked.meta["input"] == {"type": "flow", "flow_id": "T01"}


async def test_a_resend_begins_it_once(talk: Talk) -> None:
    await talk.send(type="flow", flow_id="T01")
    talk.number -= 1
    assert await talk.send(type="flow", flow_id="T01") == []


async def test_an_unfinished_run_goes_on(talk: Talk) -> None:
    begun = (await talk.send(type="flow", flow_id="T01"))[-1].flow
    assert begun is not None
    await talk.send(type="flow_field", run_id=begun["run_id"], field="subject", value="company")
    for pause in (False, True):
        if pause:
            await talk.send(type="flow_action", run_id=begun["run_id"], action="pause")
        said = (await talk.send(type="flow", flow_id="T01"))[-1]
        assert said.flow is not None
        assert (said.flow["run_id"], said.flow["step"]) == (begun["run_id"], "month")
        assert said.flow["state"] == "active"


async def test_an_unknown_flow_is_refused_and_nothing_stored(talk: Talk) -> None:
    with pytest.raises(NoSuchFlow, match="T99"):
        await talk.send(type="flow", flow_id="T99")
    assert await talk.news() == []


@pytest.mark.parametrize(("entity_type", "begins"), [("company", True), ("natural_person", False)])
async def test_its_audience_decides(talk: Talk, chat: Chat, entity_type: str, begins: bool) -> None:
    asker = await talk_of(talk, chat, entity_type=entity_type)
    before = (await chat.updates(asker.session.conversation_id, 0)).last_seq
    if begins:
        assert (await asker.send(type="flow", flow_id="T02"))[-1].flow is not None
        return
    with pytest.raises(FlowNotOffered, match="GET /chat/flows"):
        await asker.send(type="flow", flow_id="T02")
    assert (await chat.updates(asker.session.conversation_id, 0)).last_seq == before


async def test_it_begins_while_a_person_is_waited_for(talk: Talk) -> None:
    await talk.send("转人工")
    said = await talk.send(type="flow", flow_id="T01")
    assert said[-1].flow is not None and said[-1].sender == "system"
    assert await talk.owner() == "officer_queue"
