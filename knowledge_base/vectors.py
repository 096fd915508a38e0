"""Vectors kept by text and encoder, so that a rebuild encodes only what is new."""

import hashlib
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
import structlog

log = structlog.get_logger()

Role = Literal["query", "passage"]

BLOCK = 500
"""Texts that are encoded between two words of progress."""
KEEP_EVERY = 5000
"""Texts after which a long work is kept, so that a killed one goes on there."""


class TextEncoder(Protocol):
    """What the knowledge base asks of an encoder; vectors are normalised float32."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    @property
    def fingerprint(self) -> str:
        """Changes whenever the same text would get another vector."""
        ...

    def encode_query(self, text: str) -> np.ndarray:
        """Return the vector of what somebody asks."""
        ...

    def encode_queries(self, texts: Sequence[str]) -> np.ndarray:
        """Return a row for each text that somebody asks."""
        ...

    def encode_passages(self, texts: Sequence[str]) -> np.ndarray:
        """Return a row for each text that is searched."""
        ...


class VectorCache:
    """The vectors of one encoder, by role and text, in one file that is replaced as a whole."""

    def __init__(
        self,
        encoder: TextEncoder,
        directory: Path | None = None,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        """Open what is kept.

        Args:
            encoder: makes the vectors that are not there.
            directory: where they are kept; None keeps nothing.
            tell: told in English, a sentence at a time, how far a long work is.
        """
        self._encoder = encoder
        self._tell = tell or _silent
        name = hashlib.sha256(encoder.fingerprint.encode()).hexdigest()[:16]
        self._path = None if directory is None else directory / f"vectors-{name}.npz"
        self._known: dict[str, np.ndarray] = {}
        self._used: set[str] = set()
        self.encoded = 0
        if self._path and self._path.exists():
            self._known = _read(self._path)

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._encoder.dimension

    def get(self, texts: Sequence[str], role: Role) -> np.ndarray:
        """Return one row for each text, encoding those never seen."""
        return self._rows(self.encode(texts, role))

    def encode(self, texts: Sequence[str], role: Role) -> list[str]:
        """Encode the texts never seen; return the keys of all."""
        keys = [_key(text, role) for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        if new:
            self._add(new, role)
        self._used.update(keys)
        return keys

    def put(self, texts: Sequence[str], role: Role, vectors: Sequence[np.ndarray]) -> None:
        """Take vectors over that this encoder made before, a row for each text."""
        self._known.update(zip((_key(text, role) for text in texts), vectors, strict=True))

    def beside(self, other: "VectorCache") -> "VectorCache":
        """Take over what another cache of the same encoder knows; return itself."""
        self._known.update(other._known)  # noqa: SLF001 - of its own kind
        return self

    def save(self) -> None:
        """Keep the vectors that were asked for since the file was opened."""
        self._keep(sorted(self._used))

    def _add(self, new: Mapping[str, str], role: Role) -> None:
        """Encode texts by their keys, block by block; what is done is not lost with the process."""
        encode = self._encoder.encode_queries if role == "query" else self._encoder.encode_passages
        keys = list(new)
        for begin in range(0, len(keys), BLOCK):
            block = keys[begin : begin + BLOCK]
            self._known.update(zip(block, encode([new[key] for key in block]), strict=True))
            self.encoded += len(block)
            done = begin + len(block)
            if len(keys) > BLOCK:
                self._tell(f"Encoding: {done:,} of {len(keys):,} texts.")
            if done % KEEP_EVERY == 0:
                self._keep(list(self._known))

    def _keep(self, keys: Sequence[str]) -> None:
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        beside = self._path.with_suffix(".new.npz")
        np.savez(
            beside,
            keys=np.asarray(keys, dtype=np.str_),
            vectors=self._rows(keys),
        )
        beside.replace(self._path)

    def _rows(self, keys: Sequence[str]) -> np.ndarray:
        if not keys:
            return np.empty((0, self._encoder.dimension), dtype=np.float32)
        return np.stack([self._known[key] for key in keys])


def _silent(said: str) -> None:
    """Tell nobody."""


def _read(path: Path) -> dict[str, np.ndarray]:
    """Return what was kept; nothing where the file is damaged (its parts bear check sums)."""
    try:
        with np.load(path) as kept:
            return dict(zip(kept["keys"].tolist(), kept["vectors"], strict=True))
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as error:
        log.warning("vectors_damaged", file=path.name, error=str(error), effect="encoded anew")
        return {}


def _key(text: str, role: Role) -> str:
    return hashlib.blake2b(f"{role}\0{text}".encode(), digest_size=16).hexdigest()
