"""A server of the session, and indexes in it that end with their test."""

import itertools
from collections.abc import Iterator

import pytest
from elasticsearch import Elasticsearch

from knowledge_base.elasticsearch.connection import connect
from knowledge_base.elasticsearch.versions import Version, Versions

_numbers = itertools.count()


@pytest.fixture(scope="session")
def client(elasticsearch_url: str) -> Iterator[Elasticsearch]:
    made = connect(elasticsearch_url).options(request_timeout=60)
    yield made
    made.close()


@pytest.fixture
def alias(client: Elasticsearch) -> Iterator[str]:
    name = f"daoban-test{next(_numbers)}"
    remove(client, name)
    yield name
    remove(client, name)


@pytest.fixture
def versions(client: Elasticsearch, alias: str) -> Versions:
    return Versions(client, alias)


def indexes(client: Elasticsearch, alias: str) -> list[str]:
    return sorted(client.indices.get_settings(index=f"{alias}-v*").keys())


def remove(client: Elasticsearch, alias: str) -> None:
    for name in indexes(client, alias):
        client.indices.delete(index=name)


def silent(done: int, of: int) -> None:
    """Progress that nobody looks at."""


def version(key: str, records, dimension: int = 8, **values) -> Version:
    return Version(key, dimension, lambda: records, **values)
