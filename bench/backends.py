"""Compares Elasticsearch with the embedded index on the same questions; docs/elasticsearch.md.

    python bench/backends.py [--url http://127.0.0.1:9200] [--entries 25000] [--heap 2048]

Without --url it starts a server of its own from DAOBAN_TEST_ELASTICSEARCH (zip or directory). With
--entries the collection and its questions are those of bench/index.py; else it is the one in
`data/`. Processor time of the server comes from its own statistics and is a mean.
"""

import argparse
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from elasticsearch import Elasticsearch
from harness import machine
from index import FILTERS, Texts, made_up, questions_to

from core.settings import PROJECT, load_settings
from knowledge_base.collection import records
from knowledge_base.content import load_content
from knowledge_base.elasticsearch.cluster import Cluster
from knowledge_base.elasticsearch.connection import connect
from knowledge_base.elasticsearch.versions import Version
from knowledge_base.embedded import EmbeddedIndex
from knowledge_base.encoder.loading import load_encoder
from knowledge_base.search import Record
from knowledge_base.text import tokens
from knowledge_base.vectors import VectorCache
from tests.support import elasticsearch
from tests.support.parity import Asked, compare, questions

ALIAS = "daoban-bench"
_WARM_UP = 300
_QUESTIONS = 250


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", help="a running server; indexes daoban-bench-* in it are replaced")
    parser.add_argument("--encoder", type=Path, default=load_settings().encoder_directory)
    parser.add_argument("--keep", type=Path, help="directory that keeps vectors between runs")
    parser.add_argument("--entries", type=int, default=0, help="synthetic ones, instead of data/")
    parser.add_argument("--heap", type=int, default=2048, help="of a server of its own, in MB")
    options = parser.parse_args()
    print(machine())
    if options.entries:
        made, asked = synthetic(options.entries)
    else:
        made, asked = shipped(options.encoder, options.keep)
    print(f"{len(made)} entries, {sum(len(each.vectors) for each in made)} vectors")
    with server(options.url, options.heap) as url:
        measure(url, made, asked)


def measure(url: str, made: list[Record], asked: list[Asked]) -> None:
    embedded = EmbeddedIndex.build(made, made[0].vectors.shape[1])
    client = connect(url)
    cluster = Cluster(client, ALIAS, 30.0)
    wanted = Version(f"{time.time_ns():x}", made[0].vectors.shape[1], lambda: made)
    begun = time.perf_counter()
    cluster.versions.ensure(wanted, lambda _done, _of: None)
    print(f"loaded into Elasticsearch in {time.perf_counter() - begun:.1f} s")
    name = cluster.versions.name(wanted)
    size = client.indices.stats(index=name, metric="store")["_all"]["primaries"]["store"]
    print(f"{size['size_in_bytes'] / 2**20:.0f} MB on disk")
    for each in (asked * (1 + _WARM_UP // len(asked)))[:_WARM_UP]:
        cluster.search(name, *each)
    times: dict[str, list[float]] = {"embedded": [], "elasticsearch": []}
    used: dict[str, list[float]] = {"embedded": [], "elasticsearch": []}
    pairs = []
    before = server_time(client)
    for each in asked:  # taking turns, so that whatever else runs meets both
        begun, cpu = time.perf_counter(), time.thread_time()
        theirs = embedded.search(*each)
        between, cpu_between = time.perf_counter(), time.thread_time()
        ours = cluster.search(name, *each)
        times["elasticsearch"].append(1000 * (time.perf_counter() - between))
        times["embedded"].append(1000 * (between - begun))
        used["elasticsearch"].append(1000 * (time.thread_time() - cpu_between))
        used["embedded"].append(1000 * (cpu_between - cpu))
        pairs.append((ours, theirs))
    served = (server_time(client) - before) / len(asked)
    for backend, taken in times.items():
        p95 = statistics.quantiles(taken, n=20)[-1]
        print(
            f"  {backend:14} p50 {statistics.median(taken):6.1f} ms  p95 {p95:6.1f} ms  "
            f"processor, mean {statistics.fmean(used[backend]):5.1f} ms"
            + (f" + {served:.1f} in the server" if backend == "elasticsearch" else "")
        )
    ratios = [b / a for a, b in zip(times["embedded"], times["elasticsearch"], strict=True)]
    print(f"  Elasticsearch / embedded, median of the ratios: {statistics.median(ratios):.1f}")
    found = compare(pairs)
    print(f"  same first hit: {100 * found.same_first:.2f} % of {len(pairs)}")
    print(
        f"  raw scores at most {found.apart:.1e} apart, {100 * found.missed:.2f} % of tens missed"
    )
    for each in found.differing[:10]:
        print(f"    {each}")


def server_time(client: Elasticsearch) -> int:
    """Return the processor time that the cluster has used, in milliseconds."""
    nodes = client.nodes.stats(metric="process")["nodes"].values()
    return sum(node["process"]["cpu"]["total_in_millis"] for node in nodes)


def shipped(directory: Path, kept: Path | None) -> tuple[list[Record], list[Asked]]:
    """The collection in `data/`, and the questions of the parity test."""
    content, encoder = load_content(PROJECT / "data"), load_encoder(directory)
    vectors = VectorCache(encoder, kept)
    made = records(content, vectors)
    vectors.save()
    return made, questions(content, encoder.encode_query)


def synthetic(entries: int) -> tuple[list[Record], list[Asked]]:
    """The entries and questions of bench/index.py, each asked of all entries and of a tenth."""
    texts = Texts()
    asked = [
        Asked(tokens(text), texts.encode_query(text), filters)
        for text in questions_to(texts, entries, _QUESTIONS)
        for filters in FILTERS.values()
    ]
    return made_up(texts, entries), asked


@contextmanager
def server(url: str | None, heap: int) -> Iterator[str]:
    if url is not None:
        yield url
        return
    if lack := elasticsearch.lacking():
        raise SystemExit(lack)
    with elasticsearch.cluster(heap=heap, quick_start=False) as made:
        yield made.url


if __name__ == "__main__":
    main()
