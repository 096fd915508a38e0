"""Measures ranking, decision and speed of the knowledge base; docs/retrieval.md holds the figures.

    python bench/retrieval.py [--encoder DIRECTORY] [--hotline items.jsonl]

The hotline set (or DAOBAN_EVAL) is a collection of its own in memory: real 12366 questions with
their answers, one JSON object a line with id, title, question, answer. Nothing of it is kept.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from core.settings import PROJECT, load_settings
from knowledge_base.answering import FOREIGN, KnowledgeBase, read_sentences
from knowledge_base.calibration import examples, report
from knowledge_base.content import load_content
from knowledge_base.embedded import EmbeddedIndex
from knowledge_base.encoder.interface import Encoder
from knowledge_base.encoder.loading import load_encoder
from knowledge_base.outcomes import Outcome, Query
from knowledge_base.ranking import fuse
from knowledge_base.search import Filters, Record
from knowledge_base.text import all_tokens, normalise, searchable, tokens
from knowledge_base.vectors import VectorCache

EVALUATION = PROJECT / "data" / "evaluation"
TODAY = date(2026, 11, 24)
"""The day on which the question sets expect their answers."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--encoder", type=Path, default=load_settings().encoder_directory)
    parser.add_argument("--hotline", type=Path, default=os.environ.get("DAOBAN_EVAL"))
    options = parser.parse_args()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    print(f"machine: {os.cpu_count()} cores, {memory:.0f} GB")
    if options.hotline:
        hotline(Path(options.hotline), load_encoder(options.encoder))
    content = load_content(PROJECT / "data")
    print(f"\nown collection: {len(content.entries)} entries, {len(content.documents)} documents")
    with tempfile.TemporaryDirectory() as home:
        encoder = load_encoder(options.encoder)
        begun = time.perf_counter()
        knowledge = KnowledgeBase.open(Path(home), encoder, content)
        print(f"index built in {time.perf_counter() - begun:.1f} s")
        left_out(knowledge, VectorCache(encoder, Path(home) / "index"))
        for half in ("tune", "report"):
            questions(knowledge, half)
        foreign(knowledge)
        follow_ups(knowledge)
        speed(Path(home), options.encoder, knowledge)


def hotline(path: Path, encoder: Encoder) -> None:
    items = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
    vectors = VectorCache(encoder)
    records = [
        Record(
            item["id"],
            all_tokens(normalise(item["title"])),
            all_tokens(normalise(item["answer"])),
            vectors.get([normalise(item["title"]), normalise(item["answer"])], "passage"),
        )
        for item in items
    ]
    index = EmbeddedIndex.build(records, encoder.dimension)
    asked = [
        (searchable(item["question"]), item["id"])
        for item in items
        if item["question"] and normalise(item["question"]) != normalise(item["title"])
    ]
    found = [
        (index.search(tokens(text), vectors.get([text], "query")[0], Filters(None)), own)
        for text, own in asked
    ]
    print(f"\nhotline: {len(asked)} callers' questions to {len(items)} items")
    ranked("BM25 alone", [([hit.entry_id for hit in hits.bm25], own) for hits, own in found])
    ranked("vectors alone", [([hit.entry_id for hit in hits.vector], own) for hits, own in found])
    ranked("fused", [([each.entry_id for each in fuse(hits)], own) for hits, own in found])


def ranked(name: str, rankings: Sequence[tuple[list[str], str]]) -> None:
    places = [ids.index(own) + 1 if own in ids else 0 for ids, own in rankings]
    hits = [100 * sum(0 < place <= k for place in places) / len(places) for k in (1, 3, 5)]
    mrr = 100 * sum(1 / place for place in places if 0 < place <= 10) / len(places)
    print(
        f"  {name:14} hit@1 {hits[0]:5.1f}  hit@3 {hits[1]:5.1f}  hit@5 {hits[2]:5.1f}"
        f"  MRR@10 {mrr:5.1f}"
    )


