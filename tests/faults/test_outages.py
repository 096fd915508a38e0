"""A database that is full, locked, frozen or away: refused at once or soon, then it goes on."""

import asyncio
import sqlite3
import subprocess
import time
from collections.abc import AsyncIterator, Callable
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from core import postgres, sqlite
from core.audit import audit, record
from core.clock import Clock
from core.database import Database, DatabaseUnavailable, Tx, open_database
from core.errors import BadInput
from core.identity import new_id
from core.migrate import upgrade
from tests.faults.harness import Chat, Server, questions
from tests.support.postgres import Cluster
from tests.support.proxy import wire

SECONDS = 10.0


def count(tx: Tx) -> int:
    return tx.execute(sa.select(sa.func.count()).select_from(audit)).scalar_one()


def note(tx: Tx) -> None:
    record(tx, "system", "a:b:c", "x", filler="f" * 2_000)


def path_of(url: str) -> str:
    return sa.make_url(url).database or ""


class TestSqliteFull:
    async def test_writes_are_refused_and_reads_go_on(self, sqlite_url: str, monkeypatch) -> None:
        with closing(sqlite3.connect(path_of(sqlite_url))) as other:
            pages = other.execute("PRAGMA page_count").fetchone()[0]
        full = [f"max_page_count={pages + 20}"]

        def limited(connection, _record) -> None:
            connection.execute(f"PRAGMA {full[0]}")

        database = open_database(sqlite_url)
        sa.event.listen(database._writing, "connect", limited)
        kept = 0
        with suppress(DatabaseUnavailable):
            while kept < 1_000:
                await database.write(note)
                kept += 1
        assert 0 < kept < 1_000
        assert await database.read(count) == kept, "nothing acknowledged is lost"
        full[0] = "max_page_count=1000000"  # somebody made room
        database._writing.dispose()
        await database.write(note)
        assert await database.read(count) == kept + 1
        await database.close()

    async def test_a_full_group_is_refused_whole(self, sqlite_url: str, monkeypatch) -> None:
        database = open_database(sqlite_url)
        with closing(sqlite3.connect(path_of(sqlite_url))) as other:
            pages = other.execute("PRAGMA page_count").fetchone()[0]
        sa.event.listen(
            database._writing,
            "connect",
            lambda connection, _: connection.execute(f"PRAGMA max_page_count={pages + 20}"),
        )
        results = await asyncio.gather(
            *(database.write(note) for _ in range(200)), return_exceptions=True
        )
        told = sum(each is None for each in results)
        assert {type(each) for each in results} <= {type(None), DatabaseUnavailable}
        assert told < 200
        assert await database.read(count) == told
        await database.close()


