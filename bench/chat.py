"""Times a question to its answer through the running application, beside bare Rasa.

    .venv/bin/python bench/chat.py [--seconds 30] [--rate 20]

Starts `daoban serve` with the demo in a data directory of its own (SQLite, settings as shipped),
asks over open sockets, asks Rasa alone the same at the same rate in turns of a few seconds, lets
all chats ask as fast as they are answered, then asks `/chat/ask`, one after the other. Ends what it
started. Needs Linux (it reads /proc), Rasa's environment (`daoban setup`), and takes the encoder of
DAOBAN_ENCODER or builds one in `.cache`; the trained model and the index are those that the tests
keep in `.cache/tests`.
"""

import argparse
import asyncio
import itertools
import json
import random
import re
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, TypeVar

import httpx
import numpy as np
import uvloop
from harness import Server, Use, machine, prepare, resident, row, serving
from websockets.asyncio.client import ClientConnection, connect

from bot.dialogue.client import RasaDialogue, Turn
from core.settings import PROJECT
from knowledge_base.encoder.interface import Encoder
from knowledge_base.text import searchable

T = TypeVar("T")

QUESTIONS = PROJECT / "data" / "evaluation" / "questions_report.jsonl"
OPENINGS = ("", "请问", "你好，", "想问一下，", "老师，", "麻烦问下", "咨询一下：", "再问一个，")
CLOSINGS = ("", "？", "，谢谢", "呢", "，急", "，请指教", "，在线等", "。")
TURN_SECONDS = 5
SATURATED_SECONDS = 10
ASKS = 200


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=30, help="of questions, and as long of Rasa")
    parser.add_argument("--rate", type=int, default=20, help="questions a second")
    given = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory(prefix="daoban-bench-") as folder:
        encoder, variables = prepare(Path(folder))
        with serving(variables) as server:  # the first start migrates, loads and indexes
            server.wait("search", "up")
        variables["DAOBAN_DIALOGUE"] = "1"
        variables["DAOBAN_MESSAGES_PER_MINUTE"] = "1000"  # more than a person may, at full load
        with serving(variables) as server:
            server.wait("search", "up")
            ready = server.age()
            server.wait("dialogue", "up")
            print(f"start to chat ready {ready:.1f} s, to dialogue up {server.age():.1f} s")
            uvloop.run(measure(server, encoder, given.rate, given.seconds))


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
            if kind == "handoff":
                self._owner = ""  # maybe handed over; the frame that says so is on its way
        return 1000 * (at - due), kind


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
        asking = itertools.islice(texts, 400 * SATURATED_SECONDS)
        full = await saturated(visitors, list(asking))
        bare_full = await saturated_bare(rasa, vectors)
        asked = [await one_shot(http, words) for words in itertools.islice(texts, ASKS)]
        unavailable = without_dialogue((await http.get(f"{server.url}/metrics")).text)
        memory = {"serve": resident(server.process.pid), "Rasa": resident(server.rasa())}
    await rasa.close()

    print(f"saturated: {full:.0f} answers a second over {len(visitors)} chats, ", end="")
    print(f"bare Rasa {bare_full:.0f} decisions a second")
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


async def saturated(visitors: list[Visitor], texts: list[str]) -> float:
    """Let each ask as soon as it was answered; return how many answers came a second."""
    begun, answers, left = time.perf_counter(), 0, iter(texts)

    async def ask_on(visitor: Visitor) -> None:
        nonlocal answers
        while time.perf_counter() - begun < SATURATED_SECONDS:
            await visitor.ask(next(left), time.perf_counter())
            answers += 1

    await asyncio.gather(*(ask_on(each) for each in visitors))
    return answers / (time.perf_counter() - begun)


async def saturated_bare(rasa: RasaDialogue, vectors: dict[str, Any]) -> float:
    """Let eight clients ask Rasa as fast as it decides; return how many it does a second."""
    begun, decided, words = time.perf_counter(), 0, itertools.cycle(vectors)

    async def ask_on(name: str) -> None:
        nonlocal decided
        while time.perf_counter() - begun < SATURATED_SECONDS:
            text = next(words)
            await rasa.decide(Turn(name, text, vectors[text]))
            decided += 1

    await asyncio.gather(*(ask_on(f"bare{number}") for number in range(8)))
    return decided / (time.perf_counter() - begun)


async def one_shot(http: httpx.AsyncClient, words: str) -> float:
    begun = time.perf_counter()
    (await http.post("/chat/ask", json={"text": words})).raise_for_status()
    return 1000 * (time.perf_counter() - begun)


def without_dialogue(metrics: str) -> int:
    found = re.search(
        r'^daoban_dialogue_total\{result="unavailable"\} (\S+)', metrics, re.MULTILINE
    )
    return int(float(found[1])) if found else 0


if __name__ == "__main__":
    main()
