"""Sessions looked up a moment ago, so that a busy device costs one look in some seconds."""

from conversations.sessions import Session
from core.clock import Clock
from core.identity import token_hash

SECONDS = 5.0
"""So long another process's change of a session may go unnoticed here."""
MOST = 20_000


class KnownSessions:
    """Remembers which token opened which session; a token itself is not kept."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, Session, float]] = {}

    def find(self, session_id: str, token: str) -> Session | None:
        """Return the session if this very token opened it just now."""
        found = self._known.get(session_id)
        if found is None or Clock.monotonic() > found[2] or found[0] != token_hash(token):
            return None
        return found[1]

    def remember(self, token: str, session: Session) -> None:
        """Keep what a look-up gave; when there are very many, begin anew."""
        if len(self._known) >= MOST:
            self._known.clear()
        until = Clock.monotonic() + SECONDS
        self._known[session.id] = (token_hash(token), session, until)

    def forget(self, session: Session) -> None:
        """Look the session up again next time."""
        self._known.pop(session.id, None)
