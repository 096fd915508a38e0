"""The worker: outbox, deadlines, deliveries. Part of `serve`, or a process of its own."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from bot.erasure import retain
from bot.knowledge.collecting import collect
from bot.knowledge.notices import on_correction, spread
from bot.turns.sweeper import sweep_turns
from conversations.consultations import close_idle
from conversations.files.service import sweep_files, sweep_orphans
from conversations.files.store import FileStore
from conversations.protected import sweep_expired
from core.clock import Clock
from core.database import Database
from core.hub import Subscription
from core.identity import new_id
from core.outbox import Outbox
from core.telemetry import trace_id
from escalation.service import on_help_requested
from escalation.sweeper import sweep
from flows.lasting import sweep as sweep_flows
from knowledge_base.editing.correcting import NOTICE
from knowledge_base.editing.intake import adopt_all
from knowledge_base.editing.publishing import publish_due
from reminders import worker as reminders
from reminders.feedback import HELP_REQUESTED

log = structlog.get_logger()

LAST_STEPS_SECONDS = 3.0
STALE_SECONDS = 60
"""A duty that did not come round for so long makes the worker "late" in /health/ready."""


@dataclass
class Duty:
    """Something that is done again and again.

    Attributes:
        every: seconds between two rounds.
        wake: channel whose wake-up brings the next round forward, if any.
    """

    name: str
    every: float
    do: Callable[[], Awaitable[object]]
    wake: str | None = None
    last_done: float | None = None


def outbox_of(database: Database) -> Outbox:
    """Return the outbox with all its subscribers: the one place where events meet handlers."""
    outbox = Outbox(database)
    outbox.subscribe(HELP_REQUESTED, on_help_requested)
    outbox.subscribe(NOTICE, on_correction)
    return outbox


class Worker:
    """Runs the duties side by side; one that fails is logged and comes round again."""

    def __init__(
        self, database: Database, outbox: Outbox, files: FileStore, *, retention_days: int
    ) -> None:
        self._database = database
        self._tasks: list[asyncio.Task[None]] = []
        self._resting: list[Subscription] = []
        self._stopping = False
        self.duties = [
            Duty("outbox", 1.0, outbox.drain, "outbox"),
            Duty("turns", 1.0, lambda: database.write(sweep_turns)),
            Duty("queues", 1.0, lambda: database.write(sweep)),
            Duty("idle", 60.0, lambda: database.write(close_idle)),
            Duty("flows", 60.0, lambda: database.write(sweep_flows)),
            Duty("protected", 20.0, lambda: database.write(sweep_expired)),
            Duty("retention", 600.0, lambda: retain(database, retention_days)),
            Duty("files", 60.0, lambda: sweep_files(database, files)),
            Duty("orphans", 3600.0, lambda: sweep_orphans(database, files)),
            Duty("editing", 60.0, lambda: adopt_all(database)),
            Duty("collecting", 5.0, lambda: collect(database)),
            Duty("corrections", 5.0, lambda: spread(database), NOTICE),
            Duty("publishing", 1.0, lambda: database.write(publish_due)),
            Duty("reminders", 20.0, lambda: reminders.work(database), reminders.WAKE),
        ]

    def start(self) -> None:
        """Begin all duties on the running loop."""
        self._tasks = [
            asyncio.create_task(self._run(duty), name=f"worker:{duty.name}") for duty in self.duties
        ]

    async def stop(self, seconds: float = LAST_STEPS_SECONDS) -> None:
        """Let the duties end the step they are at; what takes longer is undone, never half."""
        self._stopping = True
        for reader in self._resting:
            reader.wake(None)
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def late(self) -> list[str]:
        """Names of duties that did not come round when they should have."""
        now = Clock.monotonic()
        return [
            duty.name
            for duty in self.duties
            if duty.last_done is not None and now - duty.last_done > duty.every + STALE_SECONDS
        ]

    async def _run(self, duty: Duty) -> None:
        channels = [duty.wake] if duty.wake else []
        async with self._database.hub.subscribe(*channels) as wakes:
            duty.last_done = Clock.monotonic()
            self._resting.append(wakes)
            while not self._stopping:
                trace_id.set(new_id("tr"))
                try:
                    await duty.do()
                    duty.last_done = Clock.monotonic()
                except Exception:
                    log.exception("duty_failed", duty=duty.name)
                await wakes.wait(duty.every)
