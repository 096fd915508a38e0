"""Does a command where it may be done: in the running server, or here under the lock."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx
from filelock import Timeout

from bot.assembly import open_store
from bot.commands.commands import Command, Here
from bot.commands.instance import AlreadyRunning, Instance, find_instance, seat, writer_lock
from core.errors import DaobanError
from core.settings import Settings

PATIENCE_SECONDS = 60.0
"""A server that starts or a command that works on the same data is waited for so long."""
PAUSE_SECONDS = 0.2


class Refused(DaobanError):
    """The server refused a command; the members of its problem document stand in `extra`."""

    code = "refused"


def perform(
    settings: Settings,
    command: Command,
    patience: float = PATIENCE_SECONDS,
    *,
    tell: Callable[[str], None] = lambda _: None,
) -> Any:
    """Do a command and return what came of it, as JSON.

    Args:
        patience: seconds to wait for another process on the same data.
        tell: told in English, a sentence at a time, how far a long command is that is done here.

    Raises:
        Refused: the server refused it.
        AlreadyRunning: another process did not let go of the data in time.
        DaobanError: done here, it was refused.
    """
    until = time.monotonic() + patience
    lock = writer_lock(settings)
    while True:
        try:
            lock.acquire(timeout=0)
        except Timeout:
            server = find_instance(settings)
        else:
            try:
                return asyncio.run(_here(settings, command, tell))
            finally:
                lock.release()
        if server is not None:
            with suppress(httpx.ConnectError):  # it is about to go, or not yet there
                return _there(server, command)
        if time.monotonic() > until:
            raise AlreadyRunning(f"another Daoban process works on {seat(settings)}: try later")
        time.sleep(PAUSE_SECONDS)


async def _here(settings: Settings, command: Command, tell: Callable[[str], None]) -> Any:
    database = await open_store(settings)
    try:
        return await command.run(Here(settings, database, tell=tell))
    finally:
        await database.close()


def _there(server: Instance, command: Command) -> Any:
    try:
        answer = httpx.post(
            f"{server.url}/api/v1/commands/{command.name}",
            headers={
                "Authorization": f"Bearer {server.token}",
                "Content-Type": "application/json",
            },
            content=command.model_dump_json(),
            timeout=httpx.Timeout(600, connect=5),
            trust_env=False,
        )
    except httpx.ConnectError:
        raise
    except httpx.HTTPError as error:
        raise Refused(
            f"the server at {server.url} went away in the middle of this: run it again"
        ) from error
    if answer.is_success:
        return answer.json()
    try:
        problem = answer.json()
        detail = problem.pop("detail")
    except (ValueError, KeyError, AttributeError):
        raise Refused(f"the server at {server.url} answered {answer.status_code}") from None
    raise Refused(detail, **{name: value for name, value in problem.items() if name != "type"})
