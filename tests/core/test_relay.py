"""Wake-ups between two processes on one PostgreSQL; what the wire may do to them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import asyncpg
import pytest
import sqlalchemy as sa

from core.database import Database, Tx, open_database
from core.relay import LONGEST, batches
from tests.support.proxy import wire

pytestmark = pytest.mark.postgres
SECONDS = 10.0


async def hearing(database: Database, hears: bool = True) -> None:
    """Return when the database hears of other processes, or no longer does."""
    async with asyncio.timeout(SECONDS):
        while database.hears is not hears:  # noqa: ASYNC110 - the driver gives no event
            await asyncio.sleep(0.01)


@pytest.fixture
async def two(postgres_url: str) -> AsyncIterator[tuple[Database, Database]]:
    """The databases of two processes that listen."""
    async with AsyncExitStack() as stack:
        pair = (open_database(postgres_url), open_database(postgres_url))
        for each in pair:
            stack.push_async_callback(each.close)
            each.listen()
            await hearing(each)
        yield pair


async def test_a_commit_wakes_the_other_process(two) -> None:
    here, there = two
    async with there.hub.subscribe("desk", "conversation:cv_1") as reader:
        await here.write(lambda tx: tx.notify("desk"))
        assert await reader.wait(SECONDS) == []
        assert reader.looks
        await here.write(lambda tx: tx.notify("conversation:cv_1", {"type": "read", "seq": 7}))
        assert await reader.wait(SECONDS) == [{"type": "read", "seq": 7}]
        assert not reader.looks


async def test_what_is_undone_wakes_nobody(two) -> None:
    here, there = two

    def undone(tx: Tx) -> None:
        tx.notify("desk", {"undone": True})
        raise ValueError("on purpose")

    async with there.hub.subscribe("desk") as reader:
        with pytest.raises(ValueError, match="on purpose"):
            await here.write(undone)
        here.hub.notify("desk", {"after": True})
        assert await reader.wait(SECONDS) == [{"after": True}]


async def test_ones_own_echo_is_not_heard(two) -> None:
    here, there = two
    async with here.hub.subscribe("desk") as own, there.hub.subscribe("desk") as other:
        here.hub.notify("desk", {"n": 1})
        assert await other.wait(SECONDS) == [{"n": 1}]
        there.hub.notify("desk", {"n": 2})
        heard = await own.wait(SECONDS)
        if len(heard) == 1:
            heard += await own.wait(SECONDS)
        assert heard == [{"n": 1}, {"n": 2}]


async def test_a_closing_process_sends_what_waits(two, postgres_url: str) -> None:
    _, there = two
    command = open_database(postgres_url)  # listens to nobody, as a command does
    async with there.hub.subscribe("knowledge") as reader:
        await command.write(lambda tx: tx.notify("knowledge"))
        await command.close()
        await reader.wait(SECONDS)
        assert reader.looks


async def test_a_cut_wire_is_noticed_and_mended(postgres_url: str, two) -> None:
    here, _ = two
    address = sa.make_url(postgres_url)
    assert address.port is not None
    with wire(address.port) as cable:
        through = address.set(port=cable.port)
        there = open_database(through.render_as_string(hide_password=False))
        there.listen()
        await hearing(there)
        cable.cut()
        await hearing(there, hears=False)
        cable.mend()
        await hearing(there)
        async with there.hub.subscribe("desk") as reader:
            here.hub.notify("desk")
            await reader.wait(SECONDS)
            assert reader.looks
        await there.close()


async def test_foreign_notifications_do_no_harm(two, postgres_url: str) -> None:
    here, there = two
    stranger = await asyncpg.connect(postgres_url)
    for nonsense in ("no json", "[1]", "7", '[["desk"]]'):
        await stranger.execute("SELECT pg_notify('daoban', $1)", nonsense)
    await stranger.close()
    async with there.hub.subscribe("desk") as reader:
        here.hub.notify("desk")
        await reader.wait(SECONDS)
        assert reader.looks


def test_batches_fit_and_lose_no_channel() -> None:
    told = [(f"conversation:{n:040}", None) for n in range(500)] + [("c", {"x": "导" * 5000})]
    made = list(batches(told))
    assert all(len(each.encode()) <= LONGEST for each in made)
    assert sum(each.count("conversation:") for each in made) == 500
    assert made[-1].endswith('["c",null]]'), "a payload too long still wakes"
