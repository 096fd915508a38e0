"""Reading knowledge files; every fault is told with file, line and what to do, all at once."""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from knowledge_base.checks import check
from knowledge_base.schemas import Content, Document, Entry
from knowledge_base.yaml_files import (
    BrokenContent,
    Fault,
    Located,
    Place,
    Placed,
    Rule,
    Values,
)

Model = TypeVar("Model", Document, Entry)

_ADVICE = {
    "extra_forbidden": "no such field; remove it or mend its name",
    "missing": "this field is missing; add it",
    "string_type": "a text is needed; put it in quotes",
    "date_type": "a date is needed, written YYYY-MM-DD without quotes",
    "list_type": "a list is needed: one line each, beginning with -",
    "dict_type": "a mapping is needed: field: value",
}
_FORMS: dict[str, Rule] = {
    "string_too_short": "empty",
    "too_short": "empty",
    "no_source": "empty",
    "string_pattern_mismatch": "bad_id",
    "string_too_long": "too_long",
}


def load_content(data: Path, flows: Collection[str] | None = None) -> Content:
    """Read and check `policies/*.yml` and `knowledge/*.yml` under a data directory.

    Args:
        data: the directory.
        flows: ids of flows that entries may name; None: any.

    Raises:
        BrokenContent: with every fault of every file.
    """
    faults: list[Fault] = []
    policies, knowledge = _open(data, "policies", faults), _open(data, "knowledge", faults)
    documents = [item for file in policies for item in _items(file, "documents", Document)]
    entries = [item for file in knowledge for item in _items(file, "entries", Entry)]
    check(documents, entries, flows)
    faults.extend(fault for file in (*policies, *knowledge) for fault in file.faults)
    if faults:
        raise BrokenContent(faults)
    return Content(
        documents={each.item.id: each.item for each in documents},
        entries={each.item.id: each.item for each in entries},
    )


def _open(data: Path, folder: str, faults: list[Fault]) -> list[Located]:
    files = []
    for path in sorted((data / folder).glob("*.yml")):
        try:
            files.append(Located(path, f"{folder}/{path.name}"))
        except BrokenContent as error:
            faults.extend(error.faults)
    return files


def _items(file: Located, key: str, model: type[Model]) -> Iterator[Placed[Model]]:
    """Yield the items of a file that have the right form; note the faults of the others."""
    if not isinstance(file.data, dict) or not isinstance(file.data.get(key), list):
        file.fault((), f"the file must hold one list named {key}:")
        return
    for other in file.data.keys() - {key}:
        file.fault((str(other),), f"no such list; this file holds {key}: only")
    for position, raw in enumerate(file.data[key]):
        place: Place = (key, position)
        try:
            yield Placed(model.model_validate(raw), file, place)
        except ValidationError as error:
            _tell(file, place, error)


def _tell(file: Located, place: Place, error: ValidationError) -> None:
    for where, advice, _, _ in told(error):
        name = ".".join(str(step) for step in where)
        file.fault((*place, *where), f"{name or 'item'}: {advice}")


def told(error: ValidationError) -> Iterator[tuple[Place, str, Rule, Values]]:
    """Yield where an item has the wrong form, and what to do about it."""
    for each in error.errors(include_url=False):
        rule = _FORMS.get(each["type"], "bad_form")
        values: Values = {"most": each["ctx"]["max_length"]} if rule == "too_long" else {}
        yield each["loc"], _ADVICE.get(each["type"], each["msg"]), rule, values
