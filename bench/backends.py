"""Compares Elasticsearch with the embedded index on the same questions; docs/elasticsearch.md.

    python bench/backends.py [--url http://127.0.0.1:9200] [--entries 25000 --vectors 12]

Without --url it starts a server of its own from DAOBAN_TEST_ELASTICSEARCH (zip or directory). With
--entries the collection is synthetic, with random vectors; else it is the one in `data/`.
"""

import argparse
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from harness import machine

from core.settings import PROJECT, load_settings
from knowledge_base.collection import records
from knowledge_base.content import load_content
from knowledge_base.elasticsearch.cluster import Cluster
from knowledge_base.elasticsearch.connection import connect
from knowledge_base.elasticsearch.versions import Version
from knowledge_base.embedded import EmbeddedIndex
from knowledge_base.encoder.loading import load_encoder
from knowledge_base.search import Filters, Record
from knowledge_base.vectors import VectorCache
from tests.support import elasticsearch
from tests.support.parity import Asked, compare, questions

ALIAS = "daoban-bench"
_WARM_UP = 300
_DIMENSION = 384


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", help="a running server; indexes daoban-bench-* in it are replaced")
    parser.add_argument("--encoder", type=Path, default=load_settings().encoder_directory)
    parser.add_argument("--keep", type=Path, help="directory that keeps vectors between runs")
    parser.add_argument("--entries", type=int, default=0, help="synthetic ones, instead of data/")
    parser.add_argument("--vectors", type=int, default=12, help="of each synthetic entry")
    options = parser.parse_args()
    print(machine())
    if options.entries:
        made, asked = synthetic(options.entries, options.vectors)
    else:
        made, asked = shipped(options.encoder, options.keep)
    print(f"{len(made)} entries, {sum(len(each.vectors) for each in made)} vectors")
    with server(options.url) as url:
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
    pairs = []
    for each in asked:  # taking turns, so that whatever else runs meets both
        begun = time.perf_counter()
        theirs = embedded.search(*each)
        between = time.perf_counter()
        ours = cluster.search(name, *each)
        times["elasticsearch"].append(1000 * (time.perf_counter() - between))
        times["embedded"].append(1000 * (between - begun))
        pairs.append((ours, theirs))
    for backend, taken in times.items():
        p95 = statistics.quantiles(taken, n=20)[-1]
        print(f"  {backend:14} p50 {statistics.median(taken):6.1f} ms  p95 {p95:6.1f} ms")
    ratios = [b / a for a, b in zip(times["embedded"], times["elasticsearch"], strict=True)]
    print(f"  Elasticsearch / embedded, median of the ratios: {statistics.median(ratios):.1f}")
    found = compare(pairs)
    print(f"  same first hit: {100 * found.same_first:.2f} % of {len(pairs)}")
    print(
        f"  raw scores at most {found.apart:.1e} apart, {100 * found.missed:.2f} % of tens missed"
    )
    for each in found.differing[:10]:
        print(f"    {each}")


def shipped(directory: Path, kept: Path | None) -> tuple[list[Record], list[Asked]]:
    """The collection in `data/`, and the questions of the parity test."""
    content, encoder = load_content(PROJECT / "data"), load_encoder(directory)
    vectors = VectorCache(encoder, kept)
    made = records(content, vectors)
    vectors.save()
    return made, questions(content, encoder.encode_query)


def synthetic(entries: int, vectors: int) -> tuple[list[Record], list[Asked]]:
    """Random bigrams and unit vectors; each question is near a vector of some entry."""
    draw = np.random.default_rng(1)
    words = [chr(0x4E00 + a) + chr(0x4E00 + b) for a in range(90) for b in range(90)]
    made = []
    for number in range(entries):
        rows = draw.standard_normal((vectors, _DIMENSION)).astype(np.float32)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        said = draw.choice(words, 200).tolist()
        made.append(Record(f"e{number}", said[:120], said[120:], rows))
    asked = []
    for number in draw.integers(0, entries, 500).tolist():
        near = made[number].vectors[0] + 0.8 * draw.standard_normal(_DIMENSION) / _DIMENSION**0.5
        near = (near / np.linalg.norm(near)).astype(np.float32)
        said = [*made[number].title[:6], *draw.choice(words, 12).tolist()]
        asked.append(Asked(list(dict.fromkeys(said)), near, Filters(None)))
    return made, asked


@contextmanager
def server(url: str | None) -> Iterator[str]:
    if url is not None:
        yield url
        return
    if lack := elasticsearch.lacking():
        raise SystemExit(lack)
    with elasticsearch.cluster(heap=2048, quick_start=False) as made:
        yield made.url


if __name__ == "__main__":
    main()
