"""Real Rasa for the tests that ask for it: one server for all of them."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest_asyncio
import uvicorn
from fastapi import FastAPI

from actions.endpoint import router
from bot.dialogue.supervisor import RasaSupervisor, rasa_command
from core.settings import PROJECT
from tests.rasa_server.model import HOME, PYTHON, trained_model


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def rasa() -> AsyncIterator[RasaSupervisor]:
    model = await asyncio.to_thread(trained_model)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/actions/webhook"
        supervisor = RasaSupervisor(
            rasa_command(PYTHON, model), PROJECT, HOME / "dialogue.log", url
        )
        app = FastAPI()
        app.include_router(router(supervisor.actions_token))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        actions = asyncio.create_task(server.serve(sockets=[listening]))
        await supervisor.start()
        try:
            async with asyncio.timeout(120):
                await supervisor.wait_for("up")
            yield supervisor
        finally:
            await supervisor.stop()
            server.should_exit = True
            await actions
