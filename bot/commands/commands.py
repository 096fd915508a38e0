"""The use cases of the command line; the same code runs in the server and without one."""

import asyncio
from abc import abstractmethod
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Self

from pydantic import Base64Bytes, BaseModel, Field

from bot.assembly import assemble, open_encoder, refresh_knowledge, stored_knowledge
from bot.chat.ask import Asker
from bot.chat.schemas import Ask
from bot.dialogue.absent import AbsentDialogue
from bot.erasure import erase
from bot.machine.clients import put_client
from bot.services import Services
from bot.setup.demo import load_demo
from conversations.erasure.schemas import ErasureOrder
from core.database import Database
from core.errors import NotAllowed
from core.identity import new_token
from core.migrate import current_revision
from core.settings import PROJECT, Settings
from core.vault import Vault
from escalation.queues import QueueChange, change_queue
from escalation.repository import queues
from escalation.staff import service as staff
from escalation.staff.schemas import NewStaff, StaffOut
from knowledge_base.answering import KnowledgeBase
from knowledge_base.content import load_content
from knowledge_base.editing.intake import adopt_all
from knowledge_base.editing.reading import known_content
from knowledge_base.exporting import export
from knowledge_base.importing import service as importing
from knowledge_base.importing.schemas import Name, Source
from knowledge_base.service import load
from reminders.schemas import CampaignSpec
from reminders.service import push

ACTOR = "command"
"""Who did it, in the audit trail."""


@dataclass
class Here:
    """Where a command runs.

    Attributes:
        services: the parts of the server; None when no server runs.
        tell: told in English, a sentence at a time, how far a long command is.
    """

    settings: Settings
    database: Database
    services: Services | None = None
    tell: Callable[[str], None] = lambda _: None


class Command(BaseModel):
    """One thing to do, with what it needs.

    Attributes:
        name: its place under `/api/v1/commands/`.
    """

    name: ClassVar[str]

    @abstractmethod
    async def run(self, here: Here) -> dict[str, Any]:
        """Do it; return what came of it, as JSON."""


class AskOnce(Command):
    """Answer one question; without a server the knowledge base decides alone."""

    name = "ask"
    asked: Ask

    async def run(self, here: Here) -> dict[str, Any]:
        """Answer it."""
        answer = await Asker(await _services(here)).ask(self.asked)
        return answer.model_dump(mode="json")


class LoadKnowledge(Command):
    """Merge the knowledge files of a data directory into the store."""

    name = "load-knowledge"
    directory: Path

    async def run(self, here: Here) -> dict[str, Any]:
        """Load them; a running chat answers from them at once."""
        content = await asyncio.to_thread(load_content, self.directory)
        report = await here.database.write(lambda tx: load(tx, content))
        await _reindex(here)
        await adopt_all(here.database)
        return report.model_dump()


class ExportKnowledge(Command):
    """Write the store into the knowledge files of a data directory."""

    name = "export-knowledge"
    directory: Path

    async def run(self, here: Here) -> dict[str, Any]:
        """Write what differs; tell which files and items."""
        content = await here.database.read(known_content)
        report = await asyncio.to_thread(export, content, self.directory, PROJECT / "data")
        return report.model_dump()


class Push(Command):
    """Keep a campaign, take its list, start it."""

    name = "push"
    spec: CampaignSpec
    list_file: Base64Bytes | None = None

    @classmethod
    def of(cls, spec: CampaignSpec, data: bytes | None) -> Self:
        """Make the command from a list's bytes as they are."""
        return cls(spec=spec, list_file=None if data is None else b64encode(data))

    async def run(self, here: Here) -> dict[str, Any]:
        """Start it; the worker gives out the cards."""
        campaign, report = await push(here.database, self.spec, self.list_file, actor=ACTOR)
        return {
            "campaign": campaign.model_dump(mode="json"),
            "list": report and report.model_dump(mode="json"),
        }


class AddStaff(Command):
    """Make an account of the desk."""

    name = "add-staff"
    new: NewStaff
    password: str = Field(repr=False)

    async def run(self, here: Here) -> dict[str, Any]:
        """Make it."""
        hashed = await asyncio.to_thread(staff.hash_password, self.password)
        made = await here.database.write(lambda tx: staff.add_staff(tx, self.new, hashed))
        return StaffOut.model_validate(made).model_dump(mode="json")


class ListStaff(Command):
    """List the accounts of the desk."""

    name = "list-staff"

    async def run(self, here: Here) -> dict[str, Any]:
        """List them by username."""
        found = await here.database.read(staff.list_staff)
        return {"items": [each.model_dump(mode="json") for each in found]}


class ResetPassword(Command):
    """Give an account another password and end its sessions."""

    name = "reset-password"
    username: str
    password: str = Field(repr=False)

    async def run(self, here: Here) -> dict[str, Any]:
        """Reset it."""
        hashed = await asyncio.to_thread(staff.hash_password, self.password)
        await here.database.write(lambda tx: staff.reset_password(tx, self.username, hashed))
        return {}


