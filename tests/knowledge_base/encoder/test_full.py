"""Small models of other forms, with weights by chance, through sentence-transformers."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from knowledge_base.answering import KnowledgeBase
from knowledge_base.content import load_content
from knowledge_base.encoder.full import SentenceTransformersEncoder
from knowledge_base.encoder.light import LightEncoder
from knowledge_base.encoder.loading import load_encoder
from knowledge_base.lessons import FOREIGN
from tests.knowledge_base.conftest import FIXTURES

pytestmark = pytest.mark.ml

TEXTS = ["退税多久到账", "Where is my refund?", "一般纳税人怎么开红字发票" * 30]
LETTERS = "退税多久到账一般纳税人怎么开红字发票abcdefghijklmnopqrstuvwxyz?"


@pytest.fixture(scope="module")
def transformer(sentence_transformer, tmp_path_factory):
    """A BERT of two layers over single letters, in WordPiece."""
    from sentence_transformers.sentence_transformer import modules as models
    from transformers import BertConfig, BertModel, BertTokenizerFast, set_seed

    set_seed(7)
    place = tmp_path_factory.mktemp("bert")
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *sorted(set(LETTERS))]
    pieces += [f"##{letter}" for letter in sorted(set(LETTERS))]
    (place / "vocab.txt").write_text("\n".join(pieces), encoding="utf-8")
    BertTokenizerFast(str(place / "vocab.txt")).save_pretrained(place)
    config = BertConfig(
        vocab_size=len(pieces),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
    )
    BertModel(config).save_pretrained(place)
    return models.Transformer(str(place), max_seq_length=48)


@pytest.fixture(scope="module")
def dense(sentence_transformer, transformer, tmp_path_factory):
    """Its directory with max pooling and a dense layer: 20 dimensions, prompts of its own."""
    from sentence_transformers.sentence_transformer import modules as models

    target = tmp_path_factory.mktemp("dense")
    modules = [transformer, models.Pooling(32, pooling_mode="max"), models.Dense(32, 20)]
    prompts = {"query": "问：", "document": "答："}
    sentence_transformer(modules=modules, prompts=prompts, device="cpu").save(str(target))
    return target


@pytest.fixture(scope="module")
def encoder(dense):
    return load_encoder(dense)


class TestDense:
    def test_is_run_by_torch(self, encoder):
        assert isinstance(encoder, SentenceTransformersEncoder)
        assert encoder.described == "sentence-transformers (torch), 20 dimensions"

    def test_gives_its_own_vectors_at_unit_length(self, encoder, sentence_transformer, dense):
        model = sentence_transformer(str(dense), device="cpu", local_files_only=True)
        for ours, theirs in (
            (encoder.encode_queries(TEXTS), model.encode_query(TEXTS)),
            (encoder.encode_passages(TEXTS), model.encode_document(TEXTS)),
        ):
            assert ours.shape == (3, 20) and ours.dtype == np.float32
            unit = theirs / np.linalg.norm(theirs, axis=1, keepdims=True)
            np.testing.assert_allclose(ours, unit, atol=1e-5)

    def test_threads_do_not_disturb_each_other(self, encoder):
        alone = encoder.encode_passages(TEXTS)
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(lambda text: encoder.encode_passages([text])[0], TEXTS * 8))
        np.testing.assert_array_equal(np.stack(found), np.tile(alone, (8, 1)))

    def test_has_an_index_of_its_own(self, encoder, shared_knowledge, tmp_path):
        (tmp_path / FOREIGN).write_text("今天天气怎么样\n", encoding="utf-8")
        knowledge = KnowledgeBase.open(tmp_path, encoder, load_content(FIXTURES), tmp_path)
        assert knowledge.version != shared_knowledge.version


def test_a_graph_that_it_exports_is_run_by_the_light_runner(
    sentence_transformer, transformer, tmp_path_factory
):
    from sentence_transformers.sentence_transformer import modules as models

    plain, exported = tmp_path_factory.mktemp("plain"), tmp_path_factory.mktemp("exported")
    modules = [transformer, models.Pooling(32, pooling_mode="cls")]
    model = sentence_transformer(modules=modules, device="cpu")
    model.save(str(plain))
    options = {"device": "cpu", "backend": "onnx", "local_files_only": True}
    sentence_transformer(
        str(plain), **options, model_kwargs={"export": True, "provider": "CPUExecutionProvider"}
    ).save_pretrained(str(exported))
    light = load_encoder(exported)
    assert isinstance(light, LightEncoder)
    theirs = model.encode(TEXTS, normalize_embeddings=True)
    np.testing.assert_allclose(light.encode_queries(TEXTS), theirs, atol=1e-4)
