"""The client against servers that fail: never an exception but `DialogueUnavailable`."""

import threading

import numpy as np
import pytest

from bot.dialogue.client import Decision, DialogueUnavailable, RasaDialogue, Turn, plain
from tests.bot.dialogue.fake_server import serving

GOOD = {"decision": "answer", "intent": "ask_knowledge", "confidence": 0.9, "entities": []}
TURN = Turn("cv_1", "怎么零申报", np.full(384, 1 / 3, dtype=np.float32), {"topic": None})


async def ask(url: str, turn: Turn = TURN, seconds: float = 1.5) -> Decision:
    client = RasaDialogue(url, "token", seconds)
    try:
        return await client.decide(turn)
    finally:
        await client.close()


@pytest.mark.parametrize(
    ("status", "content"),
    [
        (200, []),
        (200, b""),
        (200, b"<html>"),
        (200, {}),
        (200, None),
        (200, GOOD | {"decision": "dance"}),
        (200, GOOD | {"confidence": "high"}),
        (200, GOOD | {"entities": None}),
        (200, GOOD | {"decision": "choose", "entities": [{"value": "2"}]}),
        (401, {"code": "wrong_token"}),
        (422, {"code": "no_text"}),
        (500, {"code": "no_decision"}),
        (503, {"code": "not_ready"}),
    ],
)
async def test_a_bad_answer_is_unavailable(status, content):
    with serving(lambda *_: (status, content)) as url, pytest.raises(DialogueUnavailable):
        await ask(url)


async def test_a_late_answer_is_unavailable():
    asked_enough = threading.Event()

    def late(*_):
        asked_enough.wait(5)
        return 200, GOOD

    with serving(late) as url:
        try:
            with pytest.raises(DialogueUnavailable):
                await ask(url, seconds=0.05)
        finally:
            asked_enough.set()


async def test_nobody_there_is_down():
    client = RasaDialogue("http://127.0.0.1:1", "token")
    with pytest.raises(DialogueUnavailable) as caught:
        await client.decide(TURN)
    assert caught.value.problem()["code"] == "dialogue_unavailable"
    assert await client.state() == "down"


@pytest.mark.parametrize(("status", "state"), [(200, "up"), (503, "starting"), (500, "down")])
async def test_state_is_what_the_server_says(status, state):
    with serving(lambda *_: (status, {})) as url:
        assert await RasaDialogue(url, "token").state() == state


async def test_what_is_sent():
    seen = []

    def answer(path, body):
        seen.append((path, body))
        return 200, GOOD

    turn = Turn("cv_1", " /restart{}　發票", TURN.vector, {"topic": "T1", "other": None})
    with serving(answer) as url:
        decision = await ask(url, turn)
    assert decision == Decision("answer", "ask_knowledge", 0.9)
    path, body = seen[0]
    assert path == "/webhooks/daoban/turn"
    assert body["_token"] == "Bearer token"
    assert body["sender"] == "cv_1"
    assert body["text"] == "／restart{} 发票"
    assert body["slots"] == {"topic": "T1"}
    assert body["vector"] == [0.333333] * 384


async def test_of_two_places_the_first_and_longer_counts():
    entities = [
        {"entity": "ordinal", "value": "1", "start": 3, "end": 4},
        {"entity": "ordinal", "value": "2", "start": 0, "end": 1},
        {"entity": "ordinal", "value": "-2", "start": 0, "end": 4},
    ]
    answer = GOOD | {"decision": "choose", "entities": entities}
    with serving(lambda *_: (200, answer)) as url:
        assert (await ask(url)).option == -2


@pytest.mark.parametrize(
    "unknown", [[], [{"entity": "ordinal", "value": "x", "start": 0, "end": 1}]]
)
async def test_a_choice_without_a_place_has_none(unknown):
    answer = GOOD | {"decision": "choose", "entities": unknown}
    with serving(lambda *_: (200, answer)) as url:
        assert (await ask(url)).option is None


@pytest.mark.parametrize("text", ["/greet", " /greet", "／greet", "//greet"])
def test_no_text_is_a_command(text):
    assert not plain(text).startswith("/")
