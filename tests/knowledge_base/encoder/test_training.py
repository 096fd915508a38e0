"""Fine-tuning on a handful of entries: what it learns, what it writes, what it refuses."""

from dataclasses import replace

import numpy as np
import pytest

from core.errors import BadInput
from knowledge_base.encoder.full import SentenceTransformersEncoder
from knowledge_base.encoder.interface import FINGERPRINT
from knowledge_base.encoder.light import LightEncoder
from knowledge_base.encoder.training import Group, Plan, train

PLAN = Plan(epochs=4, batch=4, rate=2e-4)
GROUPS = [
    Group(["发票遗失了怎么办", "票据弄丢了", "发票找不到了怎么处理"], ["凭记账联复印件入账。"]),
    Group(["发票开错了怎么办", "票开得不对", "抬头写错了的票"], ["开具红字发票后重新开具。"]),
    Group(["逾期申报罚多少", "申报晚了要紧吗", "忘了报税会怎样"], ["先补报，首次轻微的不罚。"]),
    Group(["怎么注销税务登记", "不干了怎么销户", "公司关门税务手续"], ["先清税，再注销。"]),
    Group(["离职了个税怎么办", "换单位个税怎么弄"], ["新单位重新扣缴。"]),
    Group(["只有一种问法"], ["不参加训练。"]),
]


def silent(step: int, steps: int, loss: float) -> None:
    assert 1 <= step <= steps
    assert np.isfinite(loss)


def apart(encoder) -> float:
    """How much nearer questions are to their own entry's wordings than to other entries'."""
    groups = GROUPS[:5]
    asked = encoder.encode_queries([group.asked[0] for group in groups])
    found = encoder.encode_passages([group.asked[1] for group in groups])
    scores = asked @ found.T
    own = np.eye(len(groups), dtype=bool)
    return float(scores[own].mean() - scores[~own].mean())


@pytest.fixture(scope="module")
def trained(directory, sentence_transformer, tmp_path_factory):
    target = tmp_path_factory.mktemp("trained") / "model"
    train(directory, target, GROUPS, PLAN, silent)
    return target


@pytest.mark.ml
class TestTrain:
    def test_what_is_asked_alike_comes_nearer(self, trained, encoder):
        assert apart(LightEncoder.load(trained)) > apart(encoder) + 0.02

    def test_both_runners_read_it_and_agree(self, trained, encoder):
        light, full = LightEncoder.load(trained), SentenceTransformersEncoder.load(trained)
        texts = [group.asked[0] for group in GROUPS]
        products = (light.encode_queries(texts) * full.encode_queries(texts)).sum(axis=1)
        assert products.min() > 0.98
        assert light.fingerprint != encoder.fingerprint

    def test_the_base_stays_and_the_copy_is_not_taken_for_it(self, trained, directory, encoder):
        assert (directory / FINGERPRINT).is_file()
        assert not (trained / FINGERPRINT).exists()
        again = LightEncoder.load(directory)
        np.testing.assert_array_equal(again.encode_query("退税"), encoder.encode_query("退税"))

    def test_a_foreign_model_is_saved_as_sentence_transformers_does(
        self, trained, tmp_path, sentence_transformer
    ):
        target = tmp_path / "again"
        train(trained, target, GROUPS, replace(PLAN, epochs=1), silent)
        assert not (target / "onnx").exists()
        model = sentence_transformer(str(target), device="cpu", local_files_only=True)
        assert model.encode_query("退税").shape == (384,)


def test_a_directory_in_use_is_refused(directory, tmp_path):
    (tmp_path / "kept").write_text("mine", encoding="utf-8")
    with pytest.raises(BadInput, match="is not empty"):
        train(directory, tmp_path, GROUPS, PLAN, silent)
    assert (tmp_path / "kept").read_text(encoding="utf-8") == "mine"


def test_too_few_entries_are_refused(directory, tmp_path):
    with pytest.raises(BadInput, match="5 entries with two wordings: 6 at least"):
        train(directory, tmp_path / "new", GROUPS, replace(PLAN, batch=6), silent)
    assert not (tmp_path / "new").exists()
