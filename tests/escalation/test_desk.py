"""What staff do with a consultation."""

import asyncio

import pytest

from conversations import repository as log
from conversations.errors import ClientMessageIdReused, NoSuchConsultation
from conversations.service import access_conversation
from core.errors import BadInput, NotAllowed
from escalation import desk, repository, service
from escalation.errors import AlreadyClaimed, NoSuchQueue, NotHolder
from escalation.models import queue
from escalation.staff import repository as accounts
from escalation.staff.schemas import Staff


@pytest.fixture
async def held(db, hand_over, people):
    """A conversation that officer1 holds."""
    state, _ = await hand_over()
    await db.write(lambda tx: desk.claim(tx, state.consultation_id, people["officer1"]))
    return await db.read(lambda tx: access_conversation(tx, state.id))


class TestClaim:
    async def test_none_such(self, db, people) -> None:
        with pytest.raises(NoSuchConsultation):
            await db.write(lambda tx: desk.claim(tx, "cs_none", people["officer1"]))

    async def test_never_with_people(self, db, ask, people) -> None:
        state = await ask()
        with pytest.raises(NoSuchConsultation):
            await db.write(lambda tx: desk.claim(tx, state.consultation_id, people["officer1"]))

    @pytest.mark.parametrize(
        ("tier", "username"),
        [("expert", "officer1"), ("expert", "leader1"), ("officer", "expert1")],
    )
    async def test_another_tiers_role_is_refused(self, db, hand_over, people, tier, username):
        state, _ = await hand_over(queue=tier)
        with pytest.raises(NotAllowed):
            await db.write(lambda tx: desk.claim(tx, state.consultation_id, people[username]))

    async def test_another_offices_queue_is_out_of_reach(self, db, hand_over, people) -> None:
        def limit(tx) -> None:
            tx.execute(queue.update().where(queue.c.id == "officer").values(office="340100"))

        await db.write(limit)
        state, _ = await hand_over()
        with pytest.raises(NoSuchConsultation):
            await db.write(lambda tx: desk.claim(tx, state.consultation_id, people["officer1"]))
        theirs = people["officer2"].model_copy(update={"offices": ("340100",)})
        entry = await db.write(lambda tx: desk.claim(tx, state.consultation_id, theirs))
        assert entry.holder_id == theirs.id

    async def test_the_loser_is_told_the_holder(self, db, held, people) -> None:
        for username in ("officer2", "officer1"):
            with pytest.raises(AlreadyClaimed) as refused:
                await db.write(
                    lambda tx, u=username: desk.claim(tx, held.consultation_id, people[u])
                )
            officer = people["officer1"]
            assert refused.value.extra == {"holder": {"id": officer.id, "name": officer.name}}

    async def test_what_has_ended_is_not_to_be_had(self, db, held, people) -> None:
        await db.write(
            lambda tx: desk.close(tx, held.consultation_id, people["officer1"], result="solved")
        )
        with pytest.raises(AlreadyClaimed, match="ended"):
            await db.write(lambda tx: desk.claim(tx, held.consultation_id, people["officer2"]))

    async def test_the_taxpayer_is_told_and_the_bot_is_silent(self, db, held, said) -> None:
        assert (held.owner, held.holder_name) == ("officer", "officer1 号")
        assert "officer1 号" in (await said(held.id))[-1][1]

    async def test_that_the_bot_may_go_on_is_over(self, db, hand_over, people) -> None:
        state, _ = await hand_over()
        memory = {"ask_meanwhile": True}
        await db.write(lambda tx: log.update_conversation(tx, state.id, memory=memory))
        await db.write(lambda tx: desk.claim(tx, state.consultation_id, people["officer1"]))
        assert (await db.read(lambda tx: access_conversation(tx, state.id))).memory == {}

    async def test_of_a_thousand_at_once_exactly_one_wins(self, db, hand_over) -> None:
        def hire(tx) -> list[Staff]:
            made = []
            for number in range(1000):
                who = Staff(
                    id=f"st_{number}",
                    username=f"u{number}",
                    name=f"{number} 号",
                    roles=("officer",),
                    offices=(),
                    active=True,
                )
                values = who.model_dump(mode="json", exclude={"active"})
                accounts.insert_staff(tx, values | {"password_hash": ""})
                made.append(who)
            return made

        staff = await db.write(hire)
        state, _ = await hand_over()

        def claim(who: Staff):
            return db.write(lambda tx: desk.claim(tx, state.consultation_id, who))

        results = await asyncio.gather(*map(claim, staff), return_exceptions=True)
        winners = [result for result in results if not isinstance(result, Exception)]
        refused = [result for result in results if isinstance(result, AlreadyClaimed)]
        assert (len(winners), len(refused)) == (1, 999)
        after = await db.read(lambda tx: access_conversation(tx, state.id))
        assert winners[0].holder_id == after.holder_id
        assert {each.extra["holder"]["id"] for each in refused} == {after.holder_id}

    async def test_claiming_against_leaving_leaves_one_truth(self, db, hand_over, people) -> None:
        for _ in range(10):
            state, _ = await hand_over()
            claimed, left = await asyncio.gather(
                db.write(lambda tx, s=state: desk.claim(tx, s.consultation_id, people["officer1"])),
                db.write(lambda tx, s=state: service.leave_queue(tx, s.id, "taxpayer")),
                return_exceptions=True,
            )
            after = await db.read(lambda tx, s=state: access_conversation(tx, s.id))
            assert after.owner == ("bot" if left is True else "officer")
            assert isinstance(claimed, AlreadyClaimed) == (left is True)


