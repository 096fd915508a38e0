"""An erasure in a process of its own, to be killed; see test_erasure.py."""

import asyncio
import sys

from bot.erasure import erase
from conversations.erasure.schemas import ErasureOrder
from core.database import open_database


async def main(url: str, taxpayer: str) -> None:
    database = open_database(url)
    await database.read(lambda tx: None)  # connected
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    order = ErasureOrder(taxpayer=taxpayer, reason="r", basis="b", actor="a")
    await erase(database, order)
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