class TestSqliteLocked:
    async def test_a_lock_of_another_program_is_borne_for_a_while(
        self, sqlite_url: str, monkeypatch
    ) -> None:
        monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.3)
        database = open_database(sqlite_url)
        with closing(sqlite3.connect(path_of(sqlite_url), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(DatabaseUnavailable):
                await database.write(note)
            assert await database.read(count) == 0, "reading goes on"
            other.execute("ROLLBACK")
        await database.write(note)
        assert await database.read(count) == 1
        await database.close()

    async def test_nobody_bears_it_twice(self, sqlite_url: str, monkeypatch) -> None:
        monkeypatch.setattr(sqlite, "BUSY_SECONDS", 1.0)
        database = open_database(sqlite_url)
        await database.write(note)
        with closing(sqlite3.connect(path_of(sqlite_url), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            first = asyncio.create_task(database.write(note))
            await asyncio.sleep(0.2)
            later = [asyncio.create_task(database.write(note)) for _ in range(300)]
            with pytest.raises(DatabaseUnavailable):
                await first
            done, waiting = await asyncio.wait(later, timeout=0.5)
            assert not waiting
            assert {type(each.exception()) for each in done} == {DatabaseUnavailable}
            other.execute("ROLLBACK")
        await database.write(note)
        assert await database.read(count) == 2
        await database.close()


@pytest.fixture
async def on_postgres(durable_postgres: Cluster) -> AsyncIterator[Database]:
    """A database on a PostgreSQL that a test may stop, patient for two seconds."""
    url = durable_postgres.address + "postgres"
    await upgrade(url)
    database = open_database(url)
    await database.write(note)
    yield database
    await database.close()


async def refused_within(database: Database, seconds: float) -> None:
    """Assert that reading and writing are refused, and that nobody waits longer."""
    units = [
        *(database.write(note) for _ in range(15)),  # more than there are connections
        *(database.read(count) for _ in range(15)),
    ]
    async with asyncio.timeout(seconds):
        results = await asyncio.gather(*units, return_exceptions=True)
    assert {type(each) for each in results} == {DatabaseUnavailable}


async def back(database: Database) -> None:
    async with asyncio.timeout(SECONDS):
        while True:
            try:
                await database.write(note)
            except DatabaseUnavailable:
                await asyncio.sleep(0.1)
            else:
                return


@pytest.mark.postgres
class TestPostgres:
    async def test_frozen(
        self, on_postgres: Database, durable_postgres: Cluster, monkeypatch
    ) -> None:
        monkeypatch.setattr(postgres, "UNIT_SECONDS", 1.0)
        with durable_postgres.frozen():
            await refused_within(on_postgres, 3 * SECONDS)
        await back(on_postgres)

    async def test_stopped_and_started(
        self, on_postgres: Database, durable_postgres: Cluster
    ) -> None:
        durable_postgres.stop()
        await refused_within(on_postgres, SECONDS)
        await asyncio.to_thread(durable_postgres.start)
        await back(on_postgres)

    async def test_a_cut_wire(self, durable_postgres: Cluster, on_postgres: Database) -> None:
        with wire(durable_postgres.port) as cable:
            database = open_database(f"postgresql://daoban@127.0.0.1:{cable.port}/postgres")
            await database.write(note)
            cable.cut()
            await refused_within(database, SECONDS)
            cable.mend()
            await back(database)
            await database.close()

    async def test_what_cannot_be_stored_is_bad_input(self, on_postgres: Database) -> None:
        for odd in ("a\x00b", "\ud800"):
            with pytest.raises(BadInput):
                await on_postgres.write(lambda tx, odd=odd: record(tx, odd, "a:b:c", "x"))
        with pytest.raises(BadInput):
            await on_postgres.write(lambda tx: record(tx, "a", "a:b:c", "x", odd="a\x00b"))


class TestLogsCannotBeWritten:
    def test_the_chat_goes_on(self, make_server: Callable[..., Server], monkeypatch) -> None:
        server = make_server()
        server.kill()
        with Path("/dev/full").open("ab") as full:
            popen = subprocess.Popen
            monkeypatch.setattr(
                subprocess, "Popen", lambda *a, **k: popen(*a, **k | {"stdout": full})
            )
            server.start()

        async def chat() -> list[dict]:
            async with httpx.AsyncClient(base_url=server.address, trust_env=False) as client:
                visitor = await Chat.open(client)
                await visitor.send(questions()[0], "m1")
                return await visitor.until(bot_messages=2)

        assert asyncio.run(chat())[-1]["kind"] in {"answer", "clarify"}
        metrics = httpx.get(f"{server.address}/metrics", trust_env=False).text
        lost = metrics.partition("\ndaoban_lost_log_lines_total ")[2].split("\n")[0]
        assert float(lost) > 0
        assert server.stop() == 0


class TestClock:
    def test_ids_sort_even_when_the_clock_is_set_back(self, monkeypatch) -> None:
        first = new_id("x")
        monkeypatch.setattr(time, "time_ns", lambda: 1_000_000_000_000)
        assert new_id("x")[:14] >= first[:14]

    async def test_the_log_keeps_its_order(self, db: Database, clock: Clock) -> None:
        from conversations.schemas import Draft
        from conversations.service import append_message, messages_after
        from conversations.sessions import open_session
        from taxpayers.schemas import Profile

        def opened(tx: Tx) -> str:
            made = open_session(tx, None, channel="web", locale="zh-Hans", profile=Profile())
            return made.conversation.id

        conversation = await db.write(opened)
        for number, jump in enumerate([0, 24, -25]):
            clock._offset += timedelta(hours=jump)
            draft = Draft(sender="system", kind="notice", text=str(number))
            await db.write(lambda tx, draft=draft: append_message(tx, conversation, draft))
        said = await db.read(lambda tx: messages_after(tx, conversation, 0))
        assert [(each.seq, each.text) for each in said] == [(1, "0"), (2, "1"), (3, "2")]

    async def test_a_day_ahead_ends_sessions_plainly(self, db: Database, clock: Clock) -> None:
        from conversations.sessions import access_session, open_session
        from core.errors import NotSignedIn
        from taxpayers.schemas import Profile

        made = await db.write(
            lambda tx: open_session(tx, None, channel="web", locale="zh-Hans", profile=Profile())
        )
        clock._offset += timedelta(days=1)
        with pytest.raises(NotSignedIn):
            await db.read(lambda tx: access_session(tx, made.session_id, made.token))
        clock._offset -= timedelta(days=1, hours=1)
        await db.read(lambda tx: access_session(tx, made.session_id, made.token))
