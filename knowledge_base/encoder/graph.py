"""Writes the encoder as an ONNX graph: token ids and mask in, one vector for each token out."""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from knowledge_base.encoder.weights import BLOCK, Packed, Weights

_OPSET = 20  # the first with both LayerNormalization and Gelu
_IR = 10
_MASKED = -1e4
"""Added to the attention score of padding; far below any score, and safe in float16."""


@dataclass
class _Graph:
    """Nodes and constants of a graph under construction; each method returns a value's name."""

    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)
    known: set[str] = field(default_factory=set)

    def constant(self, name: str, value: npt.NDArray[np.generic]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, kind: str, inputs: list[str], name: str, **options: Any) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [name], name=name, **options))
        return name


def make_graph(weights: Weights) -> onnx.ModelProto:
    """Return the model with inputs `input_ids` and `attention_mask`, output `last_hidden_state`.

    The word vectors stay in their four bits (exact, and a seventh of float32); the matrices are
    int8, which costs some exactness and is the fastest.
    """
    shape = weights.shape
    graph = _Graph()
    state = _embed(graph, weights)
    mask = _mask(graph)
    graph.constant("heads", np.array([0, 0, shape.heads, -1], np.int64))
    graph.constant("root", np.array(math.sqrt(shape.hidden / shape.heads), np.float32))
    graph.constant("joined", np.array([0, 0, shape.hidden], np.int64))
    for layer in range(shape.layers):
        state = _layer(graph, weights, layer, state, mask)
    graph.nodes[-1].output[0] = "last_hidden_state"
    batch = ["batch", "sequence"]
    return helper.make_model(
        helper.make_graph(
            graph.nodes,
            "encoder",
            [
                helper.make_tensor_value_info("input_ids", TensorProto.INT64, batch),
                helper.make_tensor_value_info("attention_mask", TensorProto.INT64, batch),
            ],
            [
                helper.make_tensor_value_info(
                    "last_hidden_state", TensorProto.FLOAT, [*batch, shape.hidden]
                )
            ],
            graph.constants,
        ),
        opset_imports=[helper.make_opsetid("", _OPSET), helper.make_opsetid("com.microsoft", 1)],
        ir_version=_IR,
    )


def _embed(graph: _Graph, weights: Weights) -> str:
    """Word + position + the only token type, then layer norm."""
    tensors = weights.tensors
    graph.constants.append(_four_bits("words", weights.words))
    words = graph.node(
        "GatherBlockQuantized",
        ["words", "input_ids", graph.constant("words.scale", weights.words.scales)],
        "word",
        domain="com.microsoft",
        block_size=BLOCK,
        gather_axis=0,
        quantize_axis=1,
    )
    places = graph.constant("places", tensors["emb.pos"] + tensors["emb.type"][0])
    size = graph.node("Shape", ["input_ids"], "length", start=1, end=2)
    start = graph.constant("start", np.zeros(1, np.int64))
    place = graph.node("Slice", [places, start, size], "place")
    total = graph.node("Add", [words, place], "embedded")
    return _norm(graph, weights, total, "emb.ln")


def _four_bits(name: str, packed: Packed) -> onnx.TensorProto:
    pairs = packed.values.reshape(-1, 2).astype(np.uint8) & 0x0F
    raw = (pairs[:, 0] | pairs[:, 1] << 4).tobytes()
    return helper.make_tensor(name, TensorProto.INT4, packed.values.shape, raw, raw=True)


def _mask(graph: _Graph) -> str:
    """0 for a token, a large negative number for padding, shaped (batch, 1, 1, sequence)."""
    mask = graph.node("Cast", ["attention_mask"], "mask.float", to=TensorProto.FLOAT)
    one = graph.constant("one", np.array(1, np.float32))
    padding = graph.node("Sub", [one, mask], "mask.padding")
    low = graph.constant("low", np.array(_MASKED, np.float32))
    scaled = graph.node("Mul", [padding, low], "mask.low")
    axes = graph.constant("mask.axes", np.array([1, 2], np.int64))
    return graph.node("Unsqueeze", [scaled, axes], "mask")


