"""Sockets that are slow, half open, or come back all at once (`bench/faults.py --sockets 5000`)."""

import asyncio
import time
from collections.abc import Callable

import httpx
import pytest

from tests.faults import sockets
from tests.faults.harness import Server

COMING = 300
SILENCE = 30.0


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
