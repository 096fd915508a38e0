"""The whole knowledge base, and the application in two shapes: its parts, and served."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from bot.assembly import open_flows
from bot.chat.service import Chat
from bot.dialogue.client import Decision, DialogueUnavailable, Turn
from bot.services import Services
from bot.turns.runner import TurnRunner
from bot.turns.turns import Turns
from bot.worker import outbox_of
from conversations.files.store import FileStore
from conversations.schemas import Incoming, Message
from conversations.service import messages_after
from conversations.sessions import Session
from core.clock import Clock
from core.database import Database, open_database
from core.limits import RateLimit
from core.settings import Settings
from core.vault import Vault
from knowledge_base.answering import KnowledgeBase
from knowledge_base.content import load_content
from knowledge_base.editing.intake import adopt_all
from knowledge_base.encoder.interface import Encoder
from knowledge_base.encoder.loading import load_encoder
from knowledge_base.schemas import Content
from knowledge_base.service import load
from taxpayers.host_token import HostTokens
from tests.support import flow_rules
from tests.support.host import HOST_SECRET
from tests.support.postgres import free_port
from tests.support.serving import serving


@pytest.fixture(scope="session")
def content(project: Path) -> Content:
    """The shipped knowledge files."""
    return load_content(project / "data")


@pytest.fixture(scope="session")
def encoder(encoder_directory: Path) -> Encoder:
    """The built encoder."""
    return load_encoder(encoder_directory)


@pytest.fixture(scope="session")
def knowledge_home(project: Path) -> Path:
    """Where the index of the shipped content is kept between runs."""
    return project / ".cache" / "tests"


@pytest.fixture(scope="session")
def knowledge(knowledge_home: Path, encoder: Encoder, content: Content) -> KnowledgeBase:
    """The shipped knowledge base."""
    return KnowledgeBase.open(knowledge_home, encoder, content)


@dataclass
class ScriptedDialogue:
    """Decides as a test says; None is a dialogue server that is down."""

    decision: Decision | None = None
    asked: list[str] = field(default_factory=list)

    async def decide(self, turn: Turn) -> Decision:
        """Return the decision that was put here."""
        self.asked.append(turn.text)
        if self.decision is None:
            raise DialogueUnavailable("down")
        return self.decision

    async def parse(self, text: str, vector: object) -> Decision:
        """Return the decision that was put here."""
        self.asked.append(text)
        if self.decision is None:
            raise DialogueUnavailable("down")
        return self.decision

    async def state(self) -> str:
        """Tell whether it decides."""
        return "down" if self.decision is None else "up"


@dataclass
class Talk:
    """A conversation in a test: say something, read what came back."""

    chat: Chat
    session: Session
    dialogue: ScriptedDialogue
    database: Database
    number: int = 0
    seen: int = 0

    async def send(self, text: str | None = None, **pressed: object) -> list[Message]:
        """Send a text or an input, wait for its turn, return what others said since."""
        self.number += 1
        content = {"input": pressed} if text is None else {"text": text}
        incoming = Incoming.model_validate({"client_message_id": f"m{self.number}", **content})
        await self.chat.send(self.session, incoming)
        while self.chat.turns.busy:
            await asyncio.sleep(0)
            await asyncio.wait(self.chat.turns.busy)
        return await self.news()

    async def news(self) -> list[Message]:
        """Return what others said since the last look."""
        found = await self.database.read(
            lambda tx: messages_after(tx, self.session.conversation_id, self.seen)
        )
        if found:
            self.seen = found[-1].seq
        return [each for each in found if each.sender != "taxpayer"]

    async def owner(self) -> str:
        """Return who may speak."""
        return (await self.chat.updates(self.session.conversation_id, 0)).owner


@pytest.fixture
def settings(tmp_path: Path, database_url: str, encoder_directory: Path) -> Settings:
    """Settings of a process with a database of its own."""
    return Settings(
        home=tmp_path,
        database_url=database_url,
        encoder=encoder_directory,
        demo=True,
        dialogue=False,
        host_jwt_secret=HOST_SECRET,
        messages_per_minute=10_000,
    )


@pytest.fixture
async def services(
    settings: Settings, db: Database, encoder: Encoder, knowledge: KnowledgeBase
) -> AsyncIterator[Services]:
    """The parts of a process, with a dialogue that the test scripts."""
    parts = Services(
        settings=settings,
        database=db,
        outbox=outbox_of(db),
        encoder=encoder,
        knowledge=knowledge,
        dialogue=ScriptedDialogue(),
        host_tokens=HostTokens(HOST_SECRET),
        vault=Vault(settings.secret()),
        message_limit=RateLimit(10_000),
        ask_limit=RateLimit(10_000),
        files=FileStore(settings.home / "files", Vault(settings.secret())),
        flows=open_flows(flow_rules.shipped(), Vault(settings.secret()), knowledge),
    )
    yield parts
    parts.close()


@pytest.fixture
async def chat(services: Services) -> Chat:
    """The chat's use cases."""
    return Chat(services, TurnRunner(services.database, Turns(services).handle))


@pytest.fixture
async def talk(chat: Chat) -> Talk:
    """An anonymous conversation that was greeted."""
    from bot.chat.schemas import OpenSession

    opened, _ = await chat.open(OpenSession())
    session = Session(opened.session_id, opened.conversation.id, opened.expires_at)
    dialogue = chat.services.dialogue
    assert isinstance(dialogue, ScriptedDialogue)
    started = Talk(chat, session, dialogue, chat.services.database)
    await started.news()
    return started


@pytest.fixture(scope="session")
def served(
    tmp_path_factory: pytest.TempPathFactory,
    sqlite_template: Path,
    encoder_directory: Path,
    knowledge: KnowledgeBase,
    knowledge_home: Path,
    content: Content,
) -> Iterator[str]:
    """The address of the application, served once for all tests that only need HTTP."""
    home = tmp_path_factory.mktemp("served")
    shutil.copytree(knowledge_home / "index", home / "index")
    shutil.copy(sqlite_template, home / "daoban.sqlite3")
    settings = Settings(
        home=home,
        port=free_port(),
        encoder=encoder_directory,
        demo=True,
        dialogue=False,
        host_jwt_secret=HOST_SECRET,
        messages_per_minute=10_000,
        widget_origins=frozenset({"https://etax.example", "https://*.bureau.example"}),
    )

    async def fill() -> None:
        database = open_database(settings.database, Clock())
        await database.write(lambda tx: load(tx, content))
        await adopt_all(database)
        await database.close()

    asyncio.run(fill())
    with serving(settings) as address:
        yield address


@pytest.fixture
def api(served: str) -> Iterator[httpx.Client]:
    """A client of the served application."""
    with httpx.Client(base_url=f"{served}/api/v1", timeout=30, trust_env=False) as client:
        yield client
