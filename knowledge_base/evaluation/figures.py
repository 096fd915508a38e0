"""What the results of many questions come to; all shares are of 1."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from knowledge_base.evaluation.asking import SENT_ON, Result

THRESHOLDS = (0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
BINS = 10

T = TypeVar("T")


class _Figures(BaseModel):
    model_config = ConfigDict(frozen=True)


class Ranking(_Figures):
    """Where the right one came; `mrr` over what is ranked at all, at most ten."""

    questions: int
    hit1: float
    hit3: float
    hit5: float
    mrr: float


class Replies(_Figures):
    """First replies to questions that the collection answers.

    Attributes:
        right: a right answer, given as sure or as likely.
        right_or_offered: that, or the right entry among the choices of the reply.
        wrong_sure: another entry's answer, given as sure: the worst that can happen.
        wrong_likely: another entry's answer, given as likely, with other questions below it.
        wrong_choices: choices without the right entry.
        lapsed: told of a rule that does not hold on the day, though one that holds was meant.
        sent_on: told of another office, or that it cannot be done, though a policy was meant.
    """

    questions: int
    right: float
    right_sure: float
    right_likely: float
    right_or_offered: float
    wrong_sure: float
    wrong_likely: float
    wrong_choices: float
    lapsed: float
    person: float
    sent_on: float = 0.0


class Refusals(_Figures):
    """First replies to questions that nothing in the collection answers.

    Attributes:
        policy: answered with policy, as sure or as likely.
        refused: a person is offered, or it is told that a rule ended, or no policy is given (next).
        sent_on: told which office it belongs to, or that it cannot be done.
    """

    questions: int
    policy: float
    policy_likely: float
    choices: float
    refused: float
    sent_on: float = 0.0


class Pairs(_Figures):
    """The same question for two profiles."""

    pairs: int
    all_right: float


class Point(_Figures):
    """Answering from a confidence on: the share of all questions, and how often it is wrong."""

    threshold: float
    coverage: float
    error: float


class Bin(_Figures):
    """Answerable and other questions of a confidence: how often the first entry was right."""

    low: float
    questions: int
    confidence: float
    right: float


class Group(_Figures):
    """One topic or style."""

    replies: Replies | None
    refusals: Refusals | None


def ranking(places: Sequence[int]) -> Ranking | None:
    """Return the figures of places (from 1; 0: not found), None of none."""
    if not places:
        return None
    count = len(places)
    hit1, hit3, hit5 = (sum(0 < each <= k for each in places) / count for k in (1, 3, 5))
    mrr = sum(1 / each for each in places if 0 < each <= 10) / count
    return Ranking(questions=count, hit1=hit1, hit3=hit3, hit5=hit5, mrr=mrr)


def replies(results: Sequence[Result]) -> Replies | None:
    """Return how the answerable questions ended."""
    asked = [each for each in results if each.answerable]
    if not asked:
        return None

    def share(test: Callable[[Result], bool]) -> float:
        return sum(map(test, asked)) / len(asked)

    return Replies(
        questions=len(asked),
        right=share(lambda each: each.right),
        right_sure=share(lambda each: each.right and each.given == "sure"),
        right_likely=share(lambda each: each.right and each.given == "likely"),
        right_or_offered=share(lambda each: each.right or each.offered),
        wrong_sure=share(lambda each: not each.right and each.given == "sure"),
        wrong_likely=share(lambda each: not each.right and each.given == "likely"),
        wrong_choices=share(lambda each: each.given == "choices" and not each.offered),
        lapsed=share(lambda each: each.given == "lapsed"),
        person=share(lambda each: each.given == "person"),
        sent_on=share(lambda each: not each.right and each.given in SENT_ON),
    )


def refusals(results: Sequence[Result]) -> Refusals | None:
    """Return how the questions ended that nothing answers."""
    given = [each.given for each in results if not each.answerable]
    if not given:
        return None
    count = len(given)
    return Refusals(
        questions=count,
        policy=(given.count("sure") + given.count("likely")) / count,
        policy_likely=given.count("likely") / count,
        choices=given.count("choices") / count,
        refused=sum(each in {"person", "lapsed"} | SENT_ON for each in given) / count,
        sent_on=sum(each in SENT_ON for each in given) / count,
    )


def pairs(results: Sequence[Result]) -> Pairs | None:
    """Return how often all of a pair were right."""
    found = [all(each.right for each in of) for of in _grouped(results, lambda r: r.pair).values()]
    return Pairs(pairs=len(found), all_right=sum(found) / len(found)) if found else None


def groups(results: Sequence[Result], name: Callable[[Result], str]) -> dict[str, Group]:
    """Return the figures of each topic or style."""
    return {
        key: Group(replies=replies(of), refusals=refusals(of))
        for key, of in sorted(_grouped(results, name).items())
    }


def curve(results: Sequence[Result]) -> list[Point]:
    """Return what answering from each confidence on would give: the price of each answer."""
    points = []
    for threshold in THRESHOLDS:
        covered = [each for each in results if each.confidence >= threshold]
        wrong = sum(not _first_is_right(each) for each in covered)
        points.append(
            Point(
                threshold=threshold,
                coverage=len(covered) / len(results),
                error=wrong / len(covered) if covered else 0.0,
            )
        )
    return points


def reliability(results: Sequence[Result]) -> list[Bin]:
    """Return, for each tenth of confidence, how often the first entry was right."""
    filled = _grouped(results, lambda each: min(BINS - 1, int(each.confidence * BINS)))
    return [
        Bin(
            low=place / BINS,
            questions=len(of),
            confidence=sum(each.confidence for each in of) / len(of),
            right=sum(_first_is_right(each) for each in of) / len(of),
        )
        for place, of in sorted(filled.items())
    ]


def _first_is_right(result: Result) -> bool:
    return result.place == 1 or (result.right and result.given in SENT_ON)


def _grouped(results: Sequence[Result], key: Callable[[Result], T | None]) -> dict[T, list[Result]]:
    grouped: dict[T, list[Result]] = defaultdict(list)
    for each in results:
        if (name := key(each)) is not None:
            grouped[name].append(each)
    return grouped
