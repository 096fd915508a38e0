"""A run outlives its device, its process and its definition, and goes with its conversation."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.chat.schemas import OpenSession
from bot.chat.service import Chat
from bot.erasure import erase
from bot.turns.runner import TurnRunner
from bot.turns.turns import Turns
from conversations import protected
from conversations.erasure.schemas import ErasureOrder
from conversations.schemas import Message
from conversations.service import access_conversation
from conversations.sessions import Session
from core.errors import NotFound
from escalation import desk
from escalation.errors import NotHolder
from escalation.schemas import FlowContext
from escalation.staff.schemas import NewStaff, Staff
from escalation.staff.service import put_staff
from escalation.worklist import read_consultation
from flows import repository
from flows.errors import FlowActive
from flows.lasting import erase_due, sweep
from flows.loading import Catalogue
from flows.models import flow_run
from tests.bot.conftest import Talk
from tests.bot.flows.test_talking import begin, fill, flow_of
from tests.support import flow_rules
from tests.support.host import host_token
from tests.support.numbers import IDENTITY_NUMBERS


@pytest.fixture
def visit(chat: Chat) -> Callable[..., Awaitable[tuple[Talk, list[Message]]]]:
    """Open the chat on another device; return the talk and what stood there."""

    async def enter(token: str | None = None) -> tuple[Talk, list[Message]]:
        opened, _ = await chat.open(OpenSession(token=token))
        session = Session(opened.session_id, opened.conversation.id, opened.expires_at)
        entered = Talk(chat, session, chat.services.dialogue, chat.services.database)
        entered.number = len(opened.session_id) * 1000 + id(entered) % 997 * 100
        return entered, await entered.news()

    return enter


@pytest.fixture
async def officer(chat: Chat) -> Staff:
    """An officer who serves."""
    new = NewStaff(username="o1", name="李明", roles=("officer", "expert"))
    return await chat.services.database.write(lambda tx: put_staff(tx, new, "no hash"))


async def in_hand(talk: Talk, officer: Staff) -> str:
    """Let the officer take the chat; return the consultation."""
    await talk.send("转人工")

    def unit(tx: Any) -> str:
        state = access_conversation(tx, talk.session.conversation_id)
        assert state.consultation_id is not None
        desk.claim(tx, state.consultation_id, officer)
        return state.consultation_id

    consultation = await talk.database.write(unit)
    await talk.news()
    return consultation


def press(messages: list[Message], place: int = 0) -> dict[str, Any]:
    """Return the input of a button of the last message."""
    last = messages[-1]
    return {"type": "choice", "ref_seq": last.seq, "id": last.choices[place].id}


class TestDevices:
    async def test_an_identified_person_goes_on_elsewhere(self, visit: Any) -> None:
        token = host_token("p9", "t9")
        first, _ = await visit(token)
        await fill(first, await begin(first), "company")
        second, seen = await visit(token)
        assert seen[-1].kind == "notice" and "第 2 步" in seen[-1].text
        assert [each.label for each in seen[-1].choices] == ["继续办理", "不办了"]
        flow = flow_of(await second.send(**press(seen)))
        assert flow["step"] == "month"
        assert flow["fields"][0]["key"] == "month"

    async def test_the_offer_is_made_once(self, visit: Any) -> None:
        token = host_token("p9", "t9")
        first, _ = await visit(token)
        await begin(first)
        _, second = await visit(token)
        _, third = await visit(token)
        assert len(third) == len(second)

    async def test_a_visitors_run_goes_along_when_it_signs_in(self, visit: Any, chat: Chat) -> None:
        token = host_token("p9", "t9")
        known, _ = await visit(token)
        stranger, _ = await visit()
        flow = await fill(stranger, await begin(stranger), "company")
        state = await chat.identify(stranger.session, token)
        assert state.id == known.session.conversation_id
        joined = Talk(chat, known.session, chat.services.dialogue, chat.services.database, 777)
        assert (
            flow_of(
                await joined.send(
                    type="flow_field", run_id=flow["run_id"], field="month", value="2026-09"
                )
            )["step"]
            == "has_tax"
        )

    async def test_another_conversation_cannot_answer(self, visit: Any) -> None:
        first, _ = await visit()
        flow = await begin(first)
        other, _ = await visit()
        with pytest.raises(NotFound):
            await other.send(
                type="flow_field", run_id=flow["run_id"], field="subject", value="company"
            )

    async def test_another_process_goes_on(self, talk: Talk, chat: Chat) -> None:
        flow = await fill(talk, await begin(talk), "company")
        services = chat.services
        talk.chat = Chat(services, TurnRunner(services.database, Turns(services).handle))
        assert (await fill(talk, flow, "2026-09"))["step"] == "has_tax"


class TestVersions:
    def change(self, chat: Chat, *, archived: bool) -> None:
        """Put version 2 of T01 in the place of version 1."""
        now = flow_rules.shipped()
        old = now.access("T01")
        steps = [each for each in old.steps if each.id != "people"]
        new = old.model_copy(update={"version": 2, "steps": steps})
        earlier = {("T01", 1): old} if archived else {}
        flows = chat.services.flows
        flows._catalogue = Catalogue({**now.present, "T01": new}, earlier)
        flows._ready.clear()

    async def test_a_run_keeps_the_version_that_it_began_with(self, talk: Talk, chat: Chat) -> None:
        flow = await fill(talk, await begin(talk), "company")
        self.change(chat, archived=True)
        flow = await fill(talk, flow, "2026-09")
        assert flow["version"] == 1 and flow["progress"]["of"] == 6
        assert (await begin(talk))["version"] == 1, "the unfinished run is gone on with"

    async def test_where_it_is_gone_a_new_run_takes_the_answers(
        self, talk: Talk, chat: Chat
    ) -> None:
        flow = await fill(talk, await begin(talk), "company")
        self.change(chat, archived=False)
        said = await talk.send(
            type="flow_field", run_id=flow["run_id"], field="month", value="2026-09"
        )
        assert flow_of(said)["state"] == "expired" and "已更新" in said[-1].text
        flow = flow_of(await talk.send(**press(said)))
        assert flow["version"] == 2 and flow["step"] == "month"


class TestTime:
    async def test_a_run_ends_after_its_time_and_is_told_once(self, talk: Talk) -> None:
        flow = await begin(talk, "T02")
        await fill(talk, flow, IDENTITY_NUMBERS[0])

        def late(tx: Any) -> int:
            tx.execute(sa.update(flow_run).values(expires_at=tx.now))
            return sweep(tx)

        assert await talk.database.write(late) == 1
        said = await talk.news()
        assert len(said) == 1 and "超过 7 天" in said[0].text
        assert await talk.database.write(late) == 0
        run = await talk.database.read(lambda tx: repository.run_by_id(tx, flow["run_id"]))
        assert run is not None and run.state == "expired" and run.answers == {}
        kept = sa.select(protected.protected_value.c.sealed)
        assert (await talk.database.read(lambda tx: tx.execute(kept).scalars().all())) == [None]
        assert flow_of(await talk.send(**press(said)))["step"] == "who"


class TestErasure:
    async def test_an_order_empties_what_was_answered(self, talk: Talk) -> None:
        flow = await fill(talk, await begin(talk, "T02"), IDENTITY_NUMBERS[0])
        conversation = talk.session.conversation_id
        order = ErasureOrder(conversation=conversation, actor="a", reason="r", basis="b")
        await erase(talk.database, order)
        run = await talk.database.read(lambda tx: repository.run_by_id(tx, flow["run_id"]))
        assert run is not None and (run.state, run.answers, run.summary) == ("expired", {}, {})
        said = await talk.send(
            type="flow_field", run_id=flow["run_id"], field="phone", value="13800138000"
        )
        assert flow_of(said)["actions"][0]["id"] == "restart"

    async def test_runs_of_long_ago_are_emptied(self, talk: Talk) -> None:
        flow = await fill(talk, await begin(talk), "company")

        def later(tx: Any) -> int:
            return erase_due(tx, tx.now + timedelta(days=1)) + erase_due(tx, tx.now)

        assert await talk.database.write(later) == 1
        run = await talk.database.read(lambda tx: repository.run_by_id(tx, flow["run_id"]))
        assert run is not None and run.answers == {}


class TestPeople:
    async def test_the_officer_sees_all_answers(self, talk: Talk, officer: Staff) -> None:
        flow = await fill(talk, await begin(talk, "T02"), IDENTITY_NUMBERS[0])
        await fill(talk, flow, None)
        consultation = await in_hand(talk, officer)
        seen = await talk.database.write(lambda tx: read_consultation(tx, consultation, officer))
        assert seen.reason == "flow_help" and seen.question.startswith("《联系人登记》")
        shown = seen.context.flow
        assert isinstance(shown, FlowContext)
        assert (shown.title, shown.state) == ("联系人登记", "with_person")
        number, phone = shown.answers
        assert number.value == f"{IDENTITY_NUMBERS[0][:3]}***********{IDENTITY_NUMBERS[0][-4:]}"
        assert len(number.protected) == 1 and phone.value == "未填写"
        vault = talk.chat.services.vault
        told = await talk.database.write(
            lambda tx: protected.reveal(tx, vault, number.protected[0], actor=officer.id)
        )
        assert told == IDENTITY_NUMBERS[0]

    async def test_an_officer_sends_a_flow(self, talk: Talk, officer: Staff) -> None:
        consultation = await in_hand(talk, officer)
        flows = talk.chat.services.flows
        sent = await talk.database.write(
            lambda tx: desk.send_flow(tx, flows, consultation, officer, "T01")
        )
        said = await talk.news()
        flow = flow_of(said)
        assert said[-1].seq == sent.seq and said[-1].sender == "system"
        assert "李明" in said[-1].text
        said = await talk.send(
            type="flow_field", run_id=flow["run_id"], field="subject", value="company"
        )
        assert flow_of(said)["step"] == "month" and said[-1].sender == "system"
        assert await talk.send("这个月份怎么看") == [], "words go to the officer"
        with pytest.raises(FlowActive):
            await talk.database.write(
                lambda tx: desk.send_flow(tx, flows, consultation, officer, "T02")
            )
        with pytest.raises(NotFound):
            await talk.database.write(
                lambda tx: desk.send_flow(tx, flows, consultation, officer, "T99")
            )

    async def test_only_who_holds_the_chat_sends(self, talk: Talk, officer: Staff) -> None:
        consultation = await in_hand(talk, officer)
        new = NewStaff(username="o2", name="王芳", roles=("officer",))
        other = await talk.database.write(lambda tx: put_staff(tx, new, "no hash"))
        flows = talk.chat.services.flows
        with pytest.raises(NotHolder):
            await talk.database.write(
                lambda tx: desk.send_flow(tx, flows, consultation, other, "T01")
            )

    async def test_after_the_person_it_is_gone_on_with(self, talk: Talk, officer: Staff) -> None:
        await fill(talk, await begin(talk), "company")
        consultation = await in_hand(talk, officer)
        await talk.database.write(lambda tx: desk.close(tx, consultation, officer, result="solved"))
        said = await talk.news()
        assert said[-1].choices[0].label == "继续办理"
        assert flow_of(await talk.send(**press(said)))["step"] == "month"

    async def test_who_leaves_the_queue_goes_on_too(self, talk: Talk) -> None:
        await fill(talk, await begin(talk), "company")
        await talk.send("转人工")
        said = await talk.send(type="leave_queue")
        assert flow_of(await talk.send(**press(said)))["step"] == "month"


async def test_a_flow_that_breaks_ends_in_an_apology(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    flow = await begin(talk, "T02")

    def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(talk.chat.services.flows, "answer", broken)
    said = await talk.send(
        type="flow_field", run_id=flow["run_id"], field="who", value=IDENTITY_NUMBERS[0]
    )
    assert "抱歉" in said[-1].text and said[-1].choices
