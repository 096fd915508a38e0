"""Train Rasa when what it learns from has changed, and only then."""

import hashlib
import re
import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import yaml
from filelock import FileLock

from bot.dialogue.environment import Progress, ensure_environment, rasa_variables, run
from core.errors import DaobanError
from knowledge_base.text import normalise

EXAMPLES = "data/nlu"
RULES = "data/rules"
INPUTS = ("config.yml", "domain.yml", EXAMPLES, RULES, "bot/rasa_server")
"""What a model is made of, besides the encoder."""

_COMPONENT = re.compile(r"Starting to train component '(\w+)'")
_ENTITY = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")


class TrainingFailed(DaobanError):
    """Rasa could not be trained; the detail has its last words."""

    status = 500
    code = "training_failed"


class Encodes(Protocol):
    """The part of the encoder that training needs (knowledge_base.encoder.interface.Encoder)."""

    fingerprint: str

    def encode_queries(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Return one unit vector for each text."""


def ensure_trained(project: Path, home: Path, encoder: Encodes, progress: Progress) -> Path:
    """Return the model for the inputs as they are now; train it when there is none.

    Training writes beside and is renamed when done, so an interrupted one leaves nothing that
    could be taken for a model. Two processes that want the same model make it once.

    Args:
        project: the checkout.
        home: data directory; models stand under `models/`.

    Raises:
        DialogueEnvironmentFailed: when Rasa's environment cannot be made.
        TrainingFailed: with Rasa's last words.
    """
    models = home / "models"
    model = models / f"{fingerprint(project, encoder.fingerprint)}.tar.gz"
    if model.exists():
        return model
    models.mkdir(parents=True, exist_ok=True)
    with FileLock(models / ".lock"):
        if not model.exists():
            _train(project, model, encoder, progress)
    return model


def trained_model(project: Path, home: Path, encoder: str) -> Path | None:
    """Return the model for the inputs as they are now, if it was trained."""
    model = home / "models" / f"{fingerprint(project, encoder)}.tar.gz"
    return model if model.exists() else None


def fingerprint(project: Path, encoder: str) -> str:
    """Return a name for all that a model depends on: configuration, data, our code, encoder."""
    digest = hashlib.sha256(encoder.encode())
    for path in _input_files(project):
        content = path.read_bytes()
        digest.update(f"\n{path.relative_to(project)} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()[:16]


def examples(project: Path) -> dict[str, str]:
    """Return the examples' texts as Rasa sees them, without entity marks, each with its intent."""
    found: dict[str, str] = {}
    for path in sorted((project / EXAMPLES).glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            if "intent" in block:
                lines = (line.removeprefix("- ").strip() for line in block["examples"].splitlines())
                found |= {_ENTITY.sub(r"\1", line): block["intent"] for line in lines if line}
    return found


def _input_files(project: Path) -> Iterator[Path]:
    for name in INPUTS:
        path = project / name
        if path.is_file():
            yield path
        else:
            yield from sorted(path.glob("*.yml"))
            yield from sorted(path.glob("*.py"))
            yield from sorted(path.glob("uv.lock"))


def _train(project: Path, model: Path, encoder: Encodes, progress: Progress) -> None:
    python = ensure_environment(project, progress)
    begun = time.monotonic()
    work = model.parent / ".training"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    progress("dialogue: encoding the examples")
    vectors = work / "vectors.npz"
    _write_vectors(vectors, list(examples(project)), encoder)
    command = [str(python), "-m", "rasa", "train", "--config", "config.yml"]
    command += ["--domain", "domain.yml", "--data", EXAMPLES, RULES]
    command += ["--out", str(work), "--fixed-model-name", model.name.removesuffix(".tar.gz")]

    def show(line: str) -> None:
        if part := _COMPONENT.search(line):
            progress(f"dialogue: training {part[1]}")

    progress("dialogue: training Rasa (about a minute)")
    _, said = run(
        command,
        directory=project,
        variables=rasa_variables(
            DAOBAN_VECTORS_FILE=str(vectors), DAOBAN_ENCODER_FINGERPRINT=encoder.fingerprint
        ),
        niceness=10,
        on_line=show,
    )
    made = work / model.name  # Rasa's exit code is 0 after some faults
    if not made.exists():
        raise TrainingFailed(f"rasa train: {' | '.join(said[-12:])}")
    made.replace(model)
    shutil.rmtree(work)
    for old in set(model.parent.glob("*.tar.gz")) - {model}:
        old.unlink()
    progress(f"dialogue: trained in {time.monotonic() - begun:.0f} s")


def _write_vectors(path: Path, texts: list[str], encoder: Encodes) -> None:
    np.savez(
        path,
        encoder=np.array(encoder.fingerprint),
        texts=np.array(texts),
        vectors=encoder.encode_queries([normalise(text) for text in texts]),
    )
