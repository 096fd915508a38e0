"""Slows down the guessing of passwords: failures are counted by account and by address."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from core.errors import TooMany
from core.limits import RateLimit
from escalation.errors import BadCredentials

AT_ONCE = 2
"""Passwords proved at the same time: argon2 takes 64 MB and a core for each."""


class Throttle:
    """Failed sign-ins of the last minute, in this process.

    Only failures count, so that a whole office behind one address can start its day at once; the
    next proof waits for the one before, so that a burst cannot slip in between check and count.
    """

    def __init__(self, per_minute: int) -> None:
        self._failures = RateLimit(per_minute)
        self._turn = asyncio.Semaphore(AT_ONCE)

    @asynccontextmanager
    async def attempt(self, username: str, address: str) -> AsyncIterator[None]:
        """Guard one sign-in; `BadCredentials` inside counts as a failure.

        Raises:
            TooMany: too many failures for this account or from this address.
        """
        keys = (f"account:{username.lower()}", f"address:{address}")
        async with self._turn:
            if wait := max(map(self._failures.wait, keys)):
                raise TooMany(
                    "too many failed sign-ins; wait a minute, then try again", retry_after=wait
                )
            try:
                yield
            except BadCredentials:
                for key in keys:
                    self._failures.count(key)
                raise
