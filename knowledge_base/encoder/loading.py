"""Finds who can run a model: the light runner if it can, or else sentence-transformers."""

import re
from pathlib import Path

from knowledge_base.encoder.full import SentenceTransformersEncoder, fetched
from knowledge_base.encoder.interface import Encoder, EncoderMissing
from knowledge_base.encoder.light import CannotRun, LightEncoder

_HUB_NAME = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*")


def load_encoder(model: Path, threads: int = 1) -> Encoder:
    """Load a model.

    Args:
        model: a sentence-transformers directory, or the name of a model on a hub (owner/name).
        threads: cores that one text may use in the light runner.

    Raises:
        EncoderMissing: naming what is wrong and what to do.
    """
    if not model.is_dir() and _HUB_NAME.fullmatch(str(model)):
        model = fetched(str(model))
    if not any((model / name).is_file() for name in ("modules.json", "config.json")):
        raise EncoderMissing(
            f"no encoder in {model}: run `daoban setup`, "
            "or name the directory of a model if DAOBAN_ENCODER is set"
        )
    try:
        return LightEncoder.load(model, threads)
    except CannotRun as cannot:
        try:
            return SentenceTransformersEncoder.load(model)
        except EncoderMissing as error:
            raise EncoderMissing(f"{cannot.detail}; {error.detail}") from error
