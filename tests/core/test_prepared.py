"""A prepared statement means what the same statement means through SQLAlchemy, on both stores."""

from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from core.database import Database, Tx
from core.errors import BadInput
from core.outbox import outbox
from core.prepared import Prepared

COLUMNS = ("id", "topic", "key", "payload", "created_at", "due_at", "attempts")
INSERT = Prepared(sa.insert(outbox), COLUMNS)
BY_TOPIC = sa.select(outbox).where(
    outbox.c.topic == sa.bindparam("of"), outbox.c.attempts < 9, outbox.c.done_at.is_(None)
)
FOUND = Prepared(BY_TOPIC.order_by(outbox.c.id).limit(sa.bindparam("most")))
DONE = Prepared(
    sa.update(outbox)
    .where(outbox.c.id == sa.bindparam("of"))
    .values(done_at=sa.bindparam("at"), payload=sa.bindparam("told"))
)
MOMENT = datetime(2026, 3, 1, 8, 30, 0, 123456, tzinfo=UTC)


def _event(number: int, **other: Any) -> dict[str, Any]:
    event = {"id": f"ob_{number}", "topic": "t", "key": str(number), "payload": {"说": [number]}}
    return event | {"created_at": MOMENT, "due_at": MOMENT, "attempts": number} | other


def _insert(tx: Tx, *events: dict[str, Any]) -> list[int]:
    return [tx.change(INSERT, event) for event in events]


async def test_rows_are_those_of_sqlalchemy(db: Database) -> None:
    events = [_event(number) for number in (1, 2, 3, 9)]
    assert await db.write(lambda tx: _insert(tx, *events)) == [1, 1, 1, 1]

    def both(tx: Tx) -> tuple[list[Any], list[Any]]:
        plain = tx.execute(BY_TOPIC.order_by(outbox.c.id), {"of": "t"})
        return tx.all(FOUND, {"of": "t", "most": 7}), list(plain)

    found, plain = await db.read(both)
    assert [row._asdict() for row in found] == [row._asdict() for row in plain]
    assert [row.payload for row in found] == [{"说": [1]}, {"说": [2]}, {"说": [3]}]
    assert found[0].created_at == MOMENT


async def test_first_and_the_number_of_changed_rows(db: Database) -> None:
    await db.write(lambda tx: _insert(tx, _event(1), _event(2)))
    assert (await db.read(lambda tx: tx.first(FOUND, {"of": "t", "most": 7}))).id == "ob_1"
    assert await db.read(lambda tx: tx.first(FOUND, {"of": "other", "most": 7})) is None
    done = {"at": MOMENT, "told": None}
    assert await db.write(lambda tx: tx.change(DONE, done | {"of": "ob_3"})) == 0
    with pytest.raises(sa.exc.IntegrityError):  # None is SQL NULL
        await db.write(lambda tx: tx.change(DONE, done | {"of": "ob_1"}))
    assert await db.write(lambda tx: tx.change(DONE, {"of": "ob_1", "at": MOMENT, "told": {}})) == 1
    assert (await db.read(lambda tx: tx.first(FOUND, {"of": "t", "most": 7}))).id == "ob_2"


async def test_a_fault_undoes_the_unit_and_is_told_as_ever(db: Database) -> None:
    with pytest.raises(sa.exc.IntegrityError) as refused:
        await db.write(lambda tx: _insert(tx, _event(1, payload={"secret": 1}), _event(1)))
    assert "secret" not in str(refused.value)
    with pytest.raises(BadInput):
        await db.write(lambda tx: _insert(tx, _event(1, topic="half a character: \ud83d")))
    assert await db.read(lambda tx: tx.all(FOUND, {"of": "t", "most": 7})) == []


async def test_a_value_left_out_is_noticed(db: Database) -> None:
    with pytest.raises((KeyError, sa.exc.StatementError)):
        await db.read(lambda tx: tx.first(FOUND, {"of": "t"}))
