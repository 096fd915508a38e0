"""Receiving, answering, the order of the log."""

import asyncio
import hashlib
from datetime import timedelta

import pytest
import sqlalchemy as sa
from pydantic import ValidationError

from conversations import repository, service
from conversations.errors import ClientMessageIdReused, NoSuchConversation, OwnerChanged
from conversations.models import message
from conversations.ownership import Holder, change_owner
from conversations.schemas import Card, Choice, Draft, Incoming
from core.database import Database, Tx
from core.errors import BadInput
from core.vault import Vault

WITHIN = timedelta(seconds=20)


def log(tx: Tx, opened) -> list[tuple[int, str, str]]:
    return [
        (each.seq, each.sender, each.text)
        for each in service.messages_after(tx, opened.conversation.id, 0)
    ]


def rows(tx: Tx, opened) -> list:
    mine = message.c.conversation_id == opened.conversation.id
    return list(tx.execute(sa.select(message).where(mine)))


class TestReceive:
    async def test_seq_runs_without_gaps_in_the_order_of_commits(self, db, opened, say) -> None:
        received = await asyncio.gather(*(say(f"m{n}", f"第{n}问") for n in range(50)))
        assert sorted(each.seq for each in received) == list(range(1, 51))
        assert [seq for seq, *_ in await db.read(lambda tx: log(tx, opened))] == list(range(1, 51))

    async def test_a_resend_gets_the_first_result(self, db, opened, say) -> None:
        first = await say("m1", "小规模怎么申报")
        again = await say("m1", "小规模怎么申报")
        assert (again.seq, again.again) == (first.seq, True)
        assert len(await db.read(lambda tx: log(tx, opened))) == 1

    async def test_twenty_resends_at_once_store_one_message(self, db, opened, say) -> None:
        results = await asyncio.gather(*(say("m1", "同一句话") for _ in range(20)))
        assert {each.seq for each in results} == {1}
        assert sum(not each.again for each in results) == 1

    async def test_a_resent_id_with_another_content_is_refused(self, say) -> None:
        await say("m1", "小规模怎么申报")
        with pytest.raises(ClientMessageIdReused) as refused:
            await say("m1", "别的问题")
        assert refused.value.extra == {"seq": 1}

    @pytest.mark.parametrize("known", [None, "0badc0de.ab", "ab" * 32])
    async def test_without_a_hash_to_compare_a_resend_is_known_by_what_is_stored(
        self, db, opened, say, known
    ) -> None:
        """Hashes from before they had a key were emptied; a secret may be gone."""
        await say("m1", "我的身份证11010519491231002X")
        await db.write(lambda tx: tx.execute(sa.update(message).values(content_hash=known)))
        assert (await say("m1", "我的身份证11010519491231002X")).again
        with pytest.raises(ClientMessageIdReused):
            await say("m1", "别的问题")
        assert len(await db.read(lambda tx: log(tx, opened))) == 1

    async def test_the_hash_of_a_content_is_keyed_and_its_own(self, db, opened, say) -> None:
        for each in ("m1", "m2"):
            await say(each, "13800138000")
        hashes = {row.content_hash for row in await db.read(lambda tx: rows(tx, opened))}
        assert len(hashes) == 2, "equal contents can be told from their hashes"
        documents = [
            Incoming(client_message_id=each, text="13800138000").model_dump_json(exclude=left_out)
            for each in ("m1", "m2")
            for left_out in (set(), {"client_message_id"})
        ]
        cid = opened.conversation.id
        tried = {form for each in documents for form in (each, f"{cid}:{each}")}
        plain = {hashlib.sha256(each.encode()).hexdigest() for each in tried}
        assert not plain & {each.rpartition(".")[2] for each in hashes}

    async def test_a_resend_across_a_rotation_of_the_secret(self, db, opened, say) -> None:
        first = await say("m1", "小规模怎么申报")
        incoming = Incoming(client_message_id="m1", text="小规模怎么申报")
        rotated = Vault("another secret of the tests, long", "a secret of the tests, long enough")
        again = await db.write(
            lambda tx: service.receive(tx, rotated, opened.conversation.id, incoming, WITHIN)
        )
        assert (again.seq, again.again) == (first.seq, True)

    async def test_numbers_of_persons_are_masked_before_storage(self, db, opened, say) -> None:
        await say("m1", "我的身份证11010519491231002X，税号91350100M000100Y43")
        [(_, _, stored)] = await db.read(lambda tx: log(tx, opened))
        assert stored == "我的身份证[ID]，税号91350100M000100Y43"

    async def test_control_characters_are_removed_and_the_rest_is_kept(
        self, db, opened, say
    ) -> None:
        await say("m1", "\x00<b>'; DROP TABLE message;--\x07\n😀 ")
        [(_, _, stored)] = await db.read(lambda tx: log(tx, opened))
        assert stored == "<b>'; DROP TABLE message;--\n😀"

    async def test_only_control_characters_are_refused(self, say) -> None:
        with pytest.raises(BadInput):
            await say("m1", "\x00\x01")

    @pytest.mark.parametrize(
        "content",
        [
            {},
            {"text": " "},
            {"text": "问" * 2001},
            {"text": "问", "input": {"type": "close"}},
            {"input": {"type": "unheard_of"}},
            {"input": {"type": "rating", "score": 6}},
        ],
    )
    def test_malformed_content_is_refused(self, content: dict) -> None:
        with pytest.raises(ValidationError):
            Incoming.model_validate({"client_message_id": "m1", **content})

    async def test_a_button_that_does_not_exist_is_refused(self, say) -> None:
        with pytest.raises(BadInput, match="no button"):
            await say("m1", input={"type": "choice", "ref_seq": 9, "id": "entry:x"})

    async def test_a_button_is_stored_with_its_words(self, db, opened, say) -> None:
        cid = opened.conversation.id
        card = Card(campaign="c", why="w", actions=[Choice(id="done", label="已办理")])
        draft = Draft(sender="system", kind="reminder", text="提醒", card=card)
        await db.write(lambda tx: service.append_message(tx, cid, draft))
        received = await say("m1", input={"type": "card", "ref_seq": 1, "action": "done"})
        assert received.turn
        assert (await db.read(lambda tx: log(tx, opened)))[-1][2] == "已办理"

    async def test_a_text_opens_one_consultation(self, db, opened, say) -> None:
        await say("m1", "第一问")
        await say("m2", "第二问")
        rows = await db.read(lambda tx: repository.consultations_of(tx, opened.conversation.id))
        assert [row.question for row in rows] == ["第一问"]

    async def test_text_for_a_person_leaves_no_turn(self, db, opened, say) -> None:
        await say("m1", "人工")
        cid = opened.conversation.id

        def to_officer(tx: Tx) -> None:
            state = service.access_conversation(tx, cid, change=True)
            state = change_owner(tx, state, "officer_queue", actor="bot", reason="asked_for_person")
            change_owner(
                tx, state, "officer", actor="s1", reason="claimed", holder=Holder("s1", "李")
            )

        await db.write(to_officer)
        assert not (await say("m2", "在吗")).turn

    async def test_no_such_conversation(self, db) -> None:
        with pytest.raises(NoSuchConversation):
            await db.read(lambda tx: service.access_conversation(tx, "cv_none"))