class TestReply:
    async def reply(self, db, held, who, client_id="d1", text="您好"):
        return await db.write(lambda tx: desk.reply(tx, held.consultation_id, who, client_id, text))

    async def test_not_before_the_claim(self, db, hand_over, people) -> None:
        state, _ = await hand_over()
        with pytest.raises(NotHolder) as refused:
            await self.reply(db, state, people["officer1"])
        assert refused.value.extra == {"holder": None}

    async def test_not_in_anothers_chat(self, db, held, people) -> None:
        with pytest.raises(NotHolder) as refused:
            await self.reply(db, held, people["officer2"])
        assert refused.value.extra["holder"]["id"] == people["officer1"].id

    @pytest.mark.parametrize("text", ["", " \x00", "字" * 2001])
    async def test_nothing_readable_or_too_much(self, db, held, people, text) -> None:
        with pytest.raises(BadInput):
            await self.reply(db, held, people["officer1"], text=text)

    async def test_an_id_used_for_another_text(self, db, held, people) -> None:
        seq = await self.reply(db, held, people["officer1"])
        with pytest.raises(ClientMessageIdReused) as refused:
            await self.reply(db, held, people["officer1"], text="别的")
        assert refused.value.extra == {"seq": seq}

    async def test_a_resend_gets_the_first_seq_also_after_the_close(
        self, db, held, people, said
    ) -> None:
        seqs = await asyncio.gather(*(self.reply(db, held, people["officer1"]) for _ in range(10)))
        await db.write(
            lambda tx: desk.close(tx, held.consultation_id, people["officer1"], result="solved")
        )
        seqs.append(await self.reply(db, held, people["officer1"]))
        assert len(set(seqs)) == 1
        assert [text for sender, text in await said(held.id) if sender == "officer"] == ["您好"]

    async def test_a_taxpayers_id_does_not_collide(self, db, held, people) -> None:
        assert await self.reply(db, held, people["officer1"], client_id="m1") > 1

    async def test_name_and_tier_are_shown_and_numbers_masked(self, db, held, people) -> None:
        text = "证件11010519491231002X已核对\x07"
        seq = await self.reply(db, held, people["officer1"], text=text)
        sent = await db.read(lambda tx: log.message_at(tx, held.id, seq))
        assert (sent.sender, sent.name, sent.text) == (
            "officer",
            "officer1 号",
            "证件[ID]已核对",
        )


