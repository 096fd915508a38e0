"""The search index at a given size, on synthetic entries that are the same every time.

    .venv/bin/python bench/index.py [--entries 25000] [--memory-entries 10000]
        [--shipped-entries 100] [--encoder DIRECTORY]

Texts are pieces of the shipped entries put together anew; a text's vector is made of its bigrams,
all vectors have a common part, as a real encoder's do: aliases of an entry lie close, entries that
share words lie near. Questions are wordings with a third replaced. Times are told on the wall and
in processor time of the searching thread: on a busy machine only the second says something.
"""

import argparse
import asyncio
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path

import numpy as np

from core.settings import PROJECT, Settings, load_settings
from knowledge_base.answering import KnowledgeBase
from knowledge_base.content import load_content
from knowledge_base.embedded import EmbeddedIndex
from knowledge_base.outcomes import Query
from knowledge_base.schemas import Content, Document, Entry, SourceRef
from knowledge_base.search import Filters, Record
from knowledge_base.text import all_tokens, key, normalise, searchable, tokens

DAY = date(2026, 11, 24)
ALIASES, DIMENSION, TABLE = 11, 384, 1 << 15
SEARCHES, EDITS = 1000, 10
FILTERS = {"all entries": Filters(None), "a tenth of them": Filters(DAY)}
COMMON = 0.88
"""Weight of what all vectors have in common: two strangers have a cosine of 0.77 then."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--entries", type=int, default=25_000)
    parser.add_argument("--memory-entries", type=int, default=10_000)
    parser.add_argument("--shipped-entries", type=int, default=100)
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--encoder", type=Path, default=load_settings().encoder_directory)
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.home:
        serve(options.home, options.memory_entries, options.encoder)
        return
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    print(f"machine: {os.cpu_count()} cores, {memory:.0f} GB, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as place:
        if options.entries:
            search(Path(place), options.entries, options.questions)
        if options.memory_entries:
            whole(Path(place), options)
        if options.shipped_entries:
            beside(Path(place) / "beside", options.shipped_entries, options.encoder)


class Texts:
    """Texts made of what the shipped entries say, and their vectors."""

    dimension = DIMENSION
    fingerprint = "synthetic-1"

    def __init__(self) -> None:
        entries = load_content(PROJECT / "data").entries.values()
        self._asked = "".join(key(normalise(text)) for entry in entries for text in entry.asked)
        self._said = "".join(key(normalise(entry.answer)) for entry in entries)
        chance = np.random.default_rng(1)
        self._table = chance.standard_normal((TABLE, DIMENSION)).astype(np.float32)
        common = chance.standard_normal(DIMENSION)
        self._common = (COMMON * common / np.linalg.norm(common)).astype(np.float32)

    def piece(self, chance: random.Random, length: int, *, said: bool = False) -> str:
        """Return a piece of all wordings, or of all answers."""
        source = self._said if said else self._asked
        begin = chance.randrange(len(source) - length)
        return source[begin : begin + length]

    def entry(self, number: int) -> tuple[list[str], str]:
        """Return the wordings and the answer of an entry."""
        chance = random.Random(number)
        base = self.piece(chance, 14)
        return [base, *(self.like(chance, base) for _ in range(ALIASES))], self.piece(
            chance, 180, said=True
        )

    def like(self, chance: random.Random, text: str) -> str:
        """Return a wording with a third of it replaced."""
        begin = chance.randrange(len(text) - 4)
        return text[:begin] + self.piece(chance, 5) + text[begin + 5 :]

    def encode_query(self, text: str) -> np.ndarray:
        """Return the vector of a text."""
        parts = [hash_of(token) for token in tokens(text)]
        vector = self._table[parts].sum(axis=0)
        vector *= np.sqrt(1 - COMMON**2) / np.linalg.norm(vector)
        vector += self._common
        return vector / np.linalg.norm(vector)

    def encode_queries(self, texts: Sequence[str]) -> np.ndarray:
        """Return a row for each text."""
        return np.stack([self.encode_query(text) for text in texts])

    encode_passages = encode_queries


@lru_cache(1 << 20)
def hash_of(token: str) -> int:
    return int.from_bytes(token.encode()[:8], "big") * 2654435761 % (1 << 61) % TABLE


def search(place: Path, entries: int, questions: int) -> None:
    """Build, open and ask the embedded index alone; compare with all inner products."""
    texts = Texts()
    records = made_up(texts, entries)
    matrix = np.concatenate([each.vectors for each in records])
    directory = place / "search"
    directory.mkdir()
    begun = time.process_time()
    EmbeddedIndex.build(records, DIMENSION, directory)
    built = time.process_time() - begun
    del records
    index = EmbeddedIndex.open(directory)
    size = sum(path.stat().st_size for path in directory.rglob("*") if path.is_file()) / 2**20
    print(
        f"\n{entries} entries, {len(matrix)} vectors of {DIMENSION}: built in {built:.0f} s of "
        f"processor time, {size:.0f} MB on the disk"
    )
    asked = questions_to(texts, entries, questions)
    print(
        f"{'one search, ms':24} {'wall p50':>9} {'p95':>6} {'cpu p50':>9} {'p95':>6}"
        "   first hit, first ten as exact"
    )
    for name, each in FILTERS.items():
        walls, cpus, first, ten = [], [], 0, 0.0
        allowed = np.ones(entries, bool) if each.as_of is None else np.arange(entries) % 10 == 0
        for text in asked:
            vector = texts.encode_query(text)
            wall, cpu = time.perf_counter(), time.thread_time()
            found = index.search(tokens(text), vector, each)
            walls.append(1000 * (time.perf_counter() - wall))
            cpus.append(1000 * (time.thread_time() - cpu))
            exact = best(matrix, allowed, vector)
            mine = [int(hit.entry_id[2:]) for hit in found.vector[:10]]
            first += mine[0] == exact[0]
            ten += len(set(mine) & set(exact)) / 10
        print(
            f"{name:24} {statistics.median(walls):9.1f} {p95(walls):6.1f} "
            f"{statistics.median(cpus):9.1f} {p95(cpus):6.1f}   "
            f"{100 * first / questions:.1f} %, {100 * ten / questions:.1f} %"
        )


def made_up(texts: Texts, entries: int) -> list[Record]:
    """Return so many entries as a backend gets them; one in ten holds on `DAY`, or after."""
    made = []
    for number in range(entries):
        asked, answer = texts.entry(number)
        made.append(
            Record(
                f"S-{number:05}",
                [token for text in asked for token in all_tokens(text)],
                all_tokens(answer),
                texts.encode_passages([*asked, answer][: ALIASES + 1]),
                valid_to=DAY.toordinal() - number % 10,
            )
        )
    return made


def questions_to(texts: Texts, entries: int, count: int) -> list[str]:
    """Return so many wordings of such entries, each with a third replaced."""
    chance = random.Random("questions")
    return [
        texts.like(chance, chance.choice(texts.entry(chance.randrange(entries))[0]))
        for _ in range(count)
    ]


def best(matrix: np.ndarray, allowed: np.ndarray, vector: np.ndarray) -> list[int]:
    """Return the ten nearest entries by all products in single precision."""
    scores = (matrix @ vector).reshape(len(allowed), -1).max(axis=1)
    scores[~allowed] = -2.0
    return np.argsort(-scores, kind="stable")[:10].tolist()


def p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def content_of(entries: int) -> Content:
    """Return a collection of synthetic entries."""
    texts = Texts()
    guide = Document(
        id="guide", issuers=["合成"], kind="guide", title="合成", cite="合成",
        status="in_force", check="L3", checked_on=DAY,
    )  # fmt: skip
    made = {}
    for number in range(entries):
        (question, *aliases), answer = texts.entry(number)
        made[f"S-{number:05}"] = Entry(
            id=f"S-{number:05}", topic=f"T{number % 256}", question=question, aliases=aliases,
            answer=answer, sources=[SourceRef(document="guide")], check="L3",
        )  # fmt: skip
    return Content(documents={"guide": guide}, entries=made)


def whole(place: Path, options: argparse.Namespace) -> None:
    """Build a whole knowledge base; let a process with a server's parts open it and publish."""
    begun, used = time.perf_counter(), time.process_time()
    KnowledgeBase.open(place, Texts(), content_of(options.memory_entries))
    print(
        f"\n{options.memory_entries} entries, calibrated: built in "
        f"{time.perf_counter() - begun:.0f} s, {time.process_time() - used:.0f} s of processor "
        "time (vectors are made up: a real encoder's time comes on top)",
        flush=True,
    )
    command = [sys.executable, __file__, "--home", place, "--encoder", options.encoder]
    command += ["--memory-entries", str(options.memory_entries)]
    subprocess.run([str(each) for each in command], check=True, cwd=PROJECT)