def _layer(graph: _Graph, weights: Weights, layer: int, state: str, mask: str) -> str:
    prefix = f"l{layer}"
    attended = _attention(graph, weights, prefix, state, mask)
    attended = _dense(graph, weights, f"{prefix}.ao", attended)
    total = graph.node("Add", [state, attended], f"{prefix}.attended")
    state = _norm(graph, weights, total, f"{prefix}.aln")
    wide = _dense(graph, weights, f"{prefix}.fi", state)
    wide = graph.node("Gelu", [wide], f"{prefix}.gelu")
    narrow = _dense(graph, weights, f"{prefix}.fo", wide)
    total = graph.node("Add", [state, narrow], f"{prefix}.total")
    return _norm(graph, weights, total, f"{prefix}.oln")


def _attention(graph: _Graph, weights: Weights, prefix: str, state: str, mask: str) -> str:
    query = _heads(graph, _dense(graph, weights, f"{prefix}.q", state), [0, 2, 1, 3])
    key = _heads(graph, _dense(graph, weights, f"{prefix}.k", state), [0, 2, 3, 1])
    value = _heads(graph, _dense(graph, weights, f"{prefix}.v", state), [0, 2, 1, 3])
    scores = graph.node("MatMul", [query, key], f"{prefix}.products")
    scores = graph.node("Div", [scores, "root"], f"{prefix}.scores")
    scores = graph.node("Add", [scores, mask], f"{prefix}.masked")
    shares = graph.node("Softmax", [scores], f"{prefix}.shares", axis=-1)
    mixed = graph.node("MatMul", [shares, value], f"{prefix}.mixed")
    mixed = graph.node("Transpose", [mixed], f"{prefix}.mixed.t", perm=[0, 2, 1, 3])
    return graph.node("Reshape", [mixed, "joined"], f"{prefix}.joined")


def _heads(graph: _Graph, value: str, order: list[int]) -> str:
    split = graph.node("Reshape", [value, "heads"], f"{value}.heads")
    return graph.node("Transpose", [split], f"{value}.turned", perm=order)


def _dense(graph: _Graph, weights: Weights, name: str, value: str) -> str:
    """Matrix product in whole numbers, then bias; ONNX Runtime fuses these nodes into one.

    Weights are int8 with a scale for each column (symmetric); `value` becomes uint8 with one
    scale for the whole tensor, taken when it runs.
    """
    columns = weights.tensors[f"{name}.w"].T
    scale = np.abs(columns).max(axis=0) / np.float32(127)
    matrix = graph.constant(f"{name}.w", np.rint(columns / scale).astype(np.int8))
    quantised = [f"{value}.{part}" for part in ("quantised", "scale", "zero")]
    if quantised[0] not in graph.known:
        graph.nodes.append(helper.make_node("DynamicQuantizeLinear", [value], quantised))
        graph.known.add(quantised[0])
    whole, step, zero = quantised
    product = graph.node("MatMulInteger", [whole, matrix, zero], f"{name}.integers")
    product = graph.node("Cast", [product], f"{name}.floats", to=TensorProto.FLOAT)
    steps = graph.node("Mul", [step, graph.constant(f"{name}.scale", scale)], f"{name}.steps")
    product = graph.node("Mul", [product, steps], f"{name}.product")
    bias = graph.constant(f"{name}.b", weights.tensors[f"{name}.b"])
    return graph.node("Add", [product, bias], name)


def _norm(graph: _Graph, weights: Weights, value: str, name: str) -> str:
    scale = graph.constant(f"{name}.w", weights.tensors[f"{name}.w"])
    bias = graph.constant(f"{name}.b", weights.tensors[f"{name}.b"])
    return graph.node(
        "LayerNormalization",
        [value, scale, bias],
        name,
        axis=-1,
        epsilon=weights.shape.epsilon,
    )
