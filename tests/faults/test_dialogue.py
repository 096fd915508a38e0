"""Rasa killed, or late: the chat goes on from the knowledge base."""

import asyncio
import os
import threading
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import httpx
import pytest

from tests.bot.dialogue.fake_server import serving
from tests.faults.flood import Flood
from tests.faults.harness import Chat, Server, questions
from tests.rasa_server.model import HOME, trained_model

DEADLINE = 1.5
"""Seconds that the dialogue has to decide (ARCHITECTURE, who decides a turn)."""
SLACK = 2.0
CHATS, QUESTIONS = 20, 5


async def test_a_late_dialogue_costs_its_deadline_and_no_more(
    make_server: Callable[..., Server],
) -> None:
    over, question = threading.Event(), questions()[0]

    def late(path: str, _body: dict) -> tuple[int, object]:
        if path.rstrip("/").endswith("turn"):
            over.wait(30)
        return 200, {"status": "up"}

    with serving(late) as slow:
        server = make_server(DAOBAN_RASA_URL=slow, DAOBAN_RASA_TOKEN="token of the stand-in")
        async with httpx.AsyncClient(base_url=server.address, trust_env=False) as client:
            chat = await Chat.open(client)
            begun = time.monotonic()
            await chat.send(question, "m1")
            log = await chat.until(bot_messages=2)
            took = time.monotonic() - begun
        over.set()
    assert log[-1]["kind"] in {"answer", "clarify"}
    assert DEADLINE <= took <= DEADLINE + SLACK


@pytest.mark.rasa
async def test_rasa_killed_under_many_chats_and_back(
    make_server: Callable[..., Server], tmp_path: Path
) -> None:
    """Nothing lost or doubled, the order kept, every question with its end: `Flood` checks it."""
    trained_model()
    (tmp_path / "models").symlink_to(HOME / "models")
    server = make_server(DAOBAN_DIALOGUE="1", DAOBAN_ANSWER_DEADLINE_SECONDS="60")
    server.wait_for_dialogue("up")
    [rasa] = server.children()
    async with httpx.AsyncClient(base_url=server.address, trust_env=False) as client:
        chat = await Chat.open(client)
        await chat.send("你好", "m1")
        log = await chat.until(bot_messages=2)
        assert (log[-1]["kind"], log[-1]["sources"]) == ("text", [])

        async def killed() -> None:
            server.kill_dialogue()
            await chat.send(questions()[0], "m2")
            log = await chat.until(bot_messages=3)
            assert log[-1]["kind"] in {"answer", "clarify"}

        url = f"sqlite:///{server.home / 'daoban.sqlite3'}"
        flood = Flood([server], url, {CHATS * QUESTIONS // 2: killed})
        figures = await flood.run(CHATS, list(islice(questions(), QUESTIONS)))
        assert figures.acknowledged == sum(figures.ends.values()) == CHATS * QUESTIONS
        assert (figures.resent, figures.unavailable) == (0, 0), "a visitor noticed"
        await asyncio.to_thread(server.wait_for_dialogue, "up")
        [again] = server.children()
        assert again != rasa
        assert "dialogue_server_ended" in server.log
        await chat.send("谢谢", "m3")
        log = await chat.until(bot_messages=4)
        assert log[-1]["kind"] == "text"
    assert server.stop() == 0
    with pytest.raises(ProcessLookupError):
        os.kill(again, 0)
