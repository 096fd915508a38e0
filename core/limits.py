"""Rate limits in memory: per session, per address, per account; a process counts for itself.

Ours, because the usual library walks over all keys in a thread every few milliseconds, which
thousands of chats feel. Seconds are of the monotonic clock: a wall clock that is set back holds
nobody off.
"""

import math
from collections import deque

from core.clock import Clock
from core.errors import TooMany

MINUTE = 60.0
FORGOTTEN_AT_ONCE = 2
"""Idle keys that a count lets go of: more than it can add."""


class RateLimit:
    """So many calls in any 60 seconds for each key; used from the event loop only.

    Args:
        per_minute: at least 1.
    """

    def __init__(self, per_minute: int) -> None:
        self._most = per_minute
        self._calls: dict[str, deque[float]] = {}  # the longest idle key first

    def hit(self, key: str) -> None:
        """Count a call.

        Raises:
            TooMany: the key used up its minute; the call is not counted.
        """
        if wait := self.wait(key):
            raise TooMany(f"too many at once; try again in {wait} seconds", retry_after=wait)
        self.count(key)

    def wait(self, key: str) -> int:
        """Return the seconds until the key may be counted again; 0 if it may be now."""
        now, calls = Clock.monotonic(), self._calls.get(key)
        while calls and calls[0] <= now - MINUTE:
            calls.popleft()
        if not calls or len(calls) < self._most:
            return 0
        return max(1, math.ceil(calls[-self._most] + MINUTE - now))

    def count(self, key: str) -> None:
        """Count a call, whether or not the minute is used up."""
        now = Clock.monotonic()
        calls = self._calls.pop(key, None) or deque()
        calls.append(now)
        self._calls[key] = calls
        self._forget(now)

    def _forget(self, now: float) -> None:
        for _ in range(FORGOTTEN_AT_ONCE):
            idle = next(iter(self._calls))
            if self._calls[idle] and self._calls[idle][-1] > now - MINUTE:
                return
            del self._calls[idle]
