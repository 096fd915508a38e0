"""A worker in a process of its own, in small steps so that a kill falls between or into them."""

import asyncio
import sys
from datetime import datetime

from core.clock import SHANGHAI, Clock
from core.database import open_database
from reminders.worker import work


async def main(url: str) -> None:
    database = open_database(url, Clock(datetime(2026, 11, 24, 10, tzinfo=SHANGHAI)))
    await database.read(lambda tx: None)  # connected
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await work(database, chunk=50, batch=3)
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
