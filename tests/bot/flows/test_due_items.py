"""Overdue returns offered in the flow of late filing: to whom, and how they are chosen."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from bot.assembly import open_flows
from bot.chat.schemas import OpenSession
from bot.chat.service import Chat
from bot.services import Services
from conversations.sessions import Session
from core.clock import SHANGHAI, Clock
from core.vault import Vault
from flows.loading import sound_flows
from knowledge_base.answering import KnowledgeBase
from reminders import service
from reminders.schemas import CampaignSpec
from reminders.worker import work
from tests.bot.conftest import Talk
from tests.support.host import host_token

CAMPAIGN: dict[str, Any] = {
    "key": "october",
    "kind": "reminder",
    "title": "2026年10月所属期申报提醒",
    "tax_period": "2026-10",
    "obligation": "VAT-M",
    "audience": {},
    "template": {"text": "{name}，请在{due}前申报。", "why": "按月申报。"},
}
ITEM = "vat_m_2026_10"


@pytest.fixture
def services(services: Services, knowledge: KnowledgeBase) -> Services:
    """The parts of a process, with the flows that ship."""
    vault = Vault(services.settings.secret())
    return replace(services, flows=open_flows(sound_flows(), vault, knowledge))


@pytest.fixture
async def visit(chat: Chat, talk: Talk):
    """Open a conversation after the last day of a return that it was reminded of."""
    talk.database.clock = Clock(datetime(2026, 11, 10, 10, tzinfo=SHANGHAI))

    async def come(assurance: str | None) -> Talk:
        token = host_token("p-due", "t-due", assurance=assurance) if assurance else None
        if token:  # the register knows them before the campaign looks for its recipients
            await chat.open(OpenSession(token=token))
        await service.push(talk.database, CampaignSpec(**CAMPAIGN), None, actor="operator")
        await work(talk.database)
        talk.database.clock = Clock(datetime(2026, 11, 23, 10, tzinfo=SHANGHAI))
        opened, _ = await chat.open(OpenSession(token=token))
        session = Session(opened.session_id, opened.conversation.id, opened.expires_at)
        come_in = Talk(chat, session, talk.dialogue, talk.database)
        await come_in.news()
        return come_in

    return come


async def asked(talk: Talk, *, matter: str = "filing") -> dict[str, Any]:
    """Begin the flow and say what is late; return what is asked then."""
    begun = (await talk.send(type="flow", flow_id="F06"))[-1].flow
    assert begun is not None
    return await answer(talk, begun, "matter", matter)


async def answer(talk: Talk, flow: dict[str, Any], field: str, value: Any) -> dict[str, Any]:
    said = await talk.send(type="flow_field", run_id=flow["run_id"], field=field, value=value)
    assert said[-1].flow is not None
    return said[-1].flow


async def test_an_overdue_return_is_offered_and_fills_in_tax_and_month(visit) -> None:
    talk = await visit("real_name")
    flow = await asked(talk)
    assert flow["step"] == "due_item"
    assert flow["fields"][0]["options"] == [
        {"id": ITEM, "label": "增值税及附加税费 2026年10月（税款所属期），2026年11月16日到期"},
        {"id": "other", "label": "都不是，我自己填"},
    ]
    flow = await answer(talk, flow, "due_item", ITEM)
    assert flow["step"] == "corrected"
    assert "2026年11月16日" in flow["prompt"]
    log = (await talk.chat.updates(talk.session.conversation_id, 0)).messages
    chosen = [each.text for each in log if each.meta.get("input", {}).get("value") == ITEM]
    assert chosen == ["增值税及附加税费 2026年10月（税款所属期），2026年11月16日到期"]


@pytest.mark.parametrize(
    ("words", "step"), [("第一个", "corrected"), ("都不是，我自己填", "obligation")]
)
async def test_words_choose_it_too(visit, words: str, step: str) -> None:
    talk = await visit("real_name")
    await asked(talk)
    said = (await talk.send(words))[-1]
    assert said.flow is not None and said.flow["step"] == step


async def test_nothing_is_prefilled_where_none_of_them_is_chosen(visit) -> None:
    talk = await visit("real_name")
    flow = await answer(talk, await asked(talk), "due_item", ITEM)
    changed = await talk.send(
        type="flow_action", run_id=flow["run_id"], action="change", step="due_item"
    )
    flow = await answer(talk, changed[-1].flow, "due_item", "other")
    assert flow["step"] == "obligation" and "value" not in flow["fields"][0]


@pytest.mark.parametrize("assurance", [None, "account"])
async def test_who_is_not_surely_known_sees_the_field_as_before(visit, assurance) -> None:
    assert (await asked(await visit(assurance)))["step"] == "obligation"


async def test_another_matter_is_not_asked_for_it(visit) -> None:
    assert (await asked(await visit("real_name"), matter="agent_filing"))["step"] == "obligation"


async def test_one_called_done_is_not_offered(visit, chat: Chat) -> None:
    talk = await visit("real_name")
    log = (await chat.updates(talk.session.conversation_id, 0)).messages
    card = next(each for each in log if each.card)
    await talk.send(type="card", ref_seq=card.seq, action="done")
    assert (await asked(talk))["step"] == "obligation"


async def test_a_restart_looks_for_them_anew(visit, chat: Chat) -> None:
    talk = await visit("real_name")
    flow = await asked(talk)
    log = (await chat.updates(talk.session.conversation_id, 0)).messages
    card = next(each for each in log if each.card)
    await talk.send(type="card", ref_seq=card.seq, action="done")
    again = await talk.send(type="flow_action", run_id=flow["run_id"], action="restart")
    assert (await answer(talk, again[-1].flow, "matter", "filing"))["step"] == "obligation"