class ListQueues(Command):
    """List the queues with their hours."""

    name = "list-queues"

    async def run(self, here: Here) -> dict[str, Any]:
        """List them, officers' first."""
        found = await here.database.read(queues)
        return {"items": [each.model_dump(mode="json") for each in found]}


class ChangeQueue(Command):
    """Change when a queue is served, what it promises, its name."""

    name = "change-queue"
    queue: str
    change: QueueChange

    async def run(self, here: Here) -> dict[str, Any]:
        """Change it from now on."""
        changed = await here.database.write(
            lambda tx: change_queue(tx, self.queue, self.change, actor=ACTOR)
        )
        return changed.model_dump(mode="json")


class PutClient(Command):
    """Make a machine client, or give it another secret."""

    name = "put-client"
    client: str
    secret: str = Field(repr=False)
    scopes: frozenset[str]

    async def run(self, here: Here) -> dict[str, Any]:
        """Make it."""
        await here.database.write(
            lambda tx: put_client(tx, self.client, self.secret, self.scopes, actor=ACTOR)
        )
        return {}


class Erase(Command):
    """Erase what was said and kept in conversations."""

    name = "erase"
    order: ErasureOrder

    async def run(self, here: Here) -> dict[str, Any]:
        """Erase it; conversations that are with people are named and left."""
        return (await erase(here.database, self.order)).model_dump()


class LoadDemo(Command):
    """Load the demo: accounts, invented taxpayers, knowledge."""

    name = "load-demo"

    async def run(self, here: Here) -> dict[str, Any]:
        """Load it.

        Raises:
            NotAllowed: the server that runs is no demo.
        """
        if not here.settings.demo:
            raise NotAllowed("this server runs without the demo: start it with DAOBAN_DEMO=1")
        demo = await load_demo(here.settings, here.database)
        await _reindex(here)
        return {"staff": len(demo.staff), "taxpayers": len(demo.taxpayers)}


class Migrate(Command):
    """Bring the database to this version's schema; whoever opens it has done that."""

    name = "migrate"

    async def run(self, here: Here) -> dict[str, Any]:
        """Tell the revision."""
        return {"revision": await current_revision(here.settings.database)}


class BuildIndex(Command):
    """Index what the store holds."""

    name = "build-index"

    async def run(self, here: Here) -> dict[str, Any]:
        """Build the index unless it is there."""
        if here.services is not None:
            await refresh_knowledge(here.services)
            knowledge = here.services.knowledge
        else:
            encoder = await open_encoder(here.settings)
            content = await stored_knowledge(here.settings, here.database)
            made = partial(KnowledgeBase.open, here.settings.home, encoder, content, soon=True)
            knowledge = await asyncio.to_thread(made, tell=here.tell)
        return {"version": knowledge.version, "entries": len(knowledge.content.entries)}


class KeepSource(Command):
    """Keep an imported file in a collection, which never answers a taxpayer."""

    name = "keep-source"
    collection: Name
    source: Source

    async def run(self, here: Here) -> dict[str, Any]:
        """Keep it."""
        kept = await here.database.write(
            lambda tx: importing.keep(tx, self.collection, self.source)
        )
        return kept.model_dump()


class ListCollections(Command):
    """List the imported collections."""

    name = "list-collections"

    async def run(self, here: Here) -> dict[str, Any]:
        """List them by name."""
        found = await here.database.read(importing.overview)
        return {"collections": [each.model_dump() for each in found]}


class FindPassages(Command):
    """Look for words in an imported collection."""

    name = "find-passages"
    collection: Name
    words: str

    async def run(self, here: Here) -> dict[str, Any]:
        """Return the passages that hold all of them."""
        found = await here.database.read(lambda tx: importing.find(tx, self.collection, self.words))
        return {"found": [each.model_dump() for each in found]}


class RemoveCollection(Command):
    """Let go of an imported collection."""

    name = "remove-collection"
    collection: Name

    async def run(self, here: Here) -> dict[str, Any]:
        """Remove it; tell how many files it had."""
        files = await here.database.write(lambda tx: importing.remove(tx, self.collection))
        return {"files": files}


COMMANDS: tuple[type[Command], ...] = (
    AskOnce,
    LoadKnowledge,
    ExportKnowledge,
    Push,
    AddStaff,
    ListStaff,
    ResetPassword,
    ListQueues,
    ChangeQueue,
    PutClient,
    Erase,
    LoadDemo,
    Migrate,
    BuildIndex,
    KeepSource,
    ListCollections,
    FindPassages,
    RemoveCollection,
)


async def _services(here: Here) -> Services:
    """Return the server's parts, or some without a dialogue; those open the index.

    A command keeps nothing that a taxpayer sent: its vault need not open anything later.
    """
    if here.services is not None:
        return here.services
    encoder = await open_encoder(here.settings)
    return await assemble(
        here.settings, here.database, encoder, AbsentDialogue(), Vault(new_token())
    )


async def _reindex(here: Here) -> None:
    """Let a running chat answer from what the store holds now."""
    if here.services is None:
        return
    await refresh_knowledge(here.services)
