"""A server of the session, and indexes in it that end with their test."""

import itertools
import time
from collections.abc import Callable, Iterator

import pytest
from elasticsearch import Elasticsearch
from prometheus_client import REGISTRY

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


def counted(backend: str) -> float:
    """How many searches a backend answered in this process."""
    return REGISTRY.get_sample_value("daoban_searches_total", {"backend": backend}) or 0.0


def until(condition: Callable[[], object], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)
