"""Keeps up with the other processes, once a second and for all sockets together.

| what | how |
|---|---|
| this process is alive | a row with the database's time |
| turns that wait for this process, or for one that is gone | read, taken over by compare-and-set |
| a wake-up that did not come | what changed lately, and only for readers who are behind |
| a changed store of knowledge | its version, every few looks, and the wake-up of a load |

On SQLite there is one process: only turns that a fault put off are found again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from bot.turns.runner import TurnRunner, channel_of
from conversations import waiting
from core.clock import Clock
from core.database import Database, DatabaseUnavailable, Tx
from core.processes import LEASE, beat, leave
from escalation import repository as escalation
from knowledge_base.service import CHANGED, stored_version

log = structlog.get_logger()

EVERY = 1.0
OVERLAP = timedelta(seconds=10)
"""A message bears the moment its unit of work began, by its machine's clock: clocks and
transactions may differ by so much."""
MOST_MESSAGES = 20_000
MOST_TURNS = 2_000
KNOWLEDGE_EVERY = 2
"""Looks between two comparisons of the stored knowledge."""
RELOAD_AGAIN = 5.0
"""Seconds after which a change that could not be put in use is tried again."""
LEFT = "turns"
"""The channel on which a process that stops tells that it leaves turns behind."""


@dataclass(frozen=True)
class _Seen:
    """What one look found.

    Attributes:
        turns: the last seq that waits for this process in each conversation.
        numbers: by channel, what a reader should have read up to.
        knowledge: the version of the store, on some looks.
    """

    turns: dict[str, int]
    numbers: dict[str, int] = field(default_factory=dict)
    knowledge: str | None = None


class Following:
    """Looks each second, and at once when it is told to.

    Args:
        turns: gets the turns that are found.
        reload: puts the stored knowledge in use.
    """

    def __init__(
        self, database: Database, turns: TurnRunner, reload: Callable[[], Awaitable[object]]
    ) -> None:
        self._database, self._turns, self._reload = database, turns, reload
        self._told: dict[str, int] = {}
        self._knowledge = ""  # differs: what changed while this process started is found
        self._looks = 0
        self._good = Clock.monotonic()
        self._adopting_from = self._good
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin on the running loop."""
        self._database.listen()
        jobs = (self._follow(), self._follow_knowledge())
        self._tasks = [asyncio.create_task(job, name="following") for job in jobs]

    async def stop(self) -> None:
        """End, and leave to the others what waits for this process."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._database.process is None:
            return
        try:
            await self._database.write(_let_go)
        except DatabaseUnavailable:
            log.info("process_not_signed_off")  # its lease ends in a few seconds

    async def _follow(self) -> None:
        hub = self._database.hub
        async with hub.subscribe(channel_of(self._database.process), LEFT) as wakes:
            due = Clock.monotonic()
            while True:
                if Clock.monotonic() >= due or wakes.looks:
                    await self._look()
                    due = Clock.monotonic() + EVERY
                for handed in await wakes.wait(max(0.0, due - Clock.monotonic())):
                    self._turns.submit(handed["conversation_id"], handed["seq"])

    async def _look(self) -> None:
        try:
            seen = await self._see()
        except DatabaseUnavailable:
            return  # it was logged; what waits goes on waiting
        except Exception:
            log.exception("following_failed")
            return
        self._good = Clock.monotonic()
        self._looks += 1
        self._turns.take_up(seen.turns)
        for channel, number in seen.numbers.items():
            if self._told.get(channel) != number:
                self._database.hub.catch_up(channel, number)
        self._told = seen.numbers
        if seen.knowledge is not None and seen.knowledge != self._knowledge:
            self._database.hub.wake(CHANGED)
            self._knowledge = seen.knowledge

    async def _see(self) -> _Seen:
        if self._database.process is None:
            return _Seen(await self._database.read(lambda tx: waiting.open_turns(tx, MOST_TURNS)))
        now = Clock.monotonic()
        if now - self._good > LEASE.total_seconds():
            # The database was away: the others could not say that they live either.
            self._adopting_from = now + LEASE.total_seconds()
        adopting = now >= self._adopting_from
        with_knowledge = self._looks % KNOWLEDGE_EVERY == 0
        return await self._database.write(
            lambda tx: _see(tx, adopting=adopting, with_knowledge=with_knowledge)
        )

    async def _follow_knowledge(self) -> None:
        async with self._database.hub.subscribe(CHANGED) as wakes:
            failed = False
            while True:
                await wakes.wait(RELOAD_AGAIN if failed else 3600.0)
                if not wakes.looks and not failed:
                    continue
                try:
                    await self._reload()
                    failed = False
                except Exception:
                    log.exception("knowledge_not_reloaded", again_in_seconds=RELOAD_AGAIN)
                    failed = True


def _see(tx: Tx, *, adopting: bool, with_knowledge: bool) -> _Seen:
    beat(tx)
    if adopting:
        waiting.adopt(tx)
    latest = waiting.latest_seqs(tx, tx.now - OVERLAP, MOST_MESSAGES)
    numbers = {f"conversation:{each}": seq for each, seq in latest.items()}
    if changed := escalation.latest_change(tx):
        numbers["desk"] = round(changed.timestamp() * 1_000_000)
    return _Seen(
        turns=waiting.open_turns(tx, MOST_TURNS),
        numbers=numbers,
        knowledge=stored_version(tx) if with_knowledge else None,
    )


def _let_go(tx: Tx) -> None:
    leave(tx)
    if waiting.let_go(tx):
        tx.notify(LEFT)
