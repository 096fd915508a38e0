"""Processes and PostgreSQL killed under many chats (`bench/faults.py` does it at length)."""

import asyncio
import signal
from collections.abc import Callable
from itertools import islice

import pytest

from tests.faults.flood import Flood
from tests.faults.harness import Bureau, Running, Server, questions
from tests.support.postgres import Cluster

CHATS, QUESTIONS = 12, 10
LATER = {"DAOBAN_ANSWER_DEADLINE_SECONDS": "60"}
"""The machine of the tests is slow; the default would count how slow."""


def again(process: Running) -> Callable:
    """Kill a process and start it again."""

    async def fault() -> None:
        process.kill()
        await asyncio.to_thread(process.start)

    return fault


def restarted(cluster: Cluster, by: signal.Signals) -> Callable:
    """Stop PostgreSQL and start it again."""

    async def fault() -> None:
        await asyncio.to_thread(cluster.restart, by)

    return fault


async def test_sqlite_and_kill(make_server: Callable[..., Server]) -> None:
    server = make_server(**LATER)
    url = f"sqlite:///{server.home / 'daoban.sqlite3'}"
    flood = Flood([server], url, {40: again(server), 90: again(server)})
    figures = await flood.run(CHATS, list(islice(questions(), QUESTIONS)))
    assert figures.acknowledged == CHATS * QUESTIONS
    assert figures.resent > 0, "nobody noticed"


@pytest.mark.postgres
async def test_two_servers_and_kill(bureau: Bureau, durable_postgres: Cluster) -> None:
    for each in bureau.all:
        each.variables.update(LATER)
    bureau.start()
    first, second = bureau.servers
    faults = {
        30: again(first),
        60: again(bureau.work),
        80: restarted(durable_postgres, signal.SIGQUIT),
        100: again(second),
    }
    flood = Flood(bureau.servers, bureau.url, faults)
    figures = await flood.run(CHATS, list(islice(questions(), QUESTIONS)))
    assert figures.acknowledged == CHATS * QUESTIONS
    assert figures.resent > 0, "nobody noticed"
