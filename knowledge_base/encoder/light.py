"""The light runner: a sentence-transformers directory by ONNX Runtime, without torch.

It reads what `SentenceTransformer` reads (modules, pooling, prompts, tokenizer, `onnx/`) and says
plainly which models it cannot run.
"""

import json
import os
import threading
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from knowledge_base.encoder.interface import (
    FINGERPRINT,
    Encoder,
    EncoderMissing,
    Role,
    Vectors,
    fingerprint_of,
)

_GRAPHS = ("onnx/model_qint8.onnx", "onnx/model.onnx")
_NEEDED = ("modules.json", "config.json", "tokenizer.json")
_STATES = frozenset({"last_hidden_state", "token_embeddings"})
_PROMPTS: dict[Role, tuple[str, ...]] = {
    "query": ("query",),
    "passage": ("document", "passage", "corpus"),
}
"""Names of the prompts, the first that a model has; as in SentenceTransformer.encode_document."""
_POOLINGS = {"cls": "pooling_mode_cls_token", "mean": "pooling_mode_mean_tokens"}


class CannotRun(EncoderMissing):
    """A model of a form that only sentence-transformers itself runs."""


class LightEncoder(Encoder):
    """A model with an ONNX graph, cls or mean pooling, and no other layers.

    Texts are never run in a batch: an int8 model scales its inputs over the whole tensor, so that
    a text's vector would depend on its neighbours.
    """

    def __init__(
        self,
        tokenizer: Tokenizer,
        session: onnxruntime.InferenceSession,
        *,
        pooling: str,
        prompts: dict[Role, str],
        fingerprint: str,
    ) -> None:
        super().__init__(dimension=int(session.get_outputs()[0].shape[-1]), fingerprint=fingerprint)
        self._tokenizer = tokenizer
        self._session = session
        self._inputs = {each.name for each in session.get_inputs()}
        self._output = session.get_outputs()[0].name
        self._pooling = pooling
        self._prompts = prompts
        # More at once than there are cores would only cost memory: 30 MB for each long text.
        self._turns = threading.BoundedSemaphore(os.cpu_count() or 1)

    @classmethod
    def load(cls, directory: Path, threads: int = 1) -> "LightEncoder":
        """Read a sentence-transformers directory.

        Args:
            directory: with `modules.json`, `tokenizer.json` and `onnx/`.
            threads: cores that one text may use.

        Raises:
            CannotRun: when it is of a form that this runner cannot run.
            EncoderMissing: when it is broken.
        """
        try:
            return cls._load(directory, threads)
        except EncoderMissing:
            raise
        except Exception as error:  # tokenizers and ONNX Runtime raise bare exceptions
            raise EncoderMissing(
                f"the encoder in {directory} is broken ({error}): delete it and run `daoban setup`"
            ) from error

    @classmethod
    def _load(cls, directory: Path, threads: int) -> "LightEncoder":
        for name in _NEEDED:
            if not (directory / name).is_file():
                raise CannotRun(f"the encoder in {directory} has no {name}")
        graph = next((directory / name for name in _GRAPHS if (directory / name).is_file()), None)
        if graph is None:
            raise CannotRun(f"the encoder in {directory} has none of {', '.join(_GRAPHS)}")
        pooling, prompts = _pooling(directory), _prompts(directory)
        tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
        tokenizer.enable_truncation(_longest(directory))
        tokenizer.no_padding()
        session = onnxruntime.InferenceSession(
            graph, _options(threads), providers=["CPUExecutionProvider"]
        )
        if session.get_outputs()[0].name not in _STATES:
            raise CannotRun(f"{graph} does not begin its outputs with the tokens' vectors")
        fingerprint = _fingerprint(directory, graph)
        return cls(tokenizer, session, pooling=pooling, prompts=prompts, fingerprint=fingerprint)

    @property
    def described(self) -> str:
        """Who runs what."""
        return f"onnxruntime, {self.dimension} dimensions"

    def run(self, role: Role, text: str) -> Vectors:
        """Return the vector of one text."""
        ids = np.array([self._tokenizer.encode(self._prompts[role] + text).ids], np.int64)
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
        return vector


def _options(threads: int) -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = True  # without it malloc's own arenas grow to twice as much
    options.log_severity_level = 3
    return options


def _json(path: Path) -> dict[str, Any]:
    """Return what stands in a file of settings; each of them may be missing."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return found


def _longest(directory: Path) -> int:
    """Return the number of tokens after which a text is cut, special ones included."""
    own: int | None = _json(directory / "sentence_bert_config.json").get("max_seq_length")
    limits: tuple[int | None, ...] = (
        own,
        _json(directory / "tokenizer_config.json").get("model_max_length"),
        _json(directory / "config.json").get("max_position_embeddings"),
    )
    return min(limit for limit in limits if limit)


def _prompts(directory: Path) -> dict[Role, str]:
    """Return what is put before a text, chosen as sentence-transformers chooses it."""
    config = _json(directory / "config_sentence_transformers.json")
    given: dict[str, str] = config.get("prompts") or {}
    default = given.get(config.get("default_prompt_name") or "", "")
    return {
        role: next((given[name] for name in names if name in given), default)
        for role, names in _PROMPTS.items()
    }


def _pooling(directory: Path) -> str:
    """Return `cls` or `mean`.

    Raises:
        CannotRun: for other poolings, other modules, and text that is changed beforehand.
    """
    modules = json.loads((directory / "modules.json").read_text(encoding="utf-8"))
    kinds = [module["type"].rsplit(".", 1)[1] for module in modules]
    if kinds not in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"]):
        raise CannotRun(
            f"the encoder in {directory} has the modules {', '.join(kinds)}; "
            "onnxruntime alone runs Transformer, Pooling and Normalize"
        )
    if _json(directory / "sentence_bert_config.json").get("do_lower_case"):
        raise CannotRun(f"the encoder in {directory} wants its texts in lower case")
    config = _json(directory / modules[1]["path"] / "config.json")
    if not config.get("include_prompt", True):
        raise CannotRun(f"the encoder in {directory} leaves prompts out of its pooling")
    on = [key for key, value in config.items() if key.startswith("pooling_mode_") and value]
    for mode, flag in _POOLINGS.items():  # a mode in one word since 5.7, a flag for each before
        if config.get("pooling_mode") == mode or on == [flag]:
            return mode
    raise CannotRun(f"the encoder in {directory} pools otherwise than by cls or mean")


def _fingerprint(directory: Path, graph: Path) -> str:
    """Return the kept fingerprint, or that of the files when the model is not of our building."""
    kept = directory / FINGERPRINT
    if kept.is_file():
        return kept.read_text(encoding="ascii").strip()
    settings = [path for path in directory.rglob("*.json") if path.is_file()]
    return fingerprint_of("onnxruntime", directory, [graph, *settings])
