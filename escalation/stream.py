"""The desk's socket: a faster way to read what the lists and the log say.

Frames out: `ready`, `queues` {items}, `consultation` {consultation_id}, `message`
{consultation_id, message}, `typing` and `read` of chats in hand, `ping`. Frames in: `auth`
{token}, `pong`, `typing` {consultation_id}. Close codes: 4401 not signed in (any more), 4403 no
role at the desk, 4408 no sign of life, 1013 the database is away.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from conversations.service import messages_after
from core.database import Database, Tx
from core.errors import NotSignedIn, Unavailable
from core.frames import receive_frame
from core.telemetry import SOCKETS
from escalation import repository, worklist
from escalation.presence import DESK_ROLES
from escalation.schemas import QueueOut
from escalation.staff import access
from escalation.staff.schemas import Staff

router = APIRouter(tags=["desk"])

AUTH_SECONDS, PING_SECONDS, SILENCE_SECONDS = 5.0, 15.0, 30.0
SEND_SECONDS, CLOSE_SECONDS = 10.0, 1.0
LOOK_SECONDS = 10.0
"""The lists are looked at so often without a wake-up: who is on duty changes by the clock too."""
CALM_SECONDS = 0.2
"""Between two looks at the lists; a busy queue wakes every desk many times a second."""
OVERLAP = timedelta(seconds=30)
"""A unit of work bears the moment it began; it may commit after a later one."""

NOT_SIGNED_IN, NOT_YOURS, NO_HEARTBEAT, TRY_AGAIN = 4401, 4403, 4408, 1013


class _Closed(Exception):
    """The socket is to be closed with this code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@router.websocket("/desk/stream")
async def desk_stream(socket: WebSocket) -> None:
    """Serve one desk for as long as it answers."""
    await socket.accept()
    with SOCKETS.labels("desk").track_inprogress():
        try:
            token, who = await _authenticate(socket)
            await _Desk(socket, access.database_of(socket), token, who).run()
        except _Closed as closed:
            await _close(socket, closed.code)
        except Unavailable:
            await _close(socket, TRY_AGAIN)
        except WebSocketDisconnect:
            pass


async def _close(socket: WebSocket, code: int) -> None:
    """Close a socket; one that takes no bytes is left to the kernel, which ends it."""
    with suppress(RuntimeError, WebSocketDisconnect, TimeoutError):
        async with asyncio.timeout(CLOSE_SECONDS):
            await socket.close(code)


async def _authenticate(socket: WebSocket) -> tuple[str, Staff]:
    try:
        async with asyncio.timeout(AUTH_SECONDS):
            frame = await receive_frame(socket)
    except TimeoutError:
        raise _Closed(NOT_SIGNED_IN) from None
    token = frame.get("token") or access.token_of(socket)
    if frame.get("type") != "auth" or not isinstance(token, str):
        raise _Closed(NOT_SIGNED_IN)
    try:
        who = await access.signed_in(access.database_of(socket), token)
    except NotSignedIn:
        raise _Closed(NOT_SIGNED_IN) from None
    if not who.has_role(*DESK_ROLES):
        raise _Closed(NOT_YOURS)
    return token, who


class _View:
    """What one look at the database showed."""

    def __init__(self, tx: Tx, who: Staff) -> None:
        self.queues: list[QueueOut] = worklist.list_queues(tx, who)
        self.changed = {
            row.id: (row.version, row.consultation_id)
            for row in repository.changed_entries(tx, tx.now - OVERLAP)
            if who.sees_office(row.office)
        }
        self.held = {row.consultation_id: row for row in repository.entries_held_by(tx, who.id)}


