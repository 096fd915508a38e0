"""The socket: a faster way to read the log. First frame signs in, then frames both ways.

The socket carries nothing that the long poll does not; a client that loses it resumes with
`after=<last seq>`. A side that hears nothing for 30 s takes the other for gone.
"""

import asyncio
import json
from contextlib import suppress
from typing import Any

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from bot.chat.schemas import Updates
from bot.chat.service import PAGE, Chat
from conversations.schemas import LARGEST_SEQ
from conversations.sessions import Session
from core.clock import Clock
from core.errors import DaobanError, NotAllowed, NotSignedIn, Unavailable
from core.frames import receive_frame
from core.hub import Subscription
from core.telemetry import SOCKETS

router = APIRouter()

SIGN_IN_SECONDS = 5
BEAT_SECONDS = 10
SILENCE_SECONDS = 30
SEND_SECONDS = 10
CLOSE_SECONDS = 1
QUEUE_REFRESH_SECONDS = 5
FRAMES_PER_MINUTE = 240
STANDING = ("owner", "locale", "holder", "queue", "consultation_id")

NOT_SIGNED_IN, NOT_YOURS, NO_HEARTBEAT, TOO_MANY, TRY_AGAIN = 4401, 4403, 4408, 4429, 1013

NO_AUTH = (ValueError, ArithmeticError, LookupError, TypeError, NotSignedIn)
"""What a first frame raises that does not sign in."""


class _Closed(Exception):
    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@router.websocket("/chat/sessions/{session_id}/stream")
async def stream(socket: WebSocket, session_id: str) -> None:
    """Serve one device."""
    chat: Chat = socket.app.state.chat
    await socket.accept()
    try:
        session, after = await _sign_in(chat, socket, session_id)
        SOCKETS.labels("chat").inc()
        try:
            await _Stream(chat, socket, session, after).run()
        finally:
            SOCKETS.labels("chat").dec()
    except _Closed as closed:
        await close(socket, closed.code)
    except Unavailable:
        await close(socket, TRY_AGAIN)
    except (WebSocketDisconnect, RuntimeError):
        return


async def close(socket: WebSocket, code: int) -> None:
    """Close a socket; one that takes no bytes is left to the kernel, which ends it."""
    with suppress(RuntimeError, WebSocketDisconnect, TimeoutError):
        async with asyncio.timeout(CLOSE_SECONDS):
            await socket.close(code)


async def _sign_in(chat: Chat, socket: WebSocket, session_id: str) -> tuple[Session, int]:
    try:
        async with asyncio.timeout(SIGN_IN_SECONDS):
            frame = await receive_frame(socket)
        token, after = frame["session_token"], int(frame.get("after", 0))
        if frame["type"] != "auth" or not isinstance(token, str):
            raise _Closed(NOT_SIGNED_IN)
        return await chat.access(session_id, token), min(max(0, after), LARGEST_SEQ)
    except NotAllowed as error:
        raise _Closed(NOT_YOURS) from error
    except Unavailable:
        raise
    except NO_AUTH as error:
        raise _Closed(NOT_SIGNED_IN) from error
    except (TimeoutError, DaobanError) as error:
        # Slow, or hindered for a moment: the device keeps its session and comes again.
        raise _Closed(NO_HEARTBEAT) from error


class _Stream:
    """One socket's two directions."""

    def __init__(self, chat: Chat, socket: WebSocket, session: Session, after: int) -> None:
        self._chat = chat
        self._socket = socket
        self._conversation = session.conversation_id
        self._after = after
        self._standing: dict[str, Any] | None = None
        self._heard = Clock.monotonic()

    async def run(self) -> None:
        """Run until either side ends it."""
        channel = f"conversation:{self._conversation}"
        hub = self._chat.services.database.hub
        async with hub.subscribe(channel) as wakes:
            tasks = {asyncio.create_task(self._read()), asyncio.create_task(self._write(wakes))}
            done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in pending:
                task.cancel()
            await asyncio.gather(*pending, return_exceptions=True)
            for task in done:
                task.result()

    async def _read(self) -> None:
        hub = self._chat.services.database.hub
        started, frames = Clock.monotonic(), 0
        while True:
            frame = await receive_frame(self._socket)
            self._heard = Clock.monotonic()
            if self._heard - started > 60:
                started, frames = self._heard, 0
            frames += 1
            if frames > FRAMES_PER_MINUTE:
                raise _Closed(TOO_MANY)
            if frame.get("type") == "typing":
                hub.notify(
                    f"conversation:{self._conversation}", {"type": "typing", "sender": "taxpayer"}
                )

    async def _write(self, wakes: Subscription) -> None:
        """Send what the log gains; it is read when there is something, never for every beat."""
        beat, looking, waiting = Clock.monotonic(), True, False
        while True:
            if looking or waiting:
                waiting = await self._look(wakes)
            for payload in await wakes.wait(QUEUE_REFRESH_SECONDS if waiting else BEAT_SECONDS):
                if payload.get("sender") != "taxpayer":
                    await self._send(dict(payload))
            looking = wakes.looks
            now = Clock.monotonic()
            if now - self._heard > SILENCE_SECONDS:
                raise _Closed(NO_HEARTBEAT)
            if now - beat >= BEAT_SECONDS:
                beat = now
                await self._send({"type": "ping"})

    async def _look(self, wakes: Subscription) -> bool:
        """Send what is new; return whether the taxpayer waits in a queue."""
        while True:
            found = await self._chat.updates(self._conversation, self._after)
            await self._send_updates(found)
            wakes.seen = self._after
            if len(found.messages) < PAGE:
                return found.queue is not None

    async def _send_updates(self, found: Updates) -> None:
        document = found.model_dump(mode="json", exclude_none=True)
        for message in document["messages"]:
            await self._send({"type": "message", "message": message})
        self._after = max(self._after, found.last_seq)
        standing: dict[str, Any] = {key: document[key] for key in STANDING if key in document}
        if standing != self._standing:
            self._standing = standing
            await self._send({"type": "owner", **standing})

    async def _send(self, frame: dict[str, Any]) -> None:
        """Send a frame; a device that takes none for long is cut off and resumes later."""
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self._socket.send_text(json.dumps(frame, ensure_ascii=False))
        except TimeoutError as error:
            raise _Closed(NO_HEARTBEAT) from error
