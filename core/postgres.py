"""PostgreSQL through asyncpg: the same units of work, a transaction each."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from core.clock import Clock
from core.database import T, Tx, Unit, finish, translated
from core.hub import Hub

RETRIES = 3
"""A deadlock or a serialisation failure is tried so often; the unit of work is run anew."""
RETRIABLE = frozenset({"40001", "40P01"})


def postgres_engine(url: str, **options: Any) -> AsyncEngine:
    """Return an asyncpg engine for a plain `postgresql://` address."""
    return create_async_engine(
        sa.make_url(url).set(drivername="postgresql+asyncpg"),
        connect_args={"timeout": 5, "command_timeout": 30},
        hide_parameters=True,  # an error's text must not carry what was to be stored
        **options,
    )


class PostgresDatabase:
    """A database that several processes may write."""

    def __init__(self, url: str, clock: Clock, hub: Hub) -> None:
        self.clock, self.hub = clock, hub
        self._engine = postgres_engine(url, pool_size=10, max_overflow=0, pool_timeout=10)

    async def write(self, unit: Unit[T]) -> T:
        """Run a unit of work in a transaction."""
        for attempt in range(RETRIES):
            try:
                return await self._write(unit)
            except DBAPIError as error:
                state = getattr(error.orig, "sqlstate", None)
                if state not in RETRIABLE or attempt == RETRIES - 1:
                    raise translated(error) from error
            except OSError as error:
                raise translated(error) from error
            except sa.exc.TimeoutError as error:
                raise translated(error) from error
        raise AssertionError("unreachable")

    async def _write(self, unit: Unit[T]) -> T:
        def run(connection: Connection) -> tuple[Tx, T]:
            tx = Tx(connection, self.clock.now())
            return tx, unit(tx)

        async with self._engine.begin() as connection:
            tx, result = await connection.run_sync(run)
        finish(tx, self.hub)
        return result

    async def read(self, unit: Unit[T]) -> T:
        """Run a reading unit of work on one snapshot."""
        try:
            async with self._engine.connect() as connection:
                await connection.execution_options(isolation_level="REPEATABLE READ")
                return await connection.run_sync(lambda sync: unit(Tx(sync, self.clock.now())))
        except (DBAPIError, sa.exc.TimeoutError, OSError) as error:
            raise translated(error) from error

    async def scrub(self) -> bool:
        """Do nothing: old row versions go by autovacuum, the archive by the bureau's rules."""
        return True

    async def close(self) -> None:
        """Close the pool."""
        await self._engine.dispose()
