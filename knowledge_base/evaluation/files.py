"""The files that questions for evaluation stand in: JSONL, one question or article a line.

A line with `query` is a question to the product's collection. A line with `title` is an article
of the file's own collection, as published question-and-answer lists have them; its `question`, if
it has one, is how a caller asked for it. A file holds one of the two.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from core.errors import BadInput
from knowledge_base.schemas import Entry, Line
from knowledge_base.text import normalise, searchable

TOLD = 20
"""Bad lines that are told one by one."""


def _pattern(written: str) -> str:
    try:
        re.compile(written)
    except re.error as error:
        raise ValueError(f"no regular expression: {error}") from None
    return written


def _readable(query: str) -> str:
    if not searchable(query):
        raise ValueError("no letter or digit to search for")
    return query


Pattern = Annotated[str, Field(min_length=1), AfterValidator(_pattern)]


class Question(BaseModel):
    """A question with what a right reply to it is.

    Attributes:
        expect: the entry, or entries of which each is right; None with no `must`: nothing in the
            collection answers it, and no policy may be given.
        must, must_not: regular expressions that the answer's text has to match, and may not.
        profile: facts known of the asker (CONTRACT: profile).
        as_of: the day (Asia/Shanghai) whose rules are asked for; None: the day of the evaluation.
        after: the question before, whose topic this goes on from.
        style: how it is put (colloquial, keyword, typo, ...); figures are told for each.
        topic: likewise; the topic of the expected entry where it is not said.
        pair: the same for questions that differ in the profile only; all of a pair must be right.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    query: Annotated[Line, AfterValidator(_readable)]
    expect: Line | list[Line] | None = None
    must: list[Pattern] = []
    must_not: list[Pattern] = []
    profile: dict[str, Any] = {}
    as_of: date | None = None
    after: Annotated[Line, AfterValidator(_readable)] | None = None
    style: Line = "unsaid"
    topic: Line | None = None
    pair: Line | None = None

    @model_validator(mode="after")
    def _says_what_is_right(self) -> Self:
        if self.expect is None and not self.must and "expect" not in self.model_fields_set:
            raise ValueError("say expect (an entry's id; null: nothing answers it) or must")
        return self

    @property
    def expected(self) -> frozenset[str]:
        """The entries that are right."""
        one = [self.expect] if isinstance(self.expect, str) else self.expect
        return frozenset(one or ())

    @property
    def answerable(self) -> bool:
        """Whether the collection has an answer."""
        return bool(self.expected or self.must)

    def suits(self, text: str) -> bool:
        """Whether an answer's text says what it must."""
        return all(re.search(each, text) for each in self.must) and not any(
            re.search(each, text) for each in self.must_not
        )

    def suited_by(self, entry: Entry) -> bool:
        """Whether an entry is a right one: named, or else one that may say what it must."""
        if self.expected:
            return entry.id in self.expected
        return self.answerable and any(self.suits(text) for text in entry.answers)


class Article(BaseModel):
    """A published question with its answer, and how somebody asked for it ("" if nobody did)."""

    model_config = ConfigDict(frozen=True)

    id: Line
    title: Annotated[str, AfterValidator(_readable)]
    answer: str = Field(min_length=1)
    question: str = ""

    @property
    def asked(self) -> str:
        """The caller's question; "" when it is no other than the title."""
        return "" if normalise(self.question) == normalise(self.title) else self.question


@dataclass(frozen=True)
class EvaluationFile:
    """What a file holds: questions to the product, or a collection of its own."""

    name: str
    questions: tuple[Question, ...] = ()
    articles: tuple[Article, ...] = ()


def read_questions(path: Path) -> tuple[Question, ...]:
    """Read the questions of a file, whatever collection they are meant for.

    Raises:
        BadInput: as `read_file`, but for entries that nobody has.
    """
    return read_file(path, None).questions


def read_file(path: Path, entries: Mapping[str, Entry] | None) -> EvaluationFile:
    """Read and check a file.

    Args:
        path: JSONL in UTF-8; empty lines are passed over.
        entries: the collection that will be asked, by id; None: any.

    Raises:
        BadInput: the file cannot be read, or names every bad line by its number.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        raise BadInput(f"{path} is not UTF-8: save it as UTF-8") from None
    questions: dict[int, Question] = {}
    articles: dict[int, Article] = {}
    faults: list[tuple[int, str]] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            read = _read(line)
        except ValueError as error:
            faults.append((number, str(error)))
            continue
        if isinstance(read, Article):
            articles[number] = read
        else:
            questions[number] = read
    faults += [] if entries is None else _unknown(questions, entries)
    faults += _doubled(articles)
    faults += _lonely(questions)
    if questions and articles:
        faults.append((min(questions), "a question in a file of articles: give it a file"))
    if faults:
        raise BadInput(_told(path, sorted(faults)))
    if not questions and not articles:
        raise BadInput(f"{path} holds no question: write one JSON object a line with query, expect")
    return EvaluationFile(path.name, tuple(questions.values()), tuple(articles.values()))


def _read(line: str) -> Question | Article:
    try:
        data = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"no JSON ({error.msg} at column {error.colno})") from None
    if not isinstance(data, dict):
        raise ValueError("a JSON object is needed: {...}")  # noqa: TRY004 - told as a bad line
    model: type[Question | Article] = Article if "title" in data else Question
    try:
        return model.model_validate(data)
    except ValidationError as error:
        told = [(".".join(map(str, each["loc"])), each["msg"]) for each in error.errors()]
        raise ValueError("; ".join(f"{at}: {said}" if at else said for at, said in told)) from None


def _unknown(
    questions: Mapping[int, Question], entries: Mapping[str, Entry]
) -> Iterator[tuple[int, str]]:
    for number, question in questions.items():
        for each in sorted(question.expected - entries.keys()):
            yield number, f"expect: no entry {each} in the collection"


def _doubled(articles: Mapping[int, Article]) -> Iterator[tuple[int, str]]:
    seen: dict[str, int] = {}
    for number, article in articles.items():
        if (first := seen.setdefault(article.id, number)) != number:
            yield number, f"id {article.id} stands in line {first} already"


def _lonely(questions: Mapping[int, Question]) -> Iterator[tuple[int, str]]:
    pairs: dict[str, list[int]] = defaultdict(list)
    for number, question in questions.items():
        if question.pair is not None:
            pairs[question.pair].append(number)
    for name, numbers in pairs.items():
        if len(numbers) == 1:
            yield numbers[0], f"pair {name} has no second question"


def _told(path: Path, faults: list[tuple[int, str]]) -> str:
    told = [f"line {number}: {said}" for number, said in faults[:TOLD]]
    if len(faults) > TOLD:
        told.append(f"and {len(faults) - TOLD} more")
    return f"{path.name}: " + "\n  ".join([f"{len(faults)} bad lines; mend them:", *told])
