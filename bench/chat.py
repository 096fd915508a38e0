"""Times a question to its answer through the running application, beside bare Rasa.

    .venv/bin/python bench/chat.py [--seconds 30] [--rate 20]

Starts `daoban serve` with the demo in a data directory of its own (SQLite, settings as shipped),
asks over open sockets, asks Rasa alone the same at the same rate in turns of a few seconds, then
asks `/chat/ask`, one after the other. Ends what it started. Needs Linux (it reads /proc), Rasa's
environment (`daoban setup`), and takes the encoder of DAOBAN_ENCODER or builds one in `.cache`;
the trained model and the index are those that the tests keep in `.cache/tests`.
"""

import argparse
import asyncio
import itertools
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx
import numpy as np
import uvloop
from websockets.asyncio.client import ClientConnection, connect

from bot.dialogue.client import RasaDialogue, Turn
from bot.dialogue.training import ensure_trained
from core.settings import PROJECT
from knowledge_base.encoder.build import build_encoder
from knowledge_base.encoder.interface import Encoder
from knowledge_base.encoder.loading import load_encoder
from knowledge_base.text import searchable

T = TypeVar("T")

CACHE = PROJECT / ".cache"
QUESTIONS = PROJECT / "data" / "evaluation" / "questions_report.jsonl"
OPENINGS = ("", "请问", "你好，", "想问一下，", "老师，", "麻烦问下", "咨询一下：", "再问一个，")
CLOSINGS = ("", "？", "，谢谢", "呢", "，急", "，请指教", "，在线等", "。")
TURN_SECONDS = 5
ASKS = 200
PATIENCE = 120.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=30, help="of questions, and as long of Rasa")
    parser.add_argument("--rate", type=int, default=20, help="questions a second")
    given = parser.parse_args()
    size = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    print(
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {processor()}, {os.cpu_count()} cores, ", end=""
    )
    print(f"{size:.0f} GB, load before {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory(prefix="daoban-bench-") as folder:
        encoder, variables = prepare(Path(folder))
        with serving(variables) as server:  # the first start migrates, loads and indexes
            server.wait("search", "up")
        variables["DAOBAN_DIALOGUE"] = "1"
        with serving(variables) as server:
            server.wait("search", "up")
            ready = server.age()
            server.wait("dialogue", "up")
            print(f"start to chat ready {ready:.1f} s, to dialogue up {server.age():.1f} s")
            uvloop.run(measure(server, encoder, given.rate, given.seconds))


def processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.split(":")[1].strip() for line in lines if "model name" in line), "?")


def prepare(home: Path) -> tuple[Encoder, dict[str, str]]:
    """Put encoder, model and index in place; return the environment of the server."""
    directory = Path(os.environ.get("DAOBAN_ENCODER") or CACHE / "encoder")
    build_encoder(directory, print)
    encoder = load_encoder(directory)
    ensure_trained(PROJECT, CACHE / "tests" / "dialogue", encoder, print)
    (home / "models").symlink_to(CACHE / "tests" / "dialogue" / "models")
    if (CACHE / "tests" / "index").is_dir():
        shutil.copytree(CACHE / "tests" / "index", home / "index")
    others = {name: value for name, value in os.environ.items() if not name.startswith("DAOBAN_")}
    ours = {"HOME": str(home), "ENCODER": str(directory), "DEMO": "1", "DIALOGUE": "0"}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        ours["PORT"] = str(probe.getsockname()[1])
    return encoder, others | {f"DAOBAN_{name}": value for name, value in ours.items()}


@dataclass
class Server:
    """The application as a child process."""

    process: subprocess.Popen[bytes]
    url: str
    begun: float = field(default_factory=time.monotonic)

    def age(self) -> float:
        """Return seconds since its start."""
        return time.monotonic() - self.begun

    def wait(self, part: str, state: str) -> None:
        """Return as soon as `/health/ready` says so."""
        with httpx.Client(trust_env=False) as client:
            while self.age() < PATIENCE and self.process.poll() is None:
                try:
                    found = client.get(f"{self.url}/health/ready").json()
                    if found["parts"][part]["state"] == state:
                        return
                except httpx.TransportError:
                    pass
                time.sleep(0.05)
        raise SystemExit(f"{part} did not come {state}")

    def rasa(self) -> int:
        """Return the process id of the one child, Rasa."""
        pid = self.process.pid
        threads = Path(f"/proc/{pid}/task").glob("*/children")
        (child,) = " ".join(each.read_text() for each in threads).split()
        return int(child)

    def bare_rasa(self) -> RasaDialogue:
        """Return a client of our own to the same Rasa."""
        place = Path(f"/proc/{self.rasa()}")
        command = (place / "cmdline").read_bytes().decode().split("\0")
        given = dict(
            each.split("=", 1)
            for each in (place / "environ").read_bytes().decode().split("\0")[:-1]
        )
        port = command[command.index("--port") + 1]
        return RasaDialogue(f"http://127.0.0.1:{port}", given["DAOBAN_RASA_TOKEN"], timeout=10)


