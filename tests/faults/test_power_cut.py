"""kill -9 in the middle of many chats: what was acknowledged stays, nothing is there twice."""

import asyncio
from collections.abc import Callable
from itertools import islice

import httpx

from tests.faults.harness import Chat, Server, questions

CHATS, QUESTIONS = 10, 20
CUTS = frozenset({60, 130})
"""After so many acknowledgements the power goes."""
ENDS = frozenset({"answer", "clarify", "handoff", "text"})
"""Answer, choice or person; small talk is text."""


class Visitors:
    """Ten people who type, and send again what was not acknowledged."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._up = asyncio.Event()
        self._up.set()
        self.acknowledged = 0
        self.seqs: dict[str, set[int]] = {}

    async def ask_all(self, chat: Chat, name: str, texts: list[str]) -> None:
        """Ask one question after the other, without waiting for answers."""
        for number, text in enumerate(texts):
            await self._send(chat, text, f"{name}-{number}")

    async def _send(self, chat: Chat, text: str, client_message_id: str) -> None:
        while True:
            await self._up.wait()
            try:
                seq = await chat.send(text, client_message_id)
            except httpx.TransportError:
                continue  # the power is out: `_up` tells when it is back
            self.seqs.setdefault(client_message_id, set()).add(seq)
            self.acknowledged += 1
            if self.acknowledged in CUTS:
                await self._cut()
            return

    async def _cut(self) -> None:
        self._up.clear()
        self._server.kill()
        await asyncio.to_thread(self._server.start)
        self._up.set()


async def test_nothing_acknowledged_is_lost_and_nothing_doubled(
    make_server: Callable[..., Server],
) -> None:
    server = make_server()
    first = server.process
    texts = list(islice(questions(), QUESTIONS))
    visitors = Visitors(server)
    async with httpx.AsyncClient(base_url=server.address, trust_env=False, timeout=30) as client:
        chats = {f"visitor{number}": await Chat.open(client) for number in range(CHATS)}
        await asyncio.gather(*(visitors.ask_all(chat, name, texts) for name, chat in chats.items()))
        assert visitors.acknowledged == CHATS * QUESTIONS
        assert server.process is not first, "the power was never cut"
        for name, chat in chats.items():
            log = await chat.until(bot_messages=1 + QUESTIONS)  # the greeting, then an answer each
            assert [each["seq"] for each in log] == list(range(1, len(log) + 1))
            asked = [each for each in log if each["sender"] == "taxpayer"]
            assert [each["text"] for each in asked] == texts
            for number, each in enumerate(asked):
                key = f"{name}-{number}"
                assert visitors.seqs[key] == {each["seq"]}
                assert await chat.send(texts[number], key) == each["seq"]
            said = [each for each in log if each["sender"] == "bot"]
            assert len(said) == 1 + QUESTIONS
            assert {each["kind"] for each in said} <= ENDS
            assert await chat.messages(log[-1]["seq"]) == [], "a resend was answered again"
