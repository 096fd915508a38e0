"""PostgreSQL through asyncpg: the same units of work, a transaction each.

Nobody waits for ever: a connection, a place in the pool and a unit of work have their time, and
the server ends what a process that is gone left open.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from core.clock import Clock
from core.database import T, Tx, Unit, finish, translated
from core.hub import Hub
from core.identity import new_id
from core.relay import Relay

RETRIES = 3
"""A deadlock or a serialisation failure is tried so often; the unit of work is run anew."""
RETRIABLE = frozenset({"40001", "40P01"})
CONNECT_SECONDS = 5
POOL_SECONDS = 5
UNIT_SECONDS = 15
"""A unit of work ends by then, or with `DatabaseUnavailable`."""
LIMITS = {
    "statement_timeout": f"{UNIT_SECONDS}s",
    "idle_in_transaction_session_timeout": f"{UNIT_SECONDS}s",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}
"""Told to the server, so that the locks of a machine that vanished are let go of."""

_OF_SQLALCHEMY = frozenset(
    {"prepared_statement_cache_size", "prepared_statement_name_func", "async_creator_fn"}
)
"""Options of an address that only SQLAlchemy's part of the driver knows."""


def postgres_engine(url: str, **options: Any) -> AsyncEngine:
    """Return an asyncpg engine for a plain `postgresql://` address."""
    return create_async_engine(
        sa.make_url(url).set(drivername="postgresql+asyncpg"),
        connect_args={"timeout": CONNECT_SECONDS, **options.pop("connect_args", {})},
        hide_parameters=True,  # an error's text must not carry what was to be stored
        **options,
    )


async def _connect(url: str) -> asyncpg.Connection:
    """Open a connection outside the pool, to the same address."""
    dialect = PGDialect_asyncpg()  # type: ignore[no-untyped-call]
    _, given = dialect.create_connect_args(sa.make_url(url))  # type: ignore[no-untyped-call]
    options = {name: value for name, value in given.items() if name not in _OF_SQLALCHEMY}
    options["server_settings"] = {"application_name": "daoban relay"}
    return await asyncpg.connect(**options, timeout=CONNECT_SECONDS)


class PostgresDatabase:
    """A database that several processes may write."""

    def __init__(self, url: str, clock: Clock, hub: Hub) -> None:
        self.clock, self.hub = clock, hub
        self.process = new_id("pr")
        self._relay = Relay(lambda: _connect(url), hub)
        hub.forward = self._relay.send
        self._engine = postgres_engine(
            url,
            pool_size=10,
            max_overflow=0,
            pool_timeout=POOL_SECONDS,
            connect_args={"server_settings": {"application_name": "daoban", **LIMITS}},
        )

    @property
    def hears(self) -> bool:
        """Whether wake-ups of other processes are heard."""
        return self._relay.up

    def listen(self) -> None:
        """Hear of what other processes commit, from now on."""
        self._relay.listen()

    async def write(self, unit: Unit[T]) -> T:
        """Run a unit of work in a transaction."""
        for attempt in range(RETRIES):
            try:
                return await self._limited(lambda: self._write(unit))
            except DBAPIError as error:
                state = getattr(error.orig, "sqlstate", None)
                if state not in RETRIABLE or attempt == RETRIES - 1:
                    raise translated(error) from error
        raise AssertionError("unreachable")

    async def _limited(self, run: Callable[[], Awaitable[T]]) -> T:
        """Run for `UNIT_SECONDS` at most; what the driver raises is left to the caller."""
        try:
            async with asyncio.timeout(UNIT_SECONDS):
                return await run()
        except (OSError, sa.exc.TimeoutError, UnicodeEncodeError) as error:
            raise translated(error) from error

    async def _write(self, unit: Unit[T]) -> T:
        def run(connection: Connection) -> tuple[Tx, T]:
            tx = Tx(connection, self.clock.now(), self.process)
            return tx, unit(tx)

        async with self._engine.begin() as connection:
            tx, result = await connection.run_sync(run)
        finish(tx, self.hub)
        return result

    async def read(self, unit: Unit[T]) -> T:
        """Run a reading unit of work on one snapshot."""
        try:
            return await self._limited(lambda: self._read(unit))
        except DBAPIError as error:
            raise translated(error) from error

    async def _read(self, unit: Unit[T]) -> T:
        async with self._engine.connect() as connection:
            await connection.execution_options(isolation_level="REPEATABLE READ")
            return await connection.run_sync(
                lambda sync: unit(Tx(sync, self.clock.now(), self.process))
            )

    async def scrub(self) -> bool:
        """Do nothing: old row versions go by autovacuum, the archive by the bureau's rules."""
        return True

    async def close(self) -> None:
        """Send the last wake-ups and close the pool."""
        await self._relay.close()
        await self._engine.dispose()
