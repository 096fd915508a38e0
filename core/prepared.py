"""Statements of the hot path, compiled once.

What SQLAlchemy does around a statement (cache key, parameters, context, result) takes many times
what SQLite takes for the statement itself, and all of it in the one thread that writes. A
`Prepared` is written in SQLAlchemy as any other and means the same on both databases; on SQLite it
goes to the driver directly.
"""

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import sqlalchemy as sa

Convert = Callable[[Any], Any] | None


class Prepared:
    """A statement whose values are all bound by name.

    Args:
        statement: with a `bindparam` for each value that differs from call to call.
        columns: of an INSERT, what is given.
    """

    def __init__(self, statement: sa.Executable, columns: Iterable[str] = ()) -> None:
        self.statement = statement
        self._columns = tuple(columns)
        self._plan: _Plan | None = None

    def run(
        self, driver: sqlite3.Connection, dialect: sa.Dialect, values: Mapping[str, Any]
    ) -> tuple[sqlite3.Cursor, "_Plan"]:
        """Run it on SQLite.

        Raises:
            DBAPIError: the same as SQLAlchemy raises.
        """
        plan = self._plan
        if plan is None:
            plan = self._plan = _Plan(self.statement, self._columns, dialect)
        given = {**plan.fixed, **values} if plan.fixed else values
        try:
            return driver.execute(
                plan.sql,
                [
                    given[name] if convert is None else convert(given[name])
                    for name, convert in plan.parameters
                ],
            ), plan
        except sqlite3.Error as error:
            raise sa.exc.DBAPIError.instance(
                plan.sql, None, error, sqlite3.Error, hide_parameters=True, dialect=dialect
            ) from error


class _Plan:
    """A compiled statement: its text, what its parameters and its columns need."""

    def __init__(self, statement: Any, columns: tuple[str, ...], dialect: sa.Dialect) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=columns or None)
        self.sql = str(compiled)
        self.parameters: list[tuple[str, Convert]] = [
            (name, _impl(compiled.binds[name].type, dialect).bind_processor(dialect))
            for name in compiled.positiontup or ()
        ]
        required = {name for name, bind in compiled.binds.items() if bind.required}
        self.fixed = {
            name: value for name, value in compiled.params.items() if name not in required
        }
        found = statement.selected_columns if isinstance(statement, sa.Select) else ()
        names = [str(column.key) for column in found]
        self._row: Any = namedtuple("Row", names)  # type: ignore[misc] # as the statement says
        self._converts = [
            (place, convert)
            for place, column in enumerate(found)
            if (convert := _impl(column.type, dialect).result_processor(dialect, None))
        ]

    def row(self, found: tuple[Any, ...]) -> Any:
        """Turn what the driver gave into a row with named values."""
        values = list(found)
        for place, convert in self._converts:
            values[place] = convert(values[place])
        return self._row._make(values)


def _impl(given: Any, dialect: sa.Dialect) -> Any:
    return given.dialect_impl(dialect)
