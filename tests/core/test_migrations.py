"""Databases of every earlier revision come to this version's schema with all that is in them."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

import bot.app
import bot.commands.commands  # noqa: F401 - both bring all tables onto the metadata
from core.migrate import _config, _with_connection, current_revision, upgrade
from core.tables import metadata

REVISIONS = [
    each.revision
    for each in reversed(list(ScriptDirectory.from_config(_config()).walk_revisions()))
]
EMPTIED = {"message": ("content_hash", "0007_protected_values")}
"""What a revision takes away on purpose: hashes without a key told too much."""
MOMENT = datetime(2026, 1, 15, 8, 30, tzinfo=UTC)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def own_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Address of a database of this test's own, on either store."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'old.sqlite3'}"
    return request.getfixturevalue("postgres_url")


@pytest.fixture
async def empty_url(own_url: str) -> str:
    """Address of a database without any table."""
    if own_url.startswith("postgresql"):
        await _with_connection(own_url, _drop_everything)
    return own_url


def _drop_everything(connection: Connection) -> None:
    connection.execute(sa.text("DROP SCHEMA public CASCADE"))
    connection.execute(sa.text("CREATE SCHEMA public"))


def _reflected(connection: Connection) -> sa.MetaData:
    found = sa.MetaData()
    found.reflect(connection)
    found.remove(found.tables["alembic_version"])
    return found


def _value(column: sa.Column[Any], place: str) -> Any:
    """Return something that fits a column, told apart from other columns where it can be."""
    values: dict[type, Callable[[], Any]] = {
        sa.Boolean: lambda: True,
        sa.Integer: lambda: len(place),
        sa.Numeric: lambda: len(place),
        sa.DateTime: lambda: MOMENT if column.type.timezone else MOMENT.replace(tzinfo=None),
        sa.Date: lambda: MOMENT.date(),
        sa.JSON: lambda: {"from": place},
        sa.LargeBinary: lambda: place.encode(),
        sa.String: lambda: place,
    }
    for kind, make in values.items():
        if isinstance(column.type, kind):
            return make()
    raise AssertionError(f"{place}: add a value for {column.type!r}")


def _fill(connection: Connection) -> dict[str, dict[str, Any]]:
    """Put a row into each table, the referenced ones first; return them by table."""
    rows: dict[str, dict[str, Any]] = {}
    for table in _reflected(connection).sorted_tables:
        row = {each.name: _value(each, f"{table.name}.{each.name}") for each in table.columns}
        for key in table.foreign_keys:
            row[key.parent.name] = rows.get(key.column.table.name, row)[key.column.name]
        existing = connection.execute(sa.select(table)).mappings().first()
        if existing is None:
            connection.execute(table.insert().values(row))
        rows[table.name] = dict(existing or connection.execute(sa.select(table)).mappings().one())
    return rows


def _content(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    return {
        table.name: [dict(row) for row in connection.execute(sa.select(table)).mappings()]
        for table in _reflected(connection).tables.values()
    }


@pytest.mark.parametrize("revision", REVISIONS[:-1])
async def test_an_older_database_is_upgraded_with_its_rows(empty_url: str, revision: str) -> None:
    assert await upgrade(empty_url, revision) == revision
    rows = await _with_connection(empty_url, _fill)
    assert rows, "the revision has no table"
    assert await upgrade(empty_url) == REVISIONS[-1]
    content = await _with_connection(empty_url, _content)
    for table, row in rows.items():
        column, emptied_by = EMPTIED.get(table, ("", revision))
        if REVISIONS.index(revision) < REVISIONS.index(emptied_by):
            row[column] = None
        kept = [{name: found[name] for name in row} for found in content[table]]
        assert row in kept, f"{table} lost its row"


def _only_comments(difference: Any) -> bool:
    return isinstance(difference, list) and all(each[0] == "modify_comment" for each in difference)


async def test_the_revisions_make_the_schema_of_the_models(empty_url: str) -> None:
    assert await current_revision(empty_url) is None
    await upgrade(empty_url)

    def differences(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = compare_metadata(context, metadata)
        # Comments of columns are for whoever reads the models; no database needs them.
        return [each for each in found if not _only_comments(each)]

    assert await _with_connection(empty_url, differences) == []
