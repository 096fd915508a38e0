"""The worker's part: runs campaigns forward and gives cards, in short transactions."""

from core.database import Database
from reminders.delivery import BATCH, deliver, deliverable
from reminders.service import CHUNK, WAKE, expand

__all__ = ["WAKE", "work"]


async def work(database: Database, *, chunk: int = CHUNK, batch: int = BATCH) -> int:
    """Do everything that is due now; return how many chunks and cards it saw to.

    To be called at start, on a wake-up of the channel `WAKE`, and every minute for the cards that
    come by the clock. Several workers may run on PostgreSQL; a killed one is simply run again.
    """
    done = 0
    while True:
        expanded = await database.write(lambda tx: expand(tx, chunk))
        cards = await database.read(deliverable)
        for first in range(0, len(cards), batch):
            part = cards[first : first + batch]
            await database.write(lambda tx, part=part: deliver(tx, part))  # type: ignore[misc]
        if not expanded and not cards:
            return done
        done += expanded + len(cards)