class _Desk:
    """One desk's socket: a task that listens, one for the lists, one for each chat in hand."""

    def __init__(self, socket: WebSocket, database: Database, token: str, who: Staff) -> None:
        self._socket, self._database = socket, database
        self._token, self._who = token, who
        self._heard = asyncio.get_running_loop().time()
        self._chats: dict[str, asyncio.Task[None]] = {}
        self._held: dict[str, Any] = {}
        self._shown: dict[str, int] = {}
        self._queues: list[dict[str, Any]] | None = None

    async def run(self) -> None:
        """Serve until the socket closes or must be closed."""
        jobs: tuple[Callable[[], Awaitable[None]], ...] = (self._listen, self._watch, self._beat)
        tasks = [asyncio.ensure_future(job()) for job in jobs]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            remaining = [*tasks, *self._chats.values()]
            for task in remaining:
                task.cancel()
            await asyncio.gather(*remaining, return_exceptions=True)

    async def _send(self, frame: dict[str, Any]) -> None:
        """Send a frame; a desk that takes none for long is cut off and begins anew."""
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self._socket.send_json(frame)
        except TimeoutError:
            raise _Closed(NO_HEARTBEAT) from None

    async def _listen(self) -> None:
        while True:
            frame = await receive_frame(self._socket)
            self._heard = asyncio.get_running_loop().time()
            if frame.get("type") == "typing":
                self._typing(frame.get("consultation_id"))

    def _typing(self, consultation_id: Any) -> None:
        held = self._held.get(consultation_id) if isinstance(consultation_id, str) else None
        if held is not None:
            self._database.hub.notify(
                f"conversation:{held.conversation_id}", {"type": "typing", "sender": held.tier}
            )

    async def _beat(self) -> None:
        """Ping, note that the desk is alive, end a session that is over, close a dead socket."""
        now = asyncio.get_running_loop().time
        while (left := self._heard + SILENCE_SECONDS - now()) > 0:
            await asyncio.sleep(min(PING_SECONDS, left))
            try:
                await access.signed_in(self._database, self._token)
            except NotSignedIn:
                raise _Closed(NOT_SIGNED_IN) from None
            await self._send({"type": "ping"})
        raise _Closed(NO_HEARTBEAT)

    async def _watch(self) -> None:
        """Tell of changes of the queues and of consultations, and follow the chats in hand."""
        async with self._database.hub.subscribe("desk") as wakes:
            await self._look(first=True)
            while True:
                await wakes.wait(LOOK_SECONDS)
                await self._look()
                await asyncio.sleep(CALM_SECONDS)

    async def _look(self, *, first: bool = False) -> None:
        view = await self._database.read(lambda tx: _View(tx, self._who))
        self._follow(view.held, first=first)
        if first:
            await self._send({"type": "ready"})
        queues = [each.model_dump(mode="json") for each in view.queues]
        if self._differ(queues):
            await self._send({"type": "queues", "items": queues})
        self._queues = queues
        for entry_id, (version, consultation_id) in view.changed.items():
            if not first and self._shown.get(entry_id, 0) < version:
                await self._send({"type": "consultation", "consultation_id": consultation_id})
        self._shown = {entry_id: version for entry_id, (version, _) in view.changed.items()}

    def _differ(self, queues: list[dict[str, Any]]) -> bool:
        """Whether more changed than the waiting time that runs on by itself."""

        def told(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
            return [each | {"oldest_wait_seconds": None} for each in items]

        return self._queues is None or told(self._queues) != told(queues)

    def _follow(self, held: dict[str, Any], *, first: bool) -> None:
        """Begin with chats newly in hand and end with those that no longer are."""
        self._held = held
        for consultation_id in self._chats.keys() - held.keys():
            self._chats.pop(consultation_id).cancel()
        for consultation_id, row in held.items():
            if (running := self._chats.get(consultation_id)) is not None:
                if running.done():
                    running.result()
            else:
                after = row.last_seq if first else row.claimed_seq
                self._chats[consultation_id] = asyncio.ensure_future(
                    self._chat(consultation_id, row.conversation_id, after)
                )

    async def _chat(self, consultation_id: str, conversation_id: str, after: int) -> None:
        """Pass on the messages of a chat in hand, and that the taxpayer types or has read."""
        async with self._database.hub.subscribe(f"conversation:{conversation_id}") as wakes:
            wakes.seen = after
            while True:
                messages = await self._database.read(
                    partial(messages_after, conversation_id=conversation_id, after=after)
                )
                for message in messages:
                    after = wakes.seen = message.seq
                    shown = worklist.for_desk(message, self._who).model_dump(mode="json")
                    about = {"consultation_id": consultation_id, "message": shown}
                    await self._send({"type": "message", **about})
                for told in await wakes.wait(LOOK_SECONDS):
                    if told.get("sender") == "taxpayer" or told.get("type") == "read":
                        await self._send({**told, "consultation_id": consultation_id})
