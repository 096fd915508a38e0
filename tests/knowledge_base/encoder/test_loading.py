"""Who runs a model, and what is said when nobody can; the outside libraries are stand-ins."""

import shutil
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import numpy as np
import pytest

from knowledge_base.encoder.full import SentenceTransformersEncoder
from knowledge_base.encoder.interface import EncoderMissing
from knowledge_base.encoder.light import LightEncoder
from knowledge_base.encoder.loading import load_encoder


class StandIn:
    """What `SentenceTransformer` is asked for."""

    loaded: ClassVar[list[tuple[str, dict]]] = []

    def __init__(self, place, **options):
        self.loaded.append((place, options))

    def get_embedding_dimension(self):
        return 3

    def encode_query(self, text, **_):
        return np.array([len(text), 0, 0], np.float32)

    def encode_document(self, text, **_):
        return np.array([0, len(text), 0], np.float32)


@pytest.fixture
def other(tmp_path) -> Path:
    """A directory of a form that the light runner cannot run."""
    target = tmp_path / "other"
    target.mkdir()
    (target / "config.json").write_text("{}")
    (target / "model.safetensors").write_bytes(b"weights")
    return target


@pytest.fixture
def with_ml(monkeypatch):
    monkeypatch.setattr(StandIn, "loaded", [])
    stand_in = SimpleNamespace(SentenceTransformer=StandIn)
    monkeypatch.setitem(sys.modules, "sentence_transformers", stand_in)


@pytest.fixture
def without_ml(monkeypatch):
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)


class TestWithoutTheExtra:
    def test_a_model_that_needs_it_says_what_to_install(self, without_ml, other):
        with pytest.raises(EncoderMissing, match=r"no modules\.json; .*install torch.*`ml`"):
            load_encoder(other)

    def test_so_does_the_name_of_a_hub(self, without_ml):
        with pytest.raises(EncoderMissing, match=r"no directory owner/name; .*hub, install torch"):
            load_encoder(Path("owner/name"))

    def test_what_the_light_runner_can_run_needs_nothing(self, without_ml, directory):
        assert isinstance(load_encoder(directory), LightEncoder)


class TestWithTheExtra:
    def test_the_light_runner_goes_first(self, with_ml, directory):
        assert isinstance(load_encoder(directory), LightEncoder)
        assert StandIn.loaded == []

    def test_another_form_is_run_by_torch(self, with_ml, other):
        encoder = load_encoder(other)
        assert isinstance(encoder, SentenceTransformersEncoder)
        assert encoder.described == "sentence-transformers (torch), 3 dimensions"
        assert StandIn.loaded[0][1]["backend"] == "torch"
        assert StandIn.loaded[0][1]["local_files_only"]
        assert "trust_remote_code" not in StandIn.loaded[0][1]
        np.testing.assert_array_equal(encoder.encode_query(" 退税 "), [1, 0, 0])
        np.testing.assert_array_equal(encoder.encode_passages(["退税"]), [[0, 1, 0]])

    def test_without_weights_for_torch_by_its_graph(self, with_ml, other):
        (other / "model.safetensors").unlink()
        (other / "onnx").mkdir()
        (other / "onnx" / "model.onnx").write_bytes(b"graph")
        load_encoder(other)
        assert StandIn.loaded[0][1]["backend"] == "onnx"

    @pytest.mark.parametrize("name", ["config.json", "model.safetensors", "2_Dense/config.json"])
    def test_a_changed_file_is_another_model(self, with_ml, other, name):
        first = load_encoder(other).fingerprint
        (other / name).parent.mkdir(exist_ok=True)
        (other / name).write_text('{"changed": 1}')
        assert load_encoder(other).fingerprint != first

    def test_a_read_me_and_hidden_files_are_not_the_model(self, with_ml, other):
        first = load_encoder(other).fingerprint
        (other / "README.md").write_text("about it")
        (other / ".cache").mkdir()
        (other / ".cache" / "state.json").write_text("{}")
        assert load_encoder(other).fingerprint == first

    def test_both_runners_never_share_an_index(self, with_ml, directory, encoder):
        assert SentenceTransformersEncoder.load(directory).fingerprint != encoder.fingerprint

    def test_a_hub_s_model_is_fetched_and_then_a_directory(self, with_ml, other, monkeypatch):
        asked = []

        def fetch(name, **_):
            asked.append(name)
            return str(other)

        hub = SimpleNamespace(snapshot_download=fetch)
        monkeypatch.setitem(sys.modules, "huggingface_hub", hub)
        assert load_encoder(Path("owner/name")).fingerprint == load_encoder(other).fingerprint
        assert asked == ["owner/name"]

    def test_a_hub_out_of_reach_is_told(self, with_ml, monkeypatch):
        def fetch(name, **_):
            raise OSError("no route to the hub")

        hub = SimpleNamespace(snapshot_download=fetch)
        monkeypatch.setitem(sys.modules, "huggingface_hub", hub)
        with pytest.raises(EncoderMissing, match=r"no directory owner/name, .*no route to the hub"):
            load_encoder(Path("owner/name"))

    def test_a_model_that_cannot_be_loaded_is_told(self, with_ml, other, monkeypatch):
        def fail(*_, **__):
            raise ValueError("unknown architecture")

        monkeypatch.setattr(StandIn, "__init__", fail)
        with pytest.raises(EncoderMissing, match="unknown architecture"):
            load_encoder(other)

    def test_a_broken_model_of_ours_is_not_taken_for_another_form(self, with_ml, directory, copied):
        (copied / "onnx" / "model_qint8.onnx").write_bytes(b"cut")
        with pytest.raises(EncoderMissing, match="broken"):
            load_encoder(copied)
        assert StandIn.loaded == []


@pytest.fixture
def copied(directory, tmp_path) -> Path:
    target = tmp_path / "copied"
    shutil.copytree(directory, target, ignore=shutil.ignore_patterns("*.onnx", "*.safetensors"))
    return target


@pytest.mark.parametrize("place", ["nowhere", "/no/such/place", "../owner/name", "a/b/c"])
def test_what_is_no_directory_and_no_name(place):
    with pytest.raises(EncoderMissing, match="daoban setup"):
        load_encoder(Path(place))


def test_an_empty_directory_is_no_model(tmp_path):
    with pytest.raises(EncoderMissing, match="daoban setup"):
        load_encoder(tmp_path)
