"""The knowledge base as the bot sees it: a query in, an outcome out; never generated text."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from core.settings import PROJECT
from knowledge_base.decision import Calibration
from knowledge_base.index import Snapshot, open_index, version_of
from knowledge_base.outcomes import Outcome, Query
from knowledge_base.schemas import Content
from knowledge_base.turn import Turn
from knowledge_base.vectors import TextEncoder

FOREIGN = PROJECT / "data" / "evaluation" / "out_of_domain_tune.txt"


class KnowledgeBase:
    """Answers questions from one collection; may be shared by threads.

    A rebuild makes a new snapshot beside the one in use and swaps the reference: an answer that
    has begun finishes on the version it began with.
    """

    def __init__(
        self, directory: Path, encoder: TextEncoder, foreign: Sequence[str], snapshot: Snapshot
    ) -> None:
        self._directory = directory
        self._encoder = encoder
        self._foreign = foreign
        self._snapshot = snapshot

    @classmethod
    def open(
        cls, home: Path, encoder: TextEncoder, content: Content, foreign: Path = FOREIGN
    ) -> "KnowledgeBase":
        """Open the index of a collection under `home/index`, building it when it is not there.

        Takes seconds when it must build: run it in a thread.

        Args:
            home: data directory.
            encoder: the encoder whose vectors `answer` will get.
            content: from `service.stored_content`.
            foreign: file of sentences of other domains, one a line, # for a comment.
        """
        directory = home / "index"
        sentences = read_sentences(foreign)
        return cls(
            directory, encoder, sentences, open_index(directory, content, encoder, sentences)
        )

    @property
    def version(self) -> str:
        """The index in use."""
        return self._snapshot.version

    @property
    def content(self) -> Content:
        """The collection in use."""
        return self._snapshot.content

    @property
    def calibration(self) -> Calibration:
        """The thresholds in use, with the figures they had on the reporting half."""
        return self._snapshot.calibration

    def rebuild(self, content: Content) -> str:
        """Index a changed collection and put it in use; return its version. Run it in a thread.

        A collection that is in use already costs its comparison only.
        """
        if version_of(content, self._encoder, self._foreign) != self.version:
            self.swap(open_index(self._directory, content, self._encoder, self._foreign))
        return self.version

    def swap(self, snapshot: Snapshot) -> None:
        """Put another snapshot in use, at once and for all answers that begin from now on."""
        self._snapshot = snapshot

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


def read_sentences(path: Path) -> list[str]:
    """Return the sentences of a file, one a line; # begins a comment."""
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]
