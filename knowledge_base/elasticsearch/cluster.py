"""The cluster of a process: who searches in it, and who answers while it is away.

A question goes to the cluster when it is there and has the version that is asked; else the
embedded index answers, which every process has on its disk. The first failure sends everybody to
the embedded index; a thread looks when the cluster is back, so that no question waits for that. The
same thread loads new versions.
"""

import hashlib
import threading
import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import structlog
from elastic_transport import TransportError
from elasticsearch import ApiError, Elasticsearch

from core.telemetry import SEARCH_CLUSTER_UP, SEARCHES
from knowledge_base.elasticsearch import queries
from knowledge_base.elasticsearch.connection import connect, told
from knowledge_base.elasticsearch.documents import digest
from knowledge_base.elasticsearch.versions import IndexLost, Version, Versions
from knowledge_base.search import Filters, Hits, Record, SearchBackend

log = structlog.get_logger()

TRY_SECONDS = 1.0
TRIES = 3
"""Nodes that are tried for a question, one after the other."""
PROBE_SECONDS = 2.0
_PATIENT_SECONDS = 30.0
"""At most, between two looks at a cluster that answers and refuses."""
_TOLD_SECONDS = 5.0
"""Between two lines of the log about one load."""


class NotServed(Exception):
    """The cluster gave no whole answer."""


class NotThere(NotServed):
    """The cluster has no such index."""


class _Closed(Exception):
    """The process stops in the middle of a load; another one goes on with it."""


class Cluster:
    """Loads versions into a cluster and searches them; may be shared by threads.

    Args:
        client: of `connection.connect`.
        alias: names the current index.
        try_seconds: one node gets so long for one question.
    """

    def __init__(self, client: Elasticsearch, alias: str, try_seconds: float = TRY_SECONDS) -> None:
        self._client = client.options(
            request_timeout=try_seconds, max_retries=TRIES - 1, retry_on_timeout=True
        )
        self.versions = Versions(client, alias)
        self._wanted: ServedIndex | None = None
        self._wake = threading.Event()
        self._closed = False
        self._state = threading.Lock()
        self._fault: str | None = None
        self._lost_at = 0.0
        self._loaded: tuple[int, int] | None = None
        self._told_at = 0.0
        self._thread = threading.Thread(target=self._look_after, name="elasticsearch", daemon=True)
        SEARCH_CLUSTER_UP.set(1)

    @classmethod
    def open(cls, urls: str, alias: str, ca_file: Path | None = None) -> "Cluster":
        """Begin to look after a cluster, which need not be there.

        Args:
            urls: as `connection.connect` takes them.
            alias: names the current index.
            ca_file: certificates that sign the servers'.

        Raises:
            BadSettings: what was given is no address or certificate.
        """
        made = cls(connect(urls, ca_file), alias)
        made.start()
        return made

    def start(self) -> None:
        """Begin to load and to look."""
        self._thread.start()

    def close(self) -> None:
        """End; a load that is under way is left to the next process."""
        self._closed = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(PROBE_SECONDS)
        self._client.close()

    def serve(
        self,
        key: str,
        dimension: int,
        records: Callable[[], Sequence[Record]],
        spare: SearchBackend,
    ) -> "ServedIndex":
        """Return a backend of a version, which is loaded in the background.

        Args:
            key: names the version: the same for the same records, and for no others.
            dimension: length of a vector.
            records: makes all of them, if the cluster lacks the version.
            spare: answers meanwhile, and whenever the cluster does not.
        """
        return self.want(ServedIndex(self, Version(key, dimension, records), spare))

    def want(self, index: "ServedIndex") -> "ServedIndex":
        """Load a version next, instead of any that was wanted before."""
        self._wanted = index
        self._wake.set()
        return index

    @property
    def up(self) -> bool:
        """Whether questions may be sent to it."""
        return self._fault is None

    @property
    def described(self) -> str:
        """Who answers, and why."""
        if self._fault is not None:
            return f"the embedded index answers: {self._fault}"
        if self._wanted is not None and self._wanted.ready:
            return "Elasticsearch"
        words = "the embedded index answers while Elasticsearch is loaded"
        return words if self._loaded is None else "{}: {} of {}".format(words, *self._loaded)

    # -- questions

    def search(self, name: str, tokens: list[str], vector: np.ndarray, filters: Filters) -> Hits:
        """Search an index, on another node where one fails.

        Raises:
            NotServed, ApiError, TransportError: it could not be searched, or not all of it.
        """
        bodies = [queries.by_vector(vector, filters)]
        if tokens:
            bodies.append(queries.by_words(tokens, filters))
        try:
            answers = self._ask(name, bodies)
        except NotThere:
            raise
        except NotServed:  # a copy went away under the search; the next try finds another
            answers = self._ask(name, bodies)
        return Hits(
            bm25=queries.word_hits(answers[1]) if tokens else [],
            vector=queries.vector_hits(answers[0]),
        )

    def _ask(self, name: str, bodies: list[dict[str, Any]]) -> list[dict[str, Any]]:
        header = {"index": name}
        searches = [part for body in bodies for part in (header, body)]
        found = self._client.msearch(searches=searches, filter_path=queries.PARTS)
        answers: list[dict[str, Any]] = found["responses"]
        for answer in answers:
            fault = answer.get("error")
            if fault is not None and answer.get("status") == 404:
                raise NotThere(f"index {name} is gone")
            if fault is not None or answer["timed_out"] or answer["_shards"]["failed"]:
                raise NotServed(f"index {name}: {fault or 'a part of it did not answer'}")
        return answers

    def lost(self, error: Exception) -> None:
        """Send questions to the embedded index until a look finds the cluster again."""
        with self._state:
            first, self._fault = self._fault is None, told(error)
            if not first or self._closed:
                return
            self._lost_at = time.monotonic()
            SEARCH_CLUSTER_UP.set(0)
            log.warning(
                "search_cluster_lost", fault=self._fault, effect="the embedded index answers"
            )
        self._wake.set()

    def _found(self) -> None:
        with self._state:
            if self._fault is None:
                return
            self._fault = None
            SEARCH_CLUSTER_UP.set(1)
            log.info("search_cluster_back", away_seconds=round(time.monotonic() - self._lost_at, 1))

    # -- the thread

    def _look_after(self) -> None:
        pause = PROBE_SECONDS
        while not self._closed:
            if self._wake.wait(pause):
                self._wake.clear()
            wanted = self._wanted
            if wanted is None or self._closed:
                continue
            try:
                self._look(wanted)
                pause = PROBE_SECONDS
            except _Closed:
                return
            except TransportError as error:
                self.lost(error)
                pause = PROBE_SECONDS
            except (ApiError, NotServed, IndexLost) as error:
                self.lost(error)
                pause = PROBE_SECONDS if wanted.ready else min(2 * pause, _PATIENT_SECONDS)
            except Exception as error:
                log.exception("search_cluster_failed")
                self.lost(error)
                pause = _PATIENT_SECONDS

    def _look(self, wanted: "ServedIndex") -> None:
        if wanted.ready:
            somewhere = np.full(wanted.version.dimension, wanted.version.dimension**-0.5)
            try:  # a whole question, so that it is back only when it answers in time
                self.search(wanted.name, ["·"], somewhere, Filters(None))
            except NotThere:
                wanted.ready = False
        if not wanted.ready:
            begun = self._told_at = time.monotonic()
            self._loaded = None
            self.versions.ensure(wanted.version, self._progress)
            wanted.ready = True
            seconds = round(time.monotonic() - begun, 1)
            log.info("search_index_ready", index=wanted.name, seconds=seconds)
        self._found()

    def _progress(self, done: int, of: int) -> None:
        if self._closed:
            raise _Closed
        self._loaded = (done, of)
        if time.monotonic() - self._told_at > _TOLD_SECONDS:
            self._told_at = time.monotonic()
            log.info("search_index_loading", done=done, of=of)


