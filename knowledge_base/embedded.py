"""The embedded backend: BM25 by tantivy and inner products by FAISS, in one directory."""

import json
import tempfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from knowledge_base.bm25 import TextIndex
from knowledge_base.nearest import Near, Nearest
from knowledge_base.search import DEPTH, Filters, Hit, Hits, Record

_TEXT, _ROWS = "text", "rows.json"


class _Labels:
    """One label for each row, to be compared with several at once."""

    def __init__(self, labels: list[str]) -> None:
        self._known = sorted(set(labels))
        places = {label: place for place, label in enumerate(self._known)}
        self._places = np.array([places[label] for label in labels], dtype=np.intp)

    def among(self, labels: Collection[str]) -> np.ndarray:
        """Return for each row whether its label is one of those."""
        wanted = np.array([label in labels for label in self._known], dtype=bool)
        return wanted[self._places]


@dataclass(frozen=True)
class _Rows:
    """What is known of the entry in each row."""

    ids: list[str]
    valid_from: list[int]
    valid_to: list[int]
    region: list[str]
    visibility: list[str]
    audience: list[str]

    @classmethod
    def of(cls, records: Sequence[Record]) -> "_Rows":
        return cls(
            ids=[record.entry_id for record in records],
            valid_from=[record.valid_from for record in records],
            valid_to=[record.valid_to for record in records],
            region=[record.region for record in records],
            visibility=[record.visibility for record in records],
            audience=[record.audience for record in records],
        )

    def __add__(self, other: "_Rows") -> "_Rows":
        return _Rows(**{name: mine + getattr(other, name) for name, mine in vars(self).items()})


class EmbeddedIndex:
    """A collection in tantivy and FAISS; immutable, safe to read from many threads."""

    def __init__(
        self,
        text: TextIndex,
        vectors: Sequence[Nearest],
        rows: _Rows,
        gone: Collection[int] = (),
        kept: object = None,
    ) -> None:
        """Take the parts.

        Args:
            text: of all rows.
            vectors: of the first rows, of those that came after, and so on.
            rows: in the same order.
            gone: rows that were replaced or removed.
            kept: what must live as long as this index.
        """
        self._text = text
        self._vectors = vectors
        self._rows = rows
        self._valid_from = np.asarray(rows.valid_from, dtype=np.int64)
        self._valid_to = np.asarray(rows.valid_to, dtype=np.int64)
        self._region = _Labels(rows.region)
        self._visibility = _Labels(rows.visibility)
        self._audience = _Labels(rows.audience)
        self._present = np.ones(len(rows.ids), dtype=bool)
        self._present[list(gone)] = False
        self._kept = kept

    @classmethod
    def build(
        cls, records: Sequence[Record], dimension: int, directory: Path | None = None
    ) -> "EmbeddedIndex":
        """Index records, in `directory` (which must be empty) or for as long as the index lives."""
        if directory is None:
            kept = tempfile.TemporaryDirectory(prefix="daoban-index-")
            place = Path(kept.name)
        else:
            kept, place = None, directory
        rows = _Rows.of(records)
        (place / _ROWS).write_text(json.dumps(vars(rows)), encoding="utf-8")
        text = TextIndex.build(records, place / _TEXT)
        vectors = Nearest.build([record.vectors for record in records], dimension, place)
        return cls(text, [vectors], rows, kept=kept)

    @classmethod
    def open(cls, directory: Path) -> "EmbeddedIndex":
        """Open what `build` left in a directory."""
        rows = _Rows(**json.loads((directory / _ROWS).read_text(encoding="utf-8")))
        return cls(TextIndex.open(directory / _TEXT), [Nearest.open(directory)], rows)

    def apart(self) -> "EmbeddedIndex":
        """Return itself: it is inside this process."""
        return self

    def updated(self, records: Sequence[Record], removed: Collection[str]) -> "EmbeddedIndex":
        """Return this collection with other records; see `search.SearchBackend`.

        Raises:
            ValueError: this index is itself an updated one.
            OSError: no room on the disk.
        """
        replaced = {record.entry_id for record in records} | set(removed)
        gone = [row for row, entry_id in enumerate(self._rows.ids) if entry_id in replaced]
        text = self._text.updated(gone, records, len(self._rows.ids))
        vectors = Nearest.build([record.vectors for record in records], self._vectors[0].dimension)
        return EmbeddedIndex(
            text, [*self._vectors, vectors], self._rows + _Rows.of(records), gone, self._kept
        )

    def search(self, tokens: list[str], vector: np.ndarray, filters: Filters) -> Hits:
        """Return the best hits of both kinds among the entries that the filters let in."""
        allowed = self._allowed(filters)
        if not allowed.any():
            return Hits()
        ids = self._rows.ids
        return Hits(
            [Hit(ids[row], score) for row, score in self._text.search(tokens, filters, DEPTH)],
            [Hit(ids[row], score, support) for row, score, support in self._near(vector, allowed)],
        )

    def _near(self, vector: np.ndarray, allowed: np.ndarray) -> list[Near]:
        found: list[Near] = []
        first = 0
        for part in self._vectors:
            mine = allowed[first : first + part.entries]
            hits = part.search(vector, mine, DEPTH)
            found += [hit._replace(row=first + hit.row) for hit in hits]
            first += part.entries
        return sorted(found, key=lambda hit: -hit.score)[:DEPTH]

    def _allowed(self, filters: Filters) -> np.ndarray:
        """The same filters as a mask over rows."""
        allowed: np.ndarray = (
            self._present
            & self._region.among({"", *filters.regions})
            & self._visibility.among(filters.visibilities)
            & ~self._audience.among(filters.not_for)
        )
        if filters.as_of is not None:
            day = filters.as_of.toordinal()
            holds = (self._valid_from <= day) & (self._valid_to >= day)
            allowed &= ~holds if filters.lapsed else holds
        return allowed
