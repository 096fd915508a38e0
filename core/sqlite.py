"""SQLite in WAL mode: one writer thread with group commit, a few reading threads."""

import asyncio
import math
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from core.clock import Clock
from core.database import DatabaseUnavailable, T, Tx, Unit, finish, translated
from core.hub import Hub

GROUP = 256
"""At most so many units of work share a commit."""
READERS = 4
BUSY_SECONDS = 10
"""So long a lock of another program is waited for, then what waits is refused."""


@dataclass
class _Job:
    unit: Unit[Any]
    future: asyncio.Future[Any]
    loop: asyncio.AbstractEventLoop
    tx: Tx | None = None
    result: Any = None
    error: Exception | None = None


def sqlite_engine(url: str, *, begin: str) -> Engine:
    """Return an engine whose transactions begin with `begin` and whose commits are durable."""
    path = sa.make_url(url).database
    if path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(
        url,
        pool_size=READERS,
        hide_parameters=True,  # an error's text must not carry what was to be stored
        connect_args={"check_same_thread": False, "timeout": BUSY_SECONDS},
    )

    @sa.event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",  # what was emptied is overwritten, not only let go
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        _driver(connection).execute(begin)

    return engine


def _driver(connection: Connection) -> sqlite3.Connection:
    """Return the driver's connection, for what SQLAlchemy need not see."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)  # noqa: S101 - of this dialect
    return driver


class SqliteDatabase:
    """A database in one file; the promise is that only one process writes it."""

    process = None
    hears = None

    def __init__(self, url: str, clock: Clock, hub: Hub) -> None:
        self.clock, self.hub = clock, hub
        self._reading = sqlite_engine(url, begin="BEGIN")
        self._writing = sqlite_engine(url, begin="BEGIN IMMEDIATE")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="sqlite-read")
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._work, name="sqlite-write", daemon=True)
        self._closed = False
        self._writer.start()

    def listen(self) -> None:
        """Do nothing: there is no other process to hear of."""

    async def write(self, unit: Unit[T]) -> T:
        """Run a unit of work in the next group commit."""
        if self._closed:
            raise DatabaseUnavailable("the database is closed: the server is stopping")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._jobs.put(_Job(unit, future, loop))
        return await future

    async def read(self, unit: Unit[T]) -> T:
        """Run a reading unit of work in a thread, on one snapshot."""

        def run() -> T:
            try:
                with self._reading.connect() as connection, connection.begin() as transaction:
                    driver = _driver(connection)
                    result = unit(Tx(connection, self.clock.now(), driver=driver))
                    transaction.rollback()
                    return result
            except Exception as error:  # noqa: BLE001 - raised again, translated
                raise translated(error) from error.__cause__

        return await asyncio.get_running_loop().run_in_executor(self._readers, run)

    async def scrub(self) -> bool:
        """Write the journal into the file and cut it; False when readers held it for a second."""

        def run() -> bool:
            connection = self._reading.raw_connection()
            try:
                cursor = connection.cursor()
                cursor.execute("PRAGMA busy_timeout=1000")
                busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
                cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
                return not busy
            finally:
                connection.close()

        return await asyncio.get_running_loop().run_in_executor(self._readers, run)

    async def close(self) -> None:
        """Commit what waits, then stop the threads."""
        if self._closed:
            return
        self._closed = True
        self._jobs.put(None)
        await asyncio.to_thread(self._writer.join)
        await asyncio.to_thread(self._readers.shutdown)
        self._reading.dispose()
        self._writing.dispose()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            group = [job]
            self._gather(group, GROUP)
            self._commit(group)
            for loop in {job.loop for job in group}:
                _call(loop, partial(self._settle, loop, group))

    def _gather(self, group: list[_Job], most: float) -> None:
        """Add what waits to a group, the oldest first."""
        while len(group) < most and not self._jobs.empty():
            following = self._jobs.get()
            if following is None:
                self._jobs.put(None)  # the last one: for the loop that ends by it
                return
            group.append(following)

    def _commit(self, group: list[_Job]) -> None:
        """Run the group in one transaction; a failing unit is undone alone."""
        try:
            with self._writing.begin() as connection:
                driver = _driver(connection)
                for job in group:
                    self._run(connection, driver, job)
        except Exception as error:  # noqa: BLE001 - every waiting caller is told
            if group[0].tx is None:
                # It could not even begin: who came meanwhile must not wait as long once more.
                self._gather(group, math.inf)
            for job in group:
                job.error = translated(error)

    def _run(self, connection: Connection, driver: sqlite3.Connection, job: _Job) -> None:
        job.tx = Tx(connection, self.clock.now(), driver=driver)
        driver.execute("SAVEPOINT unit")
        try:
            job.result = job.unit(job.tx)
        except Exception as error:  # noqa: BLE001 - told to this unit's caller
            job.error = translated(error)
            driver.execute("ROLLBACK TO unit")
        driver.execute("RELEASE unit")

    def _settle(self, loop: asyncio.AbstractEventLoop, group: list[_Job]) -> None:
        for job in group:
            if job.loop is not loop:
                continue
            if job.error is None and job.tx is not None:
                finish(job.tx, self.hub)
            if job.future.cancelled():
                continue
            if job.error is not None:
                job.future.set_exception(job.error)
            else:
                job.future.set_result(job.result)


def _call(loop: asyncio.AbstractEventLoop, callback: Callable[[], None]) -> None:
    """Call on the loop, unless it closed meanwhile (its callers are gone with it)."""
    if not loop.is_closed():
        loop.call_soon_threadsafe(callback)
