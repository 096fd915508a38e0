"""The report on a file, what is kept of it, and what differs from the one before."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from core.errors import BadInput
from knowledge_base.answering import KnowledgeBase
from knowledge_base.evaluation import figures
from knowledge_base.evaluation.articles import Collection, Found, by_overlap
from knowledge_base.evaluation.asking import Result, ask
from knowledge_base.evaluation.figures import Bin, Group, Pairs, Point, Ranking, Refusals, Replies
from knowledge_base.evaluation.files import EvaluationFile
from knowledge_base.vectors import TextEncoder

Tick = Callable[[], None]


class Report(BaseModel):
    """How a file of questions came out.

    Attributes:
        ranking: of the answerable questions, or of the callers' of the file's own articles.
        by_overlap: of the latter, by thirds of the words that question and title share.
        results, found: each question, by which two reports are compared.
    """

    model_config = ConfigDict(frozen=True)

    file: str
    collection: str
    today: date
    ranking: Ranking | None
    replies: Replies | None = None
    refusals: Refusals | None = None
    pairs: Pairs | None = None
    by_topic: dict[str, Group] = {}
    by_style: dict[str, Group] = {}
    curve: list[Point] = []
    reliability: list[Bin] = []
    by_overlap: dict[str, Ranking] = {}
    results: list[Result] = []
    found: list[Found] = []

    def shares(self) -> dict[str, float]:
        """Return every share of the whole file by its name."""
        parts = (self.ranking, self.replies, self.refusals, self.pairs)
        told: dict[str, Any] = {}
        for part, name in zip(parts, ("ranking", "replies", "refusals", "pairs"), strict=True):
            if part is not None:
                told |= {f"{name}.{key}": value for key, value in part.model_dump().items()}
        return {key: value for key, value in told.items() if isinstance(value, float)}


class Change(BaseModel):
    """A question that ends otherwise than it did."""

    model_config = ConfigDict(frozen=True)

    query: str
    before: str
    now: str


class Changes(BaseModel):
    """What differs from a baseline.

    Attributes:
        shares: what was and what is, where they differ.
        better, worse: questions whose first reply became right, or no longer is.
        other: questions that end otherwise, right as before or wrong as before.
        only_before, only_now: how many questions only one of the two has.
    """

    model_config = ConfigDict(frozen=True)

    shares: dict[str, tuple[float, float]]
    better: list[Change]
    worse: list[Change]
    other: list[Change]
    only_before: int
    only_now: int


def evaluate(
    file: EvaluationFile,
    knowledge: KnowledgeBase,
    today: date,
    tick: Tick = lambda: None,
) -> Report:
    """Ask every question of a file to the product's collection.

    Args:
        file: its questions.
        knowledge: what is evaluated.
        today: the day for questions that do not say one.
        tick: called after each.
    """
    results = []
    for question in file.questions:
        results.append(ask(knowledge, question, today))
        tick()
    return Report(
        file=file.name,
        collection=knowledge.version,
        today=today,
        ranking=figures.ranking([each.place for each in results if each.answerable]),
        replies=figures.replies(results),
        refusals=figures.refusals(results),
        pairs=figures.pairs(results),
        by_topic=figures.groups(results, lambda each: each.topic),
        by_style=figures.groups(results, lambda each: each.style),
        curve=figures.curve(results),
        reliability=figures.reliability(results),
        results=results,
    )


def evaluate_articles(
    file: EvaluationFile,
    encoder: TextEncoder,
    today: date,
    tick: Tick = lambda: None,
) -> Report:
    """Ask every caller's question of a file to the file's own articles."""
    collection = Collection(file.articles, encoder)
    found = []
    for article in file.articles:
        if article.asked:
            found.append(collection.find(article))
        tick()
    return Report(
        file=file.name,
        collection=f"{len(file.articles)} articles",
        today=today,
        ranking=figures.ranking([each.place for each in found]),
        by_overlap=by_overlap(found),
        found=found,
    )


def compare(before: Report, now: Report) -> Changes:
    """Return what differs between two reports on the same questions."""
    old, new = _ends(before), _ends(now)
    changes: dict[str, list[Change]] = {"better": [], "worse": [], "other": []}
    for key in old.keys() & new.keys():
        (was, was_right), (is_now, is_right) = old[key], new[key]
        if was == is_now and was_right == is_right:
            continue
        kind = "other" if was_right == is_right else "better" if is_right else "worse"
        changes[kind].append(Change(query=key[0], before=was, now=is_now))
    earlier, later = before.shares(), now.shares()
    return Changes(
        shares={
            name: (earlier[name], later[name])
            for name in later
            if name in earlier and abs(earlier[name] - later[name]) > 1e-9
        },
        only_before=len(old.keys() - new.keys()),
        only_now=len(new.keys() - old.keys()),
        **{kind: sorted(of, key=lambda each: each.query) for kind, of in changes.items()},
    )


def read_report(path: Path) -> Report:
    """Read a report that was kept.

    Raises:
        BadInput: it cannot be read, or is no report of ours.
    """
    try:
        return Report.model_validate_json(path.read_bytes())
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}") from error
    except ValidationError:
        raise BadInput(f"{path} is no report: make one with --save") from None


def _ends(report: Report) -> dict[tuple[str, int], tuple[str, bool]]:
    """How each question ended, and whether well; its place among equal queries keeps them apart."""
    ends: dict[tuple[str, int], tuple[str, bool]] = {}
    told = [(each.query, _told(each), each.right) for each in report.results]
    told += [(each.query, _place(each), each.place == 1) for each in report.found]
    seen: dict[str, int] = {}
    for query, end, right in told:
        seen[query] = seen.get(query, -1) + 1
        ends[query, seen[query]] = (end, right)
    return ends


def _told(result: Result) -> str:
    return f"{result.end} ({result.entry_id})" if result.entry_id else result.end


def _place(found: Found) -> str:
    return f"place {found.place}" if found.place else "not among the first ten"
