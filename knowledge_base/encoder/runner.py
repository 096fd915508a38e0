"""The light runner: a sentence-transformers directory by ONNX Runtime, without torch.

It reads what `SentenceTransformer` reads (modules, pooling, prompts, tokenizer, `onnx/`), so any
model of that form can stand in for ours.
"""

import hashlib
import json
import os
import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

from core.errors import DaobanError

Vectors = npt.NDArray[np.float32]

FINGERPRINT = "fingerprint"
"""File with the name of the model; an index is good only for the vectors of one model."""

_GRAPHS = ("onnx/model_qint8.onnx", "onnx/model.onnx")
_PASSAGE_PROMPTS = ("document", "passage", "corpus")  # as in SentenceTransformer.encode_document
_POOLINGS = ("cls", "mean")
_REMEMBERED = 2048
"""Queries whose vectors are kept; 3 MB at 384 dimensions."""


class EncoderMissing(DaobanError):
    """There is no usable encoder in the directory that the settings name."""

    status = 503
    code = "encoder_missing"


class Encoder:
    """Turns text into unit vectors; may be shared by threads.

    Each text is run by itself, never in a batch: the int8 model scales its inputs over the whole
    tensor, so that in a batch a text's vector would depend on its neighbours.

    Example:
        encoder = Encoder.load(settings.encoder_directory)
        scores = encoder.encode_passages(["答案一", "答案二"]) @ encoder.encode_query("怎么办")
    """

    def __init__(
        self,
        tokenizer: Tokenizer,
        session: onnxruntime.InferenceSession,
        *,
        pooling: str,
        prompts: dict[str, str],
        fingerprint: str,
    ) -> None:
        self._tokenizer = tokenizer
        self._session = session
        self._inputs = {each.name for each in session.get_inputs()}
        self._output = session.get_outputs()[0].name
        self._pooling = pooling
        self._query_prompt = prompts.get("query") or ""
        self._passage_prompt = next(filter(None, map(prompts.get, _PASSAGE_PROMPTS)), "")
        self._query = lru_cache(_REMEMBERED)(self._encode_query)
        # More at once than there are cores would only cost memory: 30 MB for each long text.
        self._turns = threading.BoundedSemaphore(os.cpu_count() or 1)
        self.fingerprint = fingerprint
        self.dimension = int(session.get_outputs()[0].shape[-1])

    @classmethod
    def load(cls, directory: Path, threads: int = 1) -> "Encoder":
        """Read a sentence-transformers directory.

        Args:
            directory: with `modules.json`, `tokenizer.json` and `onnx/`.
            threads: cores that one text may use.

        Raises:
            EncoderMissing: when it is missing, broken or of a form that this runner cannot run.
        """
        if not (directory / "modules.json").is_file():
            raise EncoderMissing(f"no encoder in {directory}: run `daoban setup`")
        try:
            return cls._load(directory, threads)
        except EncoderMissing:
            raise
        except Exception as error:  # tokenizers and ONNX Runtime raise bare exceptions
            raise EncoderMissing(
                f"the encoder in {directory} is broken ({error}): delete it and run `daoban setup`"
            ) from error

    @classmethod
    def _load(cls, directory: Path, threads: int) -> "Encoder":
        graph = next((directory / name for name in _GRAPHS if (directory / name).is_file()), None)
        if graph is None:
            raise EncoderMissing(
                f"the encoder in {directory} has none of {', '.join(_GRAPHS)}: "
                "export it (docs/encoder.md) or run `daoban setup`"
            )
        tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
        tokenizer.enable_truncation(_longest(directory))
        tokenizer.no_padding()
        return cls(
            tokenizer,
            onnxruntime.InferenceSession(
                graph, _options(threads), providers=["CPUExecutionProvider"]
            ),
            pooling=_pooling(directory),
            prompts=_json(directory, "config_sentence_transformers.json").get("prompts", {}),
            fingerprint=_fingerprint(directory, graph),
        )

    def encode_query(self, text: str) -> Vectors:
        """Return the unit vector (dimension,) of what somebody asks; it is read-only.

        Raises:
            ValueError: when the text is empty.
        """
        return self._query(text)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Return the unit vectors (texts, dimension) of what people ask.

        Raises:
            ValueError: when a text is empty.
        """
        return self._stack([self._query(text) for text in texts])

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return the unit vectors (texts, dimension) of what is searched.

        Raises:
            ValueError: when a text is empty.
        """
        return self._stack([self._encode(self._passage_prompt, text) for text in texts])

    def _stack(self, vectors: list[Vectors]) -> Vectors:
        return np.stack(vectors) if vectors else np.empty((0, self.dimension), np.float32)

    def _encode_query(self, text: str) -> Vectors:
        vector = self._encode(self._query_prompt, text)
        vector.flags.writeable = False  # the cache hands it out again
        return vector

    def _encode(self, prompt: str, text: str) -> Vectors:
        if not text.strip():
            raise ValueError("an empty text has no vector")
        ids = np.array([self._tokenizer.encode(prompt + text.strip()).ids], np.int64)
        given = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.zeros_like(ids),
        }
        with self._turns:
            states = self._session.run(
                [self._output],
                {name: value for name, value in given.items() if name in self._inputs},
            )[0]
        vector: Vectors = states[0, 0] if self._pooling == "cls" else states[0].mean(axis=0)
        return vector / np.linalg.norm(vector)


def _options(threads: int) -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = True  # without it malloc's own arenas grow to twice as much
    options.log_severity_level = 3
    return options


def _json(directory: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((directory / name).read_text(encoding="utf-8"))
    return found


def _longest(directory: Path) -> int:
    """Return the number of tokens after which a text is cut, special ones included."""
    limits: tuple[int | None, ...] = (
        _json(directory, "sentence_bert_config.json").get("max_seq_length"),
        _json(directory, "tokenizer_config.json").get("model_max_length"),
        _json(directory, "config.json").get("max_position_embeddings"),
    )
    return min(limit for limit in limits if limit)


def _pooling(directory: Path) -> str:
    """Return `cls` or `mean`; other poolings and modules need sentence-transformers itself."""
    modules = json.loads((directory / "modules.json").read_text(encoding="utf-8"))
    kinds = [module["type"].rsplit(".", 1)[1] for module in modules]
    if kinds not in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"]):
        raise EncoderMissing(
            f"the encoder in {directory} has the modules {', '.join(kinds)}; "
            "only Transformer, Pooling and Normalize can be run"
        )
    config = _json(directory / modules[1]["path"], "config.json")
    modes = {key: f"pooling_mode_{key}_token{'s' * (key == 'mean')}" for key in _POOLINGS}
    for mode, key in modes.items():  # a mode in one word since 5.7, a flag for each before
        if config.get("pooling_mode") == mode or config.get(key):
            return mode
    raise EncoderMissing(f"the encoder in {directory} pools otherwise than by cls or mean")


def _fingerprint(directory: Path, graph: Path) -> str:
    """Return the kept fingerprint, or that of the files when the model is not of our building."""
    kept = directory / FINGERPRINT
    if kept.is_file():
        return kept.read_text(encoding="ascii").strip()
    digest = hashlib.sha256()
    for path in (graph, directory / "tokenizer.json"):
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
