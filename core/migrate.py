"""Brings a database to the schema of this version, on either store."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from core.errors import DaobanError
from core.postgres import postgres_engine
from core.sqlite import sqlite_engine

T = TypeVar("T")


class SchemaTooNew(DaobanError):
    """The database was written by a later version of the software."""

    status = 500
    code = "schema_too_new"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


_ONE_AT_A_TIME = sa.text("SELECT pg_advisory_xact_lock(20261125)")
"""Processes that start side by side bring the database up one after the other."""


def _upgrade(connection: Connection, revision: str) -> str | None:
    if connection.dialect.name == "postgresql":
        connection.execute(_ONE_AT_A_TIME)
    script = ScriptDirectory.from_config(_config())
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None and current not in {each.revision for each in script.walk_revisions()}:
        raise SchemaTooNew(
            f"the database is at revision {current}, which this version does not know; "
            "start the newer version, or restore a backup made before it"
        )
    command.upgrade(_config(connection), revision)
    return MigrationContext.configure(connection).get_current_revision()


async def upgrade(url: str, revision: str = "head") -> str | None:
    """Run the missing revisions, each in a transaction; return the revision reached.

    Raises:
        SchemaTooNew: a later version wrote this database.
    """
    return await _with_connection(url, lambda connection: _upgrade(connection, revision))


async def current_revision(url: str) -> str | None:
    """Return the revision that the database is at; None for an empty one."""
    return await _with_connection(
        url, lambda connection: MigrationContext.configure(connection).get_current_revision()
    )


async def _with_connection(url: str, run: Callable[[Connection], T]) -> T:
    if url.startswith("sqlite"):
        engine = sqlite_engine(url, begin="BEGIN IMMEDIATE")
        try:
            with engine.begin() as connection:
                return run(connection)
        finally:
            engine.dispose()
    engine_async = postgres_engine(url)
    try:
        async with engine_async.begin() as connection_async:
            return await connection_async.run_sync(run)
    finally:
        await engine_async.dispose()
