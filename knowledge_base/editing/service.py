"""Writing: begin, save, take an older version up again, let go. Taxpayers see nothing of it."""

from dataclasses import dataclass
from typing import Any

from core.audit import record
from core.database import Tx
from core.errors import BadInput
from knowledge_base.editing import comparing, repository
from knowledge_base.editing.errors import EntryChanged, EntryExists, WrongState
from knowledge_base.editing.intake import shown
from knowledge_base.editing.reading import access_entry, access_version
from knowledge_base.editing.schemas import Caller, Draft, Origin, Person

_OPEN = {"submitted": None, "approved": None, "publish_at": None}
"""What no longer holds once the text is another."""


@dataclass(frozen=True)
class Conflict:
    """Two saves at once; what the second editor is told, after his own was kept.

    Attributes:
        extra: members of the problem document.
    """

    entry_id: str
    extra: dict[str, Any]

    def error(self) -> EntryChanged:
        """Return the refusal."""
        return EntryChanged(
            f"{self.entry_id} was saved by {self.extra['theirs']['author']['name']} meanwhile; "
            f"yours is kept as version {self.extra['kept_as']}: merge, and save on version "
            f"{self.extra['head_version']}",
            **self.extra,
        )


def create(tx: Tx, entry_id: str, content: Draft, note: str, who: Caller) -> None:
    """Begin an entry as a draft.

    Raises:
        EntryExists: the id is taken.
    """
    by = Person.model_validate(who)
    version = repository.insert_version(tx, entry_id, content, by, origin="edit", note=note)
    values = {
        "head_version": version,
        "work_version": version,
        "work": "draft",
        **shown(tx, content, by),
    }
    if not repository.insert_entry(tx, entry_id, values):
        raise EntryExists(f"there is an entry {entry_id}; open it, or take another id")
    record(tx, who.id, "knowledge:entry:create", entry_id, version=version)


def save(
    tx: Tx,
    entry_id: str,
    content: Draft,
    *,
    base_version: int,
    note: str,
    who: Caller,
    origin: Origin = "edit",
) -> Conflict | None:
    """Keep content as a new version on top of the one that was edited.

    What is in review is a draft again. The same content as the newest makes no version.

    Returns:
        None, or what to tell when somebody saved meanwhile: this content is then kept aside.

    Raises:
        NoSuchEntry: there is none.
        NoSuchVersion: the entry has no `base_version`.
        WrongState: it is scheduled; it must be returned first.
    """
    row = access_entry(tx, entry_id, change=True)
    base = access_version(tx, entry_id, base_version)
    if base.aside:
        raise BadInput(f"version {base_version} was kept aside; save on {row.head_version}")
    by = Person.model_validate(who)
    head = access_version(tx, entry_id, row.head_version)
    if base_version != row.head_version and head.content != content:
        return _keep_aside(tx, row, content, base_version=base_version, note=note, by=by)
    if row.work == "scheduled":
        raise WrongState(
            f"{entry_id} waits for its publication: return it before changing it", work=row.work
        )
    if head.content == content and row.work is None and row.live != "withdrawn":
        return None
    if head.content == content and row.work_version == row.head_version:
        return None
    version = repository.insert_version(
        tx, entry_id, content, by, origin=origin, note=note, base_version=row.head_version
    )
    repository.update_entry(
        tx,
        entry_id,
        head_version=version,
        work_version=version,
        work="draft",
        **_OPEN,
        **shown(tx, content, by),
    )
    record(tx, who.id, f"knowledge:entry:{origin}", entry_id, version=version, note=note)
    return None


def revert(
    tx: Tx, entry_id: str, version: int, *, base_version: int, note: str, who: Caller
) -> Conflict | None:
    """Take an older version up again, as a new one; as `save` else.

    Raises:
        NoSuchVersion: there is none of this number.
    """
    content = access_version(tx, entry_id, version).content
    return save(
        tx, entry_id, content, base_version=base_version, note=note, who=who, origin="revert"
    )


def discard(tx: Tx, entry_id: str, base_version: int, who: Caller) -> None:
    """Let go of open work; its versions stay. An entry that never was live leaves the list.

    Raises:
        EntryChanged: somebody saved meanwhile.
        WrongState: nothing is open, or it is scheduled.
    """
    row = access_entry(tx, entry_id, change=True)
    check_version(row, base_version)
    if row.work not in {"draft", "in_review"}:
        raise WrongState(f"{entry_id} has no draft to let go", work=row.work)
    record(tx, who.id, "knowledge:entry:discard", entry_id, version=row.work_version)
    if row.live_version is None:
        repository.delete_entry(tx, entry_id)
        return
    live = access_version(tx, entry_id, row.live_version)
    values = shown(tx, live.content, Person.model_validate(who))
    repository.update_entry(
        tx,
        entry_id,
        head_version=row.live_version,
        work_version=None,
        work=None,
        returned=None,
        **_OPEN,
        **values,
    )


def check_version(row: Any, version: int) -> None:
    """Check that this is the version of the open work and nothing newer is there.

    Raises:
        EntryChanged: it is another by now.
    """
    if version != row.head_version or row.work_version not in {None, row.head_version}:
        raise EntryChanged(
            f"{row.entry_id} is at version {row.head_version} by now: look at it again",
            head_version=row.head_version,
        )


def _keep_aside(
    tx: Tx, row: Any, content: Draft, *, base_version: int, note: str, by: Person
) -> Conflict:
    """Keep the second of two saves beside the first, and tell how they come together."""
    kept = repository.insert_version(
        tx,
        row.entry_id,
        content,
        by,
        aside=True,
        origin="edit",
        note=note,
        base_version=base_version,
    )
    theirs = access_version(tx, row.entry_id, row.head_version)
    base = access_version(tx, row.entry_id, _ancestor(tx, row, base_version)).content
    together, conflicts = comparing.merged(base, theirs.content, content)
    record(tx, by.id, "knowledge:entry:keep_aside", row.entry_id, version=kept, on=row.head_version)
    return Conflict(
        row.entry_id,
        {
            "head_version": row.head_version,
            "kept_as": kept,
            "base": base.plain(),
            "theirs": theirs.model_dump(mode="json"),
            "yours": content.plain(),
            "merged": together.plain(),
            "conflicts": conflicts,
        },
    )


def _ancestor(tx: Tx, row: Any, base_version: int) -> int:
    """Return the newest version that both the head and the one that was edited come from."""
    bases = repository.bases_of(tx, row.entry_id)

    def line(version: int | None) -> set[int]:
        found: set[int] = set()
        while version is not None and version not in found:
            found.add(version)
            version = bases.get(version)
        return found

    return max(line(base_version) & line(row.head_version), default=base_version)
