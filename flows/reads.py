"""A definition with the file it was read from, so that a fault can name its line."""

from dataclasses import dataclass

from flows.definition import Definition
from knowledge_base.yaml_files import Located, Place


@dataclass(frozen=True)
class Read:
    """A definition and its file."""

    definition: Definition
    source: Located

    def fault(self, place: Place, message: str) -> None:
        """Note that something is wrong at a part."""
        self.source.fault(place, message)
