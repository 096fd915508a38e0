"""What the log tells editors: usage, questions in groups, and corrections into the chats."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.erasure import erase, retain
from bot.knowledge.collecting import collect
from bot.knowledge.notices import spread
from bot.worker import outbox_of
from conversations import consultations
from conversations import service as log
from conversations.erasure.schemas import ErasureOrder
from conversations.errors import NoSuchConsultation
from conversations.models import message
from conversations.schemas import Choice, Draft, Incoming
from conversations.sessions import open_session
from core.clock import Clock
from core.outbox import outbox
from knowledge_base.answering import KnowledgeBase
from knowledge_base.content import load_content
from knowledge_base.editing import asked, correcting, publishing
from knowledge_base.editing.asked_schemas import AddAliasIn, MakeEntryIn
from knowledge_base.editing.errors import EntryExists, NobodyConcerned, NoSuchGroup, TimeNotOver
from knowledge_base.editing.models import questions, usage
from knowledge_base.editing.reading import read_entry
from knowledge_base.service import load
from taxpayers.schemas import Profile
from tests.knowledge_base.conftest import FIXTURES, BigramEncoder
from tests.knowledge_base.editing.conftest import ANNA, RITA

ANSWER = Draft(sender="bot", kind="answer", text="答案", entry_id="X-02")
CHOICES = Draft(
    sender="bot",
    kind="clarify",
    text="您想问哪个",
    choices=(Choice(id="entry:X-02", label="罚款"),),
)
OFFER = Draft(sender="bot", kind="handoff", text="没有把握")


class Log:
    """A bureau whose chats say what a test wants."""

    def __init__(self, db, vault) -> None:
        self.db, self.vault, self.number = db, vault, 0

    async def open(self, locale="zh-Hans") -> str:
        opened = await self.db.write(
            lambda tx: open_session(tx, None, channel="web", locale=locale, profile=Profile())
        )
        return opened.conversation.id

    async def say(self, chat: str, text: str | None = None, **pressed) -> int:
        self.number += 1
        content = {"input": pressed} if text is None else {"text": text}
        incoming = Incoming.model_validate({"client_message_id": f"m{self.number}", **content})
        got = await self.db.write(
            lambda tx: log.receive(tx, self.vault, chat, incoming, timedelta(seconds=20))
        )
        return got.seq

    async def ask(self, chat: str, text: str, outcome: str, draft: Draft) -> int:
        """Ask and get a reply; return its seq."""
        seq = await self.say(chat, text)
        await self.db.write(
            lambda tx: log.reply(tx, chat, seq, [draft], outcome=outcome, owner_version=None)
        )
        return seq + 1

    async def close(self, chat: str) -> str:
        """End the open consultation; return its id, as the survey names it."""

        def unit(tx) -> str:
            current = log.access_conversation(tx, chat, change=True)
            consultations.close(tx, current, actor="taxpayer")
            return log.messages_after(tx, chat, current.last_seq)[0].meta["consultation_id"]

        return await self.db.write(unit)

    def later(self, **time: float) -> None:
        self.db.clock = Clock(self.db.clock.now() + timedelta(**time))

    async def usage(self) -> dict[str, tuple[int, int, int]]:
        rows = await self.db.read(lambda tx: tx.execute(sa.select(usage)).all())
        return {row.entry_id: (row.answers, row.up, row.down) for row in rows}

    async def kept(self) -> set[tuple[str, str]]:
        rows = await self.db.read(lambda tx: tx.execute(sa.select(questions)).all())
        return {(row.text, row.why) for row in rows}

    async def notices(self, chat: str):
        found = await self.db.read(lambda tx: log.messages_after(tx, chat, 0))
        return [each for each in found if each.kind == "notice"]


@pytest.fixture
async def bureau(db, vault) -> Log:
    await db.write(lambda tx: load(tx, load_content(FIXTURES)))
    return Log(db, vault)


class TestCounting:
    async def test_answers_and_votes_count_once(self, bureau) -> None:
        for vote in (True, False, True):
            chat = await bureau.open()
            seq = await bureau.ask(chat, "逾期罚多少", "answered", ANSWER)
            await bureau.say(chat, type="vote", ref_seq=seq, useful=vote)
        for _ in range(3):
            await collect(bureau.db)
        assert await bureau.usage() == {"X-02": (3, 2, 1)}
        entry = await bureau.db.read(lambda tx: read_entry(tx, "X-02", ""))
        assert (entry.usage.answers, entry.usage.down) == (3, 1)

    async def test_being_sent_on_counts_for_the_entry_that_says_so(self, bureau) -> None:
        chat = await bureau.open()
        sent_on = ANSWER.model_copy(update={"kind": "handoff"})
        await bureau.ask(chat, "工商执照怎么办", "referred", sent_on)
        await bureau.ask(
            chat, "转人工吧", "handoff_offered", sent_on.model_copy(update={"entry_id": None})
        )
        await collect(bureau.db)
        assert await bureau.usage() == {"X-02": (1, 0, 0)}

    async def test_what_can_say_nothing_is_not_read(self, bureau) -> None:
        chat = await bureau.open()
        await bureau.ask(chat, "逾期罚多少", "answered", ANSWER)
        assert await collect(bureau.db) == 1

    async def test_what_is_erased_meanwhile_is_not_kept(self, bureau, monkeypatch) -> None:
        chat = await bureau.open()
        await bureau.ask(chat, "逾期罚多少", "answered", ANSWER)
        gone = sa.update(message).values(erased_at=bureau.db.clock.now())
        with monkeypatch.context() as between:
            read = bureau.db.read

            async def then_erased(unit):
                found = await read(unit)
                await bureau.db.write(lambda tx: tx.execute(gone))
                return found

            between.setattr(bureau.db, "read", then_erased)
            await collect(bureau.db)
        assert await bureau.usage() == {}

    async def test_a_changed_mind_counts_once(self, bureau) -> None:
        chat = await bureau.open()
        seq = await bureau.ask(chat, "逾期罚多少", "answered", ANSWER)
        await bureau.say(chat, type="vote", ref_seq=seq, useful=False)
        await collect(bureau.db)
        assert await bureau.usage() == {"X-02": (1, 0, 1)}
        await bureau.say(chat, type="vote", ref_seq=seq, useful=True)
        await collect(bureau.db)
        assert await bureau.usage() == {"X-02": (1, 1, 0)}

    async def test_more_than_a_chunk_at_one_moment(self, bureau, monkeypatch) -> None:
        from bot.knowledge import collecting

        monkeypatch.setattr(collecting, "CHUNK", 3)
        chat = await bureau.open()
        for _ in range(7):
            await bureau.ask(chat, "逾期罚多少", "answered", ANSWER)
        await collect(bureau.db)
        assert (await bureau.usage())["X-02"][0] == 7


class TestQuestions:
    async def test_what_was_not_answered_well(self, bureau) -> None:
        chat = await bureau.open()
        await bureau.ask(chat, "跨境电商怎么办", "handoff_offered", OFFER)
        await bureau.ask(chat, "罚款", "clarified", CHOICES)
        await bureau.ask(chat, "身份证11010519491231002X怎么查", "clarified", CHOICES)
        seq = await bureau.ask(chat, "选了的", "clarified", CHOICES)
        await bureau.say(chat, type="choice", ref_seq=seq, id="entry:X-02")
        seq = await bureau.ask(chat, "逾期罚多少", "answered", ANSWER)
        await bureau.say(chat, type="vote", ref_seq=seq, useful=False)
        await collect(bureau.db)
        assert await bureau.kept() == set(), "whether choices are taken shows only later"
        bureau.later(minutes=11)
        await collect(bureau.db)
        told = await bureau.kept()
        masked = next(text for text, _ in told if text.startswith("身份证"))
        assert "19491231" not in masked
        assert told == {
            ("跨境电商怎么办", "unanswered"),
            ("罚款", "not_chosen"),
            (masked, "not_chosen"),
            ("逾期罚多少", "voted_down"),
        }

    async def test_a_low_rating_tells_what_its_consultation_was_about(self, bureau) -> None:
        chat = await bureau.open()
        await bureau.ask(chat, "逾期罚多少", "answered", ANSWER)
        rated = await bureau.close(chat)
        await bureau.say(chat, type="rating", consultation_id=rated, score=1)
        later = await bureau.open()
        await bureau.ask(later, "印花税怎么算", "answered", ANSWER)
        rated = await bureau.close(later)
        await bureau.ask(later, "社保怎么交", "answered", ANSWER)  # another one is open by now
        await bureau.say(later, type="rating", consultation_id=rated, score=2)
        liked = await bureau.open()
        await bureau.ask(liked, "发票怎么开", "answered", ANSWER)
        await bureau.say(liked, type="rating", consultation_id=await bureau.close(liked), score=3)
        bureau.later(minutes=11)
        await collect(bureau.db)
        assert await bureau.kept() == {
            ("逾期罚多少", "low_rating"),
            ("印花税怎么算", "low_rating"),
        }

    async def test_nobody_rates_another_chats_consultation(self, bureau) -> None:
        chat, other = await bureau.open(), await bureau.open()
        await bureau.ask(chat, "逾期罚多少", "answered", ANSWER)
        await bureau.ask(other, "印花税怎么算", "answered", ANSWER)
        rated = await bureau.close(other)
        for unknown in (rated, "cs_none"):
            with pytest.raises(NoSuchConsultation):
                await bureau.say(chat, type="rating", consultation_id=unknown, score=1)
        bureau.later(minutes=11)
        await collect(bureau.db)
        assert await bureau.kept() == set()

    async def test_what_is_erased_is_forgotten(self, bureau) -> None:
        chat, other = await bureau.open(), await bureau.open()
        for each in (chat, other):
            await bureau.ask(each, "跨境电商怎么办", "handoff_offered", OFFER)
        bureau.later(minutes=11)
        await collect(bureau.db)
        await erase(
            bureau.db, ErasureOrder(conversation=chat, reason="x", basis="x", actor="admin")
        )
        rows = await bureau.db.read(lambda tx: tx.execute(sa.select(questions)).all())
        assert [row.conversation_id for row in rows] == [other]
        bureau.later(days=40)
        await retain(bureau.db, 30)
        assert await bureau.kept() == set()


@pytest.fixture(scope="module")
def knowledge(tmp_path_factory) -> KnowledgeBase:
    home = tmp_path_factory.mktemp("asked")
    return KnowledgeBase.open(home, BigramEncoder(), load_content(FIXTURES))


@pytest.fixture
async def groups(bureau, knowledge):
    """Two ways of asking one thing, and another; collected."""
    chat = await bureau.open()
    for text in ("跨境电商平台代扣怎么办", "跨境电商平台代扣怎么办？", "天桥下摆摊要登记吗"):
        await bureau.ask(chat, text, "handoff_offered", OFFER)
    bureau.later(minutes=11)
    await collect(bureau.db)

    async def run():
        return await asked.open_groups(bureau.db, knowledge.encoder)

    run.chat = chat
    return run


class TestGroups:
    async def test_alike_questions_are_one_group(self, groups, knowledge, bureau) -> None:
        first, second = await groups()
        shown = asked.shown(first, knowledge, bureau.db.clock.today())
        assert (shown.count, shown.why) == (2, {"unanswered": 2})
        assert len(shown.nearest) == 3
        assert second.central.text == "天桥下摆摊要登记吗"
        assert [each.id for each in await groups()] == [first.id, second.id]

    async def test_an_entry_is_begun_and_the_group_is_done(self, groups, bureau) -> None:
        first, second = await groups()
        body = MakeEntryIn(id="N-01", topic="vat")
        await bureau.db.write(lambda tx: asked.make_entry(tx, first, body, "bigrams-1", ANNA))
        entry = await bureau.db.read(lambda tx: read_entry(tx, "N-01", ""))
        assert entry.content.question.startswith("跨境电商平台代扣怎么办")
        assert len(entry.content.aliases) == 1
        assert [each.id for each in await groups()] == [second.id]
        with pytest.raises((NoSuchGroup, EntryExists)):
            await bureau.db.write(
                lambda tx: asked.make_entry(
                    tx, first, MakeEntryIn(id="N-02", topic="vat"), "bigrams-1", ANNA
                )
            )
        page = await bureau.db.read(lambda tx: asked.handled_page(tx, 0, 10))
        assert [(each.count, each.handled.entry_id) for each in page.items] == [(2, "N-01")]

    async def test_a_wording_is_added_as_a_version(self, groups, bureau) -> None:
        first, _ = await groups()
        body = AddAliasIn(entry_id="X-02", aliases=["平台代扣罚款"], base_version=1)
        assert (
            await bureau.db.write(lambda tx: asked.add_alias(tx, first, body, "bigrams-1", ANNA))
            is None
        )
        entry = await bureau.db.read(lambda tx: read_entry(tx, "X-02", ""))
        assert (entry.version, entry.content.aliases[-1]) == (2, "平台代扣罚款")
        assert len(await groups()) == 1

    async def test_an_entry_that_changed_leaves_the_group_open(self, groups, bureau) -> None:
        first, _ = await groups()
        body = AddAliasIn(entry_id="X-02", aliases=["平台代扣罚款"], base_version=1)
        await bureau.db.write(lambda tx: asked.add_alias(tx, first, body, "bigrams-1", ANNA))
        [other] = await groups()
        again = AddAliasIn(entry_id="X-02", aliases=["摆摊登记"], base_version=1)
        conflict = await bureau.db.write(
            lambda tx: asked.add_alias(tx, other, again, "bigrams-1", RITA)
        )
        assert conflict is not None
        assert len(await groups()) == 1

    async def test_what_was_dismissed_does_not_come_back(self, groups, bureau) -> None:
        first, _ = await groups()
        await bureau.db.write(lambda tx: asked.dismiss(tx, first, "不归税务", "bigrams-1", ANNA))
        await bureau.ask(groups.chat, "跨境电商平台代扣怎么办", "handoff_offered", OFFER)
        bureau.later(minutes=11)
        await collect(bureau.db)
        assert [len(each.members) for each in await groups()] == [1]
        page = await bureau.db.read(lambda tx: asked.handled_page(tx, 0, 10))
        assert page.items[0].count == 3

    async def test_what_is_still_asked_after_the_entry_was_published_comes_back(
        self, groups, bureau
    ) -> None:
        first, _ = await groups()
        body = AddAliasIn(entry_id="X-02", aliases=["平台代扣罚款"], base_version=1)
        await bureau.db.write(lambda tx: asked.add_alias(tx, first, body, "bigrams-1", ANNA))
        await bureau.ask(groups.chat, "跨境电商平台代扣怎么办", "handoff_offered", OFFER)
        bureau.later(minutes=11)
        await collect(bureau.db)
        assert len(await groups()) == 1, "not published yet: it waits with its group"
        await bureau.db.write(lambda tx: publishing.submit(tx, "X-02", 2, "", ANNA))
        await bureau.db.write(
            lambda tx: publishing.approve(tx, "X-02", 2, note="", publish_at=None, who=RITA)
        )
        bureau.later(minutes=1)
        await bureau.ask(groups.chat, "跨境电商平台代扣怎么办", "handoff_offered", OFFER)
        bureau.later(minutes=11)
        await collect(bureau.db)
        assert len(await groups()) == 2


class TestCorrections:
    async def decided(self, bureau, chats: int = 3, **more):
        ids = [await bureau.open(**more) for _ in range(chats)]
        begun = bureau.db.clock.now()
        for chat in ids:
            for _ in range(2):
                await bureau.ask(chat, "逾期罚多少", "answered", ANSWER)
        await collect(bureau.db)
        wanted = correcting.CorrectionIn.model_validate(
            {
                "entry_id": "X-02",
                "from": begun - timedelta(seconds=1),
                "to": bureau.db.clock.now(),
                "text": "罚款幅度应为二千元以下。",
                "right_entry_id": "X-01",
            }
        )
        correction = await bureau.db.write(lambda tx: correcting.decide(tx, wanted, RITA))
        return ids, correction

    async def deliver(self, bureau) -> None:
        bureau.later(seconds=2)
        await collect(bureau.db)
        await spread(bureau.db)
        await outbox_of(bureau.db).drain()

    async def test_each_chat_is_told_once(self, bureau, monkeypatch) -> None:
        monkeypatch.setattr(correcting, "CHUNK", 2)
        other = await bureau.open()
        ids, correction = await self.decided(bureau)
        for _ in range(2):
            await self.deliver(bureau)
        for chat in ids:
            [notice] = await bureau.notices(chat)
            assert "逾期申报会怎么罚款" in notice.text
            assert notice.text.endswith("罚款幅度应为二千元以下。")
            assert [each.id for each in notice.choices] == ["entry:X-01", "person"]
            assert notice.sender == "system"
        assert await bureau.notices(other) == []
        done = await bureau.db.read(lambda tx: correcting.access_correction(tx, correction.id))
        assert (done.state, done.conversations, done.sent) == ("done", 3, 3)
        assert done.decided.by.name == "审核甲"

    async def test_it_is_gone_on_with_after_an_interruption(self, bureau) -> None:
        ids, _ = await self.decided(bureau)
        bureau.later(seconds=2)
        await collect(bureau.db)
        await bureau.db.write(lambda tx: correcting.spread(tx, 1))
        await outbox_of(bureau.db).drain()
        rows = await bureau.db.read(lambda tx: tx.execute(sa.select(outbox)).all())
        assert len(rows) == 1
        await self.deliver(bureau)
        assert [len(await bureau.notices(chat)) for chat in ids] == [1, 1, 1]

    async def test_in_the_script_of_the_reader(self, bureau) -> None:
        [chat], _ = await self.decided(bureau, 1, locale="zh-Hant")
        await self.deliver(bureau)
        [notice] = await bureau.notices(chat)
        assert "罰款" in notice.text

    async def test_who_got_it_is_counted_first(self, bureau) -> None:
        ids, correction = await self.decided(bureau)
        span = (correction.given_from, correction.given_to)
        page = await bureau.db.read(lambda tx: correcting.answered(tx, "X-02", span, "", 2))
        assert (page.count, len(page.items), page.items[0].times) == (3, 2, 2)
        rest = await bureau.db.read(
            lambda tx: correcting.answered(tx, "X-02", span, page.next_cursor, 2)
        )
        assert {each.conversation_id for each in [*page.items, *rest.items]} == set(ids)

    async def test_refusals(self, bureau) -> None:
        now = bureau.db.clock.now()
        body = {"entry_id": "X-02", "from": now, "to": now, "text": "罚款幅度应为二千元以下。"}
        later = body | {"to": now + timedelta(hours=1)}
        for sent, refusal in ((body, NobodyConcerned), (later, TimeNotOver)):
            wanted = correcting.CorrectionIn.model_validate(sent)
            with pytest.raises(refusal):
                await bureau.db.write(lambda tx, wanted=wanted: correcting.decide(tx, wanted, RITA))

    async def test_transcripts_keep_what_was_said(self, bureau) -> None:
        """A withdrawn entry is no longer given; what was given stands in the log as it was."""
        chat = await bureau.open()
        await bureau.ask(chat, "逾期罚多少", "answered", ANSWER)
        before = await bureau.db.read(lambda tx: log.messages_after(tx, chat, 0))
        await bureau.db.write(lambda tx: publishing.withdraw(tx, "X-02", "错", RITA))
        assert await bureau.db.read(lambda tx: log.messages_after(tx, chat, 0)) == before
