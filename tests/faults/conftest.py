"""A server to be broken, and the parts it needs."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import missing
from tests.faults.harness import Bureau, Server, prepare, settings
from tests.support.postgres import DURABLE, Cluster, binaries, running


@pytest.fixture
def make_server(
    tmp_path: Path, index_home: Path, encoder_directory: Path
) -> Iterator[Callable[..., Server]]:
    """Start servers of the demo, without Rasa unless told; all are gone at the end."""
    started: list[Server] = []

    def make(**variables: str) -> Server:
        prepare(tmp_path, index_home)
        started.append(Server(tmp_path, settings(encoder_directory) | variables))
        started[-1].start()
        return started[-1]

    yield make
    for each in started:
        each.end()


@pytest.fixture
def durable_postgres() -> Iterator[Cluster]:
    """A PostgreSQL that a test may stop and freeze."""
    if binaries() is None:
        missing("postgres", "install Debian's package postgresql")
    with running(DURABLE) as made:
        yield made


@pytest.fixture
def bureau(
    tmp_path: Path, index_home: Path, encoder_directory: Path, durable_postgres: Cluster
) -> Iterator[Bureau]:
    """Two servers and a worker on one PostgreSQL, without Rasa, not yet started."""
    made = Bureau.of(
        tmp_path, index_home, settings(encoder_directory), durable_postgres.address + "postgres"
    )
    yield made
    for each in made.all:
        each.end()
