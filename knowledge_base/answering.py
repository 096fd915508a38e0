"""The knowledge base as the bot sees it: a query in, an outcome out; never generated text."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from knowledge_base.collection import records
from knowledge_base.decision import Calibration
from knowledge_base.elasticsearch.cluster import Cluster
from knowledge_base.index import clean, log_progress, open_index, open_latest
from knowledge_base.lessons import LESSONS, Lessons, read_lessons
from knowledge_base.outcomes import Outcome, Query
from knowledge_base.schemas import Content
from knowledge_base.snapshot import Snapshot, change, shared, updated
from knowledge_base.turn import Turn
from knowledge_base.vectors import TextEncoder, VectorCache


class KnowledgeBase:
    """Answers questions from one collection; may be shared by threads.

    A change makes a new snapshot beside the one in use and swaps the reference: an answer that
    has begun finishes on the version it began with. `publish` does so at once, on the full build
    that stands below; `rebuild` and `rebase` put another build below.

    Attributes:
        fault: why the last change is not in use; None when it is.
    """

    def __init__(
        self,
        directory: Path,
        encoder: TextEncoder,
        lessons: Lessons,
        base: Snapshot,
        cluster: Cluster | None = None,
    ) -> None:
        self._directory = directory
        self._encoder = encoder
        self._lessons = lessons
        self._cluster = cluster
        self._base = self._served(base)
        self._vectors = VectorCache(encoder)
        self._snapshot = self._base
        self._wanted = base.content
        self._changing = threading.Lock()
        self.fault: str | None = None

    @classmethod
    def open(
        cls,
        home: Path,
        encoder: TextEncoder,
        content: Content,
        lessons: Path = LESSONS,
        *,
        soon: bool = False,
        cluster: Cluster | None = None,
        tell: Callable[[str], None] = log_progress,
    ) -> "KnowledgeBase":
        """Open the index of a collection under `home/index`, building it when it is not there.

        Takes seconds, at first minutes, when it must build: run it in a thread.

        Args:
            home: data directory.
            encoder: the encoder whose vectors `answer` will get.
            content: from `service.stored_content`.
            lessons: directory of what the decision is fitted on (`lessons.read_lessons`).
            soon: rather update the newest index that is there than build, when little changed.
            cluster: searches instead of the embedded index, as soon as it has been loaded.
            tell: told in English, a sentence at a time, how far a build is.
        """
        directory, read = home / "index", read_lessons(lessons)
        clean(directory)
        latest = open_latest(directory, encoder, read) if soon else None
        if latest is not None:
            knowledge = cls(directory, encoder, read, latest, cluster)
            if knowledge.publish(content):
                return knowledge
        built = open_index(directory, content, encoder, read, tell)
        return cls(directory, encoder, read, built, cluster)

    def close(self) -> None:
        """Let the cluster go."""
        if self._cluster is not None:
            self._cluster.close()

    @property
    def version(self) -> str:
        """The version in use: of a full build, with `+` and what changed since."""
        return self._snapshot.version

    @property
    def searched_by(self) -> str | None:
        """Who answers where a cluster is set up; None: the embedded index, as it is meant to."""
        return None if self._cluster is None else self._cluster.described

    @property
    def content(self) -> Content:
        """The collection in use."""
        return self._snapshot.content

    @property
    def calibration(self) -> Calibration:
        """The thresholds in use, with the figures they had on the reporting half."""
        return self._snapshot.calibration

    @property
    def snapshot(self) -> Snapshot:
        """The version in use, to look into."""
        return self._snapshot

    @property
    def encoder(self) -> TextEncoder:
        """The encoder whose vectors are searched."""
        return self._encoder

    @property
    def lessons(self) -> Lessons:
        """What the decision is fitted on."""
        return self._lessons

    def kept_vectors(self) -> VectorCache:
        """Return the vectors of the last full build and of what changed since, to be added to."""
        return VectorCache(self._encoder, self._directory).beside(self._vectors)

    def beside(self, content: Content, vectors: VectorCache | None = None) -> Snapshot:
        """Return what a changed collection would look like, without putting it in use.

        It is searched in this process, wherever the one in use is. Takes a fraction of a second
        and 10 ms for each new text: run it in a thread.

        Args:
            content: what it would hold.
            vectors: where vectors of changed texts come from, if not from the last changes.
        """
        with self._changing:
            base = replace(self._base, backend=self._base.backend.apart())
            made = vectors or self._vectors
            return updated(base, content, change(base.content, content), made)

    @property
    def behind(self) -> int:
        """By how many entries the full build is behind what was published last."""
        return change(self._base.content, self._wanted).entries

    def publish(self, content: Content) -> bool:
        """Put a changed collection in use without a full build; run it in a thread.

        Takes a fraction of a second and 10 ms for each new text.

        Returns:
            whether it is in use: where too much changed, a full build must come first, and what
            was in use stays so.

        Raises:
            OSError: the change could not be stored; what was in use stays so.
        """
        with self._changing:
            self._wanted = shared(self._base.content, content)
            if self.fault is None and content == self._snapshot.content:
                return True
            return self._put()

    def rebuild(self, content: Content) -> str:
        """Put a collection in use by its full build, made if need be; return its version.

        Takes seconds and more: run it in a thread.
        """
        base = open_index(self._directory, content, self._encoder, self._lessons)
        with self._changing:
            self._wanted = content
            self._lay(base)
        return self.version

    def rebase(self, content: Content) -> None:
        """Put the full build of a collection below what was published last, made if need be."""
        base = open_index(self._directory, content, self._encoder, self._lessons)
        with self._changing:
            self._lay(base)

    def _lay(self, base: Snapshot) -> None:
        self._base, self._vectors = self._served(base), VectorCache(self._encoder)
        if not self._put():
            self._snapshot = self._base

    def _served(self, built: Snapshot) -> Snapshot:
        """Return the snapshot of a full build with the cluster to search it, if there is one."""
        if self._cluster is None:
            return built
        backend = self._cluster.serve(
            built.version,
            self._encoder.dimension,
            lambda: records(built.content, VectorCache(self._encoder, self._directory)),
            built.backend,
        )
        return replace(built, backend=backend)

    def _put(self) -> bool:
        """Put what is wanted in use, if the build below can carry it.

        The snapshot in use is replaced last: until then, and on any failure, it stays.
        """
        what = change(self._base.content, self._wanted)
        if not what.few(self._base.content):
            return False
        try:
            self._snapshot = updated(self._base, self._wanted, what, self._vectors)
        except Exception as error:
            self.fault = f"the last change is not in use: {error}"
            raise
        self.fault = None
        return True

    def answer(self, query: Query, vector: np.ndarray | None = None) -> Outcome:
        """Answer a question.

        Args:
            query: the question.
            vector: of `text.searchable(query.text)` as a query, when it was encoded already.
        """
        return Turn(self._snapshot, self._encoder, query).answer(vector)

    def answer_entry(self, entry_id: str, query: Query) -> Outcome:
        """Answer with an entry that was chosen.

        Raises:
            NotFound: no such entry, or none for this asker.
        """
        return Turn(self._snapshot, self._encoder, query).chosen(entry_id)

    def questions(self, entry_ids: Sequence[str], asker: Query) -> list[str]:
        """Return the questions of those entries that hold for an asker, in its language.

        In English those that somebody wrote in English, if there are any.
        """
        return Turn(self._snapshot, self._encoder, asker).questions(entry_ids)
