"""The one source of "now": moments in UTC, dates in Asia/Shanghai."""

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Clock:
    """Tells the time; a rehearsal may start it at another moment, from where it runs on.

    Args:
        start: moment that "now" is taken to be (aware), or None for the machine's clock.
    """

    def __init__(self, start: datetime | None = None) -> None:
        if start is not None and start.tzinfo is None:
            start = start.replace(tzinfo=SHANGHAI)
        self._offset = timedelta() if start is None else start - datetime.now(UTC)

    def now(self) -> datetime:
        """Return the moment, aware, in UTC."""
        return datetime.now(UTC) + self._offset

    def today(self) -> date:
        """Return the date in Asia/Shanghai."""
        return self.now().astimezone(SHANGHAI).date()

    @staticmethod
    def monotonic() -> float:
        """Return seconds for measuring durations; a jump of the wall clock does not move it."""
        return time.monotonic()
