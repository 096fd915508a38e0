"""Rate limits in memory: per session, per address; a process counts for itself."""

import time

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from core.errors import TooMany


class RateLimit:
    """So many calls a minute for each key.

    Args:
        name: what is counted, kept apart from other limits.
        per_minute: calls that a key may make in any 60 seconds.
    """

    def __init__(self, name: str, per_minute: int) -> None:
        self._item = RateLimitItemPerMinute(per_minute)
        self._name = name
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def hit(self, key: str) -> None:
        """Count a call.

        Raises:
            TooMany: the key used up its minute.
        """
        if not self._limiter.hit(self._item, self._name, key):
            reset = self._limiter.get_window_stats(self._item, self._name, key).reset_time
            wait = max(1, round(reset - time.time()))
            raise TooMany(f"too many at once; try again in {wait} seconds", retry_after=wait)