class TestReply:
    async def reply(self, db: Database, opened, seq: int, version: int | None = 0) -> bool:
        draft = Draft(sender="bot", kind="answer", text="答")
        return await db.write(
            lambda tx: service.reply(
                tx,
                opened.conversation.id,
                seq,
                [draft],
                outcome="answered",
                owner_version=version,
                trace={"confidence": 0.9},
                memory={"topic_entry": "T1"},
            )
        )

    async def test_a_turn_is_answered_once(self, db, opened, say) -> None:
        received = await say("m1", "问")
        assert await self.reply(db, opened, received.seq)
        assert not await self.reply(db, opened, received.seq)
        assert [text for *_, text in await db.read(lambda tx: log(tx, opened))] == ["问", "答"]

    async def test_a_late_reply_is_dropped_once_a_person_holds_the_chat(
        self, db, opened, say
    ) -> None:
        received = await say("m1", "问")
        cid = opened.conversation.id
        await db.write(
            lambda tx: change_owner(
                tx,
                service.access_conversation(tx, cid, change=True),
                "officer_queue",
                actor="bot",
                reason="asked_for_person",
            )
        )
        assert not await self.reply(db, opened, received.seq)
        assert [text for *_, text in await db.read(lambda tx: log(tx, opened))] == ["问"]
        assert await db.read(lambda tx: repository.unsettled_turns(tx)) == []

    async def test_a_question_of_two_readers_of_one_version_passes_once(self, db, opened) -> None:
        cid = opened.conversation.id
        stale = await db.read(lambda tx: service.access_conversation(tx, cid))

        def take(tx: Tx) -> None:
            change_owner(tx, stale, "officer_queue", actor="bot", reason="asked_for_person")

        results = await asyncio.gather(*(db.write(take) for _ in range(10)), return_exceptions=True)
        assert sum(result is None for result in results) == 1
        assert sum(isinstance(result, OwnerChanged) for result in results) == 9

    async def test_an_owner_cannot_follow_on_itself(self, db, opened) -> None:
        with pytest.raises(OwnerChanged, match="cannot pass"):
            await db.write(
                lambda tx: change_owner(tx, opened.conversation, "bot", actor="x", reason="y")
            )


async def test_read_marks_only_move_forward(db, opened, say) -> None:
    await say("m1", "问")
    await say("m2", "再问")
    cid = opened.conversation.id
    assert await db.write(lambda tx: service.mark_read(tx, cid, 2))
    assert not await db.write(lambda tx: service.mark_read(tx, cid, 1))
    assert (await db.read(lambda tx: service.access_conversation(tx, cid))).read_seq == 2
