"""Protected values: kept sealed, revealed with a trace, emptied in time."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from conversations import protected
from conversations.models import protected_value
from conversations.protected import NoSuchProtectedValue, ProtectedValueGone
from core.audit import audit
from core.database import Database, Tx
from core.vault import Unreadable, Vault
from tests.support.numbers import IDENTITY_NUMBERS

IDENTITY_NUMBER, OTHER = IDENTITY_NUMBERS[:2]
DAY = timedelta(days=1)


@pytest.fixture
def keep(db: Database, vault: Vault, opened):
    async def do(value: str = IDENTITY_NUMBER, *, under: Vault = vault, **more) -> str:
        given = {
            "conversation_id": opened.conversation.id,
            "subject": "fr_1",
            "field": "number",
            "kind": "identity_number",
            "ttl": DAY,
        }
        return await db.write(lambda tx: protected.keep(tx, under, value=value, **(given | more)))

    return do


@pytest.fixture
def reveal(db: Database, vault: Vault):
    async def do(reference: str, *, under: Vault = vault) -> str:
        return await db.write(lambda tx: protected.reveal(tx, under, reference, actor="st_1"))

    return do


def rows(tx: Tx) -> list[dict]:
    return [dict(row) for row in tx.execute(sa.select(protected_value)).mappings()]


def revealed(tx: Tx) -> list:
    wanted = audit.c.action == "conversations:protected_value:reveal"
    return list(tx.execute(sa.select(audit).where(wanted)))


async def test_a_value_is_kept_sealed_and_revealed_with_a_trace(db, opened, keep, reveal) -> None:
    reference = await keep()
    [row] = await db.read(rows)
    assert IDENTITY_NUMBER not in str(row)
    assert await reveal(reference) == IDENTITY_NUMBER
    [trace] = await db.read(revealed)
    assert (trace.actor, trace.subject) == ("st_1", opened.conversation.id)
    assert trace.detail == {"reference": reference, "field": "number", "kind": "identity_number"}


async def test_no_such_reference(reveal) -> None:
    with pytest.raises(NoSuchProtectedValue):
        await reveal("pv_none")


class TestMatching:
    async def test_however_it_is_written_and_whatever_its_secret(self, db, vault, keep) -> None:
        old = await keep()
        new = await keep(f" {IDENTITY_NUMBER.lower()[:6]} {IDENTITY_NUMBER.lower()[6:]} ")
        await keep(OTHER)
        rotated = Vault("another secret of the tests, long", "a secret of the tests, long enough")
        for given in (vault, rotated):
            found = await db.read(
                lambda tx, given=given: protected.matching(
                    tx, given, kind="identity_number", value=IDENTITY_NUMBER
                )
            )
            assert found == [old, new]

    async def test_not_across_kinds_nor_without_the_secret(self, db, vault, keep) -> None:
        await keep(kind="bank_card")
        await keep(under=Vault("another secret of the tests, long"))
        assert (
            await db.read(
                lambda tx: protected.matching(
                    tx, vault, kind="identity_number", value=IDENTITY_NUMBER
                )
            )
            == []
        )


class TestTimeToLive:
    async def test_past_its_time_it_is_gone_before_any_sweep(self, keep, reveal) -> None:
        with pytest.raises(ProtectedValueGone):
            await reveal(await keep(ttl=timedelta(0)))

    async def test_the_sweep_empties_what_expired_and_nothing_else(
        self, db, vault, keep, reveal
    ) -> None:
        gone, live = await keep(ttl=timedelta(0)), await keep()
        assert await db.write(protected.sweep_expired) == 1
        assert await db.write(protected.sweep_expired) == 0
        emptied = {row["id"]: row for row in await db.read(rows)}[gone]
        assert (emptied["sealed"], emptied["digest"]) == (None, None)
        assert emptied["erased_at"] is not None
        assert await reveal(live) == IDENTITY_NUMBER
        assert [live] == await db.read(
            lambda tx: protected.matching(tx, vault, kind="identity_number", value=IDENTITY_NUMBER)
        )

    async def test_it_sweeps_in_chunks(self, db, keep) -> None:
        for _ in range(5):
            await keep(ttl=timedelta(0))
        swept = [await db.write(lambda tx: protected.sweep_expired(tx, 2)) for _ in range(4)]
        assert swept == [2, 2, 1, 0]

    async def test_no_value_lives_longer_than_the_longest(self, db, keep) -> None:
        await keep(ttl=timedelta(days=4000))
        [row] = await db.read(rows)
        assert row["expires_at"] - row["created_at"] == protected.LONGEST


class TestForget:
    async def test_by_subject_reference_or_conversation(self, db, opened, keep, reveal) -> None:
        first, second, third = await keep(), await keep(subject="fr_2"), await keep(subject="fr_2")
        assert await db.write(lambda tx: protected.forget(tx, reference=second)) == 1
        assert await db.write(lambda tx: protected.forget(tx, subject="fr_2")) == 1
        cid = opened.conversation.id
        assert await db.write(lambda tx: protected.forget(tx, conversation_id=cid)) == 1
        for each in (first, second, third):
            with pytest.raises(ProtectedValueGone):
                await reveal(each)

    async def test_without_a_condition_nothing_is_forgotten(self, db) -> None:
        with pytest.raises(ValueError, match="which values"):
            await db.write(protected.forget)


class TestSecrets:
    async def test_a_changed_secret_is_told_and_leaves_no_trace_of_reading(
        self, db, keep, reveal
    ) -> None:
        reference = await keep()
        with pytest.raises(Unreadable):
            await reveal(reference, under=Vault("another secret of the tests, long"))
        assert await db.read(revealed) == []

    async def test_a_rotated_secret_opens(self, keep, reveal) -> None:
        reference = await keep()
        rotated = Vault("another secret of the tests, long", "a secret of the tests, long enough")
        assert await reveal(reference, under=rotated) == IDENTITY_NUMBER

    async def test_moved_to_another_row_it_does_not_open(self, db, keep, reveal) -> None:
        reference, other = await keep(), await keep(OTHER)
        sealed = {row["id"]: row["sealed"] for row in await db.read(rows)}
        await db.write(
            lambda tx: tx.execute(
                sa.update(protected_value)
                .where(protected_value.c.id == other)
                .values(sealed=sealed[reference])
            )
        )
        with pytest.raises(Unreadable, match="damaged or moved"):
            await reveal(other)
