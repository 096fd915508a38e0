"""Wake-ups: the event log is the truth, this only says "look again".

A wake-up that is lost costs time, never content. Inside a process none is lost; other processes
are told through whatever `Hub.forward` is (`core.relay` on PostgreSQL, nobody on SQLite).
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

Payload = Mapping[str, Any] | None

PAYLOADS = 64
"""Passing payloads that wait for a reader at most; further ones are dropped."""


class Subscription:
    """What one reader is told; wake-ups without a payload melt into one.

    Attributes:
        seen: how far the reader has read, where its channel has numbers: `Hub.catch_up` leaves
            it asleep when there is nothing beyond.
        looks: whether the last wake-up was more than passing payloads: there is something to read.
    """

    def __init__(self) -> None:
        self._woken = asyncio.Event()
        self._payloads: list[Mapping[str, Any]] = []
        self._look = False
        self.looks = False
        self.seen = 0

    def wake(self, payload: Payload) -> None:
        """Wake the reader, handing over a passing payload such as "is typing"."""
        if payload is None:
            self._look = True
        elif len(self._payloads) < PAYLOADS:
            self._payloads.append(payload)
        self._woken.set()

    async def wait(self, seconds: float) -> list[Mapping[str, Any]]:
        """Wait for a wake-up or the time; return the passing payloads since the last call."""
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            pass
        self._woken.clear()
        self.looks, self._look = self._look, False
        payloads, self._payloads = self._payloads, []
        return payloads


def _nobody(_channel: str, _payload: Payload) -> None:
    """Forward to no other process."""


class Hub:
    """Channels by name, e.g. `conversation:cv_1` or `desk`; used from the event loop only.

    Attributes:
        forward: tells the other processes.
    """

    def __init__(self) -> None:
        self._readers: dict[str, set[Subscription]] = defaultdict(set)
        self.forward: Callable[[str, Payload], None] = _nobody

    @asynccontextmanager
    async def subscribe(self, *channels: str) -> AsyncIterator[Subscription]:
        """Listen to channels for as long as the context lasts."""
        reader = Subscription()
        for channel in channels:
            self._readers[channel].add(reader)
        try:
            yield reader
        finally:
            for channel in channels:
                self._readers[channel].discard(reader)
                if not self._readers[channel]:
                    del self._readers[channel]

    def notify(self, channel: str, payload: Payload = None) -> None:
        """Wake everyone who listens to the channel, in this process and in the others."""
        self.wake(channel, payload)
        self.forward(channel, payload)

    def wake(self, channel: str, payload: Payload = None) -> None:
        """Wake everyone in this process who listens to the channel."""
        for reader in tuple(self._readers.get(channel, ())):
            reader.wake(payload)

    def wake_all(self) -> None:
        """Let every reader of this process look again."""
        for channel in tuple(self._readers):
            self.wake(channel)

    def catch_up(self, channel: str, number: int) -> int:
        """Wake the channel's readers who have not read up to a number; return how many."""
        behind = [each for each in self._readers.get(channel, ()) if each.seen < number]
        for reader in behind:
            reader.wake(None)
        return len(behind)

    def listened(self, channel: str) -> bool:
        """Whether anyone in this process listens to the channel."""
        return channel in self._readers
