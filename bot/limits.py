"""Rate limits in memory: per session, per address; a process counts for itself.

Ours, because the library that counts failed sign-ins walks over all keys in a thread every few
milliseconds, which thousands of chats feel. Seconds are of the monotonic clock: a wall clock that
is set back holds nobody off.
"""

import math
from collections import deque

from core.clock import Clock
from core.errors import TooMany

MINUTE = 60.0
FORGOTTEN_AT_ONCE = 2
"""Idle keys that a call lets go of: more than it can add."""


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
        now = Clock.monotonic()
        self._forget(now)
        calls = self._calls.pop(key, None) or deque()
        self._calls[key] = calls
        while calls and calls[0] <= now - MINUTE:
            calls.popleft()
        if len(calls) >= self._most:
            wait = max(1, math.ceil(calls[0] + MINUTE - now))
            raise TooMany(f"too many at once; try again in {wait} seconds", retry_after=wait)
        calls.append(now)

    def _forget(self, now: float) -> None:
        for _ in range(FORGOTTEN_AT_ONCE):
            idle = next(iter(self._calls), None)
            if idle is None or self._calls[idle][-1] > now - MINUTE:
                return
            del self._calls[idle]
