"""Many chats at once while processes die: what must hold, counted and checked.

Each visitor sends questions to the servers in turn, resends what was not acknowledged, and at the
end reads its log. `check` then asks of every log: nothing acknowledged is missing, nothing is there
twice, the order is kept, every question has its end. `tests/faults/test_flood.py` runs it small,
`bench/faults.py` as large as it is told.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import httpx
import sqlalchemy as sa

from conversations.models import message, turn
from core.database import Database, Tx, open_database
from tests.faults.harness import Server

ENDS = {
    "answered": {"answer"},
    "referred": {"answer"},
    "refused": {"answer"},
    "clarified": {"clarify"},
    "profile_asked": {"clarify"},
    "small_talk": {"text"},
    "handoff_offered": {"handoff", "text"},
    "apologised": {"handoff"},
}
"""Answer, choice or person, by how a turn ended; what a turn found says which answer is its own.

The time at which a turn was settled does not: it is that at which its unit of work began.
"""
AGAIN = frozenset({429, 500, 502, 503, 504})
Fault = Callable[[], Awaitable[None]]


@dataclass
class Figures:
    """What a flood came to."""

    acknowledged: int = 0
    resent: int = 0
    unavailable: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    sending_seconds: float = 0.0
    settling_seconds: float = 0.0
    longest_gap: float = 0.0
    """Seconds between two acknowledgements, the longest: how long nobody got through."""


class Flood:
    """Visitors who type at the same time.

    Args:
        servers: where they send, in turn.
        url: address of the database, for the check at the end.
        faults: by how many acknowledgements came before, what happens then.
    """

    def __init__(self, servers: Sequence[Server], url: str, faults: dict[int, Fault]) -> None:
        self._servers, self._url = servers, url
        self._faults = faults
        self._happening: list[asyncio.Task[None]] = []
        self._clients: list[httpx.AsyncClient] = []
        self._visitors: list[_Visitor] = []
        self._last = 0.0
        self.figures = Figures()

    async def run(self, chats: int, texts: Sequence[str], patience: float = 120.0) -> Figures:
        """Send every text in every chat, wait until all is settled, check."""
        limits = httpx.Limits(max_connections=50, max_keepalive_connections=50)
        self._clients = [
            httpx.AsyncClient(
                base_url=f"{each.address}/api/v1", trust_env=False, timeout=20, limits=limits
            )
            for each in self._servers
        ]
        database = open_database(self._url)
        try:
            self._visitors = [_Visitor(self, number) for number in range(chats)]
            await asyncio.gather(*(each.enter() for each in self._visitors))
            begun = self._last = time.monotonic()
            await asyncio.gather(*(each.send_all(texts) for each in self._visitors))
            await asyncio.gather(*self._happening)
            assert len(self._happening) == len(self._faults), "a fault never happened"
            self.figures.sending_seconds = time.monotonic() - begun
            await self._settled(database, patience)
            self.figures.settling_seconds = time.monotonic() - begun
            for each in self._visitors:
                each.check(texts, *await database.read(each.log))
        finally:
            for client in self._clients:
                await client.aclose()
            await database.close()
        return self.figures

    async def _settled(self, database: Database, patience: float) -> None:
        async with asyncio.timeout(patience):
            while await database.read(_open):  # noqa: ASYNC110 - other processes give no event
                await asyncio.sleep(0.2)

    def acknowledged(self) -> None:
        """Count, and let the fault happen that is due."""
        self.figures.acknowledged += 1
        now = time.monotonic()
        self.figures.longest_gap = max(self.figures.longest_gap, now - self._last)
        self._last = now
        if fault := self._faults.get(self.figures.acknowledged):
            self._happening.append(asyncio.ensure_future(fault()))

    async def post(
        self, first: int, path: str, body: dict, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """Post until some server takes it; each try goes to the next one."""
        tries = 0
        while True:
            client = self._clients[(first + tries) % len(self._clients)]
            tries += 1
            try:
                answer = await client.post(path, json=body, headers=headers)
            except httpx.TransportError:
                self.figures.resent += 1
            else:
                if answer.status_code not in AGAIN:
                    return answer
                self.figures.unavailable += 1
                refused(answer)
            await asyncio.sleep(min(1.0, 0.05 * tries))


def refused(answer: httpx.Response) -> None:
    """Assert that a request was refused as one that the database cannot take now."""
    assert answer.status_code == 503, answer.text
    assert answer.json()["code"] == "database_unavailable"
    assert 0 < int(answer.headers["retry-after"]) <= 10


class _Visitor:
    def __init__(self, flood: Flood, number: int) -> None:
        self._flood, self._number = flood, number
        self._seqs: dict[str, int] = {}

    async def enter(self) -> None:
        answer = await self._flood.post(self._number, "/chat/sessions", {})
        assert answer.status_code == 201, answer.text
        opened = answer.json()
        self._conversation = opened["conversation_id"]
        self._path = f"/chat/sessions/{opened['session_id']}/messages"
        self._headers = {"Authorization": f"Bearer {opened['session_token']}"}

    async def send_all(self, texts: Sequence[str]) -> None:
        """Send one after the other without waiting for answers, as one who types fast."""
        for number, text in enumerate(texts):
            body = {"client_message_id": f"m{number}", "text": text}
            answer = await self._flood.post(self._number + number, self._path, body, self._headers)
            assert answer.status_code == 202, answer.text
            self._seqs[f"m{number}"] = answer.json()["seq"]
            self._flood.acknowledged()

    def log(self, tx: Tx) -> tuple[list, list]:
        """Return the messages and the turns of this chat, in order."""
        said = sa.select(message).where(message.c.conversation_id == self._conversation)
        turns = sa.select(turn).where(turn.c.conversation_id == self._conversation)
        return (
            list(tx.execute(said.order_by(message.c.seq))),
            list(tx.execute(turns.order_by(turn.c.seq))),
        )

    def check(self, texts: Sequence[str], said: list, turns: list) -> None:
        """Assert what must hold of this chat."""
        asked = [each for each in said if each.sender == "taxpayer"]
        assert [each.text for each in asked] == list(texts), "lost, doubled or out of order"
        assert {each.client_message_id: each.seq for each in asked} == self._seqs
        assert [each.seq for each in said] == list(range(1, len(said) + 1))
        assert [each.seq for each in turns] == [each.seq for each in asked]
        answers = [each for each in said if each.sender == "bot"][1:]  # after the greeting
        assert len(answers) == len(asked), "a question without its end, or with two"
        for each, answer in zip(turns, answers, strict=True):
            assert answer.seq > each.seq, "answered before it was asked"
            assert answer.kind in ENDS[each.outcome], "answered out of order"
            if each.outcome in {"answered", "referred", "refused", "profile_asked"}:
                entry = each.trace.get("entry_id")
                assert answer.body.get("entry_id") == entry, "answered out of order"
        self._flood.figures.ends.update(each.outcome for each in turns)


def _open(tx: Tx) -> int:
    query = sa.select(sa.func.count()).select_from(turn).where(turn.c.settled_at.is_(None))
    return int(tx.execute(query).scalar_one())
