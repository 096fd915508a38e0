"""Fine-tunes an encoder on a collection's own wordings, by sentence-transformers (the extra `ml`).

What is asked in other words must come near: a wording as a question draws the entry's other
wordings and answers as passages, away from all others of its batch and from one near wording of
another entry (a hard negative). Only the upper layers learn; the lower ones and the word vectors
stay, so that what the model knows of the language is not lost.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from core.errors import BadInput
from knowledge_base.encoder.build import with_matrices
from knowledge_base.encoder.full import sentence_transformer
from knowledge_base.encoder.interface import FINGERPRINT, Encoder
from knowledge_base.encoder.loading import load_encoder

SCALE = 50.0
"""Cosines are multiplied by it before the softmax, as E5 was trained (a temperature of 0.02)."""
NEAR = 20
"""The hard negative is one of so many nearest wordings of other entries."""
ANSWERS = 0.25
"""How often an answer is drawn to a question, instead of another wording."""


@dataclass(frozen=True)
class Group:
    """One entry: how it is asked (two wordings at least), and its answers."""

    asked: Sequence[str]
    answers: Sequence[str]


@dataclass(frozen=True)
class Plan:
    """How to train.

    Attributes:
        layers: how many layers learn, from above.
        rate: highest learning rate; it rises over the first tenth and then falls to nothing.
    """

    epochs: int = 1
    batch: int = 32
    layers: int = 6
    rate: float = 2e-5
    seed: int = 1


Near = list[list[list[str]]]
"""For each wording of each group the nearest wordings of other groups."""


class Progress(Protocol):
    """Told after every step."""

    def __call__(self, step: int, steps: int, loss: float) -> None:
        """Take the step (from 1) of how many, and its loss."""
        ...


def train(
    base: Path, target: Path, groups: Sequence[Group], plan: Plan, progress: Progress
) -> None:
    """Write a fine-tuned copy of a model; it is not used until DAOBAN_ENCODER names it.

    A model that `build_encoder` made is written with its int8 graph for the light runner, any
    other as sentence-transformers saves it.

    Args:
        base: directory of the model to start from; it stays as it is.
        target: where to write; must not exist or be empty.
        groups: the entries; those with fewer than two wordings are left out.
        plan: how to train.
        progress: told after every step.

    Raises:
        BadInput: the target is in use, or there is too little to learn from.
        EncoderMissing: without the extra `ml`, or when the model cannot be loaded.
    """
    if target.exists() and any(target.iterdir()):
        raise BadInput(f"{target} is not empty: name a new directory")
    groups = [group for group in groups if len(set(group.asked)) > 1]
    if len(groups) < plan.batch:
        raise BadInput(f"{len(groups)} entries with two wordings: {plan.batch} at least are needed")
    model = sentence_transformer(base)(str(base), device="cpu", local_files_only=True)
    _learn(model, groups, _near(load_encoder(base), groups), plan, progress)
    target.mkdir(parents=True, exist_ok=True)
    if (base / FINGERPRINT).is_file():
        matrices = {name: value.numpy() for name, value in model[0].auto_model.state_dict().items()}
        with_matrices(target, matrices)
    else:
        model.save_pretrained(str(target))


def _learn(model: Any, groups: Sequence[Group], near: Near, plan: Plan, progress: Progress) -> None:
    import torch  # noqa: PLC0415  an extra
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss  # noqa: PLC0415

    torch.manual_seed(plan.seed)
    learning = _upper(model, plan.layers)
    loss_of = MultipleNegativesRankingLoss(model, scale=SCALE)
    optimizer = torch.optim.AdamW(learning, lr=plan.rate, weight_decay=0.01)
    rows = list(_batches(groups, near, plan))
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, plan.rate, total_steps=len(rows), pct_start=0.1, anneal_strategy="linear"
    )
    prompts = [model.prompts["query"], model.prompts["document"], model.prompts["document"]]
    model.train()
    for step, row in enumerate(rows, 1):
        features = [
            model.tokenize([prompt + text for text in texts])
            for prompt, texts in zip(prompts, zip(*row, strict=True), strict=True)
        ]
        loss = loss_of(features, None)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learning, 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        progress(step, len(rows), loss.item())
    model.eval()


def _upper(model: Any, layers: int) -> list[Any]:
    """Let only the upper layers learn; return their parameters."""
    for parameter in model.parameters():
        parameter.requires_grad = False
    stack = model[0].auto_model.encoder.layer
    learning = [each for layer in stack[-layers:] for each in layer.parameters()]
    for parameter in learning:
        parameter.requires_grad = True
    return learning


def _near(encoder: Encoder, groups: Sequence[Group]) -> Near:
    texts = [text for group in groups for text in group.asked]
    owner = np.repeat(np.arange(len(groups)), [len(group.asked) for group in groups])
    vectors = encoder.encode_passages(texts)
    found: Near = [[] for _ in groups]
    for start in range(0, len(texts), 256):
        scores = vectors[start : start + 256] @ vectors.T
        scores[owner[start : start + 256, None] == owner[None, :]] = -1
        for row, place in zip(scores, range(start, len(texts)), strict=False):
            best = np.argsort(-row, kind="stable")[:NEAR]
            best = best[row[best] > -1]
            found[owner[place]].append([texts[each] for each in best])
    return found


def _batches(
    groups: Sequence[Group], near: Near, plan: Plan
) -> Iterator[list[tuple[str, str, str]]]:
    """Yield batches of (question, what it must find, what it must not), each group once in one."""
    draw = random.Random(plan.seed)  # noqa: S311 - nothing secret
    asked = max(len(group.asked) for group in groups)
    for _ in range(plan.epochs):
        left = [draw.sample(range(len(group.asked)), len(group.asked)) for group in groups]
        for _ in range(asked):
            turn = [number for number, places in enumerate(left) if places]
            draw.shuffle(turn)
            for start in range(0, len(turn) - plan.batch + 1, plan.batch):
                yield [
                    _row(groups[each], left[each].pop(), near[each], draw)
                    for each in turn[start : start + plan.batch]
                ]


def _row(
    group: Group, place: int, near: Sequence[Sequence[str]], draw: random.Random
) -> tuple[str, str, str]:
    question = group.asked[place]
    others = [text for text in group.asked if text != question]
    found = group.answers if group.answers and draw.random() < ANSWERS else others
    return question, draw.choice(list(found)), draw.choice(list(near[place]))
