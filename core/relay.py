"""Wake-ups between processes on one PostgreSQL, by LISTEN and NOTIFY on a connection of its own.

What units of work leave behind is sent after their commit, gathered while the last batch is on its
way: the message path waits for nothing, and no commit takes the lock that PostgreSQL puts around
commits with a NOTIFY in them. What a dying process did not send any more, or what was sent
while nobody could listen, is made up for by the look of each second (`core.following`).
"""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from typing import Any

import asyncpg
import structlog

from core.hub import Hub, Payload
from core.telemetry import RELAY_UP, WAKES

log = structlog.get_logger()

CHANNEL = "daoban"
LONGEST = 7_900
"""Bytes of a notification; PostgreSQL takes fewer than 8,000."""
WAITING = 10_000
"""Wake-ups that wait to be sent at most; the look of each second makes up for more."""
QUIET_SECONDS = 5.0
"""So long without anything to send, the connection is asked whether it still lives."""
ANSWER_SECONDS = 5.0
FIRST_WAIT, LONGEST_WAIT = 0.2, 5.0
CLOSE_SECONDS = 1.0

FAULTS = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)
_SEND = f"SELECT pg_notify('{CHANNEL}', batch) FROM unnest($1::text[]) AS batch"  # noqa: S608


class Relay:
    """Sends this process's wake-ups to the others, and wakes the hub with theirs.

    Args:
        connect: opens a connection to the database.
        hub: whose readers are woken.
    """

    def __init__(self, connect: Callable[[], Awaitable[asyncpg.Connection]], hub: Hub) -> None:
        self._connect, self._hub = connect, hub
        self._listening = False
        self._task: asyncio.Task[None] | None = None
        self._looks: dict[str, None] = {}
        self._passing: list[tuple[str, Payload]] = []
        self._ready = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._wait = FIRST_WAIT
        self.up = False

    def listen(self) -> None:
        """Hear of the other processes from now on, as long as the database can be reached."""
        self._listening = True
        self._begin()

    def send(self, channel: str, payload: Payload) -> None:
        """Tell the other processes soon; at best once, perhaps never."""
        if payload is None:
            if len(self._looks) < WAITING:
                self._looks[channel] = None
        elif len(self._passing) < WAITING:
            self._passing.append((channel, payload))
        self._idle.clear()
        self._ready.set()
        self._begin()

    async def close(self) -> None:
        """Send what waits, if that is quick, and hang up."""
        if self._task is None:
            return
        if self.up or not self._listening:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._idle.wait(), CLOSE_SECONDS)
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._task = None

    def _begin(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="relay")

    async def _run(self) -> None:
        while True:
            try:
                await self._serve()
            except FAULTS as error:
                log.warning("relay_down", reason=f"{type(error).__name__}: {error}"[:200])
            await asyncio.sleep(self._wait * random.uniform(0.5, 1.0))  # noqa: S311 - no secret
            self._wait = min(2 * self._wait, LONGEST_WAIT)

    async def _serve(self) -> None:
        """Serve one connection, for as long as it lives."""
        connection = await self._connect()
        try:
            connection.add_termination_listener(self._ended)
            if self._listening:
                await connection.add_listener(CHANNEL, self._heard)
            self.up, self._wait = True, FIRST_WAIT
            RELAY_UP.set(1)
            log.info("relay_up")
            while True:
                await self._pump(connection)
        finally:
            self.up = False
            RELAY_UP.set(0)
            connection.terminate()

    def _ended(self, _connection: Any) -> None:
        self.up = False
        self._ready.set()

    async def _pump(self, connection: asyncpg.Connection) -> None:
        try:
            async with asyncio.timeout(QUIET_SECONDS):
                await self._ready.wait()
        except TimeoutError:
            await connection.execute("SELECT 1", timeout=ANSWER_SECONDS)
            return
        if not self.up:
            raise ConnectionError("the database hung up")
        self._ready.clear()
        told = [*((channel, None) for channel in self._looks), *self._passing]
        self._looks, self._passing = {}, []
        if told:
            await connection.execute(_SEND, list(batches(told)), timeout=ANSWER_SECONDS)
            WAKES.labels("sent").inc(len(told))
        if not self._ready.is_set():
            self._idle.set()

    def _heard(self, connection: Any, sender: int, _channel: str, batch: str) -> None:
        if sender == connection.get_server_pid():
            return
        try:
            told = json.loads(batch)
            for channel, payload in told:
                self._hub.wake(channel, payload)
        except (ValueError, TypeError):
            log.warning("relay_not_understood")
            return
        WAKES.labels("heard").inc(len(told))


def batches(told: list[tuple[str, Payload]]) -> Iterator[str]:
    """Put wake-ups together into notifications; a payload too long for one is left out.

    >>> list(batches([("desk", None), ("conversation:cv_1", {"type": "typing"})]))
    ['[["desk",null],["conversation:cv_1",{"type":"typing"}]]']
    """
    batch: list[str] = []
    size = 2
    for channel, payload in told:
        item = json.dumps([channel, payload], separators=(",", ":"))
        if len(item) + 2 > LONGEST:
            item = json.dumps([channel, None], separators=(",", ":"))
        if size + len(item) + 1 > LONGEST:
            yield f"[{','.join(batch)}]"
            batch, size = [], 2
        batch.append(item)
        size += len(item) + 1
    if batch:
        yield f"[{','.join(batch)}]"
