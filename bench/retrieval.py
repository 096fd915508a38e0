"""Measures ranking, decision and speed of the knowledge base; docs/retrieval.md holds the figures.

    python bench/retrieval.py [--encoder DIRECTORY] [--hotline items.jsonl] [--speed]

The hotline set (or DAOBAN_EVAL) is a collection of its own in memory: real 12366 questions with
their answers, one JSON object a line with id, title, question, answer. Nothing of it is kept.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from pydantic import BaseModel

from core.settings import PROJECT, load_settings
from knowledge_base.answering import KnowledgeBase
from knowledge_base.calibration import examples, report
from knowledge_base.content import load_content
from knowledge_base.encoder.interface import Encoder
from knowledge_base.encoder.loading import load_encoder
from knowledge_base.evaluation.figures import Ranking, ranking
from knowledge_base.evaluation.files import EvaluationFile, Question, read_file
from knowledge_base.evaluation.report import evaluate, evaluate_articles
from knowledge_base.lessons import LESSONS, Lessons, read_sentences
from knowledge_base.outcomes import Query
from knowledge_base.text import searchable
from knowledge_base.vectors import VectorCache

EVALUATION = PROJECT / "data" / "evaluation"
SETS = ("questions_tune.jsonl", "questions_report.jsonl")
TODAY = date(2026, 11, 24)
"""The day on which the question sets expect their answers."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--encoder", type=Path, default=load_settings().encoder_directory)
    parser.add_argument("--hotline", type=Path, default=os.environ.get("DAOBAN_EVAL"))
    parser.add_argument("--keep", type=Path, help="directory that keeps the index between runs")
    parser.add_argument("--speed", action="store_true", help="only the speed of a question")
    options = parser.parse_args()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    print(f"machine: {os.cpu_count()} cores, {memory:.0f} GB, load {os.getloadavg()[0]:.1f}")
    if options.hotline:
        hotline(Path(options.hotline), load_encoder(options.encoder))
    content = load_content(PROJECT / "data")
    print(f"\nown collection: {len(content.entries)} entries, {len(content.documents)} documents")
    with tempfile.TemporaryDirectory() as made:
        home = options.keep or Path(made)
        encoder = load_encoder(options.encoder)
        begun = time.perf_counter()
        knowledge = KnowledgeBase.open(home, encoder, content)
        print(f"index built or opened in {time.perf_counter() - begun:.1f} s")
        if not options.speed:
            quality(knowledge, VectorCache(encoder, home / "index"))
        speed(home, options.encoder, knowledge)


def quality(knowledge: KnowledgeBase, vectors: VectorCache) -> None:
    """Aliases that are left out, other people's questions, other domains."""
    left_out(knowledge, vectors)
    for name in (*SETS, "followups.jsonl"):
        questions(knowledge, read_file(EVALUATION / name, knowledge.content.entries))
    questions(knowledge, foreign())


def hotline(path: Path, encoder: Encoder) -> None:
    made = evaluate_articles(read_file(path, {}), encoder, TODAY)
    print(f"\nhotline: {len(made.found)} callers' questions to {made.collection}")
    for name, places in (
        ("BM25 alone", [each.bm25_place for each in made.found]),
        ("vectors alone", [each.vector_place for each in made.found]),
    ):
        ranked(name, ranking(places))
    ranked("fused", made.ranking)
    for name, figures in made.by_overlap.items():
        ranked(name, figures)


def ranked(name: str, figures: Ranking | None) -> None:
    if figures is not None:
        shown = "  ".join(f"{key} {100 * value:5.1f}" for key, value in _shares(figures))
        print(f"  {name:14} {shown}")


def left_out(knowledge: KnowledgeBase, vectors: VectorCache) -> None:
    """The reporting half, each alias asked of an index without it."""
    calibration = knowledge.calibration
    lessons = Lessons(tuple(read_sentences(LESSONS / "out_of_domain_report.txt")))
    found = examples(knowledge.content, vectors, lessons)
    own = [each for each in found if each.half == "report"]
    print("own aliases, the asking one left out, entries never tuned on:")
    shares(report(calibration, own))
    print("sentences of other domains, never tuned on:")
    shares(report(calibration, [each for each in found if each.sort == "foreign"]))


def shares(figures: dict[str, float]) -> None:
    for name, value in figures.items():
        print(f"  {name:20} " + (f"{value:.0f}" if value > 1 else f"{100 * value:5.1f} %"))


def questions(knowledge: KnowledgeBase, file: EvaluationFile) -> None:
    """Questions written apart from the aliases: how the first reply ends."""
    made = evaluate(file, knowledge, TODAY)
    print(f"{file.name}:")
    for part in (made.ranking, made.replies, made.refusals, made.pairs):
        if part is not None:
            shown = ", ".join(f"{key} {100 * value:.1f}" for key, value in _shares(part))
            print(f"  {next(iter(part.model_dump().values()))}: {shown}")
    for each in made.reliability:
        print(f"  confidence {each.confidence:.2f}: {each.right:.2f} right of {each.questions}")


def foreign() -> EvaluationFile:
    path = LESSONS / "out_of_domain_report.txt"
    sentences = [Question(query=each, expect=None) for each in read_sentences(path)]
    return EvaluationFile(path.name, tuple(sentences))


def _shares(figures: BaseModel) -> list[tuple[str, float]]:
    return [(key, each) for key, each in figures.model_dump().items() if isinstance(each, float)]


def speed(home: Path, directory: Path, knowledge: KnowledgeBase) -> None:
    """Every text once for each, by encoders that never saw it, taking turns."""
    entries = knowledge.content.entries
    texts = [
        each.query for name in SETS for each in read_file(EVALUATION / name, entries).questions
    ]
    bare = load_encoder(directory)
    fresh = KnowledgeBase.open(home, load_encoder(directory), knowledge.content)
    given = load_encoder(directory)
    vectors = {text: given.encode_query(searchable(text)) for text in texts}
    print(f"one question of {len(texts)}, ms:")
    runs: dict[str, Callable[[str], object]] = {
        "encoder alone": lambda text: bare.encode_query(searchable(text)),
        "answer()": lambda text: fresh.answer(Query(text, TODAY)),
        "answer(), encoded before": lambda text: knowledge.answer(
            Query(text, TODAY), vectors[text]
        ),
    }
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in runs}
    for text in texts:
        for name, run in runs.items():
            begun, used = time.perf_counter(), time.process_time()
            run(text)
            wall, processor = time.perf_counter() - begun, time.process_time() - used
            taken[name].append((1000 * wall, 1000 * processor))
    for name, times in taken.items():
        for sort, each in zip(("wall", "processor"), zip(*times, strict=True), strict=True):
            p95 = statistics.quantiles(each, n=20)[-1]
            print(f"  {name:25} {sort:10} p50 {statistics.median(each):5.1f}  p95 {p95:5.1f}")


if __name__ == "__main__":
    main()
