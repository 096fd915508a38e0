"""Erasure of a conversation: all of it or nothing, the seqs stay; retention in chunks."""

import asyncio
import json
import sys
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from pydantic import ValidationError

from bot import erasure
from conversations import protected, repository, service
from conversations.consultations import close, rate
from conversations.erasure.schemas import ErasureOrder
from conversations.erasure.service import WithPeople
from conversations.errors import NoSuchConversation, OwnerChanged
from conversations.files.models import stored_file
from conversations.models import consultation, conversation, message, protected_value, turn
from conversations.ownership import Holder, change_owner
from conversations.schemas import Draft, Incoming
from conversations.sessions import access_session, identify, open_session
from core.audit import audit
from core.clock import Clock
from core.database import Database, Tx, open_database
from core.settings import PROJECT
from core.texts import text
from escalation.service import hand_over
from taxpayers.models import person, taxpayer
from taxpayers.schemas import Profile
from tests.conversations.conftest import WITHIN

SECRET_WORDS = "我叫某某，住在某路"


def order(**what: str) -> ErasureOrder:
    return ErasureOrder(**what, reason="申请 2026-118", basis="个人信息保护法", actor="officer-li")


@pytest.fixture
def fill(db: Database, vault, opened):
    """Let a conversation hold something in every place."""

    async def do(conversation_id: str = opened.conversation.id, name: str = "f") -> None:
        def unit(tx: Tx) -> None:
            asked = Incoming(client_message_id=f"{name}1", text=SECRET_WORDS)
            received = service.receive(tx, vault, conversation_id, asked, WITHIN)
            service.reply(
                tx,
                conversation_id,
                received.seq,
                [Draft(sender="bot", kind="answer", text=f"答：{SECRET_WORDS}")],
                outcome="answered",
                owner_version=0,
                trace={"question": SECRET_WORDS},
                memory={"pending": {"question": SECRET_WORDS}},
            )
            vote = {"type": "vote", "ref_seq": 2, "useful": False, "reason": SECRET_WORDS}
            pressed = Incoming.model_validate({"client_message_id": f"{name}2", "input": vote})
            service.receive(tx, vault, conversation_id, pressed, WITHIN)
            tx.execute(
                sa.insert(stored_file).values(
                    id=f"fi_{name}",
                    conversation_id=conversation_id,
                    consultation_id=None,
                    seq=1,
                    name=f"{SECRET_WORDS}.pdf",
                    type="application/pdf",
                    size=1,
                    facts={},
                    created_at=tx.now,
                    expires_at=tx.now + timedelta(days=30),
                )
            )
            protected.keep(
                tx,
                vault,
                conversation_id=conversation_id,
                subject="s",
                field="f",
                kind="phone",
                value="13800138000",
                ttl=timedelta(days=1),
            )
            state = service.access_conversation(tx, conversation_id)
            assert state.consultation_id is not None
            rate(tx, conversation_id, state.consultation_id, 2, SECRET_WORDS)
            repository.update_consultation(
                tx, state.consultation_id, summary=SECRET_WORDS, matter=SECRET_WORDS
            )

        await db.write(unit)

    return do


TABLES = (conversation, consultation, message, turn, protected_value, stored_file)


def holding(tx: Tx) -> set[str]:
    """Name the tables that still hold something of what was said."""
    found = set()
    for table in TABLES:
        for row in tx.execute(sa.select(table)).mappings():
            if SECRET_WORDS in json.dumps(dict(row), ensure_ascii=False, default=str):
                found.add(table.name)
            if table is protected_value and row["sealed"] is not None:
                found.add(table.name)
    return found


