"""Any other model, by sentence-transformers itself: needs the extra `ml`."""

import threading
from pathlib import Path
from typing import Any

from knowledge_base.encoder.interface import (
    Encoder,
    EncoderMissing,
    Role,
    Vectors,
    fingerprint_of,
)

_HOW = "install torch, then the extra `ml` (docs/encoder.md, Another model)"
_WEIGHTS = ("model*.safetensors", "pytorch_model*.bin")
_SHAPING = frozenset({".json", ".txt", ".model", ".safetensors", ".bin", ".onnx", ".onnx_data"})
_LEFT_OUT = ["*.h5", "*.msgpack", "*.ot", "*.gguf", "openvino/*", "coreml/*", "onnx/model_*"]
"""Other forms of the same weights that a hub keeps beside those that are read."""


class SentenceTransformersEncoder(Encoder):
    """A model in whatever form `SentenceTransformer` reads, run by torch or else ONNX Runtime."""

    def __init__(self, model: Any, *, backend: str, fingerprint: str) -> None:
        super().__init__(dimension=int(model.get_embedding_dimension()), fingerprint=fingerprint)
        self._model = model
        self._backend = backend
        self._alone = threading.Lock()  # its tokenizer must not be shared by threads

    @classmethod
    def load(cls, directory: Path) -> "SentenceTransformersEncoder":
        """Read a model directory; nothing is fetched, and no code out of it is run.

        Raises:
            EncoderMissing: without the extra `ml`, or when the model cannot be loaded.
        """
        kind = sentence_transformer(directory)
        backend = "torch" if _has_weights(directory) else "onnx"
        options: dict[str, Any] = {"device": "cpu", "local_files_only": True}
        if backend == "onnx":
            options["model_kwargs"] = {"provider": "CPUExecutionProvider"}
        try:
            model = kind(str(directory), backend=backend, **options)
        except Exception as error:  # every architecture raises its own
            raise EncoderMissing(
                f"sentence-transformers cannot load the encoder in {directory}: {error}"
            ) from error
        files = [
            path
            for path in directory.rglob("*")
            if path.suffix in _SHAPING and path.is_file() and not _hidden(path, directory)
        ]
        fingerprint = fingerprint_of(f"sentence-transformers {backend}", directory, files)
        return cls(model, backend=backend, fingerprint=fingerprint)

    @property
    def described(self) -> str:
        """Who runs what."""
        return f"sentence-transformers ({self._backend}), {self.dimension} dimensions"

    def run(self, role: Role, text: str) -> Vectors:
        """Return the vector of one text."""
        with self._alone:
            encode = self._model.encode_query if role == "query" else self._model.encode_document
            vector: Vectors = encode(text, show_progress_bar=False, convert_to_numpy=True)
        return vector


def sentence_transformer(directory: Path) -> Any:
    """Return the class `SentenceTransformer`.

    Raises:
        EncoderMissing: without the extra `ml`; told of the model that needs it.
    """
    try:
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415  an extra
    except ImportError as error:
        raise EncoderMissing(f"{directory} needs sentence-transformers: {_HOW}") from error
    return SentenceTransformer


def fetched(name: str) -> Path:
    """Return the directory of a hub's model, which is fetched once and found there again.

    Raises:
        EncoderMissing: without the extra `ml`, or when the hub does not give it.
    """
    try:
        import sentence_transformers  # noqa: F401, PLC0415  an extra
        from huggingface_hub import snapshot_download  # noqa: PLC0415  comes with it
    except ImportError as error:
        raise EncoderMissing(
            f"there is no directory {name}; if it is a model on a hub, {_HOW}"
        ) from error
    try:
        return Path(snapshot_download(name, ignore_patterns=_LEFT_OUT))
    except Exception as error:  # HTTP, names, rights, disk
        raise EncoderMissing(
            f"there is no directory {name}, and the hub gave no such model ({error}): "
            "name the directory of a model"
        ) from error


def _has_weights(directory: Path) -> bool:
    """Tell whether the transformer's weights for torch are there, at its usual places."""
    places = [directory, *directory.glob("0_*")]
    return any(found for place in places for each in _WEIGHTS for found in place.glob(each))


def _hidden(path: Path, directory: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(directory).parts)
