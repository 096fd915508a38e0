"""When Rasa is trained, and what is left by a training that fails; with a stand-in for Rasa."""

from pathlib import Path

import numpy as np
import pytest

from bot.dialogue import training
from bot.dialogue.training import TrainingFailed, ensure_trained, examples, fingerprint

NLU = """
version: "3.1"
nlu:
- intent: choose_option
  examples: |
    - 选[第二](ordinal)个
    - 就[1]{"entity": "ordinal"}吧
- synonym: "2"
  examples: |
    - 第二
"""
RASA = """#!/bin/sh
echo "$@" >> "{calls}"
echo "INFO hooks - Starting to train component 'RulePolicy'."
while [ $# -gt 0 ]; do
  case $1 in --out) out=$2;; --fixed-model-name) name=$2;; esac; shift
done
cp "$DAOBAN_VECTORS_FILE" "{calls}.npz"
{end}
"""


class Encoder:
    fingerprint = "encoder-1"

    def encode_queries(self, texts):
        return np.array([[len(text)] * 384 for text in texts], dtype=np.float32)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    made = tmp_path / "project"
    for name in ("data/nlu", "data/rules", "bot/rasa_server"):
        (made / name).mkdir(parents=True)
    for name in ("config.yml", "domain.yml", "data/rules/a.yml", "bot/rasa_server/channel.py"):
        (made / name).write_text("{}")
    (made / "data/nlu/a.yml").write_text(NLU)
    return made


@pytest.fixture
def calls(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """File with the calls of the stand-in, which makes a model; `rasa_that` replaces it."""
    rasa_that(project, monkeypatch, 'echo model > "$out/$name.tar.gz"')
    return project / "calls"


def rasa_that(project: Path, monkeypatch: pytest.MonkeyPatch, end: str) -> None:
    rasa = project / "rasa"
    rasa.write_text(RASA.format(calls=project / "calls", end=end))
    rasa.chmod(0o755)
    monkeypatch.setattr(training, "ensure_environment", lambda *_: rasa)


def test_examples_are_read_without_marks(project):
    assert examples(project) == {"选第二个": "choose_option", "就1吧": "choose_option"}


def test_it_trains_once(project, calls, tmp_path):
    said: list[str] = []
    model = ensure_trained(project, tmp_path / "home", Encoder(), said.append)
    assert model.read_text() == "model\n"
    assert "dialogue: training RulePolicy" in said
    assert "--data data/nlu data/rules --out" in calls.read_text()
    with np.load(project / "calls.npz") as vectors:
        assert str(vectors["encoder"]) == "encoder-1"
        assert vectors["texts"].tolist() == ["选第二个", "就1吧"]
        assert vectors["vectors"][0][0] == 4
    assert ensure_trained(project, tmp_path / "home", Encoder(), said.append) == model
    assert len(calls.read_text().splitlines()) == 1
    assert [path.name for path in model.parent.iterdir() if path.name != ".lock"] == [model.name]


@pytest.mark.parametrize(
    "changed",
    [
        "config.yml",
        "domain.yml",
        "data/nlu/b.yml",
        "data/rules/a.yml",
        "bot/rasa_server/channel.py",
    ],
)
def test_a_changed_input_trains_again(project, calls, tmp_path, changed):
    first = ensure_trained(project, tmp_path / "home", Encoder(), print)
    (project / changed).write_text("nlu: []")
    second = ensure_trained(project, tmp_path / "home", Encoder(), print)
    assert second != first
    assert not first.exists()


def test_another_encoder_is_another_model(project):
    assert fingerprint(project, "one") != fingerprint(project, "two")


def test_a_failed_training_leaves_no_model_and_says_why(project, calls, tmp_path, monkeypatch):
    rasa_that(project, monkeypatch, "echo half > $out/half; echo 'bad rule in line 3'; exit 0")
    with pytest.raises(TrainingFailed, match="bad rule in line 3"):
        ensure_trained(project, tmp_path / "home", Encoder(), print)
    assert not list((tmp_path / "home").rglob("*.tar.gz"))

    rasa_that(project, monkeypatch, 'echo model > "$out/$name.tar.gz"')
    assert ensure_trained(project, tmp_path / "home", Encoder(), print).exists()
