"""Three nodes: one killed costs no question, all killed costs the first ones a moment."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
import structlog

from knowledge_base.answering import KnowledgeBase
from knowledge_base.elasticsearch.cluster import Cluster
from knowledge_base.elasticsearch.connection import connect
from tests.conftest import missing
from tests.knowledge_base.elasticsearch.conftest import counted, until
from tests.knowledge_base.elasticsearch.test_cluster import QUESTION
from tests.support import elasticsearch

pytestmark = pytest.mark.elasticsearch

LONGEST = 20.0
"""Seconds: the deadline of an answer."""


class Asking:
    """Asks without end, in two threads."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self._knowledge = knowledge
        self._going = True
        self.taken: list[float] = []
        self.entries: set[str | None] = set()
        self.faults: list[Exception] = []
        self._threads = [threading.Thread(target=self._ask) for _ in range(2)]
        for each in self._threads:
            each.start()

    def _ask(self) -> None:
        while self._going:
            begun = time.monotonic()
            try:
                self.entries.add(self._knowledge.answer(QUESTION).entry_id)
            except Exception as error:  # noqa: BLE001 - the test tells whatever came
                self.faults.append(error)
            self.taken.append(time.monotonic() - begun)
            time.sleep(0.01)

    def more(self, questions: int) -> None:
        """Wait until so many more were answered."""
        wanted = len(self.taken) + questions
        until(lambda: len(self.taken) >= wanted)

    def end(self) -> None:
        self._going = False
        for each in self._threads:
            each.join()


@contextmanager
def asking(knowledge: KnowledgeBase) -> Iterator[Asking]:
    made = Asking(knowledge)
    try:
        yield made
    finally:
        made.end()
    assert made.faults == []
    assert len(made.entries) == 1
    assert max(made.taken) < LONGEST


def test_nodes_that_go_and_come_back(tmp_path, encoder, content):
    if elasticsearch.is_address() or (lack := elasticsearch.lacking()):
        missing("elasticsearch", lack if not elasticsearch.is_address() else "needs nodes to kill")
    with ExitStack() as stack:
        nodes = stack.enter_context(elasticsearch.cluster(3, heap=256))
        logs = stack.enter_context(structlog.testing.capture_logs())
        cluster = Cluster(connect(nodes.url), "daoban", 10.0)  # young servers, a busy machine
        cluster.start()
        stack.callback(cluster.close)
        knowledge = KnowledgeBase.open(tmp_path, encoder, content, cluster=cluster)
        until(lambda: knowledge.searched_by == "Elasticsearch")
        with connect(nodes.url) as client:
            client.cluster.health(index="daoban", wait_for_status="green", timeout="60s")
            [holder, *_] = client.cat.shards(index="daoban", h="node").body.split()

        with asking(knowledge) as questions:
            questions.more(20)
            embedded = counted("embedded")
            next(each for each in nodes.nodes if each.name == holder).kill()
            questions.more(100)
        assert counted("embedded") == embedded, "the cluster answered every one"

        with asking(knowledge) as questions:
            questions.more(20)
            for each in nodes.nodes:
                each.kill()
            questions.more(50)
        assert counted("embedded") > embedded
        assert "the embedded index answers" in (knowledge.searched_by or "")
        assert [each["event"] for each in logs].count("search_cluster_lost") == 1

        nodes.start()
        until(lambda: knowledge.searched_by == "Elasticsearch")
        assert [each["event"] for each in logs].count("search_cluster_back") == 1
        served = counted("elasticsearch")
        with asking(knowledge):
            until(lambda: counted("elasticsearch") >= served + 20)
