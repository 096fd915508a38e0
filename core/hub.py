"""Wake-ups inside one process: the event log is the truth, this only says "look again"."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

Payload = Mapping[str, Any] | None


class Subscription:
    """What one reader is told; wake-ups without a payload melt into one."""

    def __init__(self) -> None:
        self._woken = asyncio.Event()
        self._payloads: list[Mapping[str, Any]] = []

    def wake(self, payload: Payload) -> None:
        """Wake the reader, handing over a passing payload such as "is typing"."""
        if payload is not None and len(self._payloads) < 64:
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
        payloads, self._payloads = self._payloads, []
        return payloads


class Hub:
    """Channels by name, e.g. `conversation:cv_1` or `desk`; used from the event loop only."""

    def __init__(self) -> None:
        self._readers: dict[str, set[Subscription]] = defaultdict(set)

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
        """Wake everyone who listens to the channel."""
        for reader in tuple(self._readers.get(channel, ())):
            reader.wake(payload)

    def listened(self, channel: str) -> bool:
        """Whether anyone in this process listens to the channel."""
        return channel in self._readers
