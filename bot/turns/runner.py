"""Sees to turns: one of a conversation at a time, in order, each to its end.

All turns of a conversation that wait at once are done by one process: `conversation.worker` names
it. What waits for a process is found in the database, each second (`bot.following`): turns that a
stopped process left behind, that a fault of the database put off, that were handed over by a
wake-up that never came. A turn that could not even be ended is left to the sweeper, which
apologises at its deadline, so nobody waits for ever.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping

import structlog

from core.clock import Clock
from core.database import Database
from core.identity import new_id
from core.telemetry import ADOPTED, TURN_SECONDS, trace_id

log = structlog.get_logger()

Handle = Callable[[str, int], Awaitable[None]]


class TurnRunner:
    """A queue for each conversation that has a turn in work.

    Args:
        database: tells which process this is, and reaches the others.
        handle: does what waits in a conversation, up to a seq, in order.
    """

    def __init__(self, database: Database, handle: Handle) -> None:
        self._database = database
        self._handle = handle
        self._waiting: dict[str, deque[tuple[int, float]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def submit(self, conversation_id: str, seq: int, worker: str | None = None) -> None:
        """Do this turn after those of its conversation that came before.

        Args:
            worker: the process that is to do it, None for this one.
        """
        if worker not in {None, self._database.process}:
            handed = {"conversation_id": conversation_id, "seq": seq}
            self._database.hub.notify(channel_of(worker), handed)
            return
        waiting = self._waiting.get(conversation_id)
        if waiting is not None:
            waiting.append((seq, Clock.monotonic()))
            return
        self._waiting[conversation_id] = deque([(seq, Clock.monotonic())])
        task = asyncio.create_task(self._work(conversation_id), name=f"turns:{conversation_id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def take_up(self, left: Mapping[str, int]) -> None:
        """Do what waits for this process in conversations where it is doing nothing.

        Args:
            left: the last seq that waits of each conversation.
        """
        for conversation_id, seq in left.items():
            if conversation_id not in self._waiting:
                log.info("turns_taken_up", conversation_id=conversation_id, seq=seq)
                ADOPTED.inc()
                self.submit(conversation_id, seq)

    @property
    def busy(self) -> frozenset[asyncio.Task[None]]:
        """The work in progress, a task for each conversation."""
        return frozenset(self._tasks)

    async def drain(self, seconds: float) -> None:
        """Wait for the turns in work, at most so long; the rest is taken up by whoever lives."""
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
                    # Those behind it wait too, so that the order holds: all are found again.
                    log.exception("turn_not_ended", conversation_id=conversation_id, seq=seq)
                    return
                TURN_SECONDS.observe(Clock.monotonic() - since)
        finally:
            del self._waiting[conversation_id]


def channel_of(worker: str | None) -> str:
    """Return the channel on which turns are handed to a process."""
    return f"turns:{worker}"
