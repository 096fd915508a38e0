"""How long a campaign takes to reach everybody, and what the chat feels of it meanwhile.

    .venv/bin/python bench/push.py [--taxpayers 450000] [--chats 200] [--rate 100]

On SQLite, then on a PostgreSQL of its own (both durable): fills the register with invented
taxpayers, starts `daoban serve`, then a campaign whose condition holds for all of them, and asks
for its counts until every recipient has its row. Messages go on being kept at the given rate; their
times before and during the push stand beside each other. Some taxpayers have their chat open: their
cards are given at once and counted. Needs Debian's postgresql.
"""

import argparse
import asyncio
import itertools
import json
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import uvloop
from harness import Server, machine, prepare, row, serving
from wire import Connection, Pool

from core.clock import Clock
from core.database import Tx, open_database
from core.migrate import upgrade
from taxpayers.models import taxpayer
from tests.support.host import host_token
from tests.support.postgres import cluster

CONNECTIONS = 32
OPEN_CHATS = 100
BATCH = 10_000
CALM_SECONDS = 10
WORDS = "第三季度的申报表已经提交，请帮忙看一下是否还需要补充材料"
CAMPAIGN = {
    "kind": "reminder",
    "title": "征期申报提醒",
    "obligation": "VAT-M",
    "tax_period": "2026-11",
    "audience": {
        "vat_status": "small_scale",
        "filing_period": "month",
        "employees": {"lte": 300},
        "any": [{"entity_type": "company"}, {"entity_type": "individual_business"}],
    },
    "template": {"text": "{name}：{period}的{obligation}申报期限为{due}。", "why": "您按月申报。"},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--taxpayers", type=int, default=450_000)
    parser.add_argument("--chats", type=int, default=200)
    parser.add_argument("--rate", type=int, default=100, help="messages a second meanwhile")
    given = parser.parse_args()
    print(machine())
    for store in ("SQLite", "PostgreSQL"):
        with ExitStack() as ends:
            folder = Path(ends.enter_context(tempfile.TemporaryDirectory(prefix="daoban-bench-")))
            _, variables = prepare(folder, dialogue=False)
            variables["DAOBAN_MESSAGES_PER_MINUTE"] = "1000000"
            variables["DAOBAN_CLOCK"] = "2026-11-24T10:00:00+08:00"  # before the deadline
            url = f"sqlite:///{folder / 'daoban.sqlite3'}"
            if store == "PostgreSQL":
                url = ends.enter_context(cluster(durable=True)) + "postgres"
                variables["DAOBAN_DATABASE_URL"] = url
            asyncio.run(fill(url, given.taxpayers))
            server = ends.enter_context(serving(variables))
            server.wait("search", "up")
            demo = json.loads((folder / "demo.json").read_text(encoding="utf-8"))
            print(f"\n{store}, {given.taxpayers} taxpayers, {given.rate} messages a second\n")
            secret = (folder / "host-jwt.key").read_text(encoding="utf-8")
            uvloop.run(measure(server, given, demo, secret))


async def fill(url: str, count: int) -> None:
    """Put invented taxpayers into the register."""
    await upgrade(url)
    store = open_database(url, Clock())
    for first in range(0, count, BATCH):
        rows = [_invented(number) for number in range(first, min(first + BATCH, count))]
        await store.write(lambda tx, rows=rows: _insert(tx, rows))
    await store.close()


def _invented(number: int) -> dict[str, Any]:
    return {
        "id": f"b{number:07d}",
        "name": f"示例{number}",
        "entity_type": ("company", "individual_business")[number % 2],
        "vat_status": "small_scale",
        "filing_period": "month",
        "employees": number % 300,
        "tags": [],
    }


def _insert(tx: Tx, rows: list[dict[str, Any]]) -> None:
    tx.execute(sa.insert(taxpayer), [each | {"updated_at": tx.now} for each in rows])


def signed(number: int, secret: str) -> str:
    """Return the host's token of a person who acts for an invented taxpayer."""
    who = _invented(number)
    told = ("entity_type", "vat_status", "filing_period", "employees")
    profile = {name: who[name] for name in told}
    return host_token(f"p{number}", who["id"], secret=secret, profile=profile)


async def measure(
    server: Server, given: argparse.Namespace, demo: dict[str, Any], secret: str
) -> None:
    pool = await Pool.open(server.port, CONNECTIONS)
    known = [signed(number, secret) for number in range(OPEN_CHATS)]
    opened = [
        await pool.lend(lambda over, t=t: over.post("/chat/sessions", {"token": t})) for t in known
    ]
    devices = await pool.devices(given.chats)
    await asyncio.gather(*(pool.lend(d.ask_for_person) for d in devices))
    turns = itertools.cycle(devices)
    over = await Connection.open(server.port)
    who = {"username": "admin1", "password": demo["password"]}
    token = (await over.post("/staff/sign-in", who))["token"]

    async def messages(until: "asyncio.Event") -> list[float]:
        took: list[float] = []
        tasks, begun, number = [], time.perf_counter(), 0

        async def one(due: float) -> None:
            await pool.lend(lambda lent: next(turns).send(lent, text=WORDS))
            took.append(1000 * (time.perf_counter() - due))

        while not until.is_set():
            due = begun + number / given.rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            tasks.append(asyncio.ensure_future(one(due)))
            number += 1
        await asyncio.gather(*tasks)
        return took

    calm_ends, pushed = asyncio.Event(), asyncio.Event()
    asyncio.get_running_loop().call_later(CALM_SECONDS, calm_ends.set)
    calm = await messages(calm_ends)
    busy = asyncio.ensure_future(messages(pushed))
    await over.put("/campaigns/bench", CAMPAIGN, token)
    begun = time.perf_counter()
    await over.post("/campaigns/bench/start", {}, token)
    while (await over.get("/campaigns/bench", token))["state"] != "done":  # noqa: ASYNC110 - over HTTP
        await asyncio.sleep(1)  # counting 450,000 rows is work too
    seconds = time.perf_counter() - begun
    await asyncio.sleep(2)
    found = await over.get("/campaigns/bench", token)
    pushed.set()
    counts = found["counts"]
    print(f"{counts['audience']} recipients in {seconds:.1f} s, ", end="")
    print(f"{counts['delivered']} cards into {len(opened)} open chats\n")
    print("| message to acknowledgement, ms | p50 | p95 | p99 |\n|---|--:|--:|--:|")
    print(row("before the push", calm))
    print(row("during the push", await busy))
    pool.close()
    over.close()


if __name__ == "__main__":
    main()
