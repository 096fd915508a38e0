"""Writes the model as a sentence-transformers directory."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from safetensors.numpy import save_file

from knowledge_base.encoder.graph import make_graph
from knowledge_base.encoder.vocabulary import (
    BEGIN,
    END,
    PADDING,
    SPECIAL,
    UNKNOWN,
    make_tokenizer,
)
from knowledge_base.encoder.weights import Weights

_MODULES = ("Transformer", "Pooling", "Normalize")
_EMBEDDINGS = {
    "emb.pos": "position_embeddings.weight",
    "emb.type": "token_type_embeddings.weight",
    "emb.ln.w": "LayerNorm.weight",
    "emb.ln.b": "LayerNorm.bias",
}
_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_KINDS = {"w": "weight", "b": "bias"}


def write_directory(directory: Path, weights: Weights) -> None:
    """Write all files of the model into an existing, empty directory."""
    shape = weights.shape
    _write(directory, "modules.json", _modules())
    _write(
        directory,
        "config_sentence_transformers.json",
        {
            "prompts": {"query": "query: ", "document": "passage: "},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    )
    _write(
        directory,
        "sentence_bert_config.json",
        {"max_seq_length": shape.positions, "do_lower_case": False},
    )
    _write(directory, "1_Pooling/config.json", _pooling(shape.hidden))
    (directory / "2_Normalize").mkdir()
    _write(directory, "config.json", _bert(weights))
    _write_tokenizer(directory, weights)
    (directory / "onnx").mkdir()
    onnx.save(make_graph(weights), directory / "onnx" / "model_qint8.onnx")
    matrices = directory / "model.safetensors"
    save_file(_tensors(weights), matrices, metadata={"format": "pt"})
    matrices.chmod(0o644)  # safetensors makes it readable by its owner only


def _write(directory: Path, name: str, content: object) -> None:
    path = directory / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _modules() -> list[dict[str, Any]]:
    return [
        {
            "idx": place,
            "name": str(place),
            "path": f"{place}_{kind}" if place else "",
            "type": f"sentence_transformers.models.{kind}",
        }
        for place, kind in enumerate(_MODULES)
    ]


def _pooling(dimension: int) -> dict[str, Any]:
    modes = ("cls_token", "mean_tokens", "max_tokens", "mean_sqrt_len_tokens")
    return {
        "word_embedding_dimension": dimension,
        **{f"pooling_mode_{mode}": mode == "mean_tokens" for mode in modes},
    }


def _bert(weights: Weights) -> dict[str, Any]:
    shape = weights.shape
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "vocab_size": len(weights.pieces),
        "hidden_size": shape.hidden,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "intermediate_size": shape.feed_forward,
        "hidden_act": "gelu",
        "layer_norm_eps": shape.epsilon,
        "max_position_embeddings": shape.positions,
        "position_embedding_type": "absolute",
        "type_vocab_size": len(weights.tensors["emb.type"]),
        "pad_token_id": SPECIAL.index(PADDING),
        "bos_token_id": SPECIAL.index(BEGIN),
        "eos_token_id": SPECIAL.index(END),
        "torch_dtype": "float32",
        "transformers_version": "4.57.0",  # whose form this is; without it a false warning comes
    }


def _write_tokenizer(directory: Path, weights: Weights) -> None:
    pieces = list(zip(weights.pieces, weights.scores, strict=True))
    make_tokenizer(pieces, weights.shape.positions).save(str(directory / "tokenizer.json"))
    special = {
        "bos_token": BEGIN,
        "cls_token": BEGIN,
        "eos_token": END,
        "sep_token": END,
        "pad_token": PADDING,
        "unk_token": UNKNOWN,
    }
    _write(directory, "special_tokens_map.json", special)
    _write(
        directory,
        "tokenizer_config.json",
        {
            **special,
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": weights.shape.positions,
            "model_input_names": ["input_ids", "attention_mask"],
            "clean_up_tokenization_spaces": False,
        },
    )


def names_of(weights: Weights) -> dict[str, str]:
    """Return our name of each tensor but the word vectors, by its name in `BertModel`."""
    named = {}
    for name in weights.tensors:
        if name in _EMBEDDINGS:
            named[f"embeddings.{_EMBEDDINGS[name]}"] = name
        else:
            layer, part, kind = name.split(".")
            named[f"encoder.layer.{layer[1:]}.{_LAYER[part]}.{_KINDS[kind]}"] = name
    return named


def _tensors(weights: Weights) -> dict[str, npt.NDArray[np.float16]]:
    """Return all tensors by the names of `BertModel`, in half precision (read as float32)."""
    named = {"embeddings.word_embeddings.weight": weights.words.floats()}
    named |= {theirs: weights.tensors[ours] for theirs, ours in names_of(weights).items()}
    return {name: np.ascontiguousarray(value, np.float16) for name, value in named.items()}
