"""A small collection that is not the law, and an encoder that needs no model."""

import hashlib
import shutil
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from core.settings import PROJECT
from knowledge_base.answering import KnowledgeBase
from knowledge_base.content import load_content
from knowledge_base.outcomes import Query
from knowledge_base.schemas import Content
from knowledge_base.text import key

FIXTURES = PROJECT / "tests" / "knowledge_base" / "fixtures"
TODAY = date(2026, 11, 24)


class BigramEncoder:
    """Hashes characters and bigrams into signed dimensions: alike texts get near vectors."""

    dimension = 256

    def __init__(self, fingerprint: str = "bigrams-1") -> None:
        self.fingerprint = fingerprint
        self.encoded: list[str] = []

    def encode_query(self, text: str) -> np.ndarray:
        if not text:
            raise ValueError("an empty text has no vector")
        self.encoded.append(text)
        letters = key(text)
        vector = np.zeros(self.dimension, np.float32)
        for part in [*letters, *(letters[i : i + 2] for i in range(len(letters) - 1))]:
            digest = hashlib.sha256(part.encode()).digest()
            vector[digest[0]] += 1 if digest[1] % 2 else -1
        norm = float(np.linalg.norm(vector))
        return vector / norm if norm else vector

    def encode_queries(self, texts) -> np.ndarray:
        return np.stack([self.encode_query(text) for text in texts])

    encode_passages = encode_queries


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the fixture files, to be changed by a test."""
    target = tmp_path / "data"
    shutil.copytree(FIXTURES, target)
    return target


@pytest.fixture
def content(data: Path) -> Content:
    return load_content(data)


@pytest.fixture
def encoder() -> BigramEncoder:
    return BigramEncoder()


@pytest.fixture(scope="session")
def shared_knowledge(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    """The fixture collection, opened once."""
    base = tmp_path_factory.mktemp("knowledge")
    return KnowledgeBase.open(base, BigramEncoder(), load_content(FIXTURES))


@pytest.fixture
def ask(shared_knowledge: KnowledgeBase):
    """Asks the fixture collection."""

    def run(text: str, **query):
        return shared_knowledge.answer(Query(text, query.pop("as_of", TODAY), **query))

    return run


def with_answer(content: Content, answer: str, entry_id: str = "X-02") -> Content:
    """The content with another answer to one question."""
    entry = content.entries[entry_id].model_copy(update={"answer": answer})
    return content.model_copy(update={"entries": content.entries | {entry_id: entry}})


def without(content: Content, entry_id: str) -> Content:
    """The content less an entry."""
    kept = {key: entry for key, entry in content.entries.items() if key != entry_id}
    return content.model_copy(update={"entries": kept})
