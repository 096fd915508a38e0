"""A server to be broken, and the parts it needs."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from knowledge_base.answering import KnowledgeBase
from knowledge_base.content import load_content
from knowledge_base.encoder.loading import load_encoder
from tests.faults.harness import Server, prepare


@pytest.fixture(scope="session")
def index_home(project: Path, encoder_directory: Path) -> Path:
    """Where the index of the shipped content is kept between runs."""
    kept = project / ".cache" / "tests"
    KnowledgeBase.open(kept, load_encoder(encoder_directory), load_content(project / "data"))
    return kept


@pytest.fixture
def make_server(
    tmp_path: Path, index_home: Path, encoder_directory: Path
) -> Iterator[Callable[..., Server]]:
    """Start servers of the demo, without Rasa unless told; all are gone at the end."""
    started: list[Server] = []

    def make(**variables: str) -> Server:
        prepare(tmp_path, index_home)
        settings = {
            "DAOBAN_DEMO": "1",
            "DAOBAN_DIALOGUE": "0",
            "DAOBAN_ENCODER": str(encoder_directory),
            "DAOBAN_MESSAGES_PER_MINUTE": "10000",
        }
        started.append(Server(tmp_path, settings | variables))
        started[-1].start()
        return started[-1]

    yield make
    for each in started:
        if each.process is not None and each.process.poll() is None:
            each.kill()
