"""YAML files whose every part knows its line, and the faults found in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Literal, Protocol, TypeVar

import yaml

from core.conditions import ConditionRule
from core.errors import DaobanError

Model = TypeVar("Model")
Place = tuple[str | int, ...]
"""Keys and positions from the root of a file to a part."""
Values = Mapping[str, str | int]
"""What stands in the sentence of a rule; dates are written YYYY-MM-DD, an open one is left out."""
Rule = (
    Literal[
        "empty",
        "bad_id",
        "too_long",
        "bad_form",
        "few_aliases",
        "twice",
        "taken",
        "length",
        "english_cases",
        "not_english",
        "unknown_entry",
        "unknown_document",
        "unknown_provision",
        "undated",
        "never",
        "not_in_force",
        "leads_to_refusal",
        "nothing_follows",
        "not_for_kind",
        "only_guides",
    ]
    | ConditionRule
)
"""What an entry may break; the desk has a sentence for each, in each of its languages."""
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser in C, where PyYAML was built with it: reading takes a third of the time."""


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What is wrong where; `line` counts from 1."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class BrokenContent(DaobanError):
    """Knowledge files that cannot be taken as they are; nothing of them was.

    Attributes:
        faults: all of them, by file and line.
    """

    status = 422
    code = "broken_content"

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = sorted(faults)
        super().__init__(
            "\n".join(map(str, self.faults)),
            faults=[
                {"file": each.file, "line": each.line, "message": each.message}
                for each in self.faults
            ],
        )


NOTHING: Values = {}


class FaultSink(Protocol):
    """Where the faults of an item are noted: a file, or an editor's screen."""

    file: str

    def line(self, place: Place) -> int:
        """Return the line of a part."""
        ...

    def fault(
        self, place: Place, message: str, rule: Rule | None = None, values: Values = NOTHING
    ) -> None:
        """Note that something is wrong at a part; `rule` is told of entries only."""
        ...


class Located:
    """One YAML file as data, that knows on which line each part stands.

    Raises:
        BrokenContent: it cannot be read or is no YAML.
    """

    def __init__(self, path: Path, shown: str) -> None:
        self.file = shown
        self.faults: list[Fault] = []
        try:
            loader = _Loader(path.read_text(encoding="utf-8"))
            self._root = loader.get_single_node()
            self._twice(self._root)
            self.data: Any = None if self._root is None else loader.construct_document(self._root)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark else 1
            raise BrokenContent(
                [Fault(shown, line, f"no YAML: {error.problem or error.context}; mend the line")]
            ) from error
        except yaml.YAMLError as error:
            raise BrokenContent([Fault(shown, 1, f"no YAML: {error}")]) from error
        except ValueError as error:  # a date such as 2026-02-30, or bytes that are no UTF-8
            hint = "save the file as UTF-8" if isinstance(error, UnicodeError) else "mend the date"
            raise BrokenContent([Fault(shown, 1, f"{error}; {hint}")]) from error
        except OSError as error:
            raise BrokenContent([Fault(shown, 1, f"cannot be read: {error.strerror}")]) from error

    def line(self, place: Place) -> int:
        """Return the line of a part, or of the nearest part that exists around it."""
        node = self._root
        line = 1 if node is None else node.start_mark.line + 1
        for step in place:
            following = _child(node, step)
            if following is None:
                break
            node, line = following
        return line

    def list_lines(self, key: str) -> tuple[list[int], int] | None:
        """Return the first line of each item (from 0) of a list, and how far they stand in.

        None when the list is empty or not written one item below the other.
        """
        found = _child(self._root, key)
        node = found[0] if found else None
        if not isinstance(node, yaml.SequenceNode) or node.flow_style or not node.value:
            return None
        return [item.start_mark.line for item in node.value], node.start_mark.column

    def fault(
        self, place: Place, message: str, rule: Rule | None = None, values: Values = NOTHING
    ) -> None:
        """Note that something is wrong at a part; whoever keeps files reads the message."""
        del rule, values
        self.faults.append(Fault(self.file, self.line(place), message))

    def _twice(self, node: yaml.Node | None) -> None:
        """Note keys that stand twice in one mapping, where YAML would keep the last silently."""
        if isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, value in node.value:
                if key.value in seen:
                    line = key.start_mark.line + 1
                    self.faults.append(
                        Fault(self.file, line, f"{key.value} stands here twice; keep one")
                    )
                seen.add(key.value)
                self._twice(value)
        elif isinstance(node, yaml.SequenceNode):
            for item in node.value:
                self._twice(item)


def _child(node: yaml.Node | None, step: str | int) -> tuple[yaml.Node, int] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return value, key.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        item = node.value[step]
        return item, item.start_mark.line + 1
    return None


@dataclass(frozen=True, slots=True)
class Placed(Generic[Model]):
    """A document or entry with the place it was read from."""

    item: Model
    source: FaultSink
    place: Place

    def fault(
        self, where: Place, message: str, rule: Rule | None = None, **values: str | int
    ) -> None:
        """Note that a part of this item is wrong."""
        self.source.fault((*self.place, *where), message, rule, values)