@contextmanager
def serving(variables: dict[str, str]) -> Iterator[Server]:
    home = Path(variables["DAOBAN_HOME"])
    log = home / "serve.log"
    command = [str(Path(sys.executable).with_name("daoban")), "serve"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, env=variables, cwd=home, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        yield Server(process, f"http://127.0.0.1:{variables['DAOBAN_PORT']}")
    except BaseException:
        print(log.read_text()[-3000:], file=sys.stderr)
        raise
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()  # Rasa is tethered to it and dies too
            process.wait()


class Visitor:
    """One device: a session with an open socket, and at most one question that waits."""

    def __init__(self, http: httpx.AsyncClient, url: str, ends: AsyncExitStack) -> None:
        self._http = http
        self._url = url.replace("http", "ws", 1)
        self._ends = ends
        self._asking = asyncio.Lock()
        self._answer: asyncio.Future[tuple[float, str]] | None = None
        self._owner = ""
        self._sent = 0

    async def enter(self) -> None:
        """Open a session and its socket, and hear the greeting."""
        opened = (await self._http.post("/chat/sessions", json={})).raise_for_status().json()
        self._path = f"/chat/sessions/{opened['session_id']}"
        self._headers = {"Authorization": f"Bearer {opened['session_token']}"}
        stream = await self._ends.enter_async_context(connect(self._url + self._path + "/stream"))
        sign_in = {"type": "auth", "session_token": opened["session_token"], "after": 0}
        await stream.send(json.dumps(sign_in))
        while (frame := json.loads(await stream.recv()))["type"] != "owner":
            pass  # the greeting
        self._owner = frame["owner"]
        self._reading = asyncio.create_task(self._read(stream))

    async def _read(self, stream: ClientConnection) -> None:
        async for words in stream:
            now, frame = time.perf_counter(), json.loads(words)
            if frame["type"] == "ping":
                await stream.send('{"type": "pong"}')
            elif frame["type"] == "owner":
                self._owner = frame["owner"]
            elif frame["type"] == "message" and self._waits_for(frame["message"]):
                self._answer.set_result((now, frame["message"]["kind"]))

    def _waits_for(self, message: dict[str, Any]) -> bool:
        waits = self._answer is not None and not self._answer.done()
        return waits and message["sender"] != "taxpayer"

    async def ask(self, words: str, due: float) -> tuple[float, str]:
        """Return milliseconds from the moment it was due to its answer, and the answer's kind."""
        async with self._asking:
            if self._owner != "bot":  # handed over: who comes next is somebody else
                await self.enter()
                due = time.perf_counter()
            self._answer = asyncio.get_running_loop().create_future()
            self._sent += 1
            sent = {"client_message_id": f"q{self._sent}", "text": words}
            path = f"{self._path}/messages"
            (await self._http.post(path, json=sent, headers=self._headers)).raise_for_status()
            async with asyncio.timeout(30):
                at, kind = await self._answer
        return 1000 * (at - due), kind


class Use:
    """Processor seconds that each process had, and all others of the machine together."""

    def __init__(self, server: Server) -> None:
        self._of = {"serve": server.process.pid, "Rasa": server.rasa(), "bench": os.getpid()}
        self._tick = os.sysconf("SC_CLK_TCK")
        self.spent: Counter[str] = Counter()
        self.wall = 0.0

    def _now(self) -> tuple[float, Counter[str]]:
        taken: Counter[str] = Counter()
        for name, pid in self._of.items():
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            taken[name] = int(fields[11]) + int(fields[12])
        machine = [
            int(each) for each in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]
        ]
        taken["others"] = sum(machine) - machine[3] - machine[4] - taken.total()
        return time.monotonic(), taken

    def begin(self) -> None:
        """Count from here."""
        self._begun = self._now()

    def end(self) -> None:
        """Count up to here."""
        now, taken = self._now()
        self.wall += now - self._begun[0]
        for name, ticks in taken.items():
            self.spent[name] += (ticks - self._begun[1][name]) / self._tick

    def tell(self, questions: int) -> str:
        """Return it in words, for each question."""
        each = ", ".join(
            f"{name} {1000 * self.spent[name] / questions:.1f} ms" for name in self._of
        )
        others = self.spent["others"] / self.wall
        return f"{each}; other work held {others:.2f} of {os.cpu_count()} cores"


