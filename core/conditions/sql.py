"""The same condition as a SQL expression with the same three values (True, False, NULL)."""

import operator
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from core.conditions.fields import PROFILE, Field, Scalar
from core.conditions.tree import All, Comparison, Condition, Not

Columns = Callable[[str], sa.ColumnElement[Any]]


def to_sql(condition: Condition, column: Columns) -> sa.ColumnElement[bool]:
    """Compile a condition.

    Args:
        condition: as `parse` gave it.
        column: gives the column or expression that holds a field: text, a number, a date (typed,
            or its ISO text) and for tags a JSON array. NULL is unknown.
    """
    if isinstance(condition, Comparison):
        return _test(condition, column(condition.field.name))
    if isinstance(condition, Not):
        return sa.not_(to_sql(condition.part, column))
    parts = (to_sql(part, column) for part in condition.parts)
    return sa.and_(sa.true(), *parts) if isinstance(condition, All) else sa.or_(*parts)


def json_fields(column: sa.ColumnElement[Any], fields: Mapping[str, Field] = PROFILE) -> Columns:
    """Return the `column` of `to_sql` for facts kept together in one JSON object.

    A member of another type than its field's is NULL, as it is unknown to `evaluate`. Only a date
    is taken as it stands: what writes the object must have checked it.
    """

    def of(name: str) -> sa.ColumnElement[Any]:
        member = column[name]
        kept = _json_type(column, sa.literal(name))
        kind = fields[name].kind
        if kind == "tags":
            return sa.case((kept == "array", member))
        if kind == "number":
            return sa.case((kept.in_(("integer", "real", "number")), member.as_float()))
        return sa.case((kept.in_(("text", "string")), member.as_string()))

    return of


_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
}


def _test(test: Comparison, column: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    if test.field.kind == "tags":
        found = sa.or_(*(_holds(column, sa.literal(word)) for word in test.values))
        return sa.not_(found) if test.op == "ne" else found
    if test.field.kind == "number":
        column = sa.cast(column, sa.Double())
    values = [_bound(value, column) for value in test.values]
    if test.op == "in":
        return column.in_(values)
    compared: sa.ColumnElement[bool] = _COMPARE[test.op](column, values[0])
    return compared


def _bound(value: Scalar, column: sa.ColumnElement[Any]) -> Scalar:
    kept_as_text = isinstance(value, date) and isinstance(column.type, sa.String)
    return value.isoformat() if kept_as_text and isinstance(value, date) else value


class _json_type(FunctionElement[str]):  # noqa: N801 - reads as the SQL function it is
    """The type of a member of a JSON object, in the database's own words."""

    inherit_cache = True
    type = sa.String()


class _holds(FunctionElement[bool]):  # noqa: N801 - reads as the SQL function it is
    """Whether a JSON array contains a word; NULL when the array is."""

    inherit_cache = True
    type = sa.Boolean()


@compiles(_json_type, "sqlite")
def _json_type_sqlite(element: _json_type, compiler: SQLCompiler, **kw: Any) -> str:
    column, name = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"json_type({column}, '$.' || {name})"


@compiles(_json_type, "postgresql")
def _json_type_postgresql(element: _json_type, compiler: SQLCompiler, **kw: Any) -> str:
    column, name = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"jsonb_typeof({column} -> CAST({name} AS TEXT))"


@compiles(_holds, "sqlite")
def _holds_sqlite(element: _holds, compiler: SQLCompiler, **kw: Any) -> str:
    array, word = (compiler.process(clause, **kw) for clause in element.clauses)
    words = f"SELECT 1 FROM json_each({array}) AS each_word WHERE each_word.value = {word}"  # noqa: S608 - compiled parts
    return f"CASE WHEN ({array}) IS NOT NULL THEN EXISTS ({words}) END"


@compiles(_holds, "postgresql")
def _holds_postgresql(element: _holds, compiler: SQLCompiler, **kw: Any) -> str:
    array, word = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"(({array}) @> to_jsonb(CAST({word} AS TEXT)))"
