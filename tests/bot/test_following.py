"""Two processes on one PostgreSQL, side by side in this one: turns, wake-ups, knowledge."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from bot import following as module
from bot.following import Following
from bot.turns.runner import TurnRunner
from conversations import service, sessions, waiting
from conversations.schemas import Draft, Incoming, Message
from core import processes
from core.clock import Clock
from core.database import Database, DatabaseUnavailable, Tx, open_database
from core.vault import Vault
from escalation import service as escalation
from taxpayers.schemas import Profile

pytestmark = pytest.mark.postgres
SECONDS = 10.0
WITHIN = timedelta(seconds=20)


@dataclass
class Process:
    """What a server has for turns, with a handler that a test scripts."""

    database: Database
    vault: Vault
    turns: TurnRunner = field(init=False)
    following: Following = field(init=False)
    done: list[int] = field(default_factory=list)
    reloaded: asyncio.Event = field(default_factory=asyncio.Event)
    free: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.free.set()
        self.turns = TurnRunner(self.database, self.handle)
        self.following = Following(self.database, self.turns, self.reload)

    async def reload(self) -> None:
        self.reloaded.set()

    async def handle(self, conversation_id: str, upto: int) -> None:
        last = 0
        while last < upto:
            turn = await self.database.read(lambda tx: waiting.next_turn(tx, conversation_id, upto))
            if turn is None:
                return
            last = turn.seq
            await self.free.wait()
            if await self.database.write(partial(answer, turn, conversation_id)):
                self.done.append(last)

    async def receive(self, conversation_id: str, text: str) -> int:
        incoming = Incoming.model_validate({"client_message_id": text, "text": text})
        got = await self.database.write(
            lambda tx: service.receive(tx, self.vault, conversation_id, incoming, WITHIN)
        )
        self.turns.submit(conversation_id, got.seq, got.worker)
        return got.seq


def answer(turn: Message, conversation_id: str, tx: Tx) -> bool:
    said = [Draft(sender="bot", text=f"re {turn.text}")]
    return service.reply(tx, conversation_id, turn.seq, said, outcome="answered", owner_version=0)


@pytest.fixture
async def two(
    postgres_url: str, clock: Clock, vault: Vault
) -> AsyncIterator[tuple[Process, Process]]:
    async with AsyncExitStack() as stack:
        pair = tuple(Process(open_database(postgres_url, clock), vault) for _ in range(2))
        for each in pair:
            stack.push_async_callback(each.database.close)
            stack.push_async_callback(each.following.stop)
            stack.push_async_callback(each.turns.drain, 0)
            await each.database.write(processes.beat)
            each.following.start()
        for each in pair:
            await until(lambda each=each: each.database.hears)
        yield pair


@pytest.fixture
async def conversation(two) -> str:
    def unit(tx: Tx) -> str:
        opened = sessions.open_session(tx, None, channel="web", locale="zh-Hans", profile=Profile())
        return opened.conversation.id

    return await two[0].database.write(unit)


async def until(condition) -> None:
    async with asyncio.timeout(SECONDS):
        while not condition():  # noqa: ASYNC110 - another process gives no event
            await asyncio.sleep(0.01)


async def texts(process: Process, conversation_id: str) -> list[str]:
    found = await process.database.read(lambda tx: service.messages_after(tx, conversation_id, 0))
    return [each.text for each in found]


class TestTurns:
    async def test_a_conversation_is_done_by_one_process_in_order(self, two, conversation) -> None:
        first, second = two
        first.free.clear()
        one = await first.receive(conversation, "q1")
        other = await second.receive(conversation, "q2")
        assert second.turns.busy == frozenset(), "the second leaves it to the first"
        first.free.set()
        await until(lambda: first.done == [one, other])
        assert await texts(second, conversation) == ["q1", "q2", "re q1", "re q2"]

    async def test_with_nothing_in_work_whoever_receives_it_does_it(
        self, two, conversation
    ) -> None:
        first, second = two
        one = await first.receive(conversation, "q1")
        await until(lambda: first.done == [one])
        two_ = await second.receive(conversation, "q2")
        await until(lambda: second.done == [two_])

    async def test_a_turn_whose_hand_over_was_lost_is_found(self, two, conversation) -> None:
        first, second = two
        first.free.clear()
        one = await first.receive(conversation, "q1")
        second.database.hub.forward = lambda *_: None
        other = await second.receive(conversation, "q2")
        first.free.set()
        await until(lambda: first.done == [one, other])
        assert second.done == []

    async def test_a_living_process_takes_over_from_a_dead_one(
        self, two, conversation, monkeypatch
    ) -> None:
        first, second = two
        first.free.clear()
        await first.receive(conversation, "q1")
        await first.receive(conversation, "q2")
        for task in first.following._tasks:  # no beat any more, as after kill -9
            task.cancel()
        await first.database.write(_long_gone)
        await until(lambda: len(second.done) == 2)
        first.free.set()  # it was only held up after all
        await until(lambda: not first.turns.busy)
        assert first.done == []
        assert await texts(second, conversation) == ["q1", "q2", "re q1", "re q2"]

    async def test_a_stopping_process_leaves_its_turns_to_the_other(
        self, two, conversation
    ) -> None:
        first, second = two
        first.free.clear()
        seq = await first.receive(conversation, "q1")
        await first.turns.drain(0)
        await first.following.stop()
        await until(lambda: second.done == [seq])

    async def test_after_an_outage_nobody_is_taken_for_dead_at_once(
        self, two, conversation
    ) -> None:
        first, second = two
        first.free.clear()
        await first.receive(conversation, "q1")
        second.following._good = Clock.monotonic() - 60
        seen = await second.following._see()
        assert second.following._adopting_from > Clock.monotonic()
        assert seen.turns == {}

    async def test_a_fault_of_the_database_puts_a_turn_off(self, two, conversation) -> None:
        first, _ = two
        faults = iter([DatabaseUnavailable("gone")])
        handle = first.turns._handle

        async def faulty(conversation_id: str, upto: int) -> None:
            for fault in faults:
                raise fault
            await handle(conversation_id, upto)

        first.turns._handle = faulty
        seqs = [await first.receive(conversation, f"q{n}") for n in range(3)]
        await until(lambda: first.done == seqs)


def _long_gone(tx: Tx) -> None:
    ago = sa.func.now() - timedelta(minutes=1)
    tx.execute(
        sa.update(processes.process).where(processes.process.c.id == tx.process).values(seen_at=ago)
    )


class TestLostWakeUps:
    async def test_a_message_is_seen_within_two_seconds(self, two, conversation) -> None:
        first, second = two
        first.database.hub.forward = lambda *_: None
        async with second.database.hub.subscribe(f"conversation:{conversation}") as reader:
            await first.database.write(
                lambda tx: service.append_message(tx, conversation, Draft(sender="bot", text="x"))
            )
            await reader.wait(2.0)
            assert reader.looks

    async def test_a_reader_who_has_it_is_left_asleep(self, two, conversation) -> None:
        first, second = two
        async with second.database.hub.subscribe(f"conversation:{conversation}") as reader:
            reader.seen = 1
            first.database.hub.forward = lambda *_: None
            await first.database.write(
                lambda tx: service.append_message(tx, conversation, Draft(sender="bot", text="x"))
            )
            looks = second.following._looks
            await until(lambda: second.following._looks >= looks + 2)
            assert await reader.wait(0) == []
            assert not reader.looks

    async def test_the_desk_hears_of_a_changed_queue(self, two, conversation) -> None:
        first, second = two
        first.database.hub.forward = lambda *_: None
        async with second.database.hub.subscribe("desk") as reader:
            await first.database.write(
                lambda tx: escalation.hand_over(
                    tx,
                    service.access_conversation(tx, conversation),
                    reason="asked_for_person",
                    question="q",
                )
            )
            await reader.wait(2.0)
            assert reader.looks


class TestKnowledge:
    async def test_a_load_reaches_the_other_process(self, two) -> None:
        first, second = two
        second.reloaded.clear()
        await first.database.write(lambda tx: tx.notify("knowledge"))
        async with asyncio.timeout(SECONDS):
            await second.reloaded.wait()

    async def test_a_lost_one_is_found_by_its_version(self, two, monkeypatch) -> None:
        _, second = two
        monkeypatch.setattr(module, "KNOWLEDGE_EVERY", 1)
        await until(lambda: second.following._knowledge)
        second.reloaded.clear()
        await second.database.write(_entry)
        async with asyncio.timeout(SECONDS):
            await second.reloaded.wait()


def _entry(tx: Tx) -> None:
    from knowledge_base.models import entries

    values = {"topic": "t", "visibility": "public", "content": {}, "updated_at": tx.now}
    tx.execute(sa.insert(entries).values(id="X1", **values))


async def test_processes_that_start_together_migrate_one_after_the_other(
    postgres_url: str,
) -> None:
    from core.migrate import upgrade

    assert len(set(await asyncio.gather(*(upgrade(postgres_url) for _ in range(4))))) == 1
