"""The worker's part: runs campaigns forward and gives cards, in short transactions."""

from core.database import Database
from reminders.delivery import deliver_batch
from reminders.service import WAKE, expand

__all__ = ["WAKE", "work"]


async def work(database: Database) -> int:
    """Do everything that is due now; return how many transactions did something.

    To be called at start, on a wake-up of the channel `WAKE`, and every minute for the cards that
    come by the clock. Several workers may run on PostgreSQL; a killed one is simply run again.
    """
    done = 0
    while True:
        expanded = await database.write(expand)
        given = await database.write(deliver_batch)
        if not expanded and not given:
            return done
        done += bool(expanded) + bool(given)
