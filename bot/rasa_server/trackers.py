"""Trackers are disposable: the application holds every conversation, Rasa holds one turn of it."""

import time
from typing import Any, Dict, Optional, Text

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker


class IdleTrackerStore(InMemoryTrackerStore):
    """Rasa's in-memory store never evicts; this one drops a tracker idle for `idle_seconds`."""

    def __init__(
        self,
        domain: Optional[Domain],
        event_broker: Optional[EventBroker] = None,
        idle_seconds: float = 60,
        **kwargs: Any,
    ) -> None:
        self._idle_seconds = idle_seconds
        self._saved_at: Dict[Text, float] = {}  # oldest first
        super().__init__(domain, event_broker, **kwargs)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep the tracker and drop those that have been idle too long."""
        await super().save(tracker)
        now = time.monotonic()
        self._saved_at.pop(tracker.sender_id, None)
        self._saved_at[tracker.sender_id] = now
        for sender, saved_at in list(self._saved_at.items()):
            if now - saved_at <= self._idle_seconds:
                break
            del self._saved_at[sender], self.store[sender]
