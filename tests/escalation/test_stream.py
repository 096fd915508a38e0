"""The desk's socket, spoken to as a server would: through the application itself."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from conversations import service as conversation_service
from conversations.schemas import Incoming
from escalation import desk, presence, repository, stream
from escalation.staff import service as accounts

SECONDS = 5.0


class Socket:
    """The client's end of a WebSocket."""

    def __init__(self) -> None:
        self.to_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.from_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def send(self, frame: Any) -> None:
        text = frame if isinstance(frame, str) else json.dumps(frame)
        await self.to_app.put({"type": "websocket.receive", "text": text})

    async def _next(self) -> dict[str, Any]:
        async with asyncio.timeout(SECONDS):
            return await self.from_app.get()

    async def until(self, kind: str, **wanted: Any) -> dict[str, Any]:
        """Return the next frame of a kind that has these members."""
        while True:
            event = await self._next()
            assert event["type"] == "websocket.send", event
            frame = json.loads(event["text"])
            if frame["type"] == kind and wanted.items() <= frame.items():
                return frame

    async def closed(self) -> int:
        """Return the code that the socket is closed with."""
        while (event := await self._next())["type"] != "websocket.close":
            pass
        return event["code"]


@pytest.fixture
def connect(app) -> Callable[..., Any]:
    """Open a socket to the desk."""

    @asynccontextmanager
    async def run(headers: tuple[tuple[bytes, bytes], ...] = ()) -> AsyncIterator[Socket]:
        socket = Socket()
        await socket.to_app.put({"type": "websocket.connect"})
        path = "/api/v1/desk/stream"
        scope = {
            "type": "websocket",
            "asgi": {"version": "3.0"},
            "scheme": "ws",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [(b"host", b"desk"), *headers],
            "client": ("127.0.0.1", 1),
            "server": ("desk", 80),
            "subprotocols": [],
            "state": {},
            "extensions": {},
        }
        serving = asyncio.ensure_future(app(scope, socket.to_app.get, socket.from_app.put))
        assert (await socket.from_app.get())["type"] == "websocket.accept"
        try:
            yield socket
        finally:
            await socket.to_app.put({"type": "websocket.disconnect", "code": 1000})
            async with asyncio.timeout(SECONDS):
                await serving

    return run


@pytest.fixture
def token(db, people) -> Callable[[str], Awaitable[str]]:
    async def make(username: str) -> str:
        return (await db.write(lambda tx: accounts.open_session(tx, people[username])))[0]

    return make


@pytest.fixture
def opened(connect, token) -> Callable[..., Any]:
    """Open a signed-in socket that is ready."""

    @asynccontextmanager
    async def run(username: str) -> AsyncIterator[Socket]:
        async with connect() as socket:
            await socket.send({"type": "auth", "token": await token(username)})
            await socket.until("ready")
            yield socket

    return run


class TestDoor:
    @pytest.mark.parametrize(
        "frame",
        [
            {"type": "auth", "token": "forged"},
            {"type": "auth"},
            {"type": "auth", "token": 7},
            {"type": "pong"},
            "no json",
            "[]",
        ],
    )
    async def test_not_signed_in(self, connect, frame) -> None:
        async with connect() as socket:
            await socket.send(frame)
            assert await socket.closed() == 4401

    async def test_a_frame_of_bytes(self, connect) -> None:
        async with connect() as socket:
            await socket.to_app.put({"type": "websocket.receive", "bytes": b"\x00"})
            assert await socket.closed() == 4401

    async def test_silence_at_the_door(self, connect, monkeypatch) -> None:
        monkeypatch.setattr(stream, "AUTH_SECONDS", 0.05)
        async with connect() as socket:
            assert await socket.closed() == 4401

    async def test_an_editor_is_sent_away(self, connect, token) -> None:
        async with connect() as socket:
            await socket.send({"type": "auth", "token": await token("editor1")})
            assert await socket.closed() == 4403

    async def test_the_cookie_speaks_for_our_own_page(self, connect, token) -> None:
        cookie = (b"cookie", f"daoban_desk={await token('officer1')}".encode())
        async with connect((cookie, (b"origin", b"http://desk"))) as socket:
            await socket.send({"type": "auth"})
            await socket.until("ready")

    async def test_but_not_for_another_page(self, connect, token) -> None:
        cookie = (b"cookie", f"daoban_desk={await token('officer1')}".encode())
        async with connect((cookie, (b"origin", b"http://elsewhere"))) as socket:
            await socket.send({"type": "auth"})
            assert await socket.closed() == 4401


