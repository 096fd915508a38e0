"""A condition means the same in Python and in SQL: True, False and NULL."""

import asyncio
import string
from datetime import date

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import create_async_engine

from core.conditions import PROFILE, evaluate, json_fields, parse, to_sql
from core.tables import Json

unhurried = settings(deadline=None)  # the machine is shared

facts_table = sa.Table("facts", sa.MetaData(), sa.Column("profile", Json))
typed_table = sa.Table(
    "typed",
    sa.MetaData(),
    *(
        sa.Column(
            field.name,
            {
                "text": sa.String(),
                "number": sa.Numeric(asdecimal=False),
                "date": sa.Date(),
                "tags": Json,
            }[field.kind],
        )
        for field in PROFILE.values()
    ),
)

# Few values each, so that conditions and facts meet.
WORDS = ["a", "b", "浙江省", "it's", 'quo"te', "%", "1"]
NUMBERS = [0, 1, -1, 2.5, 300, 300.0, 0.1, 3_000_000, 999_999_999_999.99]
DATES = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 2, 28)]


def values_of(field):
    if field.kind == "number":
        return st.sampled_from(NUMBERS)
    if field.kind == "date":
        return st.sampled_from(DATES)
    return st.sampled_from(field.choices or WORDS)


@st.composite
def comparisons(draw):
    field = draw(st.sampled_from(list(PROFILE.values())))
    value = values_of(field)
    ordered = ["lt", "lte", "gt", "gte"] if field.kind in {"number", "date"} else []
    test = draw(
        value
        | st.lists(value, min_size=1, max_size=3)
        | st.dictionaries(st.sampled_from([*ordered, "ne"]), value, min_size=1, max_size=2)
    )
    return {field.name: test}


def joined(parts):
    some = st.lists(parts, min_size=1, max_size=3)
    return (
        st.builds(lambda p: {"all": p}, some)
        | st.builds(lambda p: {"any": p}, some)
        | st.builds(lambda p: {"not": p}, parts)
        | st.builds(lambda a, b: {**a, **b}, parts, parts)
    )


conditions = st.recursive(comparisons() | st.just({}), joined, max_leaves=8)
profiles = st.fixed_dictionaries(
    {},
    optional={
        field.name: st.none()
        | (
            st.lists(st.sampled_from(WORDS), max_size=3)
            if field.kind == "tags"
            else values_of(field)
        )
        for field in PROFILE.values()
    },
)
anything = (
    st.none()
    | st.booleans()
    | st.sampled_from([*WORDS, *NUMBERS])
    | st.text(string.printable, max_size=5)
    | st.lists(st.sampled_from([*WORDS, 1, None]), max_size=2)
    | st.dictionaries(st.sampled_from(["a", "b"]), st.integers(0, 3), max_size=1)
)


def as_json(profile):
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in profile.items()
    }


@pytest.fixture(scope="module")
def sqlite():
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        facts_table.create(connection)
        typed_table.create(connection)
        yield connection
    engine.dispose()


def in_sql(connection, table, row, expression):
    connection.execute(table.delete())
    connection.execute(table.insert().values(row))
    expected = connection.scalar(sa.select(sa.cast(expression, sa.Integer)).select_from(table))
    found = len(
        connection.execute(sa.select(sa.literal(1)).select_from(table).where(expression)).all()
    )
    assert found == (expected == 1), "WHERE keeps exactly what is true"
    return None if expected is None else bool(expected)


@unhurried
@given(condition=conditions, profile=profiles)
def test_typed_columns(sqlite, condition, profile):
    parsed = parse(condition)
    row = {name: profile.get(name) for name in PROFILE}
    expression = to_sql(parsed, lambda name: typed_table.c[name])
    assert in_sql(sqlite, typed_table, row, expression) is evaluate(parsed, profile).value


@unhurried
@given(condition=conditions, profile=profiles)
def test_one_json_object(sqlite, condition, profile):
    parsed = parse(condition)
    expression = to_sql(parsed, json_fields(facts_table.c.profile))
    found = in_sql(sqlite, facts_table, {"profile": as_json(profile)}, expression)
    assert found is evaluate(parsed, as_json(profile)).value


@unhurried
@given(
    condition=comparisons().filter(lambda data: "registered_on" not in data),
    profile=st.dictionaries(st.sampled_from(list(PROFILE)), anything, max_size=11),
)
def test_members_of_a_wrong_type_are_unknown(sqlite, condition, profile):
    parsed = parse(condition)
    expression = to_sql(parsed, json_fields(facts_table.c.profile))
    found = in_sql(sqlite, facts_table, {"profile": profile}, expression)
    assert found is evaluate(parsed, profile).value


@pytest.mark.postgres
@settings(deadline=None, max_examples=8)
@given(examples=st.lists(st.tuples(conditions, profiles), min_size=25, max_size=25))
def test_postgresql(postgres_server, examples):
    """Both ways on PostgreSQL, many to a connection."""

    async def verdicts():
        address = sa.make_url(postgres_server + "postgres").set(drivername="postgresql+asyncpg")
        engine = create_async_engine(address, poolclass=sa.NullPool)
        async with engine.connect() as connection:
            found = await connection.run_sync(_both_ways, examples)
        await engine.dispose()
        return found

    expected = [evaluate(parse(condition), profile).value for condition, profile in examples]
    assert asyncio.run(verdicts()) == [(value, value) for value in expected]


def _both_ways(connection, examples):
    facts_table.create(connection)
    typed_table.create(connection)
    found = []
    for condition, profile in examples:
        parsed = parse(condition)
        row = {name: profile.get(name) for name in PROFILE}
        typed = to_sql(parsed, lambda name: typed_table.c[name])
        joint = to_sql(parsed, json_fields(facts_table.c.profile))
        kept = {"profile": as_json(profile)}
        found.append(
            (
                in_sql(connection, typed_table, row, typed),
                in_sql(connection, facts_table, kept, joint),
            )
        )
    connection.rollback()
    return found