def serve(home: Path, entries: int, encoder: Path) -> None:
    """Hold what a serving process holds, application, encoder, index; then ask and edit."""
    import bot.app  # noqa: F401, PLC0415 for its memory
    from knowledge_base.encoder.loading import load_encoder  # noqa: PLC0415

    real = load_encoder(encoder)
    real.encode_query("增值税怎么申报")
    print(f"application and encoder: {resident()}")
    content, texts = content_of(entries), Texts()
    begun = time.perf_counter()
    knowledge = KnowledgeBase.open(home, texts, content, soon=True)
    print(f"opened in {time.perf_counter() - begun:.1f} s: {resident()}")
    chance = random.Random("asked")
    for _ in range(300):
        text = texts.like(chance, texts.entry(chance.randrange(entries))[0][0])
        knowledge.answer(Query(text, DAY))
    print(f"after 300 questions: {resident()}")
    times, used, found = [], [], 0
    for number in range(EDITS):
        one = content.entries["S-00007"]
        text = f"{texts.piece(chance, 14)}新写法{number}"
        one = one.model_copy(update={"aliases": [*one.aliases, text]})
        content = content.model_copy(update={"entries": content.entries | {one.id: one}})
        begun, cpu = time.perf_counter(), time.process_time()
        knowledge.publish(content)
        outcome = knowledge.answer(Query(text, DAY))
        times.append(time.perf_counter() - begun)
        used.append(time.process_time() - cpu)
        found += outcome.entry_id == one.id
    print(
        f"published edits, each asked by its new wording, s: p50 {statistics.median(times):.2f}, "
        f"longest {max(times):.2f} (processor {statistics.median(used):.2f}); "
        f"found {found} of {EDITS}: {resident()}"
    )


