"""What any `Dialogue` must do: against the client with a stand-in server, and with real Rasa."""

import dataclasses
from collections.abc import AsyncIterator

import numpy as np
import pytest
import pytest_asyncio

from bot.dialogue.client import Decision, Dialogue, RasaDialogue, Turn
from knowledge_base.text import normalise
from tests.bot.dialogue.fake_server import serving

pytestmark = pytest.mark.asyncio(loop_scope="session")

TAUGHT = {
    "怎么零申报": "ask_knowledge",
    "你好": "greeting",
    "那个体户呢": "follow_up",
    "我要办注销": "start_flow",
    "选第二个": "choose_option",
    "最后一个": "choose_option",
    "再说一遍": "repeat",
    "我要投诉": "complaint",
    "／greet": "ask_knowledge",
}
KINDS = {
    "ask_knowledge": {"decision": "answer"},
    "greeting": {"decision": "say", "text_key": "smalltalk.greeting"},
    "follow_up": {"decision": "answer"},
    "start_flow": {"decision": "start_flow"},
    "choose_option": {"decision": "choose"},
    "repeat": {"decision": "repeat"},
    "complaint": {"decision": "hand_over"},
}
ENTITIES = {
    "选第二个": [
        {"entity": "ordinal", "value": "2", "start": 1, "end": 3},
    ],
    "最后一个": [{"entity": "ordinal", "value": "-1", "start": 0, "end": 2}],
    "我要办注销": [{"entity": "flow_id", "value": "F09", "start": 3, "end": 5}],
}


def taught(path: str, body: dict) -> tuple[int, object]:
    """Answer as the channel would for the few texts of these tests."""
    if path.endswith("/daoban/"):
        return 200, {"status": "up"}
    intent = TAUGHT[body["text"]]
    decision = dict(KINDS[intent])
    if path.endswith("/turn") and intent == "follow_up" and body["slots"].get("topic"):
        decision = {"decision": "follow_up"}
    if path.endswith("/turn") and intent == "complaint":
        decision["reason"] = "complaint"
    entities = ENTITIES.get(body["text"], [])
    return 200, {**decision, "intent": intent, "confidence": 0.9, "entities": entities}


@pytest_asyncio.fixture(loop_scope="session")
async def stand_in() -> AsyncIterator[Dialogue]:
    with serving(taught) as url:
        client = RasaDialogue(url, "token")
        yield client
        await client.close()


@pytest.fixture(params=["stand_in", pytest.param("rasa", marks=pytest.mark.rasa)])
def dialogue(request: pytest.FixtureRequest) -> Dialogue:
    return request.getfixturevalue(request.param)


@pytest.fixture
def vector(request: pytest.FixtureRequest):
    """The vector of a text; for the stand-in any will do."""
    if "rasa" in request.node.callspec.id:
        from tests.rasa_server.model import encoder

        return lambda text: encoder().encode_query(normalise(text))
    return lambda _: np.full(384, 0.05, dtype=np.float32)


@pytest.fixture
def decide(dialogue: Dialogue, vector):
    async def ask(text: str, **slots: str | None) -> Decision:
        return await dialogue.decide(Turn("cv_1", text, vector(text), slots))

    return ask


async def test_it_tells_that_it_is_up(dialogue):
    assert await dialogue.state() == "up"


async def test_a_question_is_answered(decide):
    decision = await decide("怎么零申报")
    assert (decision.kind, decision.intent) == ("answer", "ask_knowledge")
    assert 0 < decision.confidence <= 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        decision.kind = "say"


async def test_small_talk_names_a_text(decide):
    decision = await decide("你好")
    assert decision.kind == "say"
    assert decision.text_key.startswith("smalltalk.greeting")


async def test_a_follow_up_needs_a_topic(decide):
    assert (await decide("那个体户呢", topic="T16-01")).kind == "follow_up"
    assert (await decide("那个体户呢", topic=None)).kind == "answer"
    assert (await decide("那个体户呢")).kind == "answer"


@pytest.mark.parametrize(("text", "place"), [("选第二个", 2), ("最后一个", -1)])
async def test_a_choice_has_its_place(decide, text, place):
    decision = await decide(text)
    assert (decision.kind, decision.option) == ("choose", place)


async def test_a_flow_is_named(decide):
    decision = await decide("我要办注销")
    assert decision.kind == "start_flow"
    assert [each["value"] for each in decision.entities] == ["F09"]
    assert decision.option is None


async def test_a_hand_over_has_its_reason(decide):
    decision = await decide("我要投诉")
    assert (decision.kind, decision.reason) == ("hand_over", "complaint")


async def test_a_command_is_plain_text(decide):
    decision = await decide("/greet")
    assert decision.intent != "greet"


async def test_a_text_alone_is_decided_without_context(dialogue, vector):
    assert (await dialogue.parse("再说一遍", vector("再说一遍"))).kind == "repeat"
    assert (await dialogue.parse("我要投诉", vector("我要投诉"))).kind == "hand_over"
