"""Versioned index directories: built beside the others, put in place at once, never changed.

`<home>/index/<version>/` holds the content as it was indexed, the backend's files, the calibration
and a manifest with the digest of each file; `version` is a hash of content, lessons and
encoder, so an index that exists is right, and one whose files are not as the manifest says is
thrown away and built anew. Vectors are kept in one file per encoder beside them.
"""

import hashlib
import json
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import structlog
from filelock import FileLock, Timeout

from knowledge_base.calibration import calibrate, examples
from knowledge_base.collection import dumped, records
from knowledge_base.decision import Calibration
from knowledge_base.embedded import EmbeddedIndex
from knowledge_base.lessons import Lessons
from knowledge_base.schemas import Content
from knowledge_base.snapshot import Snapshot, snapshot_of
from knowledge_base.vectors import TextEncoder, VectorCache

log = structlog.get_logger()

_FORMAT = 5
"""Raised whenever the same content must be indexed anew: tokens, fields, features."""
_CONTENT, _CALIBRATION, _MANIFEST = "content.json", "calibration.json", "manifest.json"
_BUILDING, _UPDATE = ".building-", ".update-"
_LOCK = ".lock"
_KEPT = 2
"""Versions that stay: the one in use and the one before."""
_FORGOTTEN_SECONDS = 3600
"""After so long the links of an update belong to nobody: it takes less than a second."""


def version_of(content: Content, encoder: TextEncoder, lessons: Lessons) -> str:
    """Return the name of the index that this content has with this encoder."""
    return _hash([_kind(encoder, lessons), dumped(content)])


def log_progress(said: str) -> None:
    """Tell by the log how far a build is."""
    log.info("index_building", progress=said)


def open_index(
    directory: Path,
    content: Content,
    encoder: TextEncoder,
    lessons: Lessons,
    tell: Callable[[str], None] = log_progress,
) -> Snapshot:
    """Open the index of this content, building it when it is not there or damaged."""
    return _snapshot(build_index(directory, content, encoder, lessons, tell))


def build_index(
    directory: Path,
    content: Content,
    encoder: TextEncoder,
    lessons: Lessons,
    tell: Callable[[str], None] = log_progress,
) -> Path:
    """Build the index of this content when it is not there or damaged; return its directory.

    Args:
        directory: where all versions stand.
        content: the collection.
        encoder: makes the vectors that the cache lacks.
        lessons: what the decision is fitted on, beside the content.
        tell: told in English, a sentence at a time, how far it is: the first build of a large
            collection takes minutes. A killed one does not encode again what it had encoded.

    Raises:
        OSError: no room on the disk; what was there stays.
    """
    place = directory / version_of(content, encoder, lessons)
    if not _sound(place):
        directory.mkdir(parents=True, exist_ok=True)
        with FileLock(directory / _LOCK):
            if not _sound(place):  # another process may have built it while we waited
                shutil.rmtree(place, ignore_errors=True)
                _build(place, content, encoder, lessons, tell)
            _tidy(directory, place.name)
    return place


def open_latest(directory: Path, encoder: TextEncoder, lessons: Lessons) -> Snapshot | None:
    """Open the newest sound index of this encoder and these lessons, whatever its content."""
    kind = _kind(encoder, lessons)
    places = [path for path in directory.glob("[!.]*") if path.is_dir()]
    for place in sorted(places, key=lambda path: path.stat().st_mtime, reverse=True):
        if _sound(place) and _manifest(place)["kind"] == kind:
            return _snapshot(place)
    return None


def clean(directory: Path) -> None:
    """Remove what builds left that were killed, unless one is running."""
    if not directory.is_dir():
        return
    with suppress(Timeout), FileLock(directory / _LOCK, timeout=0):
        for path in directory.glob(f"{_BUILDING}*"):
            log.warning("index_build_was_killed", left=path.name)
            shutil.rmtree(path, ignore_errors=True)
    for path in directory.glob(f"*/{_UPDATE}*"):
        if time.time() - path.stat().st_mtime > _FORGOTTEN_SECONDS:
            shutil.rmtree(path, ignore_errors=True)


def _build(
    place: Path,
    content: Content,
    encoder: TextEncoder,
    lessons: Lessons,
    tell: Callable[[str], None],
) -> None:
    beside = Path(tempfile.mkdtemp(prefix=_BUILDING, dir=place.parent))
    try:
        vectors = VectorCache(encoder, place.parent, tell)
        EmbeddedIndex.build(records(content, vectors), vectors.dimension, beside)
        tell("Fitting the decision to the collection.")
        calibration = calibrate(examples(content, vectors, lessons))
        vectors.save()
        _write(beside / _CONTENT, json.dumps(dumped(content), ensure_ascii=False))
        _write(beside / _CALIBRATION, calibration.model_dump_json(indent=1))
        manifest = {"kind": _kind(encoder, lessons), "files": _digests(beside)}
        _write(beside / _MANIFEST, json.dumps(manifest, indent=1))
        beside.rename(place)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise


def _snapshot(place: Path) -> Snapshot:
    content = Content.model_validate_json((place / _CONTENT).read_text(encoding="utf-8"))
    calibration = Calibration.model_validate_json((place / _CALIBRATION).read_text("utf-8"))
    return snapshot_of(place.name, content, EmbeddedIndex.open(place), calibration)


def _sound(place: Path) -> bool:
    """Whether an index is there, every file as it was written."""
    if not place.is_dir():
        return False
    try:
        told, found = _manifest(place)["files"], _digests(place)
        damaged = [name for name in sorted(told | found) if told.get(name) != found.get(name)]
    except (OSError, ValueError, KeyError) as error:
        damaged = [f"{_MANIFEST}: {error}"]
    if damaged:
        log.warning("index_damaged", version=place.name, files=damaged, effect="built anew")
    return not damaged


def _manifest(place: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((place / _MANIFEST).read_text(encoding="utf-8"))
    return manifest


def _digests(place: Path) -> dict[str, str]:
    """Return the digest of every file that an index consists of."""
    digests = {}
    for path in sorted(place.rglob("*")):
        name = path.relative_to(place).as_posix()
        if path.is_file() and path.suffix != ".lock" and name != _MANIFEST and _UPDATE not in name:
            with path.open("rb") as file:
                digests[name] = hashlib.file_digest(file, "sha256").hexdigest()
    return digests


def _tidy(directory: Path, current: str) -> None:
    """Remove old versions and half-built ones; who still reads them keeps the open files."""
    found = [path for path in directory.iterdir() if path.is_dir() and path.name != current]
    found.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    complete = [path for path in found if not path.name.startswith(_BUILDING)]
    for path in set(found) - set(complete[: _KEPT - 1]):
        shutil.rmtree(path, ignore_errors=True)


def _kind(encoder: TextEncoder, lessons: Lessons) -> str:
    """Return what indexes share that differ by their content only."""
    return _hash([_FORMAT, encoder.fingerprint, lessons.plain()])


def _hash(parts: Any) -> str:
    plain = json.dumps(parts, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(plain.encode()).hexdigest()[:16]


def _write(path: Path, data: str) -> None:
    path.write_text(data, encoding="utf-8")
