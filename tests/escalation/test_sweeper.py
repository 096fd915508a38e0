"""The sweeper keeps the promises."""

from datetime import timedelta

import pytest

from conversations import repository as log
from conversations.models import conversation
from conversations.ownership import Holder, change_owner
from conversations.service import access_conversation, messages_after
from core.telemetry import WAITING
from escalation import desk, presence, repository, service
from escalation.models import queue_entry, staff
from escalation.sweeper import GONE, sweep

NOTHING = {"late": 0, "abandoned": 0, "orphaned": 0}


async def swept(db) -> dict[str, int]:
    return await db.write(sweep)


async def entry_of(db, conversation_id: str):
    return await db.read(lambda tx: repository.open_entry(tx, conversation_id))


class TestLate:
    async def test_nothing_is_done_before_the_deadline(self, db, hand_over, said) -> None:
        state, _ = await hand_over()
        before = await said(state.id)
        assert await swept(db) == NOTHING
        assert await said(state.id) == before

    async def test_one_apology_with_a_choice_and_a_better_place(self, db, clock, hand_over) -> None:
        state, _ = await hand_over()
        clock.forward(minutes=4)
        await hand_over("急", priority=5)
        clock.forward(minutes=1, seconds=1)
        assert await swept(db) == NOTHING | {"late": 1}
        assert await swept(db) == NOTHING
        told = (await db.read(lambda tx: messages_after(tx, state.id, 0)))[-1]
        assert (told.sender, told.kind) == ("system", "notice")
        assert [each.id for each in told.choices] == [
            service.WAIT,
            service.LEAVE,
            service.CALL_BACK,
        ]
        place = await db.read(lambda tx: service.queue_state(tx, state.id))
        assert place.place == 1

    async def test_a_promise_out_of_hours_is_not_late_over_night(
        self, db, clock, hand_over
    ) -> None:
        clock.set(2026, 11, 24, 20, 0)
        await hand_over()
        clock.set(2026, 11, 25, 9, 4)
        assert await swept(db) == NOTHING
        clock.set(2026, 11, 25, 9, 6)
        assert await swept(db) == NOTHING | {"late": 1}


class TestAbandoned:
    @pytest.fixture
    async def held(self, db, hand_over, people, present):
        await present(people["officer1"])
        state, _ = await hand_over()
        await db.write(lambda tx: desk.claim(tx, state.consultation_id, people["officer1"]))
        return state

    async def test_a_desk_that_gives_signs_keeps_its_chats(self, db, clock, held, people):
        clock.forward(seconds=GONE.total_seconds() + 1)
        await db.write(lambda tx: presence.touch(tx, people["officer1"].id))
        assert await swept(db) == NOTHING

    async def test_a_desk_that_is_gone_loses_them(self, db, clock, held, hand_over, said) -> None:
        clock.forward(seconds=GONE.total_seconds() - 10)
        await hand_over("急", priority=9)
        clock.forward(seconds=11)
        assert await swept(db) == NOTHING | {"abandoned": 1}
        assert await swept(db) == NOTHING
        entry = await entry_of(db, held.id)
        assert (entry.state, entry.holder_id) == ("waiting", None)
        assert (await db.read(lambda tx: service.queue_state(tx, held.id))).place == 1
        assert "暂时离开" in (await said(held.id))[-1][1]

    async def test_an_account_that_was_closed_loses_them_at_once(self, db, held, people) -> None:
        gone = staff.update().where(staff.c.id == people["officer1"].id).values(active=False)
        await db.write(lambda tx: tx.execute(gone))
        assert (await swept(db))["abandoned"] == 1


class TestOrphaned:
    async def expect_repaired(self, db) -> None:
        assert await swept(db) == NOTHING | {"orphaned": 1}
        assert await swept(db) == NOTHING

    async def test_in_a_queue_without_an_entry(self, db, ask) -> None:
        state = await ask("问题在此")
        await db.write(
            lambda tx: change_owner(
                tx,
                access_conversation(tx, state.id, change=True),
                "expert_queue",
                actor="bot",
                reason="no_answer",
            )
        )
        await self.expect_repaired(db)
        entry = await entry_of(db, state.id)
        assert (entry.queue_id, entry.question, entry.reason) == ("expert", "问题在此", "orphaned")

    async def test_in_a_hand_without_an_entry(self, db, hand_over, people) -> None:
        state, handed = await hand_over()

        def take_behind(tx) -> None:
            current = access_conversation(tx, state.id, change=True)
            holder = Holder(people["officer1"].id, "一")
            change_owner(tx, current, "officer", actor="x", reason="claimed", holder=holder)
            service.finish_entry(tx, repository.entry_by_id(tx, handed.entry_id), "closed")

        await db.write(take_behind)
        await self.expect_repaired(db)
        after = await db.read(lambda tx: access_conversation(tx, state.id))
        assert (after.owner, after.holder_id) == ("officer_queue", None)
        assert (await entry_of(db, state.id)).state == "waiting"

    async def test_an_entry_that_the_bots_conversation_has(self, db, hand_over) -> None:
        state, _ = await hand_over()
        owner = {"owner": "bot", "owner_version": 9}
        await db.write(lambda tx: log.update_conversation(tx, state.id, **owner))
        await self.expect_repaired(db)
        assert await entry_of(db, state.id) is None

    async def test_an_entry_in_another_hand(self, db, hand_over, people) -> None:
        state, _ = await hand_over()
        await db.write(lambda tx: desk.claim(tx, state.consultation_id, people["officer1"]))
        other = queue_entry.update().values(holder_id=people["officer2"].id)
        await db.write(lambda tx: tx.execute(other))
        await self.expect_repaired(db)

    async def test_a_consultation_that_is_gone(self, db, hand_over) -> None:
        state, _ = await hand_over()
        lost = conversation.update().values(consultation_id=None)
        await db.write(lambda tx: tx.execute(lost))
        await self.expect_repaired(db)
        after = await db.read(lambda tx: access_conversation(tx, state.id))
        assert after.consultation_id == (await entry_of(db, state.id)).consultation_id


async def test_who_waits_is_measured(db, hand_over) -> None:
    await hand_over("一")
    await hand_over("二")
    await swept(db)
    assert WAITING.labels("officer")._value.get() == 2
    assert WAITING.labels("expert")._value.get() == 0


def test_a_desk_is_not_called_gone_while_it_counts_as_alive() -> None:
    assert presence.ALIVE < GONE <= timedelta(minutes=10)
