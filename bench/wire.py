"""A chat client that costs next to nothing, so that a measurement is of the server.

Requests are written as bytes over kept connections; of an answer only status and body are read.
"""

import asyncio
import base64
import json
import os
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Self, TypeVar, cast

T = TypeVar("T")

API = "/api/v1"


class Connection:
    """One kept HTTP connection; one request at a time."""

    def __init__(self, port: int) -> None:
        self._port = port

    @classmethod
    async def open(cls, port: int) -> Self:
        """Connect to this machine."""
        made = cls(port)
        await made._connect()
        return made

    async def _connect(self) -> None:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)

    async def post(self, path: str, body: dict[str, Any], token: str | None = None) -> Any:
        """Send JSON, return JSON; any other answer than 2xx ends the measurement."""
        return await self._ask("POST", path, json.dumps(body).encode(), token)

    async def put(self, path: str, body: dict[str, Any], token: str | None = None) -> Any:
        """Like `post`."""
        return await self._ask("PUT", path, json.dumps(body).encode(), token)

    async def get(self, path: str, token: str | None = None) -> Any:
        """Return JSON; any other answer than 2xx ends the measurement."""
        return await self._ask("GET", path, b"", token)

    async def _ask(self, method: str, path: str, data: bytes, token: str | None) -> Any:
        signed = f"Authorization: Bearer {token}\r\n" if token else ""
        head = (
            f"{method} {API}{path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{signed}"
            f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
        )
        if self._reader.at_eof():  # the server ends connections that rest
            await self._connect()
        self._writer.write(head.encode() + data)
        answer = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = int(answer.split("content-length: ")[1].split("\r\n")[0])
        content = await self._reader.readexactly(length)
        if answer[9] != "2":
            raise SystemExit(f"{path}: {answer[:60]} {content[:300]!r}")
        return json.loads(content)

    def close(self) -> None:
        """Let go of the connection."""
        self._writer.close()


class Device:
    """A visitor's session; it sends over whatever connection is free."""

    def __init__(self, opened: dict[str, Any]) -> None:
        self.session_id: str = opened["session_id"]
        self.token: str = opened["session_token"]
        self._sent = 0

    async def send(self, over: Connection, **content: Any) -> int:
        """Send a message; return its seq once it is acknowledged."""
        self._sent += 1
        body = {"client_message_id": f"m{self._sent}"} | content
        path = f"/chat/sessions/{self.session_id}/messages"
        return int((await over.post(path, body, self.token))["seq"])

    async def answer(self, over: Connection, after: int) -> dict[str, Any]:
        """Return what others said first after a message; it waits for it."""
        path = f"/chat/sessions/{self.session_id}/messages?after={after}&wait=20"
        while True:
            for message in (await over.get(path, self.token))["messages"]:
                if message["sender"] != "taxpayer":
                    return dict(message)

    async def ask_for_person(self, over: Connection) -> None:
        """Ask for a person; return once the conversation waits for one and the bot has spoken."""
        await self.answer(over, await self.send(over, text="转人工"))


class Pool:
    """So many connections, each lent to one request at a time."""

    def __init__(self, connections: Iterable[Connection]) -> None:
        self._all = list(connections)
        self._free: asyncio.LifoQueue[Connection] = asyncio.LifoQueue()
        for each in self._all:
            self._free.put_nowait(each)

    @classmethod
    async def open(cls, port: int, size: int) -> Self:
        """Connect so many times."""
        return cls([await Connection.open(port) for _ in range(size)])

    async def lend(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """Do something over a free connection."""
        connection = await self._free.get()
        try:
            return await work(connection)
        finally:
            self._free.put_nowait(connection)

    async def devices(self, count: int) -> list[Device]:
        """Open sessions."""
        opening = (self.lend(lambda over: over.post("/chat/sessions", {})) for _ in range(count))
        return [Device(opened) for opened in await asyncio.gather(*opening)]

    def close(self) -> None:
        """Let go of all connections."""
        for each in self._all:
            each.close()


class Socket(asyncio.Protocol):
    """A device's open socket that listens and says nothing but its sign-in and its heartbeat."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._transport: asyncio.Transport | None = None
        self._upgraded = False
        self.heard = 0
        self.signed_in: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop has its own class
        key = base64.b64encode(os.urandom(16)).decode()
        path = f"{API}/chat/sessions/{self._device.session_id}/stream"
        self._transport.write(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        """Sign in after the upgrade; then count what comes."""
        self.heard += len(data)
        if not self._upgraded:
            self._upgraded = True
            frame = {"type": "auth", "session_token": self._device.token, "after": 0}
            self.say(json.dumps(frame))
        elif not self.signed_in.done():
            self.signed_in.set_result(None)
        if b'"type": "ping"' in data:
            self.say('{"type": "pong"}')

    def say(self, words: str) -> None:
        """Send a text frame (masked, as clients must)."""
        body = words.encode()
        assert self._transport is not None
        length = bytes([0x80 | len(body)]) if len(body) < 126 else b"\xfe" + len(body).to_bytes(2)
        self._transport.write(b"\x81" + length + b"\0\0\0\0" + body)

    def connection_lost(self, _error: Exception | None) -> None:
        """Note that the server let go."""
        if not self.lost.done():
            self.lost.set_result(None)

    def close(self) -> None:
        """Let go."""
        if self._transport is not None:
            self._transport.abort()