def left_out(knowledge: KnowledgeBase, vectors: VectorCache) -> None:
    """The reporting half, each alias asked of an index without it."""
    calibration = knowledge.calibration
    sentences = read_sentences(FOREIGN.with_name("out_of_domain_report.txt"))
    found = examples(knowledge.content, vectors, sentences)
    own = [each for each in found if each.half == "report"]
    print("own aliases, the asking one left out, entries never tuned on:")
    shares(report(calibration, own))
    print("sentences of other domains, never tuned on:")
    shares(report(calibration, [each for each in found if each.sort == "foreign"]))


def shares(figures: dict[str, float]) -> None:
    for name, value in figures.items():
        print(f"  {name:20} " + (f"{value:.0f}" if value > 1 else f"{100 * value:5.1f} %"))


def questions(knowledge: KnowledgeBase, half: str) -> None:
    """Independent questions: how the first reply ends."""
    ends: dict[str, Counter[str]] = {"answerable": Counter(), "not in the collection": Counter()}
    for item in _lines(f"questions_{half}.jsonl"):
        day = date.fromisoformat(item["as_of"]) if "as_of" in item else TODAY
        outcome = knowledge.answer(Query(item["query"], day, item.get("profile") or {}))
        kind = "answerable" if item["expect"] else "not in the collection"
        ends[kind][_end(outcome, item["expect"])] += 1
    print(f"questions_{half}.jsonl, written apart from the aliases:")
    for kind, counts in ends.items():
        _print(kind, counts)


def foreign(knowledge: KnowledgeBase) -> None:
    counts = Counter(
        _end(knowledge.answer(Query(sentence, TODAY)), None)
        for sentence in read_sentences(FOREIGN.with_name("out_of_domain_report.txt"))
    )
    _print("other domains, through answer()", counts)


def follow_ups(knowledge: KnowledgeBase) -> None:
    counts: Counter[str] = Counter()
    for item in _lines("followups.jsonl"):
        first = knowledge.answer(Query(item["first"], TODAY))
        topic = first.entry_id or (first.trace[0].entry_id if first.trace else None)
        then = knowledge.answer(Query(item["then"], TODAY, topic_entry=topic))
        counts[_end(then, item["expect"])] += 1
    _print("follow-ups on the topic before", counts)


def _end(outcome: Outcome, expected: str | None) -> str:
    if outcome.reason == "lapsed":
        return "told that it lapsed"
    if outcome.decision in {"answer", "ask_profile"}:
        return "right entry" if outcome.entry_id == expected else "wrong entry"
    if outcome.decision == "clarify":
        ids = {choice.id for choice in outcome.choices}
        return "among the choices" if f"entry:{expected}" in ids else "other choices"
    return f"a person ({outcome.reason})"


def _print(name: str, counts: Counter[str]) -> None:
    total = counts.total()
    parts = ", ".join(f"{end} {n} ({100 * n / total:.0f} %)" for end, n in counts.most_common())
    print(f"  {name} ({total}): {parts}")


def _lines(name: str) -> list[dict[str, Any]]:
    lines = (EVALUATION / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line]


def speed(home: Path, directory: Path, knowledge: KnowledgeBase) -> None:
    """Every text once for each, by encoders that never saw it, taking turns."""
    texts = [
        item["query"] for half in ("tune", "report") for item in _lines(f"questions_{half}.jsonl")
    ]
    bare = load_encoder(directory)
    fresh = KnowledgeBase.open(home, load_encoder(directory), knowledge.content)
    given = load_encoder(directory)
    vectors = {text: given.encode_query(searchable(text)) for text in texts}
    print("one question, ms:")
    runs: dict[str, Callable[[str], object]] = {
        "encoder alone": lambda text: bare.encode_query(searchable(text)),
        "answer()": lambda text: fresh.answer(Query(text, TODAY)),
        "answer(), encoded before": lambda text: knowledge.answer(
            Query(text, TODAY), vectors[text]
        ),
    }
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for text in texts:
        for name, run in runs.items():
            begun = time.perf_counter()
            run(text)
            taken[name].append(1000 * (time.perf_counter() - begun))
    for name, times in taken.items():
        p95 = statistics.quantiles(times, n=20)[-1]
        print(f"  {name:25} p50 {statistics.median(times):5.1f}  p95 {p95:5.1f}")


if __name__ == "__main__":
    main()