class TestTransfer:
    async def transfer(self, db, held, who, **to):
        to = {"tier": "expert", "reason": "跨境", "summary": "已核对主表"} | to
        return await db.write(lambda tx: desk.transfer(tx, held.consultation_id, who, **to))

    async def test_only_who_holds_it(self, db, held, people) -> None:
        with pytest.raises(NotHolder):
            await self.transfer(db, held, people["officer2"])

    async def test_to_nowhere(self, db, held, people) -> None:
        with pytest.raises(NoSuchQueue):
            await self.transfer(db, held, people["officer1"], tier=None, queue="nowhere")

    async def test_to_where_it_came_from(self, db, held, people) -> None:
        with pytest.raises(BadInput, match="release"):
            await self.transfer(db, held, people["officer1"], tier="officer")

    async def test_to_the_expert_and_back(self, db, held, people, said) -> None:
        entry = await self.transfer(db, held, people["officer1"])
        assert (entry.state, entry.tier, entry.queue_id, entry.holder_id) == (
            "waiting",
            "expert",
            "expert",
            None,
        )
        assert (entry.reason, entry.summary) == ("transfer", "已核对主表")
        assert "税务专家" in (await said(held.id))[-1][1]
        with pytest.raises(NotHolder):
            await db.write(
                lambda tx: desk.reply(tx, held.consultation_id, people["officer1"], "d9", "等")
            )
        await db.write(lambda tx: desk.claim(tx, held.consultation_id, people["expert1"]))
        seq = await db.write(
            lambda tx: desk.reply(tx, held.consultation_id, people["expert1"], "d1", "适用")
        )
        sent = await db.read(lambda tx: log.message_at(tx, held.id, seq))
        assert sent.sender == "expert"
        entry = await self.transfer(
            db, held, people["expert1"], tier="officer", reason="已定", summary="可适用"
        )
        assert [each["to_tier"] for each in entry.transfers] == ["expert", "officer"]
        assert entry.transfers[0]["by"]["name"] == "officer1 号"
        state = await db.read(lambda tx: access_conversation(tx, held.id))
        assert state.owner == "officer_queue"

    async def test_out_of_hours_the_words_say_when(self, db, clock, held, people, said) -> None:
        clock.set(2026, 11, 24, 18, 0)
        entry = await self.transfer(db, held, people["officer1"])
        assert entry.promised_at is not None
        assert "11月25日 09:00" in (await said(held.id))[-1][1]


class TestRelease:
    async def test_only_who_holds_it(self, db, held, people) -> None:
        with pytest.raises(NotHolder):
            await db.write(lambda tx: desk.release(tx, held.consultation_id, people["officer2"]))

    async def test_first_in_line_also_before_an_urgent_one(self, db, held, hand_over, people):
        await hand_over("急", priority=9)
        await db.write(lambda tx: desk.release(tx, held.consultation_id, people["officer1"]))
        state = await db.read(lambda tx: service.queue_state(tx, held.id))
        assert state.place == 1
        again = await db.write(lambda tx: desk.claim(tx, held.consultation_id, people["officer2"]))
        assert again.holder_id == people["officer2"].id


class TestClose:
    async def test_only_who_holds_it(self, db, held, people) -> None:
        with pytest.raises(NotHolder):
            await db.write(
                lambda tx: desk.close(tx, held.consultation_id, people["officer2"], result="solved")
            )

    async def test_result_and_matter_are_kept_and_the_rating_asked(
        self, db, held, people, said
    ) -> None:
        await db.write(
            lambda tx: desk.close(
                tx,
                held.consultation_id,
                people["officer1"],
                result="ticket",
                matter="申报",
                summary="待核 13800138000",
            )
        )
        row = await db.read(lambda tx: log.consultation_by_id(tx, held.consultation_id))
        state = await db.read(lambda tx: access_conversation(tx, held.id))
        assert (row.result, row.matter, row.summary) == ("ticket", "申报", "待核 [PHONE]")
        assert row.closed_by == people["officer1"].id
        assert (state.owner, state.consultation_id, state.holder_id) == ("bot", None, None)
        assert await db.read(lambda tx: repository.open_entry(tx, held.id)) is None
        assert "打个分" in (await said(held.id))[-1][1]