def beside(home: Path, entries: int, directory: Path) -> None:
    """Ask before and during a full build of shipped entries, by the real encoder."""
    from bot.reindexing import renew_index  # noqa: PLC0415
    from knowledge_base.encoder.loading import load_encoder  # noqa: PLC0415

    shipped = load_content(PROJECT / "data")
    chosen = dict(sorted(shipped.entries.items())[:entries])
    content = shipped.model_copy(update={"entries": chosen})
    encoder = load_encoder(directory)
    knowledge = KnowledgeBase.open(home, encoder, content)
    asked = [text for entry in chosen.values() for text in entry.asked]
    vectors = {text: encoder.encode_query(searchable(text)) for text in asked[:SEARCHES]}
    first = next(iter(chosen.values()))
    edited = first.model_copy(update={"answer": first.answer * 2})
    after = content.model_copy(update={"entries": chosen | {first.id: edited}})

    def ask(times: list[float]) -> None:
        text = chance.choice(list(vectors))
        begun = time.perf_counter()
        knowledge.answer(Query(text, DAY), vectors[text])
        times.append(1000 * (time.perf_counter() - begun))

    async def during(times: list[float]) -> float:
        settings = Settings(home=home, encoder=directory, demo=True)
        begun = time.perf_counter()
        build = asyncio.create_task(renew_index(settings, knowledge, after))
        while not build.done():
            await asyncio.to_thread(ask, times)
        await build
        return time.perf_counter() - begun

    chance = random.Random("beside")
    alone: list[float] = []
    for _ in range(SEARCHES):
        ask(alone)
    meanwhile: list[float] = []
    taken = asyncio.run(during(meanwhile))
    print(f"\n{len(chosen)} shipped entries, answers with their vector given, ms:")
    for name, times in (("alone", alone), (f"during a full build ({taken:.0f} s)", meanwhile)):
        print(
            f"  {name:32} {len(times)} asked, p50 {statistics.median(times):.1f}, "
            f"p95 {p95(times):.1f}, longest {max(times):.0f}"
        )


def resident() -> str:
    """Return what of this process is in memory, mapped files apart."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    found = {line.split(":")[0]: int(line.split()[1]) // 1024 for line in lines if "kB" in line}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return f"{found['VmRSS']} MB resident, {found['RssFile']} of it mapped files (peak {peak})"


if __name__ == "__main__":
    main()