class TestRefusals:
    @pytest.mark.parametrize(
        "wrong",
        [{}, {"conversation": "a", "person": "b"}, {"conversation": "a", "reason": ""}],
    )
    def test_an_order_names_one_thing_and_why(self, wrong) -> None:
        with pytest.raises(ValidationError):
            ErasureOrder.model_validate(
                {"reason": "r", "basis": "b", "actor": "a", **wrong},
            )

    @pytest.mark.parametrize("what", ["conversation", "person", "taxpayer"])
    async def test_nothing_of_that_name(self, db, what) -> None:
        with pytest.raises(NoSuchConversation):
            await erasure.erase(db, order(**{what: "nobody"}))

    @pytest.mark.parametrize("held", [False, True])
    async def test_one_with_people_is_left_whole(self, db, opened, fill, held) -> None:
        await fill()
        before = await db.read(holding)
        cid = opened.conversation.id

        def to_people(tx: Tx) -> None:
            state = service.access_conversation(tx, cid, change=True)
            state = change_owner(tx, state, "officer_queue", actor="bot", reason="asked_for_person")
            if held:
                who = Holder("s1", "李")
                change_owner(tx, state, "officer", actor="s1", reason="claimed", holder=who)

        await db.write(to_people)
        report = await erasure.erase(db, order(conversation=cid))
        assert (report.erased, report.with_people) == (0, [cid])
        assert await db.read(holding) == before
        with pytest.raises(WithPeople, match="when it is closed"):
            await db.write(lambda tx: erasure.erase_everywhere(tx, cid, order(conversation=cid)))


class TestConversation:
    async def test_everything_said_is_gone_and_the_seqs_stay(self, db, opened, fill) -> None:
        await fill()
        assert await db.read(holding) == {table.name for table in TABLES}
        cid = opened.conversation.id
        before = await db.read(lambda tx: service.messages_after(tx, cid, 0))
        report = await erasure.erase(db, order(conversation=cid))
        assert (report.conversations, report.erased) == (1, 1)
        assert await db.read(holding) == set()
        after = await db.read(lambda tx: service.messages_after(tx, cid, 0))
        assert [(m.seq, m.at, m.sender) for m in after] == [(m.seq, m.at, m.sender) for m in before]
        assert {(m.kind, m.text, m.meta["erased"]) for m in after} == {
            ("notice", text("chat.erased"), True)
        }

    async def test_who_why_and_by_what_law_stands_in_the_audit_trail(
        self, db, opened, fill
    ) -> None:
        await fill()
        cid = opened.conversation.id
        await erasure.erase(db, order(conversation=cid))
        wanted = audit.c.action == "conversations:conversation:erase"
        [row] = await db.read(lambda tx: list(tx.execute(sa.select(audit).where(wanted))))
        assert (row.actor, row.subject) == ("officer-li", cid)
        assert row.detail == {"reason": "申请 2026-118", "basis": "个人信息保护法", "messages": 3}
        assert SECRET_WORDS not in str(row)

    async def test_again_it_finds_nothing_and_writes_nothing(self, db, opened, fill) -> None:
        await fill()
        await erasure.erase(db, order(conversation=opened.conversation.id))
        rows = await db.read(lambda tx: len(tx.execute(sa.select(audit)).all()))
        report = await erasure.erase(db, order(conversation=opened.conversation.id))
        assert (report.erased, report.messages) == (0, 0)
        assert await db.read(lambda tx: len(tx.execute(sa.select(audit)).all())) == rows

    async def test_two_at_once_erase_once(self, db, opened, fill) -> None:
        await fill()
        what = order(conversation=opened.conversation.id)
        reports = await asyncio.gather(*(erasure.erase(db, what) for _ in range(5)))
        assert sorted(each.erased for each in reports) == [0, 0, 0, 0, 1]
        assert await db.read(holding) == set()

    async def test_a_reply_in_the_making_is_dropped(self, db, opened, say) -> None:
        received = await say("m1", SECRET_WORDS)
        cid = opened.conversation.id
        await erasure.erase(db, order(conversation=cid))
        spoken = await db.write(
            lambda tx: service.reply(
                tx,
                cid,
                received.seq,
                [Draft(sender="bot", text=f"您问：{SECRET_WORDS}")],
                outcome="answered",
                owner_version=0,
                trace={"question": SECRET_WORDS},
                memory={"question": SECRET_WORDS},
            )
        )
        assert not spoken
        assert await db.read(holding) == set()
        assert await db.read(lambda tx: repository.unsettled_turns(tx)) == []

    async def test_a_hand_over_in_the_making_is_refused(self, db, opened, say) -> None:
        await say("m1", SECRET_WORDS)
        cid = opened.conversation.id
        stale = await db.read(lambda tx: service.access_conversation(tx, cid))
        await erasure.erase(db, order(conversation=cid))
        with pytest.raises(OwnerChanged):
            await db.write(
                lambda tx: hand_over(tx, stale, reason="asked_for_person", question=SECRET_WORDS)
            )

    async def test_a_resend_of_an_erased_message_gets_its_seq(self, db, opened, say) -> None:
        first = await say("m1", SECRET_WORDS)
        await erasure.erase(db, order(conversation=opened.conversation.id))
        again = await say("m1", SECRET_WORDS)
        assert (again.seq, again.again) == (first.seq, True)
        assert await db.read(holding) == set()

    async def test_the_chat_goes_on(self, db, opened, say) -> None:
        await say("m1", SECRET_WORDS)
        await erasure.erase(db, order(conversation=opened.conversation.id))
        assert (await say("m2", "小规模怎么申报")).seq == 2
        shown = await db.read(lambda tx: service.messages_after(tx, opened.conversation.id, 0))
        assert [m.text for m in shown] == [text("chat.erased"), "小规模怎么申报"]

    async def test_the_notice_speaks_the_language_asked_for(
        self, db, opened, say, monkeypatch
    ) -> None:
        monkeypatch.setattr(repository, "text", lambda key, locale: f"{key} {locale}")
        await say("m1", SECRET_WORDS)
        await erasure.erase(db, order(conversation=opened.conversation.id))
        [shown] = await db.read(
            lambda tx: service.messages_after(tx, opened.conversation.id, 0, locale="zh-Hant")
        )
        assert shown.text == "chat.erased zh-Hant"


