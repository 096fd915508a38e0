"""The worker as a process of its own."""

import asyncio
import signal

from bot.assembly import open_files, open_store, open_vault
from bot.cli.console import out
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
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, stopped.set)
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
