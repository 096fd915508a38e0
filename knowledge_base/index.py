"""Versioned index directories: built beside the others, put in place at once, never changed.

`<home>/index/<version>/` holds the content as it was indexed, the backend's files and the
calibration; `version` is a hash of content, tuning sentences and encoder, so an index that exists
is right. Vectors are kept in one file per encoder beside them.
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from core.conditions import Condition, parse
from knowledge_base.calibration import calibrate, examples
from knowledge_base.collection import (
    audiences,
    dumped,
    favoured_by_region,
    lexicon_of,
    records,
    wordings,
)
from knowledge_base.decision import Calibration
from knowledge_base.embedded import EmbeddedIndex
from knowledge_base.english import EnglishIndex
from knowledge_base.ranking import Lexicon
from knowledge_base.schemas import Content
from knowledge_base.search import SearchBackend
from knowledge_base.vectors import TextEncoder, VectorCache

_FORMAT = 3
"""Raised whenever the same content must be indexed anew: tokens, fields, features."""
_CONTENT, _CALIBRATION = "content.json", "calibration.json"
_KEPT = 2
"""Versions that stay: the one in use and the one before."""


@dataclass(frozen=True)
class Snapshot:
    """Everything an answer needs, of one version; immutable, so readers need no lock.

    Attributes:
        worded: entries by each of their wordings (`text.key`).
        favoured: what an entry gets on top of its score (`collection.favoured_by_region`).
        cases: each entry's case conditions, read.
        english: what is asked in English.
    """

    version: str
    content: Content
    backend: SearchBackend
    lexicon: Lexicon
    calibration: Calibration
    worded: Mapping[str, frozenset[str]]
    favoured: Mapping[str, float]
    audiences: Mapping[str, Condition]
    cases: Mapping[str, list[Condition]]
    english: EnglishIndex


def version_of(content: Content, encoder: TextEncoder, foreign: Sequence[str]) -> str:
    """Return the name of the index that this content has with this encoder."""
    parts = [_FORMAT, encoder.fingerprint, list(foreign), dumped(content)]
    plain = json.dumps(parts, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(plain.encode()).hexdigest()[:16]


def open_index(
    directory: Path, content: Content, encoder: TextEncoder, foreign: Sequence[str]
) -> Snapshot:
    """Open the index of this content, building it when it is not there.

    Args:
        directory: where all versions stand.
        content: the collection.
        encoder: makes the vectors that the cache lacks.
        foreign: sentences of other domains that the gate is tuned on.
    """
    version = version_of(content, encoder, foreign)
    place = directory / version
    if not place.is_dir():
        directory.mkdir(parents=True, exist_ok=True)
        with FileLock(directory / ".lock"):
            if not place.is_dir():  # another process may have built it while we waited
                _build(place, content, encoder, foreign)
                _tidy(directory, version)
    return _snapshot(place)


def _build(place: Path, content: Content, encoder: TextEncoder, foreign: Sequence[str]) -> None:
    beside = Path(tempfile.mkdtemp(prefix=".building-", dir=place.parent))
    try:
        vectors = VectorCache(encoder, place.parent)
        EmbeddedIndex.build(records(content, vectors), vectors.dimension, beside)
        calibration = calibrate(examples(content, vectors, foreign))
        vectors.save()
        _write(beside / _CONTENT, json.dumps(dumped(content), ensure_ascii=False))
        _write(beside / _CALIBRATION, calibration.model_dump_json(indent=1))
        beside.rename(place)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise


def _snapshot(place: Path) -> Snapshot:
    content = Content.model_validate_json((place / _CONTENT).read_text(encoding="utf-8"))
    calibration = (place / _CALIBRATION).read_text(encoding="utf-8")
    return Snapshot(
        version=place.name,
        content=content,
        backend=EmbeddedIndex.open(place),
        lexicon=lexicon_of(content),
        calibration=Calibration.model_validate_json(calibration),
        worded=wordings(content),
        favoured=favoured_by_region(content),
        audiences=audiences(content),
        cases={
            entry.id: [parse(case.when) for case in entry.cases]
            for entry in content.entries.values()
        },
        english=EnglishIndex(content),
    )


def _tidy(directory: Path, current: str) -> None:
    """Remove old versions and half-built ones; who still reads them keeps the open files."""
    found = [path for path in directory.iterdir() if path.is_dir() and path.name != current]
    found.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    complete = [path for path in found if not path.name.startswith(".building-")]
    for path in set(found) - set(complete[: _KEPT - 1]):
        shutil.rmtree(path, ignore_errors=True)


def _write(path: Path, data: str) -> None:
    path.write_text(data, encoding="utf-8")
