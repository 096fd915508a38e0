"""Killing the worker at any moment and starting it again loses and doubles nothing."""

import asyncio
import random
import sys
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from conversations.models import chat_session, conversation, message
from core.database import Tx
from core.settings import PROJECT
from reminders import service
from reminders.models import campaign_run, outreach
from taxpayers.models import person, taxpayer

WORKER = Path(__file__).with_name("worker_process.py")
REGISTERED, OPEN = 6_000, 400
KILLS = 5


def seed(tx: Tx) -> None:
    """Register many, of whom two thirds are addressed and some have their chat open."""
    tx.execute(sa.insert(person), [{"id": "p", "name": "王敏", "updated_at": tx.now}])
    tx.execute(
        sa.insert(taxpayer),
        [
            {
                "id": f"t{number:05}",
                "name": f"公司{number}",
                "filing_period": "quarter" if number % 3 == 2 else "month",
                "tags": [],
                "updated_at": tx.now,
            }
            for number in range(REGISTERED)
        ],
    )
    here = [f"t{number:05}" for number in range(OPEN)]
    tx.execute(
        sa.insert(conversation),
        [
            {
                "id": f"c-{each}",
                "person_id": "p",
                "taxpayer_id": each,
                "assurance": "real_name",
                "profile": {},
                "locale": "zh-Hans",
                "owner": "bot",
                "owner_version": 0,
                "last_seq": 0,
                "read_seq": 0,
                "memory": {},
                "created_at": tx.now,
                "updated_at": tx.now,
            }
            for each in here
        ],
    )
    tx.execute(
        sa.insert(chat_session),
        [
            {
                "id": f"s-{each}",
                "conversation_id": f"c-{each}",
                "token_hash": each,
                "channel": "web",
                "created_at": tx.now,
                "expires_at": tx.now + timedelta(hours=2),
            }
            for each in here
        ],
    )


def addressed(upto: int) -> list[str]:
    return [f"t{number:05}" for number in range(upto) if number % 3 != 2]


def progress(tx: Tx) -> tuple[int, int]:
    rows = sa.select(sa.func.count(), sa.func.count(outreach.c.delivered_at))
    recipients, delivered = tx.execute(rows.select_from(outreach)).one()
    cards = tx.execute(sa.select(sa.func.count()).where(message.c.kind == "reminder")).scalar_one()
    assert cards == delivered, "a card and its mark are one transaction"
    return recipients, delivered


async def worker(url: str) -> asyncio.subprocess.Process:
    process = await asyncio.create_subprocess_exec(
        sys.executable, WORKER, url, stdout=asyncio.subprocess.PIPE, cwd=PROJECT
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"
    return process


async def killed(process: asyncio.subprocess.Process, seconds: float) -> bool:
    """Kill the process unless it ends before; whether it was killed."""
    try:
        await asyncio.wait_for(process.wait(), seconds)
    except TimeoutError:
        process.kill()
        await process.wait()
        return True
    assert process.returncode == 0
    return False


async def moved(bureau, process: asyncio.subprocess.Process, before: tuple[int, int]) -> None:
    """Return when the worker has committed something, or ended."""
    async with asyncio.timeout(60):
        # another process gives no event to wait for
        while process.returncode is None and await bureau.db.read(progress) == before:  # noqa: ASYNC110
            await asyncio.sleep(0.002)


async def test_killed_at_any_moment(bureau, spec, database_url):
    await bureau.db.write(seed)
    await service.push(bureau.db, spec, None, actor="operator")
    total = len(addressed(REGISTERED)), len(addressed(OPEN))
    before, kills = (0, 0), 0
    for _ in range(KILLS):
        process = await worker(database_url)
        await moved(bureau, process, before)
        if not await killed(process, random.uniform(0.0, 0.1)):
            break
        kills += 1
        before = await bureau.db.read(progress)
    assert kills > 0, "the worker was done before it could be killed"

    process = await worker(database_url)
    assert not await killed(process, 120)
    assert await bureau.db.read(progress) == total
    await bureau.db.read(check_nothing_lost_or_doubled)
    assert (await bureau.campaign(spec)).state == "done"


def check_nothing_lost_or_doubled(tx: Tx) -> None:
    rows = tx.execute(sa.select(outreach).order_by(outreach.c.taxpayer_id)).all()
    assert [row.taxpayer_id for row in rows] == addressed(REGISTERED)
    given = {row.conversation_id: row.seq for row in rows if row.delivered_at is not None}
    assert sorted(given) == [f"c-{each}" for each in addressed(OPEN)]
    cards = tx.execute(sa.select(message.c.conversation_id, message.c.seq, message.c.kind)).all()
    assert sorted(cards) == sorted((each, seq, "reminder") for each, seq in given.items())
    run = tx.execute(sa.select(campaign_run)).one()
    assert (run.added, run.ended_at is not None) == (len(rows), True)
