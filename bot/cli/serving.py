"""Serving in the foreground: bind, open, announce, tell when ready, and stop on a signal."""

import asyncio
import errno
import os
import signal
import socket
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI

from bot.app import create_app
from bot.assembly import open_store
from bot.bounds import BoundedHttp
from bot.commands.instance import (
    AlreadyRunning,
    announced,
    command_token,
    find_instance,
    local_url,
    only_writer,
)
from bot.commands.routes import command_router
from bot.setup.demo import Demo, load_demo
from core.errors import DaobanError
from core.settings import Settings

AT_ONCE = 130
"""Exit code after a second signal."""
LAST_WORDS_SECONDS = 5
"""Requests in work get so long to end when the process stops."""
SILENCE_SECONDS = 30
"""A connection whose other side acknowledges nothing for so long is ended."""
LONGEST_MESSAGE = 128 * 1024
"""Bytes of a frame that a socket takes; a message has at most 10,000 characters."""

Ready = Callable[[FastAPI, str, Demo | None], Coroutine[Any, Any, None]]


class CannotServe(DaobanError):
    """The port or the data directory is in use."""

    status = 409
    code = "cannot_serve"


class _Server(uvicorn.Server):
    """Tells when it listens, and leaves the signals to us: they count from the first moment."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app
        self.listens = asyncio.Event()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Sockets are told to go elsewhere (1012) first, then no long poll waits any longer.
        asyncio.get_running_loop().call_later(0.05, self._app.state.database.hub.wake_all)
        await super().shutdown(sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listens.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def bind(settings: Settings) -> socket.socket:
    """Take the port; nobody is let in yet.

    Raises:
        CannotServe: it is in use, not allowed, or the address is not of this machine.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    taken = socket.socket(family)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux; every connection inherits it
        taken.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 1000 * SILENCE_SECONDS)
    try:
        taken.bind((settings.host, settings.port))
    except OSError as error:
        taken.close()
        raise CannotServe(_why(settings, error)) from error
    return taken


def _why(settings: Settings, error: OSError) -> str:
    where = local_url(settings.host, settings.port)
    if error.errno == errno.EADDRINUSE:
        other = find_instance(settings)
        if other and other.url == where:
            return (
                f"Daoban runs already at {where} (process {other.pid}): "
                "open that address, or stop it first"
            )
        return (
            f"port {settings.port} is in use by another program: stop that one, "
            "or choose a free port, for example DAOBAN_PORT=8001"
        )
    return (
        f"{settings.host} port {settings.port} cannot be served ({error.strerror}): "
        "set DAOBAN_HOST and DAOBAN_PORT"
    )


async def serve(settings: Settings, ready: Ready) -> None:
    """Serve until SIGINT or SIGTERM; a second signal does not wait for what is in work.

    Args:
        ready: told once, when chat can be served.

    Raises:
        CannotServe: the port or the data directory is in use.
    """
    listening = bind(settings)
    try:
        with only_writer(settings):
            await _serve(settings, listening, ready)
    except AlreadyRunning as error:
        raise CannotServe(error.detail) from error
    finally:
        listening.close()


async def _serve(settings: Settings, listening: socket.socket, ready: Ready) -> None:
    demo = await _load_demo(settings) if settings.demo else None
    token = command_token()
    app = create_app(settings)
    app.include_router(command_router(token))
    server = _Server(
        uvicorn.Config(
            app,
            lifespan="off",  # ours, below: its refusals are told plainly
            http=BoundedHttp,
            ws="websockets-sansio",
            ws_ping_interval=None,  # the chat has a heartbeat of its own
            ws_per_message_deflate=False,
            ws_max_size=LONGEST_MESSAGE,
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=LAST_WORDS_SECONDS,
        ),
        app,
    )
    with stopping(server):
        async with app.router.lifespan_context(app):
            with announced(settings, token.get_secret_value()) as instance:
                telling = asyncio.create_task(_tell(server, ready(app, instance.url, demo)))
                await server.serve([listening])
                telling.cancel()


async def _tell(server: _Server, words: Coroutine[Any, Any, None]) -> None:
    await server.listens.wait()
    await words


async def _load_demo(settings: Settings) -> Demo:
    database = await open_store(settings)
    try:
        return await load_demo(settings, database)
    finally:
        await database.close()


@contextmanager
def stopping(server: uvicorn.Server) -> Iterator[None]:
    """End the server on a signal, or what is being opened when it does not serve yet."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()

    def stop() -> None:
        if server.should_exit:
            # What is acknowledged is committed, and Rasa dies with its parent.
            os._exit(AT_ONCE)
        server.should_exit = True
        if not server.started and task is not None:
            task.cancel()

    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, stop)
    try:
        yield
    finally:
        for each in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(each)
