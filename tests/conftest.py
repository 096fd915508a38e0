"""Fixtures for all tests: both databases, and what is required in CI."""

import asyncio
import itertools
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from core.clock import Clock
from core.database import Database, open_database
from core.migrate import upgrade
from core.settings import PROJECT
from core.vault import Vault
from knowledge_base.answering import KnowledgeBase
from knowledge_base.content import load_content
from knowledge_base.encoder.build import build_encoder
from knowledge_base.encoder.loading import load_encoder
from tests.support import elasticsearch, postgres

REQUIRED = frozenset(os.environ.get("DAOBAN_REQUIRE", "").replace(",", " ").split())
"""Parts that must be there (CI names them all): postgres browser rasa ml encoder
elasticsearch disk (one that a test may fill: a tmpfs, which root may mount)."""


def missing(part: str, how: str) -> None:
    """Skip for want of a part, or fail where it is required."""
    if part in REQUIRED:
        pytest.fail(f"{part} is required here: {how}")
    pytest.skip(f"{part} is missing: {how}")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Address of a PostgreSQL server that belongs to this run, with a migrated template."""
    if postgres.binaries() is None:
        missing("postgres", "install Debian's package postgresql")
    with postgres.cluster() as address:

        async def prepare() -> None:
            connection = await asyncpg.connect(address + "postgres")
            await connection.execute("CREATE DATABASE template_daoban")
            await connection.close()
            await upgrade(address + "template_daoban")

        asyncio.run(prepare())
        yield address


@pytest.fixture(scope="session")
def elasticsearch_url() -> Iterator[str]:
    """Address of an Elasticsearch server: the one that was named, or one of this run."""
    if lack := elasticsearch.lacking():
        missing("elasticsearch", lack)
    if elasticsearch.is_address():
        yield elasticsearch.SOURCE
        return
    with elasticsearch.cluster(password="sesame-of-the-tests") as made:
        yield made.url


@pytest.fixture(scope="session")
def project() -> Path:
    """The checkout."""
    return PROJECT


@pytest.fixture(scope="session")
def encoder_directory(project: Path) -> Path:
    """The encoder, built once and kept between runs (about 5 s)."""
    directory = project / ".cache" / "encoder"
    build_encoder(directory, lambda _: None)
    return directory


@pytest.fixture(scope="session")
def index_home(project: Path, encoder_directory: Path) -> Path:
    """Where the index of the shipped content is kept between runs."""
    kept = project / ".cache" / "tests"
    KnowledgeBase.open(kept, load_encoder(encoder_directory), load_content(project / "data"))
    return kept


_numbers = itertools.count()


@pytest.fixture
async def postgres_url(postgres_server: str) -> AsyncIterator[str]:
    """Address of a fresh, migrated PostgreSQL database, gone after the test.

    It has some 300 files: two thousand databases took minutes to be removed at the end.
    """
    name = f"t{next(_numbers)}"
    await _command(postgres_server, f"CREATE DATABASE {name} TEMPLATE template_daoban")
    yield postgres_server + name
    await _command(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


async def _command(server: str, command: str) -> None:
    connection = await asyncpg.connect(server + "postgres")
    try:
        await connection.execute(command)
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "daoban.sqlite3"
    asyncio.run(upgrade(f"sqlite:///{path}"))
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Address of a fresh, migrated SQLite database."""
    path = tmp_path / "daoban.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """Address of a fresh, migrated database: each test that asks runs on both stores."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    return request.getfixturevalue(name)


@pytest.fixture
def clock() -> Clock:
    """The test's clock: a Tuesday morning in office hours, running on."""
    from datetime import datetime

    from core.clock import SHANGHAI

    return Clock(datetime(2026, 11, 24, 10, 0, tzinfo=SHANGHAI))


@pytest.fixture
def vault() -> Vault:
    """A vault with a secret of the tests."""
    return Vault("a secret of the tests, long enough")


@pytest.fixture
async def db(database_url: str, clock: Clock) -> AsyncIterator[Database]:
    """An open database, on SQLite and on PostgreSQL."""
    database = open_database(database_url, clock)
    yield database
    await database.close()
