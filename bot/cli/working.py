"""The worker as a process of its own."""

import asyncio
import os
import signal

from bot.assembly import open_files, open_store, open_vault
from bot.cli.console import out
from bot.cli.serving import AT_ONCE
from bot.worker import Worker, outbox_of
from core.errors import BadSettings
from core.settings import Settings


async def work(settings: Settings) -> None:
    """Run the worker until SIGINT or SIGTERM.

    Raises:
        BadSettings: the database is SQLite, where the server is the one that writes.
    """
    if settings.database.startswith("sqlite"):
        raise BadSettings(
            "on SQLite the worker runs inside `daoban serve`: "
            "set DAOBAN_DATABASE_URL to a PostgreSQL address to run it apart"
        )
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stop() -> None:
        if stopped.is_set():
            os._exit(AT_ONCE)  # what was begun is undone by the database
        stopped.set()

    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, stop)
    database = await open_store(settings)
    database.listen()
    files = open_files(settings, open_vault(settings))
    worker = Worker(database, outbox_of(database), files, retention_days=settings.retention_days)
    worker.start()
    out.print("The worker is at work; Ctrl-C stops it.")
    try:
        await stopped.wait()
    finally:
        await worker.stop()
        await database.close()