class TestPersons:
    @pytest.fixture
    async def joined(self, db, opened, fill, party) -> tuple[str, str]:
        """An anonymous conversation and the person's that it joined."""
        await fill()

        def unit(tx: Tx) -> str:
            theirs = open_session(tx, party, channel="web", locale="zh-Hans", profile=Profile())
            session = access_session(tx, opened.session_id, opened.token)
            return identify(tx, session, party).id or theirs.conversation.id

        return opened.conversation.id, await db.write(unit)

    @pytest.mark.parametrize("what", [{"person": "p1"}, {"taxpayer": "t1"}])
    async def test_with_the_anonymous_conversation_that_joined(self, db, joined, what) -> None:
        report = await erasure.erase(db, order(**what))
        assert report.conversations == 2
        assert await db.read(holding) == set()

    async def test_a_joined_one_names_the_one_to_erase(self, db, joined) -> None:
        with pytest.raises(NoSuchConversation, match=joined[1]):
            await erasure.erase(db, order(conversation=joined[0]))

    async def test_others_are_not_touched(self, db, joined, vault, fill) -> None:
        other = await db.write(
            lambda tx: open_session(tx, None, channel="web", locale="zh-Hans", profile=Profile())
        )
        await fill(other.conversation.id, "g")
        await erasure.erase(db, order(person="p1"))
        assert await db.read(holding) == {table.name for table in TABLES}


class TestRetention:
    @pytest.fixture
    def later(self, db: Database, database_url: str):
        """Look at the same database some days on."""
        opened: list[Database] = []

        async def do(days: float, keep: int) -> int:
            ahead = open_database(database_url, Clock(db.clock.now() + timedelta(days=days)))
            try:
                return await erasure.retain(ahead, keep)
            finally:
                await ahead.close()

        yield do
        opened.clear()

    async def ended(self, db, opened) -> None:
        cid = opened.conversation.id
        await db.write(
            lambda tx: close(tx, service.access_conversation(tx, cid, change=True), actor="p")
        )

    async def test_closed_ones_go_when_their_time_is_over(self, db, opened, fill, later) -> None:
        await fill()
        await self.ended(db, opened)
        assert await later(29, keep=30) == 0
        assert await later(31, keep=30) == 1
        left = await db.read(holding)
        assert left <= {"stored_file", "protected_value"}, "those have times of their own"
        shown = await db.read(lambda tx: service.messages_after(tx, opened.conversation.id, 0))
        assert {m.text for m in shown} == {text("chat.erased")}
        assert [m.seq for m in shown] == sorted({m.seq for m in shown})

    async def test_open_ones_stay_however_old(self, db, opened, fill, later) -> None:
        await fill()
        before = await db.read(holding)
        assert await later(4000, keep=30) == 0
        assert await db.read(holding) == before

    async def test_none_goes_when_all_is_kept(self, db, opened, fill, later) -> None:
        await fill()
        await self.ended(db, opened)
        assert await later(4000, keep=0) == 0

    async def test_cards_outside_consultations_go_too(self, db, opened, later) -> None:
        card = Draft(sender="system", kind="reminder", text=SECRET_WORDS)
        await db.write(lambda tx: service.append_message(tx, opened.conversation.id, card))
        assert await later(31, keep=30) == 1
        assert await later(31, keep=30) == 0
        assert await db.read(holding) == set()

    async def test_many_go_in_chunks(self, db, opened, say, later, monkeypatch) -> None:
        monkeypatch.setattr(erasure, "CHUNK", 2)
        for number in range(5):
            await say(f"m{number}", SECRET_WORDS)
            await self.ended(db, opened)
        assert await later(31, keep=30) == 5
        assert await db.read(holding) == set()

    async def test_a_clock_that_jumps_back_brings_nothing_back(
        self, db, opened, fill, later
    ) -> None:
        await fill()
        await self.ended(db, opened)
        await later(31, keep=30)
        assert await later(-400, keep=30) == 0
        shown = await db.read(lambda tx: service.messages_after(tx, opened.conversation.id, 0))
        assert {m.text for m in shown} == {text("chat.erased")}


