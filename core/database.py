"""One way to the data: synchronous units of work, run by the store that fits the address.

A unit of work is a plain function of a `Tx`. On SQLite one writer thread groups the units that
wait into a single durable commit; on PostgreSQL each runs in a transaction of its own on asyncpg.
Either way it is all or nothing, its wake-ups leave after the commit, and it must not await.
"""

import sqlite3
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa
import structlog
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, CursorResult
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from core.clock import Clock
from core.errors import BadInput, Unavailable
from core.hub import Hub, Payload
from core.prepared import Prepared

log = structlog.get_logger()

T = TypeVar("T")
Unit = Callable[["Tx"], T]


class DatabaseUnavailable(Unavailable):
    """The database is locked, full, gone or too slow; nothing of the unit of work was kept."""

    code = "database_unavailable"


class Tx:
    """A transaction in progress, handed to a unit of work.

    Attributes:
        now: the moment that everything in this unit of work bears (aware, UTC).
        process: the process that runs it; None on SQLite, where there is one.
    """

    def __init__(
        self,
        connection: Connection,
        now: datetime,
        process: str | None = None,
        *,
        driver: sqlite3.Connection | None = None,
    ) -> None:
        self._connection = connection
        self._driver = driver
        self.now = now
        self.process = process
        self.wakes: list[tuple[str, Payload]] = []
        self.callbacks: list[Callable[[], None]] = []

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._connection.dialect.name

    def execute(self, statement: sa.Executable, parameters: Any = None) -> CursorResult[Any]:
        """Run a SQLAlchemy Core statement."""
        result = self._connection.execute(statement, parameters)
        assert isinstance(result, CursorResult)  # noqa: S101 - Core statements give no other
        return result

    def first(self, prepared: Prepared, values: Mapping[str, Any]) -> Any:
        """Return the first row that a prepared statement finds, or None."""
        if self._driver is None:
            return self.execute(prepared.statement, dict(values)).first()
        cursor, plan = prepared.run(self._driver, self._connection.dialect, values)
        found = cursor.fetchone()
        cursor.close()
        return None if found is None else plan.row(found)

    def all(self, prepared: Prepared, values: Mapping[str, Any]) -> list[Any]:
        """Return the rows that a prepared statement finds."""
        if self._driver is None:
            return list(self.execute(prepared.statement, dict(values)))
        cursor, plan = prepared.run(self._driver, self._connection.dialect, values)
        return [plan.row(found) for found in cursor]

    def change(self, prepared: Prepared, values: Mapping[str, Any]) -> int:
        """Run a prepared statement that changes something; return how many rows it did."""
        if self._driver is None:
            return self.execute(prepared.statement, dict(values)).rowcount
        cursor, _ = prepared.run(self._driver, self._connection.dialect, values)
        return cursor.rowcount

    def insert(self, table: sa.Table) -> "postgresql.Insert | sqlite.Insert":
        """Return an INSERT that knows `on_conflict_do_nothing` and `_do_update`."""
        if self.dialect == "postgresql":
            return postgresql.insert(table)
        return sqlite.insert(table)

    def notify(self, channel: str, payload: Payload = None) -> None:
        """Wake the channel's readers once this is committed."""
        self.wakes.append((channel, payload))

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Run a quick callback on the event loop once this is committed."""
        self.callbacks.append(callback)


class Database(Protocol):
    """What both stores offer."""

    hub: Hub
    clock: Clock

    @property
    def process(self) -> str | None:
        """This process among those on the database; None on SQLite, where there is one."""
        ...

    @property
    def hears(self) -> bool | None:
        """Whether wake-ups of other processes are heard; None where there are none."""
        ...

    def listen(self) -> None:
        """Hear of what other processes commit, from now on."""
        ...

    async def write(self, unit: Unit[T]) -> T:
        """Run a unit of work durably.

        Raises:
            DatabaseUnavailable: nothing was kept; the caller may try again.
        """
        ...

    async def read(self, unit: Unit[T]) -> T:
        """Run a unit of work that changes nothing, on a consistent view."""
        ...

    async def scrub(self) -> bool:
        """Let go of the journal, so that what was emptied cannot be read there; False: it waits."""
        ...

    async def close(self) -> None:
        """Finish what was begun and let go of the store."""
        ...


def open_database(url: str, clock: Clock | None = None, hub: Hub | None = None) -> Database:
    """Open the store of a `sqlite:///` or `postgresql://` address."""
    clock, hub = clock or Clock(), hub or Hub()
    if url.startswith("sqlite"):
        from core.sqlite import SqliteDatabase  # noqa: PLC0415 - only the store in use is loaded

        return SqliteDatabase(url, clock, hub)
    from core.postgres import PostgresDatabase  # noqa: PLC0415

    return PostgresDatabase(url, clock, hub)


def finish(tx: Tx, hub: Hub) -> None:
    """Send what a committed unit of work left behind."""
    for callback in tx.callbacks:
        callback()
    for channel, payload in tx.wakes:
        hub.notify(channel, payload)


UNSTORABLE = "22"
"""The class of SQLSTATEs of values that fit no column: U+0000, half a character, too large."""


def translated(error: Exception) -> Exception:
    """Turn a fault of the store itself into `DatabaseUnavailable`; leave others as they are.

    Characters that cannot be stored are `BadInput`: they came from outside.
    """
    fault = getattr(error, "orig", None) or error
    state = getattr(fault, "sqlstate", None) or getattr(fault.__cause__, "sqlstate", None) or ""
    if state.startswith(UNSTORABLE) or isinstance(fault, UnicodeEncodeError | OverflowError):
        return BadInput("there is a character or number in it that cannot be stored: change it")
    outage = isinstance(error, PoolTimeoutError | OSError | sqlite3.Error) or (
        isinstance(error, DBAPIError)
        and not isinstance(
            error, sa.exc.IntegrityError | sa.exc.ProgrammingError | sa.exc.DataError
        )
    )
    if not outage:
        return error
    log.error("database_unavailable", reason=f"{type(fault).__name__}: {fault}"[:200])
    unavailable = DatabaseUnavailable("the database cannot take this now; try again in a moment")
    unavailable.__cause__ = error
    return unavailable
