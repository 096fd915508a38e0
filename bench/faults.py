"""Kills processes under many chats, and lets many sockets come back at once; checks, and tells.

    .venv/bin/python bench/faults.py [--store postgres] [--chats 200] [--messages 50]
    .venv/bin/python bench/faults.py --sockets 5000

The same code as `tests/faults/test_flood.py` and `test_sockets.py`, as large as it is told. On
`postgres` two servers and a worker run on a cluster of their own; both servers, the worker and
PostgreSQL (`immediate` and `fast`) are ended by turns. On `sqlite` the server is killed five times.
With `--dialogue` each server has its Rasa, and one is killed. Takes the encoder of DAOBAN_ENCODER
or builds one in `.cache`, and the index and model that the tests keep in `.cache/tests`.
"""

import argparse
import asyncio
import itertools
import os
import signal
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import uvloop

from core.settings import PROJECT
from knowledge_base.encoder.build import build_encoder
from tests.faults.flood import Fault, Figures, Flood
from tests.faults.harness import Bureau, Running, Server, prepare, questions, settings
from tests.faults.sockets import storm
from tests.support.postgres import DURABLE, Cluster, running

CACHE = PROJECT / ".cache"
PATIENCE = 3_600.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--store", choices=("sqlite", "postgres"), default="postgres")
    parser.add_argument("--chats", type=int, default=200)
    parser.add_argument("--messages", type=int, default=50, help="in each chat")
    parser.add_argument("--deadline", type=float, default=20.0, help="seconds to an apology")
    parser.add_argument("--dialogue", action="store_true", help="with Rasa, which is killed too")
    parser.add_argument("--sockets", type=int, default=0, help="that come at once; nothing else")
    given = parser.parse_args()
    size = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    print(
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores, {size:.0f} GB, ", end=""
    )
    print(f"load before {os.getloadavg()[0]:.1f}")
    encoder = Path(os.environ.get("DAOBAN_ENCODER") or CACHE / "encoder")
    build_encoder(encoder, print)
    variables = settings(encoder) | {"DAOBAN_ANSWER_DEADLINE_SECONDS": str(given.deadline)}
    if given.dialogue:
        variables["DAOBAN_DIALOGUE"] = "1"
    with tempfile.TemporaryDirectory(prefix="daoban-faults-") as folder:
        home = Path(folder)
        if given.sockets:
            uvloop.run(sockets(home, variables, given.sockets))
        elif given.store == "sqlite":
            uvloop.run(on_sqlite(home, variables, given))
        else:
            with running(DURABLE) as cluster:
                uvloop.run(on_postgres(home, variables, given, cluster))


async def sockets(home: Path, variables: dict[str, str], count: int) -> None:
    server = started(home, variables)
    try:
        found = await storm(server, count)
        before, during, after = found.resident
        print(f"{count} sockets at once: all in after {found.seconds:.1f} s, {found.tries} tries; ")
        print(f"/health/live took {1000 * found.slowest_request:.0f} ms at most; ", end="")
        print(f"resident {before:.0f} MB before, {during:.0f} with them, {after:.0f} after")
    finally:
        server.end()


def started(home: Path, variables: dict[str, str]) -> Server:
    prepare(home, CACHE / "tests")
    with_model(home)
    server = Server(home, variables)
    server.start()
    return server


def with_model(home: Path) -> None:
    trained = CACHE / "tests" / "dialogue" / "models"
    if trained.is_dir():
        (home / "models").symlink_to(trained)


def killed(process: Running) -> Fault:
    async def fault() -> None:
        process.kill()
        await asyncio.to_thread(process.start)

    return told(f"kill -9 {process.name} {process.home.name}", fault)


def restarted(cluster: Cluster, by: signal.Signals, words: str) -> Fault:
    async def fault() -> None:
        await asyncio.to_thread(cluster.restart, by)

    return told(f"PostgreSQL restarted, {words}", fault)


def rasa_killed(server: Server) -> Fault:
    async def fault() -> None:
        server.kill_dialogue()

    return told(f"kill -9 Rasa of {server.home.name}", fault)


def told(words: str, fault: Callable[[], Awaitable[None]]) -> Fault:
    async def telling() -> None:
        begun = time.monotonic()
        await fault()
        print(f"  {words}: back after {time.monotonic() - begun:.1f} s", flush=True)

    return telling


def spread(faults: list[Fault], total: int) -> dict[int, Fault]:
    """Return the faults by how many acknowledgements come before each."""
    return {(place + 1) * total // (len(faults) + 1): each for place, each in enumerate(faults)}


async def on_sqlite(home: Path, variables: dict[str, str], given: argparse.Namespace) -> None:
    server = started(home, variables)
    faults = [killed(server)] * 5
    if given.dialogue:
        faults.insert(2, rasa_killed(server))
    url = f"sqlite:///{home / 'daoban.sqlite3'}"
    try:
        await flood([server], url, faults, given)
    finally:
        server.end()


async def on_postgres(
    home: Path, variables: dict[str, str], given: argparse.Namespace, cluster: Cluster
) -> None:
    url = cluster.address + "postgres"
    bureau = Bureau.of(home, CACHE / "tests", variables, url)
    for each in bureau.servers:
        with_model(each.home)
    first, second = bureau.servers
    faults = [
        killed(first),
        killed(bureau.work),
        restarted(cluster, signal.SIGQUIT, "immediate"),
        killed(second),
        restarted(cluster, signal.SIGINT, "fast"),
        killed(first),
    ]
    if given.dialogue:
        faults.insert(2, rasa_killed(second))
    try:
        bureau.start()
        await flood(list(bureau.servers), url, faults, given)
    finally:
        for each in bureau.all:
            each.end()


async def flood(
    servers: list[Server], url: str, faults: list[Fault], given: argparse.Namespace
) -> None:
    texts = list(itertools.islice(itertools.cycle(questions()), given.messages))
    total = given.chats * given.messages
    run = Flood(servers, url, spread(faults, total))
    show(await run.run(given.chats, texts, PATIENCE), total, given)


def show(figures: Figures, total: int, given: argparse.Namespace) -> None:
    assert figures.acknowledged == total
    print(f"{given.store}: {total} messages from {given.chats} chats, ", end="")
    print(f"deadline {given.deadline:.0f} s: none lost, none doubled, order kept, all ended")
    print(f"  sent in {figures.sending_seconds:.0f} s, ended in {figures.settling_seconds:.0f} s; ")
    print(f"  longest time in which nobody got through {figures.longest_gap:.1f} s; ", end="")
    print(f"{figures.resent} sent again, {figures.unavailable} times 503")
    ends = ", ".join(f"{name} {count}" for name, count in figures.ends.most_common())
    print(f"  ends: {ends}")


if __name__ == "__main__":
    main()
