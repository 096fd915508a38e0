"""Reads the definitions of a directory: the present ones, and the versions kept for old runs.

`F06.yml` is what a new run begins with, `archive/F06.1.yml` an earlier version that a run which
began with it goes on with.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import structlog
from pydantic import BaseModel, ValidationError

from core.settings import PROJECT
from flows.checks import check
from flows.definition import Definition
from flows.errors import NoSuchFlow
from flows.reads import Read
from knowledge_base.yaml_files import BrokenContent, Fault, Located, Place

DIRECTORY = PROJECT / "data" / "flows"
DOMAIN = frozenset(f"F{number:02}" for number in range(1, 17))
"""Ids of the domain's flows: an entry may name one that has no definition yet, to offer it then."""

log = structlog.get_logger()


@dataclass(frozen=True)
class Catalogue:
    """All definitions that are known.

    Attributes:
        present: by flow id.
        earlier: by flow id and version.
    """

    present: Mapping[str, Definition] = field(default_factory=dict)
    earlier: Mapping[tuple[str, int], Definition] = field(default_factory=dict)

    def access(self, flow_id: str) -> Definition:
        """Return the version that a new run begins with.

        Raises:
            NoSuchFlow: there is no flow with this id.
        """
        found = self.present.get(flow_id)
        if found is None:
            known = ", ".join(sorted(self.present)) or "none yet"
            raise NoSuchFlow(f"no flow {flow_id}; there are {known}", flow_id=flow_id)
        return found

    def version(self, flow_id: str, version: int) -> Definition | None:
        """Return one version, or None when its file is gone."""
        now = self.present.get(flow_id)
        if now is not None and now.version == version:
            return now
        return self.earlier.get((flow_id, version))


def checked(read: list[Read]) -> None:
    """Refuse definitions whose parts do not fit.

    Raises:
        BrokenContent: with every fault of all of them.
    """
    for each in read:
        check(each)
    if faults := [fault for each in read for fault in each.source.faults]:
        raise BrokenContent(faults)


def read_definition(path: Path, shown: str) -> Read:
    """Read one file.

    Raises:
        BrokenContent: it is no YAML, or a part of it is not as the schema says.
    """
    source = Located(path, shown)
    definition = parsed(Definition, source)
    return Read(definition, source)


Model = TypeVar("Model", bound=BaseModel)


def parsed(model: type[Model], source: Located) -> Model:
    """Return a file as a model.

    Raises:
        BrokenContent: with every fault of its form.
    """
    found: Model | None = None
    try:
        found = model.model_validate(source.data)
    except ValidationError as error:
        for fault in error.errors():
            place: Place = tuple(part for part in fault["loc"] if not _of_union(part))
            source.fault(place, f"{'.'.join(map(str, place)) or 'file'}: {fault['msg']}")
    if source.faults or found is None:
        raise BrokenContent(source.faults)
    return found


def _of_union(part: str | int) -> bool:
    return isinstance(part, str) and part in {"str", "Rule", "decimal", "date"}


def read_directory(directory: Path = DIRECTORY) -> tuple[list[Read], list[Read]]:
    """Read all definitions: the present ones and the archive.

    Raises:
        BrokenContent: with the faults of all files.
    """
    faults: list[Fault] = []
    found: tuple[list[Read], list[Read]] = ([], [])
    for place, pattern in enumerate(("*.yml", "archive/*.yml")):
        for path in sorted(directory.glob(pattern)):
            shown = path.relative_to(directory).as_posix()
            try:
                read = read_definition(path, shown)
            except BrokenContent as error:
                faults += error.faults
                continue
            faults += _misnamed(read, path, archived=place == 1)
            found[place].append(read)
    if faults:
        raise BrokenContent(faults)
    return found


def _misnamed(read: Read, path: Path, *, archived: bool) -> list[Fault]:
    flow = read.definition
    wanted = f"{flow.flow_id}.{flow.version}" if archived else flow.flow_id
    if path.stem == wanted:
        return []
    return [Fault(read.source.file, 1, f"the file of this flow is called {wanted}.yml; rename it")]


def sound_flows(directory: Path = DIRECTORY) -> Catalogue:
    """Return the definitions of a directory that have no fault; the others are logged.

    A bureau's slip must not keep the chat from starting: that flow is not offered until it is
    mended.
    """
    found: tuple[dict[str, Definition], dict[tuple[str, int], Definition]] = ({}, {})
    for place, pattern in enumerate(("*.yml", "archive/*.yml")):
        for path in sorted(directory.glob(pattern)):
            try:
                read = read_definition(path, path.relative_to(directory).as_posix())
                checked([read])
            except BrokenContent as error:
                log.exception("flow_left_out", file=path.name, faults=error.detail)
                continue
            flow = read.definition
            if place:
                found[1][flow.flow_id, flow.version] = flow
            else:
                found[0][flow.flow_id] = flow
    return Catalogue(*found)


def load_flows(directory: Path = DIRECTORY) -> Catalogue:
    """Return the definitions of a directory.

    Raises:
        BrokenContent: with every fault, by file and line.
    """
    present, archived = read_directory(directory)
    checked([*present, *archived])
    return Catalogue(
        {each.definition.flow_id: each.definition for each in present},
        {(each.definition.flow_id, each.definition.version): each.definition for each in archived},
    )