class TestLife:
    async def test_no_sign_of_life(self, opened, monkeypatch) -> None:
        monkeypatch.setattr(stream, "PING_SECONDS", 0.05)
        monkeypatch.setattr(stream, "SILENCE_SECONDS", 0.2)
        async with opened("officer1") as socket:
            await socket.until("ping")
            assert await socket.closed() == 4408

    async def test_an_answering_desk_stays_open(self, opened, monkeypatch) -> None:
        monkeypatch.setattr(stream, "PING_SECONDS", 0.05)
        monkeypatch.setattr(stream, "SILENCE_SECONDS", 0.4)
        async with opened("officer1") as socket:
            for _ in range(16):  # twice as long as silence is borne
                await socket.until("ping")
                await socket.send({"type": "pong"})

    async def test_signing_out_closes_it(self, connect, db, token, monkeypatch) -> None:
        monkeypatch.setattr(stream, "PING_SECONDS", 0.05)
        async with connect() as socket:
            proof = await token("officer1")
            await socket.send({"type": "auth", "token": proof})
            await socket.until("ready")
            await db.write(lambda tx: accounts.sign_out(tx, proof))
            assert await socket.closed() == 4401

    async def test_an_open_socket_is_a_sign_of_the_desk(
        self, opened, db, clock, people, present, monkeypatch
    ) -> None:
        monkeypatch.setattr(stream, "PING_SECONDS", 0.05)
        await present(people["officer1"])
        async with opened("officer1") as socket:
            clock.forward(minutes=10)
            await socket.until("ping")
            row = await db.read(lambda tx: repository.presence_of(tx, people["officer1"].id))
            assert clock.now() - row.seen_at < presence.ALIVE


class TestLists:
    async def test_queues_come_at_once_and_when_they_change(self, opened, hand_over) -> None:
        async with opened("officer1") as socket:
            assert (await socket.until("queues"))["items"][0]["waiting"] == 0
            state, _ = await hand_over()
            assert (await socket.until("queues"))["items"][0]["waiting"] == 1
            await socket.until("consultation", consultation_id=state.consultation_id)

    async def test_a_change_by_another_process_is_seen_too(
        self, opened, db, hand_over, monkeypatch
    ) -> None:
        monkeypatch.setattr(stream, "LOOK_SECONDS", 0.05)
        monkeypatch.setattr(db.hub, "notify", lambda *_: None)
        async with opened("officer1") as socket:
            state, _ = await hand_over()
            await socket.until("consultation", consultation_id=state.consultation_id)

    async def test_anothers_claim_is_told(self, opened, db, hand_over, people) -> None:
        state, _ = await hand_over()
        async with opened("officer1") as socket:
            await db.write(lambda tx: desk.claim(tx, state.consultation_id, people["officer2"]))
            await socket.until("consultation", consultation_id=state.consultation_id)


class TestChats:
    async def say(self, db, vault, conversation_id: str, text: str) -> None:
        incoming = Incoming(client_message_id=f"t-{len(text)}", text=text)
        await db.write(
            lambda tx: conversation_service.receive(
                tx, vault, conversation_id, incoming, stream.OVERLAP
            )
        )

    async def test_messages_of_a_chat_claimed_meanwhile(
        self, opened, db, vault, hand_over, people
    ) -> None:
        state, _ = await hand_over()
        async with opened("officer1") as socket:
            await db.write(lambda tx: desk.claim(tx, state.consultation_id, people["officer1"]))
            await self.say(db, vault, state.id, "在吗")
            frame = await socket.until("message", consultation_id=state.consultation_id)
            while frame["message"]["sender"] != "taxpayer":
                frame = await socket.until("message", consultation_id=state.consultation_id)
            assert frame["message"]["text"] == "在吗"

    async def test_a_chat_in_hand_before_is_followed_from_now_on(
        self, opened, db, vault, hand_over, people
    ) -> None:
        state, _ = await hand_over()
        await db.write(lambda tx: desk.claim(tx, state.consultation_id, people["officer1"]))
        await self.say(db, vault, state.id, "早")
        async with opened("officer1") as socket:
            await self.say(db, vault, state.id, "还在吗")
            frame = await socket.until("message")
            assert frame["message"]["text"] == "还在吗"

    async def test_nothing_more_comes_after_a_transfer(
        self, opened, db, vault, hand_over, people
    ) -> None:
        state, _ = await hand_over()
        who = people["officer1"]
        await db.write(lambda tx: desk.claim(tx, state.consultation_id, who))
        channel = f"conversation:{state.id}"
        async with opened("officer1") as socket:
            to = {"tier": "expert", "reason": "难", "summary": "见上"}
            await db.write(lambda tx: desk.transfer(tx, state.consultation_id, who, **to))
            await socket.until("consultation", consultation_id=state.consultation_id)
            async with asyncio.timeout(SECONDS):
                while db.hub.listened(channel):  # noqa: ASYNC110 - nobody tells that none listens
                    await asyncio.sleep(0)

    async def test_typing_goes_both_ways(self, opened, db, hand_over, people) -> None:
        state, _ = await hand_over()
        await db.write(lambda tx: desk.claim(tx, state.consultation_id, people["officer1"]))
        channel, about = f"conversation:{state.id}", {"consultation_id": state.consultation_id}
        async with opened("officer1") as socket, db.hub.subscribe(channel) as taxpayer:
            await socket.send({"type": "typing", "consultation_id": "cs_of_another"})
            await socket.send({"type": "typing", **about})
            assert await taxpayer.wait(SECONDS) == [{"type": "typing", "sender": "officer"}]
            db.hub.notify(channel, {"type": "typing", "sender": "taxpayer"})
            told = await socket.until("typing")
            assert told == {"type": "typing", "sender": "taxpayer", **about}
