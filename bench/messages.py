"""How fast messages are kept: acknowledged after the commit, beside the store alone.

    .venv/bin/python bench/messages.py [--store sqlite] [--chats 1000] [--rate 500] [--seconds 20]

Starts `daoban serve` on SQLite (`synchronous=FULL`) or a PostgreSQL of its own (durable), without
Rasa; the chats wait for an officer before anything is measured, so that every message is stored and
nobody answers. Latencies run from the moment a message is due to its acknowledgement. The floor
writes as many rows through the same store in this process, without HTTP and without rules; blocks
of both alternate. Then typed inputs that the bot answers. `--store postgres` needs Debian's
postgresql.
"""

import argparse
import asyncio
import itertools
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import sqlalchemy as sa
import uvloop
from harness import Server, machine, prepare, processor_seconds, row, serving
from wire import Connection, Device, Pool

from core.clock import Clock
from core.database import Database, Tx, open_database
from tests.support.postgres import cluster

CONNECTIONS = 64
BLOCK_SECONDS = 5
WORDS = "第三季度的申报表已经提交，请帮忙看一下是否还需要补充材料"
FLOOR = sa.table("floor", sa.column("id"), sa.column("words"))
Once = Callable[[int], Awaitable[object]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--store", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--chats", type=int, default=1_000)
    parser.add_argument("--rate", type=int, default=500, help="messages a second")
    parser.add_argument("--seconds", type=int, default=20, help="of each")
    given = parser.parse_args()
    print(machine())
    with ExitStack() as ends:
        folder = Path(ends.enter_context(tempfile.TemporaryDirectory(prefix="daoban-bench-")))
        _, variables = prepare(folder, dialogue=False)
        variables["DAOBAN_MESSAGES_PER_MINUTE"] = "1000000"
        floor_url = f"sqlite:///{folder / 'floor.sqlite3'}"
        if given.store == "postgres":
            floor_url = ends.enter_context(cluster(durable=True)) + "postgres"
            variables["DAOBAN_DATABASE_URL"] = floor_url
        server = ends.enter_context(serving(variables))
        server.wait("search", "up")
        uvloop.run(measure(server, given, floor_url))


async def measure(server: Server, given: argparse.Namespace, floor_url: str) -> None:
    store = await floor(floor_url)
    pool = await Pool.open(server.port, CONNECTIONS)
    devices = await pool.devices(given.chats)
    await asyncio.gather(*(pool.lend(d.ask_for_person) for d in devices))
    turns = itertools.cycle(devices)

    def kept(number: int) -> Awaitable[object]:
        return pool.lend(lambda over: next(turns).send(over, text=f"{WORDS}{number}"))

    def bare(number: int) -> Awaitable[object]:
        return store.write(lambda tx: _insert(tx, number))

    blocks = max(1, given.seconds // BLOCK_SECONDS)
    paced_by: dict[str, list[float]] = {"messages": [], "floor": []}
    full: dict[str, list[float]] = {"messages": [], "floor": []}
    numbers = itertools.count()
    spent = messages = 0.0
    for _ in range(blocks):
        for name, once in (("messages", kept), ("floor", bare)):
            before, first = processor_seconds(server.process.pid), next(numbers)
            paced_by[name] += await paced(given.rate, BLOCK_SECONDS, once, numbers)
            full[name].append(await saturated(once, numbers, CONNECTIONS, BLOCK_SECONDS))
            if name == "messages":
                spent += processor_seconds(server.process.pid) - before
                messages += next(numbers) - first
    print(
        f"\n{given.store}, {given.chats} chats, {given.rate}/s over {CONNECTIONS} connections, "
        "each after commit\n"
    )
    print("| ms | p50 | p95 | p99 |\n|---|--:|--:|--:|")
    print(row("message to acknowledgement", paced_by["messages"]))
    print(row("the store alone", paced_by["floor"]))
    print("\n| a second, saturated | median of blocks | lowest |\n|---|--:|--:|")
    for name, rates in full.items():
        print(f"| {name} | {np.median(rates):.0f} | {min(rates):.0f} |")
    print(f"\nprocessor time of the server: {1000 * spent / messages:.2f} ms a message")
    await typed(pool, given.seconds)
    pool.close()
    await store.close()


async def floor(url: str) -> Database:
    store = open_database(url, Clock())
    create = "CREATE TABLE floor (id INTEGER PRIMARY KEY, words TEXT NOT NULL)"
    await store.write(lambda tx: tx.execute(sa.text(create)))
    return store


def _insert(tx: Tx, number: int) -> None:
    tx.execute(sa.insert(FLOOR), {"id": number, "words": f"{WORDS}{number}"})


async def paced(
    rate: int, seconds: int, once: Once, numbers: "itertools.count[int]"
) -> list[float]:
    """Do it when it is due, whether or not those before are done; return milliseconds."""
    begun = time.perf_counter()

    async def timed(due: float) -> float:
        await once(next(numbers))
        return 1000 * (time.perf_counter() - due)

    tasks = []
    for number in range(rate * seconds):
        due = begun + number / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        tasks.append(asyncio.ensure_future(timed(due)))
    return list(await asyncio.gather(*tasks))


async def saturated(
    once: Once, numbers: "itertools.count[int]", workers: int, seconds: float
) -> float:
    """Do it without a pause from so many sides; return how many were done a second."""
    begun, done = time.perf_counter(), 0

    async def work() -> None:
        nonlocal done
        while time.perf_counter() - begun < seconds:
            await once(next(numbers))
            done += 1

    await asyncio.gather(*(work() for _ in range(workers)))
    return done / (time.perf_counter() - begun)


async def typed(pool: Pool, seconds: int) -> None:
    """Press a button that the bot answers, each as soon as the one before was answered."""
    devices = await pool.devices(CONNECTIONS // 2)
    seqs = [await pool.lend(lambda over, d=d: offered(d, over)) for d in devices]
    done, begun = 0, time.perf_counter()

    async def press(over: Connection, device: Device, seq: int, choice: str) -> None:
        pressed = {"type": "choice", "ref_seq": seq, "id": choice}
        await device.answer(over, await device.send(over, input=pressed))

    async def work(device: Device, seq: int, choice: str) -> None:
        nonlocal done
        while time.perf_counter() - begun < seconds:
            await pool.lend(lambda over: press(over, device, seq, choice))
            done += 1

    await asyncio.gather(*(work(d, *found) for d, found in zip(devices, seqs, strict=True)))
    print(f"\ntyped inputs answered: {done / (time.perf_counter() - begun):.0f} a second")


async def offered(device: Device, over: Connection) -> tuple[int, str]:
    """Ask something whose answer has a button; return its seq and the button."""
    answer = await device.answer(over, await device.send(over, text="逾期申报会怎么罚款"))
    return answer["seq"], answer["choices"][0]["id"]


if __name__ == "__main__":
    main()
