"""What the rest of the software knows of an encoder, whoever runs the model."""

import hashlib
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from core.errors import DaobanError

Vectors = npt.NDArray[np.float32]
Role = Literal["query", "passage"]

FINGERPRINT = "fingerprint"
"""File with the name of a model that was built here."""

_REMEMBERED = 2048
"""Queries whose vectors are kept; 3 MB at 384 dimensions."""


_MANY = 32
"""Texts from which on threads are worth their while."""


class EncoderMissing(DaobanError):
    """There is no usable encoder where the settings say."""

    status = 503
    code = "encoder_missing"


class Encoder(ABC):
    """Turns text into unit vectors; may be shared by threads.

    Each text is run by itself, so that its vector never depends on its neighbours; blanks around
    it do not count, the model's own prompts are put before it, and what is too long is cut.

    Attributes:
        dimension: length of a vector.
        fingerprint: changes whenever the same text would get another vector; vectors of two
            fingerprints are never mixed.

    Example:
        encoder = load_encoder(settings.encoder_directory)
        scores = encoder.encode_passages(["答案一", "答案二"]) @ encoder.encode_query("怎么办")
    """

    def __init__(self, *, dimension: int, fingerprint: str) -> None:
        self.dimension = dimension
        self.fingerprint = fingerprint
        self._query = lru_cache(_REMEMBERED)(self._encode_query)

    @property
    @abstractmethod
    def described(self) -> str:
        """Who runs what, in a few English words for logs and the set-up."""

    @abstractmethod
    def run(self, role: Role, text: str) -> Vectors:
        """Return the vector of one text, of any length; called by several threads."""

    def encode_query(self, text: str) -> Vectors:
        """Return the unit vector (dimension,) of what somebody asks; it is read-only.

        Raises:
            ValueError: when the text is empty.
        """
        return self._query(text)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Return the unit vectors (texts, dimension) of what people ask.

        They are not remembered: whole collections come this way, and would push out what the chat
        is asked again and again.

        Raises:
            ValueError: when a text is empty.
        """
        return self._stack(partial(self._encode, "query"), texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return the unit vectors (texts, dimension) of what is searched.

        Raises:
            ValueError: when a text is empty.
        """
        return self._stack(partial(self._encode, "passage"), texts)

    def _stack(self, encode: Callable[[str], Vectors], texts: Sequence[str]) -> Vectors:
        """Encode texts, many of them by as many threads as there are cores."""
        if len(texts) < _MANY:
            vectors = [encode(text) for text in texts]
        else:
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                vectors = list(pool.map(encode, texts))
        return np.stack(vectors) if vectors else np.empty((0, self.dimension), np.float32)

    def _encode_query(self, text: str) -> Vectors:
        vector = self._encode("query", text)
        vector.flags.writeable = False  # the cache hands it out again
        return vector

    def _encode(self, role: Role, text: str) -> Vectors:
        if not text.strip():
            raise ValueError("an empty text has no vector")
        vector = self.run(role, text.strip())
        unit: Vectors = vector / np.linalg.norm(vector)
        return unit


def fingerprint_of(runner: str, directory: Path, files: Iterable[Path]) -> str:
    """Return the fingerprint of a model that names none itself.

    Args:
        runner: who runs it; two runners round differently, so they never share an index.
        directory: the model's.
        files: those of its files that the vectors depend on.
    """
    digest = hashlib.sha256(runner.encode())
    for path in sorted(files):
        digest.update(f"\0{path.relative_to(directory)}\0".encode())
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
