"""The database locked, gone or full under a served chat: what callers are told, and after."""

import asyncio
import json
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from itertools import islice
from pathlib import Path

import httpx
import pytest

from core import postgres
from core.database import open_database
from core.migrate import upgrade
from core.settings import PROJECT
from knowledge_base.content import load_content
from knowledge_base.editing.intake import adopt_all
from knowledge_base.service import load
from tests.conftest import missing
from tests.faults import sockets
from tests.faults.flood import Flood, refused
from tests.faults.harness import Chat, Server, questions
from tests.support.postgres import Cluster

CHATS, QUESTIONS = 8, 8
BEFORE = 20
"""Acknowledgements before the fault."""
LATER = {"DAOBAN_ANSWER_DEADLINE_SECONDS": "180"}
"""Nothing that waited for the database is past it: it must be answered, not apologised for."""
LOCKED_SECONDS, GONE_SECONDS = 15.0, 30.0
"""The first is longer than a lock is borne (10 s)."""
PATIENCE = 30.0
DISK = "256m"
"""Room for the index, the log and a database."""


class Device:
    """A device that was there before the fault, with a socket that it keeps open."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.said: list[dict] = []
        self.api = httpx.AsyncClient(base_url=server.address, trust_env=False, timeout=PATIENCE)

    async def __aenter__(self) -> "Device":
        answer = await self.api.post("/api/v1/chat/sessions", json={})
        self.session = answer.json()
        self.chat = Chat(self.api, self.session)
        self.wire = await sockets.listen(self.server, self.session)
        self.hearing = asyncio.create_task(self.hear())
        return self

    async def __aexit__(self, *_: object) -> None:
        self.hearing.cancel()
        await self.wire.close()
        await self.api.aclose()

    async def hear(self) -> None:
        """Keep what comes, and give signs of life."""
        while True:
            frame = json.loads(await self.wire.recv())
            if frame["type"] == "message":
                self.said.append(frame["message"])
            elif frame["type"] == "ping":
                await self.wire.send('{"type": "pong"}')

    async def ask(self, key: str, text: str = "") -> httpx.Response:
        """Send a question."""
        path = f"/api/v1/chat/sessions/{self.session['session_id']}/messages"
        headers = {"Authorization": f"Bearer {self.session['session_token']}"}
        body = {"client_message_id": key, "text": text or questions()[0]}
        return await self.api.post(path, json=body, headers=headers)

    async def ready(self) -> httpx.Response:
        """Ask whether chat can be served."""
        return await self.api.get("/health/ready")

    async def goes_on(self) -> None:
        """Assert that what was refused is taken now, and that the socket from before tells all."""
        assert (await self.ready()).json()["status"] == "ready"
        answer = await self.ask("again")
        assert answer.status_code == 202, answer.text
        async with asyncio.timeout(PATIENCE):
            while [each["sender"] for each in self.said] != ["bot", "taxpayer", "bot"]:
                assert not self.hearing.done(), self.hearing.exception()
                await asyncio.sleep(0.1)
        assert self.said[-1]["kind"] in {"answer", "clarify"}
        kept = await self.chat.messages()
        assert [each["seq"] for each in self.said] == [each["seq"] for each in kept] == [1, 2, 3]


async def flooded(server: Server, url: str, fault: Callable) -> None:
    """Let a fault happen under many chats: all is taken in the end, and answered."""
    flood = Flood([server], url, {BEFORE: fault})
    figures = await flood.run(CHATS, list(islice(questions(), QUESTIONS)))
    assert figures.acknowledged == CHATS * QUESTIONS
    assert figures.unavailable > 0, "nobody noticed"
    assert figures.ends["apologised"] == 0


async def test_sqlite_locked_by_another_program(make_server: Callable[..., Server]) -> None:
    server = make_server(**LATER)
    path = server.home / "daoban.sqlite3"
    async with Device(server) as device:

        async def locked() -> None:
            with closing(sqlite3.connect(path, isolation_level=None, timeout=30)) as other:
                other.execute("BEGIN IMMEDIATE")
                begun = time.monotonic()
                asking = asyncio.create_task(device.ask("again"))
                while time.monotonic() - begun < LOCKED_SECONDS:
                    assert await device.chat.messages(), "reading goes on"
                    assert (await device.ready()).status_code == 200
                    another = await sockets.listen(server, device.session)
                    assert '"message"' in str(await another.recv())
                    await another.close()
                    await asyncio.sleep(1)
                assert time.monotonic() - begun < LOCKED_SECONDS + 5, "reading waited"
                refused(await asking)
                other.execute("ROLLBACK")

        await flooded(server, f"sqlite:///{path}", locked)
        await device.goes_on()
    assert server.stop() == 0


async def put_content(url: str) -> None:
    """Put the shipped content into a database, as the demo would, however long it takes."""
    content = await asyncio.to_thread(load_content, PROJECT / "data")
    await upgrade(url)
    database = open_database(url)
    await database.write(lambda tx: load(tx, content))
    await adopt_all(database)
    await database.close()


@pytest.mark.postgres
async def test_postgresql_gone_for_half_a_minute(
    make_server: Callable[..., Server], durable_postgres: Cluster, monkeypatch
) -> None:
    url = durable_postgres.address + "postgres"
    with monkeypatch.context() as patient:
        patient.setattr(postgres, "UNIT_SECONDS", 120)
        await put_content(url)
    server = make_server(DAOBAN_DATABASE_URL=url, **LATER)
    async with Device(server) as device:

        async def gone() -> None:
            await asyncio.to_thread(durable_postgres.stop)
            begun = time.monotonic()
            while time.monotonic() - begun < GONE_SECONDS:
                asked = time.monotonic()
                refused(await device.ask("again"))
                ready = await device.ready()
                assert (ready.status_code, ready.json()["status"]) == (503, "not_ready")
                assert ready.json()["parts"]["database"]["state"] == "down"
                coming = await sockets.listen(server, device.session)
                assert await sockets.closed(coming) == 1013
                assert time.monotonic() - asked < 5, "refused late"
                await asyncio.sleep(1)
            await asyncio.to_thread(durable_postgres.start)

        await flooded(server, url, gone)
        await device.goes_on()
    assert server.stop() == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """The data directory on a disk of its own, which can be really full."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(tmp_path)]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode:
        missing("disk", f"run as root, who may mount a tmpfs: {made.stderr.strip()}")
    yield tmp_path
    subprocess.run(["umount", "--lazy", str(tmp_path)], check=True)


