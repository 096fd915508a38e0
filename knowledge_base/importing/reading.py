"""Directories and files that somebody wants to import, read one by one; a bad one stops nothing."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from core.errors import BadInput
from knowledge_base.importing.about import about
from knowledge_base.importing.blocks import READERS, CannotRead, read_blocks, text_of
from knowledge_base.importing.schemas import About, BadFile, Passage, Source
from knowledge_base.importing.split import doubts, split
from knowledge_base.schemas import BatchRepeal, Document

LARGEST = 50 * 1024 * 1024
"""Bytes of a file that is read."""
QUESTIONS = ".jsonl"
SUFFIXES = (*READERS, QUESTIONS)

_ASKED, _ANSWER = ("title", "question", "query"), ("answer", "text")


def find_files(paths: Sequence[Path]) -> list[tuple[str, Path]]:
    """Return `(name, path)` of each file to be read, by name.

    A directory gives the files below it whose names end as `SUFFIXES`; hidden ones are left out.

    Raises:
        BadInput: a path is not there, or two files would have one name.
    """
    found: dict[str, Path] = {}
    for path in paths:
        if path.is_dir():
            below = [each for each in sorted(path.rglob("*")) if each.is_file()]
            named = [
                (each.relative_to(path).as_posix(), each)
                for each in below
                if each.suffix.lower() in SUFFIXES and not each.name.startswith((".", "~$"))
            ]
        elif path.is_file():
            named = [(path.name, path)]
        else:
            raise BadInput(f"{path} is not there: name a file or a directory")
        for name, file in named:
            if found.setdefault(name, file) != file:
                raise BadInput(f"{name} is there twice: import the directories one by one")
    return sorted(found.items())


def read(
    name: str, path: Path, clauses: Sequence[tuple[Document, BatchRepeal]]
) -> Source | BadFile:
    """Read one file.

    Args:
        name: the key of the import.
        path: the file.
        clauses: batch repeals, to warn of what they may have ended.
    """
    suffix = path.suffix.lower()
    try:
        data = _bytes(path, suffix)
        digest = hashlib.sha256(data).hexdigest()
        if suffix == QUESTIONS:
            passages, warnings = _questions(text_of(data))
            return Source(
                name=name, digest=digest, kind="questions", passages=passages, warnings=warnings
            )
        blocks = read_blocks(data, suffix)
    except CannotRead as error:
        return BadFile(name=name, reason=error.detail)
    except OSError as error:
        return BadFile(name=name, reason=f"it cannot be read: {error.strerror}")
    said, passages = about(blocks), split(blocks)
    warnings = [*_missing(said), *doubts(passages), *_ended(said, clauses)]
    return Source(
        name=name, digest=digest, kind="document", about=said, passages=passages, warnings=warnings
    )


def _bytes(path: Path, suffix: str) -> bytes:
    if suffix not in SUFFIXES:
        raise CannotRead(f"files of this kind are not read; those are: {' '.join(SUFFIXES)}")
    if path.stat().st_size > LARGEST:
        raise CannotRead("it has more than 50 MB: split it")
    return path.read_bytes()


def _missing(said: About) -> Iterator[str]:
    if said.title is None:
        yield "no title found"
    if not said.issuers:
        yield "no issuer found"
    if said.number is None and said.kind in {"announcement", "notice", "rule", "regulation"}:
        yield "no number found"
    if said.effective_from is None:
        yield "since when it is in force was not found"
    elif said.amended_on and said.amended_on > said.effective_from:
        yield f"amended on {said.amended_on}: look since when this wording is in force"


def _ended(said: About, clauses: Sequence[tuple[Document, BatchRepeal]]) -> Iterator[str]:
    """Warn of what a batch repeal may have ended although its text does not say so."""
    year = said.year or (said.issued_on.year if said.issued_on else None)
    for document, clause in clauses:
        if year is not None and said.title and clause.covers(said.title, year):
            yield f"may have ended on {clause.last_day} by {document.cite}: let a person decide"


def _questions(text: str) -> tuple[list[Passage], list[str]]:
    """Questions and answers, one JSON object a line; lines that cannot be taken are told.

    Fields: a question (`title` or `question`, the other one is another way of asking), an answer
    (`answer` or `text`), and `id` if there is one.
    """
    passages, warnings, seen = [], [], set[str]()
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            passage = _question(json.loads(line), number, seen)
        except ValueError:
            warnings.append(f"line {number}: no JSON; left out")
        except CannotRead as error:
            warnings.append(f"line {number}: {error.detail}; left out")
        else:
            seen.add(passage.label)
            passages.append(passage)
    if not passages:
        raise CannotRead("no line of it holds a question with its answer")
    return passages, warnings


def _question(row: Any, number: int, seen: set[str]) -> Passage:
    if not isinstance(row, dict):
        raise CannotRead("no JSON object")
    asked = [said for name in _ASKED if (said := _text(row, name))]
    answer = next((said for name in _ANSWER if (said := _text(row, name))), None)
    if not asked:
        raise CannotRead("no question (title, question)")
    if answer is None:
        raise CannotRead("no answer (answer, text)")
    label = str(row.get("id", number))
    if label in seen:
        raise CannotRead(f"the id {label} stands twice")
    others = [each for each in dict.fromkeys(asked[1:]) if each != asked[0]]
    return Passage(label=label, heading=asked[0], asked=others, text=answer)


def _text(row: dict[str, Any], name: str) -> str | None:
    value = row.get(name)
    return value.strip() or None if isinstance(value, str) else None
