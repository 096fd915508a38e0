"""Units of work: all or nothing, grouped, wake-ups after the commit."""

import asyncio

import pytest
import sqlalchemy as sa

from core.audit import audit, record
from core.database import Database, DatabaseUnavailable, Tx, open_database
from core.migrate import SchemaTooNew, current_revision, upgrade
from core.outbox import Outbox, emit, outbox


def count(tx: Tx) -> int:
    return tx.execute(sa.select(sa.func.count()).select_from(audit)).scalar_one()


async def test_many_units_at_once_are_all_kept(db: Database) -> None:
    units = [db.write(lambda tx, n=n: record(tx, "system", "a:b:c", str(n))) for n in range(500)]
    await asyncio.gather(*units)
    assert await db.read(count) == 500


async def test_a_failing_unit_is_undone_alone(db: Database) -> None:
    def bad(tx: Tx) -> None:
        record(tx, "system", "a:b:c", "bad")
        raise KeyError("on purpose")

    good = [db.write(lambda tx, n=n: record(tx, "system", "a:b:c", str(n))) for n in range(20)]
    results = await asyncio.gather(*good[:10], db.write(bad), *good[10:], return_exceptions=True)
    assert [type(result) for result in results if result is not None] == [KeyError]
    assert await db.read(count) == 20


async def test_wake_ups_leave_only_after_a_commit(db: Database) -> None:
    async with db.hub.subscribe("c") as reader:
        with pytest.raises(ValueError, match="undone"):
            await db.write(_failing_notify)
        assert await reader.wait(0.01) == []
        await db.write(lambda tx: tx.notify("c", {"typing": True}))
        assert await reader.wait(1) == [{"typing": True}]


def _failing_notify(tx: Tx) -> None:
    tx.notify("c", {"typing": True})
    raise ValueError("undone")


async def test_a_closed_database_says_so(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    await database.close()
    with pytest.raises(DatabaseUnavailable):
        await database.write(count)


async def test_a_unit_of_work_sees_its_moment_in_utc(db: Database) -> None:
    await db.write(lambda tx: record(tx, "system", "a:b:c", "x"))
    at = (await db.read(lambda tx: tx.execute(sa.select(audit.c.at)).scalar_one())).utcoffset()
    assert at is not None and at.total_seconds() == 0


async def test_an_event_is_done_once_however_often_it_is_emitted(db: Database) -> None:
    seen: list[str] = []
    runner = Outbox(db)
    runner.subscribe(
        "t", lambda tx, payload: (seen.append(payload["n"]), record(tx, "s", "a", "b"))[0]
    )
    await db.write(lambda tx: [emit(tx, "t", "k1", {"n": "1"}) for _ in range(3)])
    assert await runner.drain() == 1
    assert await runner.drain() == 0
    assert seen == ["1"]


async def test_a_failing_handler_keeps_nothing_and_is_tried_again(db: Database) -> None:
    runner = Outbox(db)

    def handler(tx: Tx, payload: dict[str, str]) -> None:
        record(tx, "system", "a:b:c", "half")
        raise RuntimeError("on purpose")

    runner.subscribe("t", handler)
    await db.write(lambda tx: emit(tx, "t", "k", {}))
    await runner.drain()
    row = await db.read(lambda tx: tx.execute(sa.select(outbox)).one())
    assert await db.read(count) == 0
    assert (row.attempts, row.done_at, row.last_error) == (1, None, "RuntimeError")
    assert row.due_at > row.created_at


def test_a_topic_has_one_handler(sqlite_url: str) -> None:
    runner = Outbox(None)  # type: ignore[arg-type]
    runner.subscribe("t", lambda tx, payload: None)
    with pytest.raises(ValueError, match="already"):
        runner.subscribe("t", lambda tx, payload: None)


async def test_a_database_of_a_later_version_is_left_alone(database_url: str) -> None:
    database = open_database(database_url)
    await database.write(
        lambda tx: tx.execute(sa.text("UPDATE alembic_version SET version_num = '9999_later'"))
    )
    await database.close()
    with pytest.raises(SchemaTooNew, match="9999_later"):
        await upgrade(database_url)
    assert await current_revision(database_url) == "9999_later"
