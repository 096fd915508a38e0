"""Puts a process together, in the order in which its parts need each other."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import structlog

from bot.dialogue.client import Dialogue
from bot.due_items import overdue
from bot.reindexing import renew_index
from bot.services import Services
from bot.worker import outbox_of
from conversations.files.store import FileStore
from conversations.schemas import Source
from core.clock import Clock
from core.database import Database, open_database
from core.limits import RateLimit
from core.migrate import upgrade
from core.settings import Settings
from core.vault import Vault
from flows.loading import Catalogue, sound_flows
from flows.service import Flows
from knowledge_base.answering import KnowledgeBase
from knowledge_base.elasticsearch.cluster import Cluster
from knowledge_base.encoder.interface import Encoder
from knowledge_base.encoder.loading import load_encoder
from knowledge_base.schemas import Content, SourceRef
from knowledge_base.service import stored_content
from knowledge_base.sources import cite
from taxpayers.host_token import HostTokens

log = structlog.get_logger()

SEARCHES = 8
"""At once in a cluster: its answers are waited for, not computed here."""
ASKS_PER_MINUTE = 600
"""One-shot questions of one address."""


async def open_store(settings: Settings) -> Database:
    """Bring the database to this version's schema and open it."""
    clock = Clock(settings.clock)
    revision = await upgrade(settings.database)
    log.info("database_ready", revision=revision)
    return open_database(settings.database, clock)


async def open_encoder(settings: Settings) -> Encoder:
    """Load the encoder.

    Raises:
        EncoderMissing: the set-up did not build it yet, or nothing here can run it.
    """
    encoder = await asyncio.to_thread(load_encoder, settings.encoder_directory)
    log.info("encoder_ready", run_by=encoder.described, fingerprint=encoder.fingerprint[:12])
    return encoder


def open_vault(settings: Settings) -> Vault:
    """Return the vault of a process that keeps what taxpayers send.

    Raises:
        BadSettings: outside the demo without DAOBAN_SECRET_KEY or _FILE.
    """
    return Vault(settings.secret(), *settings.previous_secrets())


def open_files(settings: Settings, vault: Vault) -> FileStore:
    """Return where contents of files lie; it is made when the first one comes."""
    return FileStore(settings.home / "files", vault)


def open_flows(catalogue: Catalogue, vault: Vault, knowledge: KnowledgeBase) -> Flows:
    """Return the guided flows, which cite what the knowledge base has now."""

    def sources(refs: Sequence[SourceRef], locale: str) -> list[Source]:
        found = cite(knowledge.content.documents, refs, locale)
        return [Source.model_validate(each.model_dump()) for each in found]

    return Flows(catalogue, vault, sources, overdue)


async def stored_knowledge(settings: Settings, database: Database) -> Content:
    """Return the collection that may be given."""
    provisional = settings.gives_provisional
    return await database.read(lambda tx: stored_content(tx, provisional=provisional))


def open_cluster(settings: Settings) -> Cluster | None:
    """Return the search cluster, if one is set up; it need not be there yet.

    Raises:
        BadSettings: its addresses or its certificates are no such thing.
    """
    urls = settings.elasticsearch()
    if urls is None:
        return None
    return Cluster.open(urls, settings.elasticsearch_index, settings.elasticsearch_ca_file)


async def assemble(
    settings: Settings, database: Database, encoder: Encoder, dialogue: Dialogue, vault: Vault
) -> Services:
    """Return the services of a process on an open database."""
    content = await stored_knowledge(settings, database)
    cluster = open_cluster(settings)
    knowledge = await asyncio.to_thread(
        partial(KnowledgeBase.open, settings.home, encoder, content, soon=True, cluster=cluster)
    )
    catalogue = await asyncio.to_thread(sound_flows)
    log.info("flows_ready", flows=sorted(catalogue.present))
    log.info("search_ready", version=knowledge.version, entries=len(content.entries))
    return Services(
        settings=settings,
        database=database,
        outbox=outbox_of(database),
        encoder=encoder,
        knowledge=knowledge,
        dialogue=dialogue,
        host_tokens=HostTokens(settings.host_secret(), settings.host_jwks_url),
        vault=vault,
        message_limit=RateLimit(settings.messages_per_minute),
        ask_limit=RateLimit(ASKS_PER_MINUTE),
        files=open_files(settings, vault),
        flows=open_flows(catalogue, vault, knowledge),
        waiting=ThreadPoolExecutor(SEARCHES, "search") if cluster is not None else None,
    )


async def refresh_knowledge(services: Services) -> None:
    """Let the chat answer from what the store holds now."""
    content = await stored_knowledge(services.settings, services.database)
    if not await asyncio.to_thread(services.knowledge.publish, content):
        await renew_index(services.settings, services.knowledge, content)


async def rebuild_knowledge(services: Services) -> None:
    """Put the full build of what the store holds now below what the chat answers from."""
    content = await stored_knowledge(services.settings, services.database)
    await renew_index(services.settings, services.knowledge, content)
