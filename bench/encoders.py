"""Compares who can run the encoder's directory; docs/encoder.md holds the figures.

    python bench/encoders.py [directory] [--right HOME]

Each builds an index of its own from the shipped collection and answers the evaluation's
questions by it. Printed are the cosines of the questions' vectors to those of the runners before,
and how many questions get the same first hit and the same outcome. With --right only int8 and
torch are compared, over all questions for tuning and in one index, that of the data directory HOME:
how many find a right entry first. Needs the extra `ml`; takes some minutes. The directory is that
of the settings (DAOBAN_ENCODER) unless given.
"""

import argparse
import json
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from sentence_transformers import SentenceTransformer

from core.settings import PROJECT, load_settings
from knowledge_base.answering import KnowledgeBase
from knowledge_base.content import load_content
from knowledge_base.encoder.full import SentenceTransformersEncoder
from knowledge_base.encoder.interface import Encoder
from knowledge_base.encoder.light import LightEncoder
from knowledge_base.evaluation.asking import judge
from knowledge_base.evaluation.files import Question, read_questions
from knowledge_base.outcomes import Query
from knowledge_base.text import searchable

EVALUATION = PROJECT / "data" / "evaluation"
TODAY = date(2026, 11, 24)
CPU = {"provider": "CPUExecutionProvider"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=Path, nargs="?")
    parser.add_argument("--right", type=Path, metavar="HOME", help="right first hits, one index")
    options = parser.parse_args()
    directory = options.directory or load_settings().encoder_directory
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    print(f"machine: {os.cpu_count()} cores, {memory:.0f} GB, {platform.machine()}")
    if options.right:
        right(directory, options.right)
        return
    files = sorted(EVALUATION.glob("questions_*.jsonl"))
    lines = [line for file in files for line in file.read_text("utf-8").splitlines() if line]
    texts = [json.loads(line)["query"] for line in lines]
    content = load_content(PROJECT / "data")
    seen = []
    with tempfile.TemporaryDirectory() as home:
        for number, (name, encoder) in enumerate(runners(directory, Path(home) / "exported")):
            begun = time.perf_counter()
            knowledge = KnowledgeBase.open(Path(home) / str(number), encoder, content)
            built = time.perf_counter() - begun
            vectors = encoder.encode_queries([searchable(text) for text in texts])
            ends = [
                knowledge.answer(Query(text, TODAY), vector)
                for text, vector in zip(texts, vectors, strict=True)
            ]
            hits = [each.trace[0].entry_id if each.trace else each.entry_id for each in ends]
            seen.append((vectors, hits, [(each.decision, each.entry_id) for each in ends]))
            print(f"{name}: index built in {built:.0f} s", flush=True)
            for other, kept in enumerate(seen[:-1]):
                cosines = (vectors * kept[0]).sum(axis=1).tolist()
                print(
                    f"  beside {other}: cosine lowest {min(cosines):.5f}, "
                    f"median {statistics.median(cosines):.5f}; "
                    f"same first hit {same(hits, kept[1])}, "
                    f"same outcome {same(seen[-1][2], kept[2])}"
                )


def right(directory: Path, home: Path) -> None:
    """Right first hits over the files for tuning, the questions encoded by int8 and by torch."""
    int8 = LightEncoder.load(directory)
    knowledge = KnowledgeBase.open(home, int8, load_content(PROJECT / "data"))
    sums = {"int8": 0, "float32": 0}
    total = alike = 0
    exact = SentenceTransformersEncoder.load(directory)
    for path in sorted(EVALUATION.glob("*_tune.jsonl")):
        asked = [each for each in read_questions(path) if each.answerable]
        if not asked:
            continue
        found = {
            name: [first(knowledge, each, encoder) for each in asked]
            for name, encoder in (("int8", int8), ("float32", exact))
        }
        total += len(asked)
        alike += sum(a[0] == b[0] for a, b in zip(*found.values(), strict=True))
        counts = {name: sum(good for _, good in hits) for name, hits in found.items()}
        print(f"{path.name}: {len(asked)} questions, right first {counts}", flush=True)
        sums = {name: sums[name] + count for name, count in counts.items()}
    print(f"all: {total} questions, {alike} the same first hit, right first {sums}")


def first(
    knowledge: KnowledgeBase, question: Question, encoder: Encoder
) -> tuple[str | None, bool]:
    """Return the first hit and whether it is a right one."""
    day = question.as_of or TODAY
    vector = encoder.encode_query(searchable(question.query))
    outcome = knowledge.answer(Query(question.query, day, question.profile), vector)
    hit = outcome.trace[0].entry_id if outcome.trace else outcome.entry_id
    return hit, judge(question, outcome, knowledge.content).place == 1


def runners(directory: Path, exported: Path) -> Iterator[tuple[str, Encoder]]:
    """Load one after the other: both graphs by both runners, and torch."""
    yield "0 light runner, int8 graph", LightEncoder.load(directory)
    graph = {"file_name": "onnx/model_qint8.onnx", **CPU}
    yield "1 sentence-transformers (onnx), int8 graph", by_onnx(directory, graph)
    yield "2 sentence-transformers (torch), float32", SentenceTransformersEncoder.load(directory)
    export = {"export": True, **CPU}
    SentenceTransformer(
        str(directory), backend="onnx", device="cpu", model_kwargs=export
    ).save_pretrained(str(exported))
    yield "3 light runner, float32 graph", LightEncoder.load(exported)
    yield "4 sentence-transformers (onnx), float32 graph", by_onnx(exported, CPU)


def by_onnx(directory: Path, options: dict[str, str]) -> Encoder:
    model = SentenceTransformer(str(directory), backend="onnx", device="cpu", model_kwargs=options)
    return SentenceTransformersEncoder(model, backend="onnx", fingerprint=str(options))


def same(one: list[object], other: list[object]) -> str:
    count = sum(a == b for a, b in zip(one, other, strict=True))
    return f"{count}/{len(one)} ({100 * count / len(one):.1f} %)"


if __name__ == "__main__":
    main()