PERSONS, SAID, KILLS = 120, 12, 3
PROCESS = Path(__file__).with_name("erasure_process.py")


def many(tx: Tx) -> None:
    """One taxpayer with many persons, each with a conversation in which something was said."""
    people = [f"p{number:03}" for number in range(PERSONS)]
    tx.execute(
        sa.insert(person), [{"id": each, "name": each, "updated_at": tx.now} for each in people]
    )
    tx.execute(sa.insert(taxpayer), [{"id": "t", "name": "公司", "tags": [], "updated_at": tx.now}])
    for each in people:
        repository.insert_conversation(
            tx,
            {
                "id": f"c-{each}",
                "person_id": each,
                "taxpayer_id": "t",
                "assurance": "real_name",
                "profile": {},
                "locale": "zh-Hans",
            },
        )
        for _ in range(SAID):
            draft = Draft(sender="bot", text=SECRET_WORDS)
            service.append_message(tx, f"c-{each}", draft)


def left(tx: Tx) -> list[int]:
    """Count the messages that still say something, by conversation."""
    says = sa.func.count(message.c.seq).filter(message.c.text == SECRET_WORDS)
    rows = tx.execute(sa.select(says.label("says")).group_by(message.c.conversation_id))
    return [row.says for row in rows]


async def test_killed_at_any_moment_and_run_again_it_is_all_or_nothing(
    db: Database, database_url: str
) -> None:
    await db.write(many)
    whole, killed = PERSONS, 0
    while whole:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, PROCESS, database_url, "t"),
            stdout=asyncio.subprocess.PIPE,
            cwd=PROJECT,
        )
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
        if killed < KILLS:
            while (await db.read(left)).count(SAID) > whole - 5:
                assert process.returncode is None
            with suppress(ProcessLookupError):
                process.kill()
            killed += 1
        await process.wait()
        counts = await db.read(left)
        assert set(counts) <= {0, SAID}, "half a conversation was erased"
        assert counts.count(SAID) < whole
        whole = counts.count(SAID)
    assert killed > 1, "nothing was interrupted"
    erased = audit.c.action == "conversations:conversation:erase"
    rows = await db.read(lambda tx: tx.execute(sa.select(audit.c.subject).where(erased)).all())
    assert len(rows) == len(set(rows)) == PERSONS, "each is written down once"


def test_every_table_of_conversations_is_thought_of() -> None:
    """A table that you add joins the erasure (bot/erasure.py), or stands here with the reason."""
    import bot.app  # noqa: F401 - all tables are there
    from core.tables import metadata

    erased = {
        "consultation",
        "message",
        "turn",
        "protected_value",
        "stored_file",
        "queue_entry",
        "flow_run",
        "kb_question",
        "kb_given",
    }
    without_words = {"chat_session", "outreach"}
    holding_conversations = {
        table.name for table in metadata.tables.values() if "conversation_id" in table.columns
    }
    assert holding_conversations == erased | without_words
