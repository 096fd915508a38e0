"""The parts of a running process, put together once and handed to whoever needs them."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from bot.dialogue.client import Dialogue
from conversations.files.store import FileStore
from core.database import Database
from core.limits import RateLimit
from core.outbox import Outbox
from core.settings import Settings
from core.vault import Vault
from flows.service import Flows
from knowledge_base.answering import KnowledgeBase
from knowledge_base.encoder.interface import Encoder
from knowledge_base.outcomes import Outcome, Query
from knowledge_base.text import searchable
from taxpayers.host_token import HostTokens

T = TypeVar("T")

COMPUTING = 2
"""Questions computed at once; most of it is done outside the interpreter."""


@dataclass
class Services:
    """What the routes and the turns work with.

    Attributes:
        flows: the guided flows.
        files: contents of photos and documents.
        drawing: pictures drawn anew at once.
        computing: threads for encoder and index, so that the event loop stays free.
        waiting: threads that wait for the search cluster, where there is one.
    """

    settings: Settings
    database: Database
    outbox: Outbox
    encoder: Encoder
    knowledge: KnowledgeBase
    dialogue: Dialogue
    host_tokens: HostTokens
    vault: Vault
    message_limit: RateLimit
    ask_limit: RateLimit
    files: FileStore
    flows: Flows
    drawing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))
    computing: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(COMPUTING, thread_name_prefix="compute")
    )
    waiting: ThreadPoolExecutor | None = None

    async def encode(self, words: str) -> np.ndarray[Any, Any]:
        """Return the vector of a question; once a turn, for dialogue and search alike."""
        said = searchable(words) or words
        return await self._compute(self.computing, self.encoder.encode_query, said)

    async def search(self, query: Query, vector: np.ndarray[Any, Any] | None = None) -> Outcome:
        """Answer from the knowledge base."""
        threads = self.waiting or self.computing
        return await self._compute(threads, self.knowledge.answer, query, vector)

    def close(self) -> None:
        """Let threads and cluster go."""
        self.computing.shutdown()
        if self.waiting is not None:
            self.waiting.shutdown()
        self.knowledge.close()

    async def _compute(
        self, threads: ThreadPoolExecutor, work: Callable[..., T], *arguments: Any
    ) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(threads, work, *arguments)
