"""What the decision learns from beside a collection's own wordings: other people's questions.

They stand in `data/evaluation`, in the files for tuning; those for reporting are never read here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.settings import PROJECT
from knowledge_base.evaluation.files import Question, read_questions

LESSONS = PROJECT / "data" / "evaluation"
FOREIGN = "out_of_domain_tune.txt"


@dataclass(frozen=True)
class Lessons:
    """Questions that the decision is fitted on.

    Attributes:
        foreign: sentences of other domains.
        questions: with what a right reply to each is; those whose entries a collection does not
            have say nothing about it and are passed over.
    """

    foreign: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()

    def plain(self) -> list[object]:
        """Return them as JSON data."""
        return [list(self.foreign), [each.model_dump(mode="json") for each in self.questions]]


def read_lessons(directory: Path = LESSONS) -> Lessons:
    """Read `out_of_domain_tune.txt` and every `*_tune.jsonl` of a directory; either may lack.

    Raises:
        BadInput: a file of questions has bad lines; each is told by its number.
    """
    foreign = directory / FOREIGN
    return Lessons(
        foreign=tuple(read_sentences(foreign)) if foreign.exists() else (),
        questions=tuple(_questions(directory)),
    )


def read_sentences(path: Path) -> list[str]:
    """Return the sentences of a file, one a line; # begins a comment."""
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _questions(directory: Path) -> Iterator[Question]:
    """Yield the questions that stand alone: one that goes on from another is no lesson."""
    for path in sorted(directory.glob("*_tune.jsonl")):
        yield from (each for each in read_questions(path) if each.after is None)
