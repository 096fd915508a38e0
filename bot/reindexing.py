"""Full builds of the search index, beside a server that goes on answering.

A change of the knowledge is in use at once, on top of the last full build
(`KnowledgeBase.publish`). The build itself, with its calibration, follows in a process of its own
and at low priority: after many changes at once, after a few when nobody has changed anything for
a while. Several servers on one data directory build once: the others find it done.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable

import structlog

from bot.dialogue.environment import tethered
from core.errors import DaobanError
from core.settings import PROJECT, Settings
from core.telemetry import INDEX_BUILDS
from knowledge_base.answering import KnowledgeBase
from knowledge_base.schemas import Content

log = structlog.get_logger()

MANY = 25
"""Changed entries after which a build does not wait."""
QUIET_SECONDS = 600.0
RETRY_SECONDS = 300.0
_NICENESS = 10
_TOLD = 500
"""Characters of a failed build's last words that are logged."""


class IndexNotBuilt(DaobanError):
    """A build ended without an index; what was in use stays so."""

    status = 503
    code = "index_not_built"


async def renew_index(settings: Settings, knowledge: KnowledgeBase, content: Content) -> None:
    """Build the index of a collection in a process of its own, and put it below what is in use.

    Raises:
        IndexNotBuilt: it was killed, or failed: no room on the disk, no encoder.
    """
    process = await asyncio.create_subprocess_exec(
        *tethered(
            [
                sys.executable,
                "-m",
                "knowledge_base.building",
                str(settings.encoder_directory),
                str(settings.home / "index"),
            ],
            niceness=_NICENESS,
        ),
        cwd=PROJECT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _, said = await process.communicate(content.model_dump_json().encode())
    except BaseException:
        process.kill()
        await process.wait()
        raise
    if process.returncode:
        last = said.decode(errors="replace").strip()[-_TOLD:]
        knowledge.fault = f"the index was not built (exit {process.returncode}); see the log"
        INDEX_BUILDS.labels("failed").inc()
        log.error("index_not_built", exit=process.returncode, said=last)
        raise IndexNotBuilt(knowledge.fault)
    await asyncio.to_thread(knowledge.rebase, content)
    INDEX_BUILDS.labels("built").inc()
    log.info("index_built", version=knowledge.version, entries=len(content.entries))


class Reindexing:
    """Lets a full build follow the changes that were put in use without one.

    Args:
        knowledge: what is looked at.
        renew: builds what the store holds now and puts it in use.
    """

    def __init__(self, knowledge: KnowledgeBase, renew: Callable[[], Awaitable[None]]) -> None:
        self._knowledge = knowledge
        self._renew = renew
        self._changed = asyncio.Event()
        self._changed.set()  # what a start put on top of an older build
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin on the running loop."""
        self._task = asyncio.create_task(self._follow(), name="reindexing")

    async def stop(self) -> None:
        """End; a build that runs is killed and begins anew at the next start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def changed(self) -> None:
        """Tell that something was published."""
        self._changed.set()

    async def _follow(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            while behind := await asyncio.to_thread(lambda: self._knowledge.behind):
                if behind < MANY and await self._changes_within(QUIET_SECONDS):
                    continue
                try:
                    await self._renew()
                except Exception:
                    log.exception("reindexing_failed", again_in_seconds=RETRY_SECONDS)
                    await asyncio.sleep(RETRY_SECONDS)

    async def _changes_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            return False
        self._changed.clear()
        return True
