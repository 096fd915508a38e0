"""The reader of the bundled file, against a small file written here byte by byte."""

import struct

import numpy as np
import pytest

from knowledge_base.encoder.weights import BadWeights, read_weights

HIDDEN = 32
WORDS = 4


def block(scale: float, values: list[int]) -> bytes:
    halves = zip(values[:16], values[16:], strict=True)
    return struct.pack("<e", scale) + bytes((low + 8) | (high + 8) << 4 for low, high in halves)


def small_file(*, magic: bytes = b"E5S1", version: int = 1, block_size: int = 32) -> bytes:
    pieces = [b"<s>", b"<pad>", b"</s>", "税".encode()]
    ends = np.cumsum([0, *map(len, pieces)]).astype("<u4")
    head = magic + struct.pack("<I", version)
    head += struct.pack("<7ifi", HIDDEN, 0, 1, 64, WORDS, 2, 2, 1e-12, block_size)
    head += struct.pack("<5iQ", len(pieces), 0, 2, 1, 3, ends[-1])
    head += ends.tobytes() + np.array([0, 0, 0, -3.5], "<f4").tobytes() + b"".join(pieces)
    head += struct.pack("<iI", 1, 5) + struct.pack("<IB", 0x1, 0)
    low, high = list(range(-8, 8)), list(range(7, -9, -1))
    words = b"".join(block(0.5 + row, low + high) for row in range(WORDS))
    places = np.arange(2 * HIDDEN, dtype="<f4").tobytes()
    tensors = [(b"emb.word", 1, WORDS * HIDDEN, words), (b"emb.pos", 0, 2 * HIDDEN, places)]
    directory_size = 4 + sum(2 + len(name) + 21 for name, *_ in tensors)
    offset = len(head) + directory_size
    directory = struct.pack("<i", len(tensors))
    for name, packed, count, data in tensors:
        directory += struct.pack("<H", len(name)) + name
        directory += struct.pack("<BIQQ", packed, count, offset, len(data))
        offset += len(data)
    return head + directory + b"".join(data for *_, data in tensors)


def test_reads_shape_pieces_and_tensors():
    weights = read_weights(small_file())
    assert (weights.shape.hidden, weights.shape.positions, weights.shape.heads) == (HIDDEN, 2, 1)
    assert weights.pieces == ["<s>", "<pad>", "</s>", "税"]
    assert weights.scores[-1] == -3.5
    np.testing.assert_array_equal(
        weights.tensors["emb.pos"], np.arange(64, dtype=np.float32).reshape(2, HIDDEN)
    )


def test_low_halves_of_a_block_come_first():
    words = read_weights(small_file()).words
    assert words.values.shape == (WORDS, HIDDEN)
    assert words.values[0].tolist() == [*range(-8, 8), *range(7, -9, -1)]
    np.testing.assert_array_equal(words.floats()[2], words.values[2] * np.float32(2.5))


def test_rows_are_taken_with_their_scales():
    words = read_weights(small_file()).words.rows(np.array([3, 1]))
    assert words.values.shape == (2, HIDDEN)
    assert words.scales.tolist() == [[3.5], [1.5]]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (small_file(magic=b"GGUF"), "E5S1"),
        (small_file(version=2), "version 2"),
        (small_file(block_size=64), "blocks of 64"),
        (small_file()[:60], "cut short"),
        (small_file()[:-8], "cut short"),
    ],
)
def test_refuses_another_layout(data, told):
    with pytest.raises(BadWeights, match=told):
        read_weights(data)
