"""Questions go to the cluster when it can answer them, and to the embedded index when not."""

import socket
import time
from datetime import date

import numpy as np
import pytest
import structlog
from prometheus_client import REGISTRY

from bot import health
from knowledge_base.answering import KnowledgeBase
from knowledge_base.elasticsearch import cluster as module
from knowledge_base.elasticsearch.cluster import Cluster
from knowledge_base.elasticsearch.connection import connect
from knowledge_base.embedded import EmbeddedIndex
from knowledge_base.outcomes import Query
from knowledge_base.search import Filters, Record
from tests.knowledge_base.elasticsearch.conftest import counted, until
from tests.support.postgres import free_port

DAY = date(2026, 11, 24)
QUESTION = Query("个体户月销售额八万要交增值税吗", DAY)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(module, "PROBE_SECONDS", 0.05)


@pytest.fixture
def opened(tmp_path, encoder, content):
    """Opens the fixture collection with a cluster."""
    made = []

    def run(urls, alias):
        cluster = Cluster.open(urls, alias)
        made.append(KnowledgeBase.open(tmp_path, encoder, content, cluster=cluster))
        return made[-1]

    yield run
    for each in made:
        each.close()


def test_without_its_cluster_the_embedded_index_answers_at_once(opened, shared_knowledge):
    with structlog.testing.capture_logs() as logs:
        knowledge = opened(f"http://127.0.0.1:{free_port()}", "daoban")
        before, began = counted("embedded"), time.monotonic()
        outcomes = [knowledge.answer(QUESTION) for _ in range(20)]
        assert time.monotonic() - began < 5
        until(lambda: "not reached" in knowledge.searched_by)
        knowledge.answer(QUESTION)
        search = health._search(knowledge)
    assert search.state == "up", "it stays usable"
    assert "the embedded index answers: Elasticsearch is not reached" in search.detail
    assert outcomes[0] == shared_knowledge.answer(QUESTION)
    assert counted("embedded") - before >= 21
    assert [each["event"] for each in logs].count("search_cluster_lost") == 1
    assert REGISTRY.get_sample_value("daoban_search_cluster_up") == 0


def test_a_cluster_that_is_frozen_holds_up_one_question():
    vector = np.eye(1, 8, dtype=np.float32)[0]
    records = [Record("one", ["免税"], ["规定"], vector[None])]
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections, says nothing
        cluster = Cluster(connect(f"http://127.0.0.1:{silent.getsockname()[1]}"), "daoban", 0.2)
        served = cluster.serve("a", 8, lambda: records, EmbeddedIndex.build(records, 8))
        served.ready = True
        taken = []
        for _ in range(3):
            begun = time.monotonic()
            [hit] = served.search(["免税"], vector, Filters(DAY)).bm25
            taken.append(time.monotonic() - begun)
            assert hit.entry_id == "one"
        cluster.close()
    assert taken[0] >= 0.2 * module.TRIES
    assert max(taken[1:]) < 0.2
    assert "does not answer in time" in cluster.described


@pytest.mark.elasticsearch
def test_a_loaded_cluster_answers_and_follows_a_change(
    opened, elasticsearch_url, alias, client, content, data, shared_knowledge
):
    knowledge = opened(elasticsearch_url, alias)
    until(lambda: knowledge.searched_by == "Elasticsearch")
    before = counted("elasticsearch"), counted("embedded")
    outcome = knowledge.answer(QUESTION)
    assert counted("elasticsearch") > before[0]
    assert counted("embedded") == before[1]
    expected = shared_knowledge.answer(QUESTION)
    rounded = {"confidence", "trace"}
    assert outcome.model_dump(exclude=rounded) == expected.model_dump(exclude=rounded)
    assert outcome.confidence == pytest.approx(expected.confidence, abs=1e-4)
    [name] = client.indices.get_alias(name=alias).keys()

    client.indices.delete(index=name)
    assert knowledge.answer(QUESTION).entry_id == expected.entry_id
    until(
        lambda: client.indices.exists_alias(name=alias) and knowledge.searched_by == "Elasticsearch"
    )

    entry = next(iter(content.entries.values()))
    changed = entry.model_copy(update={"answer": "全新的答复" * 10})
    entries = {**content.entries, entry.id: changed}
    assert knowledge.publish(content.model_copy(update={"entries": entries}))
    assert knowledge.answer(QUESTION).entry_id == expected.entry_id
    until(lambda: name not in client.indices.get_alias(name=alias))
    until(lambda: knowledge.searched_by == "Elasticsearch")
    base, _, change = knowledge.version.partition("+")
    assert change
    assert base in next(iter(client.indices.get_alias(name=alias).keys()))


@pytest.mark.elasticsearch
def test_a_wrong_password_is_told_and_not_shown(opened, elasticsearch_url):
    if "@" not in elasticsearch_url:
        pytest.skip("the server that was named asks for no password")
    address = elasticsearch_url.split("@")[1]
    with structlog.testing.capture_logs() as logs:
        knowledge = opened(f"http://elastic:hush-hush@{address}", "daoban")
        until(lambda: "refuses user or password" in knowledge.searched_by)
        assert knowledge.answer(QUESTION).entry_id
    assert "hush" not in repr(logs) + knowledge.searched_by
