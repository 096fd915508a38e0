"""What every peer gets and gives; `bench/retrieval_peers.py` runs them."""

import json
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import jieba
import numpy as np

DEPTH = 10
DRAWN = 200
"""Texts that a peer ranks, so that ten entries are among them."""

Search = Callable[[str, np.ndarray], Sequence[str]]


@dataclass(frozen=True)
class Collection:
    """Every wording and answer is a text of its own; `owners` are their entries."""

    texts: list[str]
    owners: list[str]
    answers: list[bool]
    vectors: np.ndarray


def words(text: str) -> str:
    """Return a Chinese text as words between blanks, for what splits at blanks only."""
    return " ".join(word for word in jieba.cut_for_search(text) if word.strip())


def entries(owners: Iterable[str]) -> list[str]:
    """Return the first entries, each once."""
    return list(dict.fromkeys(owners))[:DEPTH]


def compare(build: Callable[[Collection], Search]) -> None:
    """Build a peer on the collection of a directory, ask it everything, print what it ranked."""
    place = Path(sys.argv[1])
    given = json.loads((place / "collection.json").read_text(encoding="utf-8"))
    collection = Collection(**given, vectors=np.load(place / "vectors.npy"))
    questions = json.loads((place / "questions.json").read_text(encoding="utf-8"))
    asked = np.load(place / "asked.npy")
    begun = time.perf_counter()
    search = build(collection)
    built = time.perf_counter() - begun
    search(questions[0], asked[0])
    ranked, took = [], []
    for text, vector in zip(questions, asked, strict=True):
        begun = time.perf_counter()
        ranked.append(list(search(text, vector)))
        took.append(1000 * (time.perf_counter() - begun))
    print(json.dumps({"ranked": ranked, "ms": took, "built": built}))
