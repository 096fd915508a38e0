"""What a file holds as it was read, before and after it is kept."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=60)]
"""Of a collection."""
SourceKind = Literal["document", "questions"]


class _Plain(BaseModel):
    model_config = ConfigDict(frozen=True)


class Passage(_Plain):
    """A part that can be found and cited.

    Attributes:
        label: 第十二条, the number of a heading, or the id of a question.
        heading: the chapter or headings that it stands under; of a question the question itself.
        asked: other ways in which the question was put.
        text: all of it, paragraphs in lines of their own; of a question the answer.
    """

    label: str
    heading: str
    asked: list[str] = []
    text: str


class About(_Plain):
    """What a document says of itself, as far as it was detected; dates in Asia/Shanghai.

    Attributes:
        kind: of `schemas.Document`.
        series: 公告, 令, or the word before 〔year〕; with `number` that of the last order where
            orders made and revised it.
        issued_on: the day of the signature, or on which a law was first published, else adopted.
        amended_on: the last amendment or revision that its head names.
        effective_from: as the text says; of a law from its publication on, the first one.
        repeals: names of what it ends, as it writes them.
    """

    title: str | None = None
    kind: str | None = None
    issuers: list[str] = []
    series: str | None = None
    year: int | None = None
    number: str | None = None
    issued_on: date | None = None
    amended_on: date | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    repeals: list[str] = []


class Source(_Plain):
    """One file, read.

    Attributes:
        name: its path under the directory that was given, with /; the key of an import.
        digest: of the bytes, SHA-256 in hexadecimal.
        warnings: what a person has to look at, in plain words.
    """

    name: str
    digest: str
    kind: SourceKind
    about: About = About()
    passages: list[Passage]
    warnings: list[str] = []


class BadFile(_Plain):
    """A file that could not be read, and what to do."""

    name: str
    reason: str


class Kept(_Plain):
    """What became of a source: `added`, `changed` or `unchanged`."""

    name: str
    outcome: Literal["added", "changed", "unchanged"]
    passages: int


class Overview(_Plain):
    """A collection by its size."""

    collection: str
    files: int
    passages: int


class Found(_Plain):
    """A passage and the file that it comes from."""

    name: str
    passage: Passage