def fill(disk: Path, database: Path) -> Path:
    """Leave no byte free, and no room in the journal; return the file that takes it all."""
    with closing(sqlite3.connect(database)) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(2**20)):
            pass
    return filler


async def test_the_disk_is_full(small_disk: Path, make_server: Callable[..., Server]) -> None:
    server = make_server(**LATER)
    texts = questions()
    async with Device(server) as device:
        answer = await device.ask("m0", texts[0])
        filler = await asyncio.to_thread(fill, small_disk, server.home / "daoban.sqlite3")
        taken = 0
        while answer.status_code == 202:
            taken += 1
            assert taken < 500, "it was never full"
            answer = await device.ask(f"m{taken}", texts[taken % len(texts)])
        refused(answer)
        assert taken >= 1
        assert await device.chat.messages(), "reading goes on"
        assert (await device.ready()).status_code == 200
        assert shutil.disk_usage(small_disk).free == 0

        filler.unlink()
        answer = await device.ask(f"m{taken}", texts[taken % len(texts)])
        assert answer.status_code == 202, answer.text
        log = await device.chat.until(bot_messages=1 + taken + 1)  # the greeting comes first
        asked = [each["text"] for each in log if each["sender"] == "taxpayer"]
        assert asked == [texts[each % len(texts)] for each in range(taken + 1)]
        ends = [each["kind"] for each in log if each["sender"] == "bot"][1:]
        assert len(ends) == taken + 1
        assert set(ends) <= {"answer", "clarify"}
    assert server.stop() == 0
