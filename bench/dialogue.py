"""What the dialogue gets right and what a turn costs, with the real server.

    .venv/bin/python bench/dialogue.py                  intents on the report set, then latency
    .venv/bin/python bench/dialogue.py --set tune       the set that thresholds are chosen on
    .venv/bin/python bench/dialogue.py --questions F    also: how many real questions are answered

Needs what `daoban setup` makes: the encoder, Rasa's environment, the model (trained if need be).
"""

import argparse
import asyncio
import json
import os
import socket
import statistics
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import numpy as np
import uvicorn
import yaml
from fastapi import FastAPI

from actions.endpoint import router
from actions.handover import REASONS
from bot.dialogue.client import Decision, RasaDialogue, Turn, plain
from bot.dialogue.environment import SERVER
from bot.dialogue.supervisor import RasaSupervisor, rasa_command
from bot.dialogue.training import ensure_trained
from core.settings import PROJECT, load_settings
from knowledge_base.encoder.interface import Encoder
from knowledge_base.encoder.loading import load_encoder
from knowledge_base.text import normalise


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--set", choices=["report", "tune"], default="report")
    arguments.add_argument("--questions", type=Path, help="JSON lines with `question` or `title`")
    given = arguments.parse_args()
    data = yaml.safe_load((PROJECT / f"data/evaluation/intents_{given.set}.yml").read_text())
    lines = given.questions.read_text().splitlines() if given.questions else []
    asyncio.run(measure(data, [json.loads(line) for line in lines]))


async def measure(data: dict[str, list[str]], rows: list[dict[str, str]]) -> None:
    settings = load_settings()
    encoder = load_encoder(settings.encoder_directory)
    model = ensure_trained(PROJECT, settings.home, encoder, print)
    async with server(model, settings.home / "bench-dialogue.log") as rasa:
        dialogue = RasaDialogue(rasa.url, rasa.token, timeout=10)
        await intents(dialogue, encoder, data)
        if rows:
            await questions(dialogue, encoder, rows)
        await latency(rasa, dialogue, encoder, data)
        await dialogue.close()


@asynccontextmanager
async def server(model: Path, log_file: Path) -> Iterator[RasaSupervisor]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/actions/webhook"
        python = PROJECT / SERVER / ".venv" / "bin" / "python"
        rasa = RasaSupervisor(rasa_command(python, model), PROJECT, log_file, url)
        app = FastAPI()
        app.include_router(router(rasa.actions_token))
        actions = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        serving = asyncio.create_task(actions.serve(sockets=[listening]))
        begun = time.monotonic()
        await rasa.start()
        await rasa.wait_for("up")
        print(f"start to ready: {time.monotonic() - begun:.1f} s")
        yield rasa
        await rasa.stop()
        actions.should_exit = True
        await serving


async def parse(dialogue: RasaDialogue, encoder: Encoder, text: str) -> Decision:
    return await dialogue.parse(text, encoder.encode_query(normalise(text)))


async def intents(dialogue: RasaDialogue, encoder: Encoder, data: dict[str, list[str]]) -> None:
    print("\n| intent | texts | right | taken for a question | taken for |\n|---|--:|--:|--:|---|")
    total: Counter[str] = Counter()
    for intent, texts in data.items():
        decided = [await parse(dialogue, encoder, text) for text in texts]
        right = sum(each.intent == intent for each in decided)
        others = [each for each in decided if each.intent != intent]
        asked = sum(each.kind == "answer" for each in others)
        wrong = Counter(each.intent for each in others if each.kind != "answer")
        if intent == "ask_knowledge":  # an unsure one is answered all the same
            right, asked = right + asked, 0
        told = ", ".join(f"{name} {count}" for name, count in wrong.most_common())
        print(f"| {intent} | {len(texts)} | {right} | {asked} | {told} |")
        total.update(texts=len(texts), right=right, asked=asked, wrong=wrong.total())
    share = {name: f"{100 * count / total['texts']:.1f} %" for name, count in total.items()}
    print(f"| all | {total['texts']} | {share['right']} | {share['asked']} | {share['wrong']} |")


async def questions(dialogue: RasaDialogue, encoder: Encoder, rows: list[dict[str, str]]) -> None:
    texts = [row.get("question") or row["title"] for row in rows]
    kinds = Counter([(await parse(dialogue, encoder, text)).kind for text in texts])
    print(f"\n{len(texts)} real questions: {dict(kinds)}")


async def latency(
    rasa: RasaSupervisor, dialogue: RasaDialogue, encoder: Encoder, data: dict[str, list[str]]
) -> None:
    texts = [text for name, each in data.items() if name not in REASONS for text in each]
    spoken = [text for text in texts if (await parse(dialogue, encoder, text)).kind != "hand_over"]
    vectors = {text: encoder.encode_query(normalise(text)) for text in spoken}
    person = encoder.encode_query("转人工")

    async def bare(text: str) -> None:
        body = {"sender": "b", "text": plain(text), "vector": lists[text], "slots": {}}
        (await http.post("/webhooks/daoban/turn", json=body)).raise_for_status()

    async def client(text: str) -> None:
        await dialogue.decide(Turn("b", text, vectors[text]))

    async def hand_over(_: str) -> None:
        await dialogue.decide(Turn("b", "转人工", person))

    lists = {text: np.asarray(vector, float).round(6).tolist() for text, vector in vectors.items()}
    headers = {"Authorization": f"Bearer {rasa.token}"}
    async with httpx.AsyncClient(base_url=rasa.url, headers=headers, timeout=10) as http:
        print(f"\n{os.cpu_count()} cores, {len(spoken)} turns each, one after the other")
        print("| turn | p50 ms | p95 ms |\n|---|--:|--:|")
        await report("at the server, no action", bare, spoken)
        await report("through the client, no action", client, spoken)
        await report("hand-over (one custom action)", hand_over, spoken[:100])


async def report(name: str, turn: Callable[[str], Awaitable[None]], texts: list[str]) -> None:
    for text in texts[:10]:
        await turn(text)
    took = []
    for text in texts:
        begun = time.perf_counter()
        await turn(text)
        took.append((time.perf_counter() - begun) * 1000)
    print(f"| {name} | {statistics.median(took):.1f} | {np.percentile(took, 95):.1f} |")


if __name__ == "__main__":
    main()
