"""Two editors, a store with the fixture collection, and the way from content to draft."""

from dataclasses import dataclass
from datetime import date

import pytest

from core.database import Database
from knowledge_base.editing import reading, service
from knowledge_base.editing.schemas import Draft, EntryOut
from knowledge_base.schemas import Content
from knowledge_base.service import load


@dataclass(frozen=True)
class Someone:
    """Who edits."""

    id: str
    name: str


ANNA, BO = Someone("st_a", "编辑甲"), Someone("st_b", "编辑乙")
RITA = Someone("st_r", "审核甲")


class Desk:
    """What the tests do over and over."""

    def __init__(self, db: Database, content: Content) -> None:
        self.db, self.content = db, content

    async def entry(self, entry_id: str, who: Someone = ANNA) -> EntryOut:
        return await self.db.read(lambda tx: reading.read_entry(tx, entry_id, who.id))

    async def faults(self, entry_id: str) -> list[str]:
        entry = await self.entry(entry_id)
        known = await self.db.read(reading.known_content)
        return [fault.path for fault in reading.with_faults(entry, known).faults]

    async def save(self, entry_id: str, base: int, who: Someone = ANNA, note="", **values):
        """Change fields of what the version `base` holds; return the conflict, if any."""
        before = await self.version(entry_id, base)
        content = Draft.model_validate(before.content.plain() | values)
        return await self.db.write(
            lambda tx: service.save(tx, entry_id, content, base_version=base, note=note, who=who)
        )

    async def version(self, entry_id: str, number: int):
        return await self.db.read(lambda tx: reading.access_version(tx, entry_id, number))

    async def history(self, entry_id: str):
        page = await self.db.read(lambda tx: reading.list_versions(tx, entry_id, None, 50))
        return page.items

    async def load_with_end(self, entry_id: str, day: str) -> None:
        """Load the files anew, where one entry ends on a day."""
        changed = self.content.entries[entry_id].model_copy(
            update={"valid_to": date.fromisoformat(day)}
        )
        entries = self.content.entries | {entry_id: changed}
        await self.load(self.content.model_copy(update={"entries": entries}))

    async def load(self, content: Content):
        return await self.db.write(lambda tx: load(tx, content))


@pytest.fixture
async def desk(db: Database, content: Content) -> Desk:
    """The desk over the fixture collection, just loaded."""
    found = Desk(db, content)
    await found.load(content)
    return found
