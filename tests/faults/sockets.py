"""Sockets that misbehave, against a running server: slow, half open, or all at once."""

import asyncio
import json
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.faults.harness import Server

PATIENCE = 120.0


@dataclass
class Storm:
    """What a return of many sockets at once came to.

    Attributes:
        tries: openings of sockets, all together.
        seconds: until the last one had its frame.
        slowest_request: seconds that a plain request took meanwhile, at most.
        resident: MB of the server before, with all sockets open, and after they left.
    """

    sockets: int
    tries: int
    seconds: float
    slowest_request: float
    resident: tuple[float, float, float]


async def storm(server: Server, sockets: int, sessions: int = 50) -> Storm:
    """Let so many sockets come at the same moment, each until it is in, backing off in between."""
    address = server.address.replace("http", "ws", 1)
    async with httpx.AsyncClient(
        base_url=f"{server.address}/api/v1", trust_env=False, timeout=30
    ) as api:
        opened = [(await api.post("/chat/sessions", json={})).json() for _ in range(sessions)]
        before = resident(server)
        tries, inside = 0, []

        async def come(number: int) -> None:
            nonlocal tries
            session = opened[number % sessions]
            path = f"{address}/api/v1/chat/sessions/{session['session_id']}/stream"
            wait = 0.5
            while True:
                tries += 1
                try:
                    wire = await connect(path, proxy=None, open_timeout=20, ping_interval=None)
                    token = session["session_token"]
                    await wire.send(
                        json.dumps({"type": "auth", "session_token": token, "after": 0})
                    )
                    await asyncio.wait_for(wire.recv(), 20)
                except (OSError, TimeoutError, InvalidStatus, ConnectionClosed, EOFError):
                    await asyncio.sleep(wait)
                    wait = min(2 * wait, 10)
                else:
                    inside.append(wire)
                    return

        begun = time.monotonic()
        slowest = asyncio.create_task(watch(api))
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*(come(number) for number in range(sockets)))
        seconds = time.monotonic() - begun
        slowest.cancel()
        during = resident(server)
        await asyncio.gather(*(leave(wire) for wire in inside))
        return Storm(sockets, tries, seconds, WORST[0], (before, during, resident(server)))


WORST = [0.0]


async def watch(api: httpx.AsyncClient) -> None:
    """Ask for the server's health again and again; note the longest that it took."""
    WORST[0] = 0.0
    while True:
        begun = time.monotonic()
        try:
            (await api.get("/../../health/live")).raise_for_status()
        finally:
            WORST[0] = max(WORST[0], time.monotonic() - begun)
        await asyncio.sleep(0.1)


async def leave(wire: ClientConnection) -> None:
    """Go away without waiting for a goodbye."""
    wire.transport.abort()
    await asyncio.sleep(0)


def resident(server: Server) -> float:
    """Return MB of a server's memory."""
    assert server.process is not None
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def open_sockets(server: Server) -> int:
    """Return how many sockets of chats the server counts."""
    metrics = httpx.get(f"{server.address}/metrics", trust_env=False).text
    found = metrics.partition('\ndaoban_sockets{surface="chat"} ')[2].split("\n")[0]
    return int(float(found or 0))


async def listen(server: Server, session: dict) -> ClientConnection:
    """Open a socket and sign in; it is not known yet whether it will do."""
    path = f"/api/v1/chat/sessions/{session['session_id']}/stream"
    wire = await connect(server.address.replace("http", "ws", 1) + path, proxy=None)
    token = session["session_token"]
    await wire.send(json.dumps({"type": "auth", "session_token": token, "after": 0}))
    return wire


async def closed(wire: ClientConnection) -> int | None:
    """Read a socket to its end; return the code with which the server closed it."""
    with suppress(ConnectionClosed):
        while True:
            await wire.recv()
    return wire.close_code


def mute(server: Server, session: dict) -> socket.socket:
    """Open a socket, sign in, and never read or answer again."""
    wire = socket.socket()
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    wire.connect(("127.0.0.1", urlsplit(server.address).port))
    path = f"/api/v1/chat/sessions/{session['session_id']}/stream"
    wire.sendall(
        f"GET {path} HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
        "sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )
    assert wire.recv(4_096).startswith(b"HTTP/1.1 101")
    auth = json.dumps({"type": "auth", "session_token": session["session_token"], "after": 0})
    wire.sendall(frame(auth.encode()))
    return wire


async def sip(wire: socket.socket) -> None:
    """Read a KB a second from a socket and give signs of life, until the server ends it."""
    wire.setblocking(False)
    loop, beat = asyncio.get_running_loop(), 0.0
    with suppress(ConnectionError):
        while await loop.sock_recv(wire, 512):
            await asyncio.sleep(0.5)
            if time.monotonic() - beat > 5:
                beat = time.monotonic()
                await loop.sock_sendall(wire, frame(b'{"type": "pong"}'))


def frame(words: bytes) -> bytes:
    """Return a masked text frame; the mask is zero, which leaves the words as they are."""
    assert len(words) < 65_536
    head = bytes([0x81, 0x80 | 126]) + len(words).to_bytes(2, "big")
    return head + bytes(4) + words