async def measure(server: Server, encoder: Encoder, rate: int, seconds: int) -> None:
    lines = QUESTIONS.read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["query"] for line in lines]
    # No text twice: a vector that is remembered would cost nothing.
    every = [a + q + b for a, q, b in itertools.product(OPENINGS, questions, CLOSINGS)]
    random.Random(1).shuffle(every)
    texts = iter(every)
    rasa = server.bare_rasa()
    answered: list[tuple[float, str]] = []
    alone: list[float] = []
    api = f"{server.url}/api/v1"
    async with AsyncExitStack() as ends:
        http = await ends.enter_async_context(
            httpx.AsyncClient(
                base_url=api,
                timeout=30,
                trust_env=False,
                # the server ends connections that rest for 5 s; a turn of Rasa is as long
                limits=httpx.Limits(keepalive_expiry=2),
            )
        )
        visitors = [Visitor(http, api, ends) for _ in range(2 * rate)]
        for visitor in visitors:
            await visitor.enter()
        turns = itertools.cycle(visitors)

        async def question(words: str, due: float) -> tuple[float, str]:
            return await next(turns).ask(words, due)

        async def bare(words: str, due: float) -> float:
            await rasa.decide(Turn(words[:60], words, vectors[words]))
            return 1000 * (time.perf_counter() - due)

        await paced(rate, list(itertools.islice(texts, 3 * rate)), question)  # warm, not counted
        use = Use(server)
        for _ in range(max(1, seconds // TURN_SECONDS)):
            block = list(itertools.islice(texts, rate * TURN_SECONDS))
            vectors = {words: encoder.encode_query(searchable(words)) for words in block}
            use.begin()
            answered += await paced(rate, block, question)
            use.end()
            alone += await paced(rate, block, bare)
        asked = [await one_shot(http, words) for words in itertools.islice(texts, ASKS)]
        unavailable = without_dialogue((await http.get(f"{server.url}/metrics")).text)
        memory = {"serve": resident(server.process.pid), "Rasa": resident(server.rasa())}
    await rasa.close()

    took = [each for each, _ in answered]
    kinds = ", ".join(f"{kind} {count}" for kind, count in Counter(k for _, k in answered).items())
    print(f"{len(took)} questions at {rate}/s over {2 * rate} sockets: {kinds}; ", end="")
    print(f"decided without Rasa, the warm-up included: {unavailable}")
    print("\n| ms | p50 | p95 | p99 |\n|---|--:|--:|--:|")
    print(row("question to answer frame, durable", took))
    print(row("the same to bare Rasa", alone))
    ratios = np.percentile(took, [50, 95, 99]) / np.percentile(alone, [50, 95, 99])
    print("| ratio | " + " | ".join(f"{each:.1f}" for each in ratios) + " |")
    print(row("POST /chat/ask, one after the other", asked))
    print(f"\nprocessor time a question: {use.tell(len(took))}")
    for name, (whole, own) in memory.items():
        print(
            f"resident memory of {name}: {whole:.0f} MB, of it not shared with files {own:.0f} MB"
        )


async def paced(rate: int, texts: list[str], ask: Callable[[str, float], Awaitable[T]]) -> list[T]:
    """Ask each when it is due, whether or not those before were answered."""
    begun = time.perf_counter()
    tasks = []
    for number, words in enumerate(texts):
        due = begun + number / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        tasks.append(asyncio.ensure_future(ask(words, due)))
    return list(await asyncio.gather(*tasks))


async def one_shot(http: httpx.AsyncClient, words: str) -> float:
    begun = time.perf_counter()
    (await http.post("/chat/ask", json={"text": words})).raise_for_status()
    return 1000 * (time.perf_counter() - begun)


def without_dialogue(metrics: str) -> int:
    found = re.search(
        r'^daoban_dialogue_total\{result="unavailable"\} (\S+)', metrics, re.MULTILINE
    )
    return int(float(found[1])) if found else 0


def resident(pid: int) -> tuple[float, float]:
    """Return MB of a process: resident, and of that its own."""
    status = Path(f"/proc/{pid}/status").read_text()
    whole, own = (
        int(found[1]) * 1024 / 1e6
        for name in ("VmRSS", "RssAnon")
        if (found := re.search(rf"^{name}:\s+(\d+) kB", status, re.MULTILINE))
    )
    return whole, own


def row(name: str, values: list[float]) -> str:
    return (
        f"| {name} | " + " | ".join(f"{v:.1f}" for v in np.percentile(values, [50, 95, 99])) + " |"
    )


if __name__ == "__main__":
    main()
