"""The rules of `checks` on one entry as it is edited: all faults at once, by field."""

from pydantic import ValidationError

from knowledge_base.checks import check_entry
from knowledge_base.content import told
from knowledge_base.editing.schemas import Draft, Fault
from knowledge_base.schemas import Content, Entry
from knowledge_base.yaml_files import NOTHING, Place, Rule, Values

NEW = "new"
"""Stands for the id of an entry that has none yet."""


class _Notes:
    """Takes faults where a file would (`yaml_files.Located`)."""

    file = "desk"

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def line(self, place: Place) -> int:
        """An edited entry has no lines."""
        del place
        return 1

    def fault(
        self, place: Place, message: str, rule: Rule | None = None, values: Values = NOTHING
    ) -> None:
        """Note that something is wrong at a part."""
        path = ".".join(str(step) for step in place)
        self.faults.append(
            Fault(field=str(place[0]), path=path, rule=rule, values=dict(values), message=message)
        )


def as_entry(entry_id: str, draft: Draft) -> Entry:
    """Return the entry that a draft without faults is.

    Raises:
        ValidationError: it has faults.
    """
    return Entry.model_validate(draft.plain() | {"id": entry_id}, strict=False)


def faults_of(entry_id: str, draft: Draft, known: Content) -> list[Fault]:
    """Return everything that the rules say against a draft.

    Args:
        entry_id: of the entry; its stored content does not count.
        known: the store (`reading.known_content`).
    """
    notes = _Notes()
    try:
        entry = as_entry(entry_id, draft)
    except ValidationError as error:
        for place, message, rule, values in told(error):
            notes.fault(place or ("content",), message, rule, values)
        return notes.faults
    check_entry(entry, known, notes)
    return notes.faults
