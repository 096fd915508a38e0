"""The same entries and questions through other search libraries: quality and time in one table.

    python bench/retrieval_peers.py [--environment .cache/peers] [--counts] [FILE ...]

Peers come from PyPI by pip into an environment of their own, made when it is missing; one that
would bring torch for graphics cards (nvidia-*) is left out, and told so. Rasa's ResponseSelector
runs in the project's Rasa environment with jieba laid over it by uv. All use their own defaults and
get the vectors of our encoder, made beforehand, so that only search and fusion differ: every
wording and every answer of an entry is a text, and the first ten entries count. Asked are the
questions of FILE (the report sets) that name neither profile nor day and have an entry; the
collection is what holds today for everybody.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from bot.dialogue.environment import (
    SERVER,
    DialogueEnvironmentFailed,
    ensure_environment,
    find_uv,
    rasa_variables,
)
from core.clock import Clock
from core.settings import PROJECT, load_settings
from knowledge_base.collection import records
from knowledge_base.content import load_content
from knowledge_base.embedded import EmbeddedIndex
from knowledge_base.encoder.loading import load_encoder
from knowledge_base.evaluation.figures import ranking
from knowledge_base.evaluation.files import Question, read_file
from knowledge_base.ranking import fuse
from knowledge_base.schemas import Content, Entry
from knowledge_base.search import Filters
from knowledge_base.text import normalise, searchable, tokens
from knowledge_base.vectors import VectorCache

HERE = Path(__file__).parent / "peers"
SETS = [
    PROJECT / "data" / "evaluation" / f"{name}_report.jsonl" for name in ("phrasings", "questions")
]
PEERS = {
    "BM25 alone (bm25s, jieba)": ("bm25.py", ["bm25s", "jieba", "numpy"]),
    "Haystack, BM25 + vectors": ("haystack_hybrid.py", ["haystack-ai", "jieba", "numpy"]),
    "txtai, hybrid": ("txtai_hybrid.py", ["torch==2.13.0", "txtai", "jieba", "numpy"]),
}
SELECTORS = {
    "Rasa ResponseSelector, vectors": "--vectors",
    "Rasa ResponseSelector, counts": "--counts",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", type=Path, nargs="*", default=SETS)
    parser.add_argument("--environment", type=Path, default=PROJECT / ".cache" / "peers")
    parser.add_argument("--as-of", type=date.fromisoformat, default=Clock().today())
    parser.add_argument("--keep", type=Path, help="directory that keeps vectors between runs")
    parser.add_argument(
        "--counts", action="store_true", help="also Rasa's selector on counts: hours of training"
    )
    options = parser.parse_args()
    content = _for_everybody(load_content(PROJECT / "data"), options.as_of)
    asked = [
        question
        for path in options.files
        for question in read_file(path, load_content(PROJECT / "data").entries).questions
        if _plain(question) and question.expected & content.entries.keys()
    ]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    print(
        f"machine: {os.cpu_count()} cores, {memory:.0f} GB; {len(content.entries)} entries, "
        f"{len(asked)} questions of {', '.join(path.name for path in options.files)}"
    )
    encoder = load_encoder(load_settings().encoder_directory)
    vectors = VectorCache(encoder, options.keep)
    queries = vectors.get([searchable(each.query) for each in asked], "query")
    _tell("Daoban", _ours(content, vectors, asked, queries), asked)
    with tempfile.TemporaryDirectory(prefix="daoban-peers-") as made:
        place = Path(made)
        _write(place, content, vectors, asked, queries)
        _write_examples(place, content, vectors, encoder.fingerprint)
        vectors.save()
        for name, (script, packages) in PEERS.items():
            _tell(name, _peer(options.environment, script, packages, place), asked)
        for name, features in SELECTORS.items():
            if features == "--vectors" or options.counts:
                _tell(name, _selector(place, encoder.fingerprint, features), asked)


def _for_everybody(content: Content, day: date) -> Content:
    """What holds on the day and is for all, in the whole country."""

    def fits(entry: Entry) -> bool:
        start, end = content.validity(entry)
        holds = (start is None or start <= day) and (end is None or day <= end)
        return holds and not entry.region and entry.visibility == "public"

    kept = {entry.id: entry for entry in content.entries.values() if fits(entry)}
    return Content(documents=content.documents, entries=kept)


def _plain(question: Question) -> bool:
    return not (question.profile or question.as_of or question.after)


def _ours(
    content: Content, vectors: VectorCache, asked: list[Question], queries: np.ndarray
) -> dict[str, Any]:
    begun = time.perf_counter()
    index = EmbeddedIndex.build(records(content, vectors), vectors.dimension)
    built = time.perf_counter() - begun
    filters = Filters(None, frozenset(), frozenset({"public"}))
    ranked, took = [], []
    for question, vector in zip(asked, queries, strict=True):
        begun = time.perf_counter()
        found = fuse(index.search(tokens(searchable(question.query)), vector, filters))
        took.append(1000 * (time.perf_counter() - begun))
        ranked.append([each.entry_id for each in found[:10]])
    return {"ranked": ranked, "ms": took, "built": built}


def _write(
    place: Path, content: Content, vectors: VectorCache, asked: list[Question], queries: np.ndarray
) -> None:
    rows = [
        (normalise(text), entry.id, is_answer)
        for entry in content.entries.values()
        for said, is_answer in ((entry.asked, False), (entry.answers, True))
        for text in said
    ]
    texts, owners, answers = (list(each) for each in zip(*rows, strict=True))
    given = {"texts": texts, "owners": owners, "answers": answers}
    (place / "collection.json").write_text(json.dumps(given, ensure_ascii=False), encoding="utf-8")
    np.save(place / "vectors.npy", vectors.get(texts, "passage"))
    questions = json.dumps([searchable(each.query) for each in asked], ensure_ascii=False)
    (place / "questions.json").write_text(questions, encoding="utf-8")
    np.save(place / "asked.npy", queries)


def _write_examples(place: Path, content: Content, vectors: VectorCache, fingerprint: str) -> None:
    """Write the wordings as Rasa learns them here: as what somebody asks (featurizer.py)."""
    texts = [normalise(text) for entry in content.entries.values() for text in entry.asked]
    np.savez(
        place / "examples.npz",
        encoder=np.array(fingerprint),
        texts=np.array(texts),
        vectors=vectors.get(texts, "query"),
    )


def _peer(environment: Path, script: str, packages: list[str], place: Path) -> dict[str, Any] | str:
    """Run a peer; a sentence when it cannot be had."""
    python = environment / "bin" / "python"
    try:
        if not python.is_file():
            _run([sys.executable, "-m", "venv", str(environment)])
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        if " nvidia-" in _run([*pip[:-2], "--dry-run", *packages]):
            return "not measured: pip would install torch for graphics cards"
        _run([*pip, *packages])
        return _result(_run([str(python), str(HERE / script), str(place)]))
    except subprocess.CalledProcessError as error:
        return _why(error)


def _selector(place: Path, fingerprint: str, features: str) -> dict[str, Any] | str:
    """Train Rasa's selector and ask it; a sentence when it cannot be had."""
    try:
        python = ensure_environment(PROJECT, print)
        command = [find_uv(), "run", "--quiet", "--project", str(PROJECT / SERVER), "--locked"]
        command += ["--python", str(python), "--with", "jieba==0.42.1", "python"]
        command += [str(HERE / "rasa_selector.py"), str(place), features]
        surroundings = rasa_variables(
            PYTHONPATH=str(PROJECT), DAOBAN_ENCODER_FINGERPRINT=fingerprint
        )
        return _result(_run(command, surroundings))
    except subprocess.CalledProcessError as error:
        return _why(error)
    except DialogueEnvironmentFailed as error:
        return f"not measured: {error.detail}"


def _run(command: list[str], variables: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, timeout=36_000, env=variables
    )
    return done.stdout


def _result(said: str) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(said.splitlines()[-1])
    return result


def _why(error: subprocess.CalledProcessError) -> str:
    return f"not measured: {(error.stderr or str(error)).strip().splitlines()[-1]}"


def _tell(name: str, made: dict[str, Any] | str, asked: list[Question]) -> None:
    if isinstance(made, str):
        print(f"{name:31} {made}")
        return
    places = [
        next((at for at, each in enumerate(ranked, 1) if each in question.expected), 0)
        for question, ranked in zip(asked, made["ranked"], strict=True)
    ]
    figures = ranking(places)
    assert figures is not None
    ms = sorted(made["ms"])
    print(
        f"{name:31} hit@1 {100 * figures.hit1:5.1f}  hit@3 {100 * figures.hit3:5.1f}  "
        f"hit@5 {100 * figures.hit5:5.1f}  MRR {100 * figures.mrr:5.1f}  "
        f"p50 {statistics.median(ms):6.1f} ms  p95 {ms[int(0.95 * len(ms))]:6.1f} ms  "
        f"built in {made['built']:.1f} s",
        flush=True,
    )


if __name__ == "__main__":
    main()
