"""Sockets that are slow, half open, or come back all at once (`bench/faults.py --sockets 5000`)."""

import asyncio
import time
from collections.abc import Callable

import httpx
import pytest

from bot.chat.stream import SEND_SECONDS
from conversations.schemas import Draft
from conversations.service import append_message
from core.database import Tx, open_database
from tests.faults import sockets
from tests.faults.harness import Server

COMING = 300
SILENCE = 30.0
SLOW, BACKLOG, LONG = 10, 2_000, 2_000
"""Readers, messages that wait for each, characters of one: 12 MB in UTF-8 for each reader."""


@pytest.fixture
def server(make_server: Callable[..., Server]) -> Server:
    """A server for all of these."""
    return make_server()


async def test_slow_half_open_and_many(server: Server) -> None:
    async with httpx.AsyncClient(
        base_url=f"{server.address}/api/v1", trust_env=False, timeout=30
    ) as api:
        opened = (await api.post("/chat/sessions", json={})).json()
        begun = time.monotonic()
        silent = [sockets.mute(server, opened) for _ in range(3)]
        try:
            found = await sockets.storm(server, COMING, sessions=10)
            assert found.tries >= COMING
            async with asyncio.timeout(2 * SILENCE):
                # a socket that only takes: it is noticed by its silence, whatever it is sent
                while sockets.open_sockets(server) > 0:  # noqa: ASYNC110 - it is polled over HTTP
                    await asyncio.sleep(0.5)
            took = time.monotonic() - begun
        finally:
            for each in silent:
                each.close()
        assert took < SILENCE + 15, f"noticed after {took:.0f} s"
        before, during, _after = found.resident
        assert during - before < COMING * 0.2, "more than 200 KB a socket"
        asked = {"client_message_id": "m1", "text": "你好"}
        path = f"/chat/sessions/{opened['session_id']}/messages"
        headers = {"Authorization": f"Bearer {opened['session_token']}"}
        assert (await api.post(path, json=asked, headers=headers)).status_code == 202


async def test_a_slow_reader_of_a_large_backlog(server: Server) -> None:
    """It answers each ping, so that only the time that a frame may take can end it."""
    async with httpx.AsyncClient(base_url=f"{server.address}/api/v1", trust_env=False) as api:
        opened = (await api.post("/chat/sessions", json={})).json()
        await fill(server, opened["conversation_id"])
        before = sockets.resident(server)
        wires = [sockets.mute(server, opened) for _ in range(SLOW)]
        sipping = [asyncio.create_task(sockets.sip(each)) for each in wires]
        begun, most = time.monotonic(), before
        try:
            while sockets.open_sockets(server) > 0:
                most = max(most, sockets.resident(server))
                assert time.monotonic() - begun < SILENCE, "only silence ended it"
                await asyncio.sleep(0.5)
            took = time.monotonic() - begun
            async with asyncio.timeout(2 * SILENCE):
                await asyncio.gather(*sipping)  # the connections go as well
        finally:
            for each in sipping:
                each.cancel()
            for each in wires:
                each.close()
        assert took > SEND_SECONDS, "cut off for another reason"
        assert most - before < SLOW * 6, "a reader costs as much as it leaves unread"


async def fill(server: Server, conversation: str) -> None:
    """Put a long log into a conversation."""
    database = open_database(f"sqlite:///{server.home / 'daoban.sqlite3'}")

    def unit(tx: Tx) -> None:
        for _ in range(BACKLOG):
            append_message(tx, conversation, Draft(sender="system", text="税" * LONG))

    await database.write(unit)
    await database.close()
