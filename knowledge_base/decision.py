"""Whether the first candidate is good enough to be given, two stages with stored thresholds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

from knowledge_base.ranking import FEATURES, Candidate, Lexicon, features
from knowledge_base.schemas import Entry

Verdict = Literal["answer", "likely", "clarify", "unsure", "out_of_domain"]
CHOICES = 3
NEAR = 0.5
"""Share of the first one's score from which on something else may be meant as well."""
_SURENESS: tuple[Verdict | Literal["lapsed"], ...] = (
    "out_of_domain",
    "unsure",
    "clarify",
    "likely",
    "lapsed",
    "answer",
)


@dataclass(frozen=True, slots=True)
class Found:
    """A search with its verdict; `lapsed`: the answer is an entry that does not hold on the day.

    `topic` is set where nothing needed searching: a fact was stated that its answer turns on.
    """

    candidates: list[Candidate]
    verdict: Verdict | Literal["lapsed"]
    confidence: float
    topic: Entry | None = None

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to weigh: an editor's own wording, or what has lapsed."""
        return self.verdict == "lapsed" or self.confidence == 1.0

    def sureness(self) -> tuple[int, float]:
        """Order of readings of one message."""
        return _SURENESS.index(self.verdict), self.confidence


class Calibration(BaseModel):
    """What was fitted on a collection, stored with its index.

    Attributes:
        gate: top cosine below which a message is not about this domain.
        mean, scale: of each feature; weights and bias: of the logistic regression on them.
        answer: probability from which the first candidate is given.
        likely: probability from which it is given as the likely one, with others to choose from.
        clarify: probability from which up to three choices are offered.
        figures: shares measured on the reporting half of the entries, never fitted on.
    """

    model_config = ConfigDict(frozen=True)

    gate: float
    mean: list[float]
    scale: list[float]
    weights: list[float]
    bias: float
    answer: float
    likely: float
    clarify: float
    figures: dict[str, float] = {}

    def probability(self, row: np.ndarray) -> float:
        """Return how likely the first candidate answers the question."""
        standard = (row - np.array(self.mean)) / np.array(self.scale)
        return float(1 / (1 + np.exp(-(standard @ np.array(self.weights) + self.bias))))

    def decide(
        self, query: Sequence[str], candidates: Sequence[Candidate], lexicon: Lexicon
    ) -> tuple[Verdict, float]:
        """Return the verdict on the candidates and the probability behind it."""
        if not candidates or max(each.cosine for each in candidates) < self.gate:
            return "out_of_domain", 0.0
        probability = self.probability(features(query, candidates, lexicon))
        return self.verdict(probability), probability

    def verdict(self, probability: float) -> Verdict:
        """Return what to do within the domain."""
        if probability >= self.answer:
            return "answer"
        if probability >= self.likely:
            return "likely"
        return "clarify" if probability >= self.clarify else "unsure"


def fit(
    rows: np.ndarray, right: np.ndarray, weights: np.ndarray, ridge: float = 1.0
) -> Calibration:
    """Fit the logistic regression by Newton's method, with an L2 penalty; thresholds stay open.

    Args:
        rows: one line of `FEATURES` for each example.
        right: 1 where the first candidate was the answer, else 0.
        weights: how much each example counts.
        ridge: penalty on the weights of the standardised features.
    """
    mean, scale = rows.mean(axis=0), rows.std(axis=0)
    scale[scale < 1e-9] = 1.0
    design = np.column_stack([(rows - mean) / scale, np.ones(len(rows))])
    penalty = np.diag([ridge] * len(FEATURES) + [1e-6])
    slopes = np.zeros(design.shape[1])
    for _ in range(100):
        likely = 1 / (1 + np.exp(-np.clip(design @ slopes, -30, 30)))
        slope = design.T @ (weights * (right - likely)) - penalty @ slopes
        bend = (design * (weights * likely * (1 - likely))[:, None]).T @ design + penalty
        step = np.linalg.solve(bend, slope)
        slopes += step
        if np.abs(step).max() < 1e-8:
            break
    return Calibration(
        gate=0.0,
        mean=mean.tolist(),
        scale=scale.tolist(),
        weights=slopes[:-1].tolist(),
        bias=float(slopes[-1]),
        answer=1.0,
        likely=1.0,
        clarify=1.0,
    )
