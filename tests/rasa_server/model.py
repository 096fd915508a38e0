"""The trained model for tests, made once and kept while its inputs stay the same."""

from functools import lru_cache
from pathlib import Path

from bot.dialogue.environment import SERVER
from bot.dialogue.training import ensure_trained
from core.settings import PROJECT
from knowledge_base.encoder.build import build_encoder
from knowledge_base.encoder.interface import Encoder
from knowledge_base.encoder.loading import load_encoder
from tests.conftest import missing

HOME = PROJECT / ".cache" / "tests" / "dialogue"
PYTHON = PROJECT / SERVER / ".venv" / "bin" / "python"


@lru_cache
def encoder() -> Encoder:
    """The real encoder; built in a few seconds when missing."""
    directory = HOME / "encoder"
    if not (directory / "fingerprint").exists():
        build_encoder(directory, lambda _: None)
    return load_encoder(directory)


@lru_cache
def trained_model() -> Path:
    """The model of the project's configuration and data."""
    if not PYTHON.exists():
        missing("rasa", "run `daoban setup`")
    return ensure_trained(PROJECT, HOME, encoder(), print)
