"""From the bot to a queue and back."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from conversations import repository as log
from conversations.errors import OwnerChanged
from conversations.service import access_conversation
from core.clock import SHANGHAI
from core.errors import BadInput
from core.outbox import Outbox, emit
from escalation import desk, repository, service
from escalation.errors import NoSuchQueue
from escalation.models import queue_entry


class TestHandOver:
    async def test_a_queue_that_does_not_exist_is_refused(self, db, ask) -> None:
        state = await ask()
        with pytest.raises(NoSuchQueue):
            await db.write(
                lambda tx: service.hand_over(
                    tx, state, reason="no_answer", question="问", queue="nowhere"
                )
            )
        assert (await db.read(lambda tx: access_conversation(tx, state.id))).owner == "bot"

    async def test_a_decision_on_an_old_state_is_refused(self, db, ask) -> None:
        state = await ask()

        def there_and_back(tx) -> None:
            service.hand_over(tx, state, reason="no_answer", question="问")
            service.leave_queue(tx, state.id, "p1")

        await db.write(there_and_back)
        with pytest.raises(OwnerChanged):
            await db.write(
                lambda tx: service.hand_over(tx, state, reason="no_answer", question="问")
            )

    async def test_it_waits_with_its_reason_and_question(self, db, hand_over) -> None:
        state, handed = await hand_over("身份证11010519491231002X怎么改")
        entry = await db.read(lambda tx: repository.open_entry(tx, state.id))
        assert state.owner == "officer_queue"
        assert (entry.id, entry.state, entry.reason) == (
            handed.entry_id,
            "waiting",
            "asked_for_person",
        )
        assert entry.question == "身份证[ID]怎么改"
        assert entry.consultation_id == state.consultation_id
        assert (handed.place, handed.open, handed.opens_at) == (1, True, None)
        assert entry.deadline_at - entry.waiting_since == timedelta(minutes=5)

    async def test_a_second_time_tells_where_it_stands(self, db, hand_over) -> None:
        state, handed = await hand_over()
        again = await db.write(
            lambda tx: service.hand_over(tx, state, reason="complaint", question="别的")
        )
        assert again == handed

    async def test_twenty_at_once_make_one_entry(self, db, ask) -> None:
        state = await ask()

        def unit(tx):
            return service.hand_over(tx, state, reason="no_answer", question="问")

        handed = await asyncio.gather(*(db.write(unit) for _ in range(20)))
        assert len({each.entry_id for each in handed}) == 1

    async def test_it_opens_a_consultation_where_none_is(self, db, ask) -> None:
        state = await ask()
        await db.write(
            lambda tx: service.close(
                tx, access_conversation(tx, state.id, change=True), actor="taxpayer"
            )
        )
        state = await db.read(lambda tx: access_conversation(tx, state.id))
        await db.write(lambda tx: service.hand_over(tx, state, reason="card_help", question="问"))
        after = await db.read(lambda tx: access_conversation(tx, state.id))
        assert state.consultation_id is None
        assert after.consultation_id is not None

    async def test_out_of_hours_it_waits_with_a_promise(self, db, clock, hand_over) -> None:
        clock.set(2026, 11, 27, 20, 0)
        state, handed = await hand_over()
        opens = datetime(2026, 11, 30, 9, 0, tzinfo=SHANGHAI).astimezone(UTC)
        entry = await db.read(lambda tx: repository.open_entry(tx, state.id))
        assert (handed.open, handed.opens_at, entry.promised_at) == (False, opens, opens)
        assert entry.deadline_at == opens + timedelta(minutes=5)
        assert handed.expected_wait_seconds > timedelta(hours=60).total_seconds()
        assert "11月30日 09:00" in service.waiting_words(handed, "zh-Hans")


class TestQueueState:
    async def test_none_while_the_bot_owns_it(self, db, ask) -> None:
        state = await ask()
        assert await db.read(lambda tx: service.queue_state(tx, state.id)) is None

    async def test_places_by_priority_then_by_time(self, db, hand_over) -> None:
        first, _ = await hand_over("一")
        second, _ = await hand_over("二")
        urgent, _ = await hand_over("急", reason="complaint", priority=5)
        places = [
            (await db.read(lambda tx, s=state: service.queue_state(tx, s.id))).place
            for state in (urgent, first, second)
        ]
        assert places == [1, 2, 3]

    async def test_queues_do_not_wait_for_each_other(self, hand_over) -> None:
        await hand_over("一")
        _, handed = await hand_over("二", queue="expert")
        assert handed.place == 1

    async def test_the_estimate_without_claims_is_by_people_on_duty(
        self, hand_over, people, present
    ) -> None:
        _, alone = await hand_over("一")
        await present(people["officer1"], people["officer2"], people["expert1"])
        _, two = await hand_over("二")
        assert alone.expected_wait_seconds == 180
        assert two.expected_wait_seconds == 180  # second in line, two on duty

    async def test_the_estimate_follows_the_latest_claims(
        self, db, clock, hand_over, people
    ) -> None:
        for _ in range(3):
            state, _ = await hand_over()
            clock.forward(seconds=40)
            await db.write(
                lambda tx, s=state: desk.claim(tx, s.consultation_id, people["officer1"])
            )
        _, handed = await hand_over()
        assert handed.expected_wait_seconds == pytest.approx(40, abs=2)


class TestLeave:
    async def test_nobody_waits(self, db, ask) -> None:
        state = await ask()
        assert not await db.write(lambda tx: service.leave_queue(tx, state.id, "taxpayer"))

    async def test_not_out_of_a_persons_hand(self, db, hand_over, people) -> None:
        state, _ = await hand_over()
        await db.write(lambda tx: desk.claim(tx, state.consultation_id, people["officer1"]))
        assert not await db.write(lambda tx: service.leave_queue(tx, state.id, "taxpayer"))
        assert (await db.read(lambda tx: access_conversation(tx, state.id))).owner == "officer"

    async def test_back_to_the_bot_and_in_again(self, db, hand_over) -> None:
        state, handed = await hand_over()
        await db.write(
            lambda tx: log.update_conversation(tx, state.id, memory={"ask_meanwhile": True, "a": 1})
        )
        assert await db.write(lambda tx: service.leave_queue(tx, state.id, "taxpayer"))
        state = await db.read(lambda tx: access_conversation(tx, state.id))
        assert (state.owner, state.memory) == ("bot", {"a": 1})
        again = await db.write(
            lambda tx: service.hand_over(tx, state, reason="asked_for_person", question="问")
        )
        assert again.entry_id != handed.entry_id


class TestClose:
    async def test_the_taxpayer_closes_while_waiting(self, db, hand_over, said) -> None:
        state, handed = await hand_over()
        await db.write(
            lambda tx: service.close(
                tx, access_conversation(tx, state.id, change=True), actor="taxpayer"
            )
        )
        after = await db.read(lambda tx: access_conversation(tx, state.id))
        entry = await db.read(lambda tx: repository.entry_by_id(tx, handed.entry_id))
        assert (after.owner, after.consultation_id, entry.state) == ("bot", None, "done")
        assert "打个分" in (await said(state.id))[-1][1]


class TestChoose:
    async def test_an_unknown_choice_is_refused(self, db, hand_over) -> None:
        state, _ = await hand_over()
        with pytest.raises(BadInput):
            await db.write(lambda tx: service.choose(tx, state.id, "queue:jump", "taxpayer"))

    async def test_too_late_a_choice_changes_nothing(self, db, hand_over, people) -> None:
        state, _ = await hand_over()
        await db.write(lambda tx: desk.claim(tx, state.consultation_id, people["officer1"]))
        draft = await db.write(lambda tx: service.choose(tx, state.id, service.LEAVE, "taxpayer"))
        assert "已有税务人员" in draft.text
        assert (await db.read(lambda tx: access_conversation(tx, state.id))).owner == "officer"

    async def test_leave(self, db, hand_over) -> None:
        state, _ = await hand_over()
        await db.write(lambda tx: service.choose(tx, state.id, service.LEAVE, "taxpayer"))
        assert (await db.read(lambda tx: access_conversation(tx, state.id))).owner == "bot"

    async def test_wait(self, db, hand_over) -> None:
        state, _ = await hand_over()
        draft = await db.write(lambda tx: service.choose(tx, state.id, service.WAIT, "taxpayer"))
        assert "第 1 位" in draft.text

    async def test_call_back_is_a_promise_for_the_next_office_hours(self, db, hand_over) -> None:
        state, _ = await hand_over()
        draft = await db.write(
            lambda tx: service.choose(tx, state.id, service.CALL_BACK, "taxpayer")
        )
        entry = await db.read(lambda tx: repository.open_entry(tx, state.id))
        assert "11月25日 09:00" in draft.text
        assert entry.promised_at == datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
        assert (entry.state, entry.apologised_at) == ("waiting", None)


class TestHelpRequested:
    async def request(self, db, conversation_id: str, key: str = "card-1") -> None:
        payload = {"conversation_id": conversation_id, "question": "提醒怎么办", "campaign": "c"}
        await db.write(lambda tx: emit(tx, "reminders.help_requested", key, payload))
        outbox = Outbox(db)
        outbox.subscribe("reminders.help_requested", service.on_help_requested)
        await outbox.drain()

    async def test_it_waits_once_and_the_taxpayer_is_told(self, db, ask, said) -> None:
        state = await ask()
        await self.request(db, state.id)
        await self.request(db, state.id)
        entry = await db.read(lambda tx: repository.open_entry(tx, state.id))
        assert (entry.reason, entry.question) == ("card_help", "提醒怎么办")
        told = [text for sender, text in await said(state.id) if sender == "system"]
        assert len(told) == 1 and "第 1 位" in told[0]

    async def test_whoever_is_with_people_already_stays_there(self, db, hand_over, said) -> None:
        state, handed = await hand_over()
        await self.request(db, state.id)
        count = sa.select(sa.func.count()).select_from(queue_entry)
        assert await db.read(lambda tx: tx.execute(count).scalar_one()) == 1
        assert (await db.read(lambda tx: repository.open_entry(tx, state.id))).id == handed.entry_id
