"""Sees to turns: one of a conversation at a time, in order, each to its end.

A turn that could not even be ended is left unsettled: the sweeper apologises at its deadline, so
nobody waits for ever. Turns that a stopped process left behind are taken up at the next start.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

import structlog

from conversations import repository
from core.clock import Clock
from core.database import Database
from core.identity import new_id
from core.telemetry import TURN_SECONDS, trace_id

log = structlog.get_logger()

Handle = Callable[[str, int], Awaitable[None]]


class TurnRunner:
    """A queue for each conversation that has a turn in work.

    Args:
        database: where unsettled turns are found at the start.
        handle: does one turn, given conversation id and seq.
    """

    def __init__(self, database: Database, handle: Handle) -> None:
        self._database = database
        self._handle = handle
        self._waiting: dict[str, deque[tuple[int, float]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def recover(self) -> int:
        """Take up the turns that an earlier process left; return how many."""
        left = await self._database.read(lambda tx: repository.unsettled_turns(tx, limit=10_000))
        for row in sorted(left, key=lambda row: (row.conversation_id, row.seq)):
            self.submit(row.conversation_id, row.seq)
        return len(left)

    def submit(self, conversation_id: str, seq: int) -> None:
        """Do this turn after those of its conversation that came before."""
        waiting = self._waiting.get(conversation_id)
        if waiting is not None:
            waiting.append((seq, Clock.monotonic()))
            return
        self._waiting[conversation_id] = deque([(seq, Clock.monotonic())])
        task = asyncio.create_task(self._work(conversation_id), name=f"turns:{conversation_id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @property
    def busy(self) -> frozenset[asyncio.Task[None]]:
        """The work in progress, a task for each conversation."""
        return frozenset(self._tasks)

    async def drain(self, seconds: float) -> None:
        """Wait for the turns in work, at most so long; the rest is taken up at the next start."""
        if self._tasks:
            await asyncio.wait(tuple(self._tasks), timeout=seconds)
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _work(self, conversation_id: str) -> None:
        waiting = self._waiting[conversation_id]
        try:
            while waiting:
                seq, since = waiting.popleft()
                trace_id.set(new_id("tr"))
                try:
                    await self._handle(conversation_id, seq)
                except Exception:
                    log.exception("turn_not_ended", conversation_id=conversation_id, seq=seq)
                TURN_SECONDS.observe(Clock.monotonic() - since)
        finally:
            del self._waiting[conversation_id]
