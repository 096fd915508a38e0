"""The vector side of the embedded backend: the entries whose vectors are nearest to a query's.

All vectors are looked at, as bytes (FAISS, one scale for all dimensions), which costs two fifths of
floats in time and a quarter in memory. What comes out is scored again by the half-precision
vectors beside them, and more is asked for until rounding cannot have hidden an entry. Both
files are mapped, not read; of few vectors floats are made, since to widen those that are scored
takes ten times as long as to score them.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import faiss
import numpy as np
from threadpoolctl import threadpool_limits

from knowledge_base.search import SUPPORT

_BYTES, _HALVES, _COUNTS = "vectors.faiss", "vectors.npy", "counts.npy"
_MORE = 4
"""Vectors looked at first for each entry wanted, and the factor by which that grows."""
_FEW = 32_768
"""Vectors that are kept as floats: 50 MB at 384 dimensions."""

# One query is quicker on one thread than the waking of others costs, and those that were woken spin
# for a while in wait of more: half of a server's processor time went there.
threadpool_limits(1, "blas")


class Near(NamedTuple):
    """An entry's row, its best inner product, and the mean of its best `SUPPORT`."""

    row: int
    score: float
    support: float


class Nearest:
    """Vectors of entries, by row of the entry; immutable, safe to read from many threads."""

    def __init__(self, scanned: faiss.Index, halves: np.ndarray, counts: np.ndarray) -> None:
        """Take what `build` made.

        Args:
            scanned: all vectors as bytes.
            halves: the same in half precision, in the same order.
            counts: how many each entry has; they stand together.
        """
        self._scanned = scanned
        self._exact = halves.astype(np.float32) if len(halves) <= _FEW else halves
        self._counts = counts
        self._ends = np.cumsum(counts)
        self._owner = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
        self._rounding = _step(scanned)

    @classmethod
    def build(
        cls, vectors: Sequence[np.ndarray], dimension: int, directory: Path | None = None
    ) -> "Nearest":
        """Index the vectors of entries (a matrix for each), in a directory or in memory."""
        counts = np.array([len(each) for each in vectors], dtype=np.int64)
        stacked = np.concatenate([np.empty((0, dimension), np.float32), *vectors], dtype=np.float32)
        halves = stacked.astype(np.float16)
        scanned = faiss.IndexScalarQuantizer(
            dimension, faiss.ScalarQuantizer.QT_8bit_uniform, faiss.METRIC_INNER_PRODUCT
        )
        if len(stacked):
            scanned.train(stacked)
            scanned.add(stacked)
        if directory is None:
            return cls(scanned, halves, counts)
        faiss.write_index(scanned, str(directory / _BYTES))
        np.save(directory / _HALVES, halves)
        np.save(directory / _COUNTS, counts)
        return cls.open(directory)

    @classmethod
    def open(cls, directory: Path) -> "Nearest":
        """Open what `build` left."""
        return cls(
            faiss.read_index(str(directory / _BYTES), faiss.IO_FLAG_MMAP_IFC),
            np.load(directory / _HALVES, mmap_mode="r").view(np.ndarray),
            np.load(directory / _COUNTS),
        )

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._scanned.d)

    @property
    def entries(self) -> int:
        """How many entries there are, with and without vectors."""
        return len(self._counts)

    def search(self, query: np.ndarray, allowed: np.ndarray, depth: int) -> list[Near]:
        """Return the nearest entries, best first.

        Args:
            query: unit vector, float32.
            allowed: whether each entry may be found.
            depth: how many at most.
        """
        mask = np.repeat(allowed, self._counts)
        usable = int(mask.sum())
        wanted = min(depth, int((allowed & (self._counts > 0)).sum()))
        if not wanted:
            return []
        # faiss wraps these constructors at run time; its stubs describe the C++ ones
        selector = faiss.IDSelectorBitmap(np.packbits(mask, bitorder="little"))  # type: ignore[call-arg, arg-type]
        parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        asked = np.ascontiguousarray(query, dtype=np.float32)
        faiss.omp_set_num_threads(1)  # for this thread; see above
        looked = min(_MORE * depth, usable)
        while True:
            rough, places = self._scanned.search(asked[None], looked, params=parameters)
            rows, scores = self._best(asked, places[0])
            if looked >= usable:
                break
            if len(rows) >= wanted and scores[wanted - 1] - rough[0, -1] > self._rounding:
                break
            looked = min(_MORE * looked, usable)
        supports = self._supports(asked, rows[:wanted])
        found = zip(rows[:wanted].tolist(), scores[:wanted].tolist(), supports, strict=True)
        return [Near(*each) for each in found]

    def _scores(self, places: np.ndarray, query: np.ndarray) -> np.ndarray:
        scores: np.ndarray = self._exact[places].astype(np.float32, copy=False) @ query
        return scores

    def _best(self, query: np.ndarray, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Score vectors again and return their entries, best first, each once."""
        scores = self._scores(places, query)
        order = np.argsort(-scores, kind="stable")
        _, first = np.unique(self._owner[places[order]], return_index=True)
        kept = order[np.sort(first)]
        return self._owner[places[kept]], scores[kept]

    def _supports(self, query: np.ndarray, rows: np.ndarray) -> list[float]:
        """Return the mean of the best `SUPPORT` products of each entry.

        An entry's vectors stand together, so each is multiplied where it lies: to gather those of
        a hundred entries first takes several times as long.
        """
        counts = self._counts[rows]
        products = np.full((len(rows), max(SUPPORT, counts.max())), -np.inf, np.float32)
        for row, end, count in zip(products, self._ends[rows], counts, strict=True):
            row[:count] = self._exact[end - count : end].astype(np.float32, copy=False) @ query
        products.partition(products.shape[1] - SUPPORT, axis=1)
        best = products[:, -SUPPORT:]
        known = best > -np.inf
        supports: list[float] = (np.where(known, best, 0).sum(axis=1) / known.sum(axis=1)).tolist()
        return supports


def _step(scanned: faiss.Index) -> float:
    """Return the width of a byte's step: 3.5 standard deviations of a product's rounding."""
    quantizer: Any = faiss.downcast_index(scanned)
    trained = faiss.vector_to_array(quantizer.sq.trained)
    return float(trained[1]) / 255 if len(trained) else 0.0
