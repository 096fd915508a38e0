"""Slows down the guessing of passwords: failures are counted by account and by address."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from core.errors import TooMany
from escalation.errors import BadCredentials

AT_ONCE = 2
"""Passwords proved at the same time: argon2 takes 64 MB and a core for each."""


class Throttle:
    """Failed sign-ins of the last minute, in this process.

    Only failures count, so that a whole office behind one address can start its day at once; the
    next proof waits for the one before, so that a burst cannot slip in between check and count.
    """

    def __init__(self, per_minute: int) -> None:
        self._limit = RateLimitItemPerMinute(per_minute)
        self._failures = MovingWindowRateLimiter(MemoryStorage())
        self._turn = asyncio.Semaphore(AT_ONCE)

    @asynccontextmanager
    async def attempt(self, username: str, address: str) -> AsyncIterator[None]:
        """Guard one sign-in; `BadCredentials` inside counts as a failure.

        Raises:
            TooMany: too many failures for this account or from this address.
        """
        keys = (("account", username.lower()), ("address", address))
        async with self._turn:
            if not all(self._failures.test(self._limit, *key) for key in keys):
                raise TooMany(
                    "too many failed sign-ins; wait a minute, then try again", retry_after=60
                )
            try:
                yield
            except BadCredentials:
                for key in keys:
                    self._failures.hit(self._limit, *key)
                raise