class ServedIndex:
    """One version of the collection: in the cluster, and embedded for when that is away."""

    def __init__(self, cluster: Cluster, version: Version, spare: SearchBackend) -> None:
        self._cluster = cluster
        self._spare = spare
        self.version = version
        self.name = cluster.versions.name(version)
        self.ready = False

    def search(self, tokens: list[str], vector: np.ndarray, filters: Filters) -> Hits:
        """Return the best hits of both kinds among the entries that the filters let in."""
        if self.ready and self._cluster.up:
            try:
                found = self._cluster.search(self.name, tokens, vector, filters)
            except (NotServed, ApiError, TransportError) as error:
                self._cluster.lost(error)
            else:
                SEARCHES.labels("elasticsearch").inc()
                return found
        SEARCHES.labels("embedded").inc()
        return self._spare.search(tokens, vector, filters)

    def apart(self) -> SearchBackend:
        """Return the embedded one: the cluster is not to load what is only tried."""
        return self._spare.apart()

    def updated(self, records: Sequence[Record], removed: Collection[str]) -> "ServedIndex":
        """Return the backend with some entries put or removed; this one stays as it is."""
        base = self.version
        parts = [*(f"{each.entry_id} {digest(each)}" for each in records), *sorted(removed)]
        key = f"{base.key}-{hashlib.sha256(repr(parts).encode()).hexdigest()[:8]}"

        def all_records() -> list[Record]:
            gone = {*removed, *(each.entry_id for each in records)}
            return [*(each for each in base.records() if each.entry_id not in gone), *records]

        version = Version(key, base.dimension, all_records, base, tuple(records), tuple(removed))
        spare = self._spare.updated(records, removed)
        return self._cluster.want(ServedIndex(self._cluster, version, spare))
