"""The web application: which surfaces it serves, and how it starts and stops."""

import gc
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from fastapi import Depends, FastAPI

from actions.endpoint import router as actions_router
from bot import bureau, health, openapi, pages, problems
from bot.assembly import (
    assemble,
    open_encoder,
    open_store,
    open_vault,
    rebuild_knowledge,
    refresh_knowledge,
)
from bot.bounds import Bounds
from bot.chat import ask, files, flows, routes, sending, stream
from bot.chat.service import Chat
from bot.cross_origin import CrossOrigin
from bot.dialogue.running import running_dialogue
from bot.following import Following
from bot.knowledge import routes as knowledge
from bot.machine import entries as machine_entries
from bot.machine import routes as machine
from bot.middleware import Around
from bot.reindexing import Reindexing
from bot.turns.runner import TurnRunner
from bot.turns.turns import Turns
from bot.worker import Worker
from core.origins import Origins
from core.settings import Settings
from escalation.routes import router as desk_router
from escalation.staff.access import require_staff
from reminders.routes import campaign_router

DRAIN_SECONDS = 8
"""Turns in work get so long to end when the process stops."""


def create_app(settings: Settings) -> FastAPI:
    """Return the application of these settings; it opens its parts when it starts."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            await _start(app, settings, stack)
            yield

    app = FastAPI(
        title="Daoban",
        summary="Conversational guided help (在线导办) for e-tax bureaus",
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.state.settings = settings
    problems.install(app)
    openapi.install(app)
    # Each directly: a router in a router is searched anew on every floor. The busiest comes first.
    if "chat" in settings.surfaces:
        sending.offer(app.router)
    include = partial(app.include_router, prefix="/api/v1")
    if "chat" in settings.surfaces:
        include(routes.router)
        include(files.router)
        include(ask.router)
        include(flows.router)
        include(stream.router)
        pages.mount(app, "chat")
        pages.offer_widget(app)
        pages.redirect_home(app, "chat")
        if settings.demo:
            bureau.offer(app, settings)
    if "desk" in settings.surfaces:
        app.include_router(desk_router)
        include(knowledge.router)
        pages.mount(app, "desk")
    if "machine" in settings.surfaces:
        include(machine.router)
        include(machine_entries.router)
        operator = Depends(require_staff("campaign_operator", "administrator"))
        include(campaign_router(operator))
    app.include_router(health.router)
    allowed = Origins(settings.embedding_origins)
    app.add_middleware(Bounds)
    app.add_middleware(CrossOrigin, allowed=allowed)
    app.add_middleware(Around, framed_by=allowed.frame_sources)
    return app


async def _start(app: FastAPI, settings: Settings, stack: AsyncExitStack) -> None:
    """Open the parts; what was opened is closed in the opposite order."""
    vault = open_vault(settings)
    database = await open_store(settings)
    stack.push_async_callback(database.close)
    encoder = await open_encoder(settings)
    running = await stack.enter_async_context(running_dialogue(settings, encoder.fingerprint))
    if running.actions_token is not None:
        app.include_router(actions_router(running.actions_token))
    services = await assemble(settings, database, encoder, running.dialogue, vault)
    stack.callback(services.close)
    turns = TurnRunner(database, Turns(services).handle)
    reindexing = Reindexing(services.knowledge, partial(rebuild_knowledge, services))

    async def reload() -> None:
        await refresh_knowledge(services)
        reindexing.changed()

    following = Following(database, turns, reload)
    stack.push_async_callback(following.stop)
    stack.push_async_callback(reindexing.stop)
    stack.push_async_callback(turns.drain, DRAIN_SECONDS)
    app.state.database = database
    app.state.services = services
    app.state.flows = services.flows
    app.state.files = services.files
    app.state.drawing = services.drawing
    app.state.vault = services.vault
    app.state.chat = Chat(services, turns)
    app.state.worker = None
    if settings.worker:
        app.state.worker = Worker(
            database, services.outbox, services.files, retention_days=settings.retention_days
        )
        app.state.worker.start()
        stack.push_async_callback(app.state.worker.stop)
    following.start()
    reindexing.start()
    gc.collect()
    gc.freeze()  # what was loaded never dies; a full collection over it stops every answer
