"""The channel of the real server, asked without the client: what it refuses."""

import httpx
import pytest
import pytest_asyncio

from bot.dialogue.supervisor import RasaSupervisor
from tests.rasa_server.model import trained_model

pytestmark = [pytest.mark.rasa, pytest.mark.asyncio(loop_scope="session")]

TURN = {"sender": "cv_1", "text": "你好", "vector": [0.1] * 384, "slots": {}}


@pytest_asyncio.fixture(loop_scope="session")
async def http(rasa: RasaSupervisor):
    async with httpx.AsyncClient(base_url=rasa.url) as client:
        client.headers["Authorization"] = f"Bearer {rasa.token}"
        yield client


async def test_health_names_the_model_and_needs_no_token(http):
    answer = await http.get("/webhooks/daoban/", headers={"Authorization": ""})
    assert answer.json() == {"status": "up", "model": trained_model().name.split(".")[0]}


@pytest.mark.parametrize("path", ["turn", "parse"])
async def test_a_wrong_token_is_refused(http, path):
    answer = await http.post(
        f"/webhooks/daoban/{path}", json=TURN, headers={"Authorization": "Bearer guess"}
    )
    assert (answer.status_code, answer.json()) == (401, {"code": "wrong_token"})


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"text": ""}, "no_text"),
        ({"text": " \n"}, "no_text"),
        ({"text": None}, "no_text"),
        ({"vector": None}, "wrong_vector"),
        ({"vector": [0.1] * 3}, "wrong_vector"),
        ({"vector": ["x"] * 384}, "wrong_vector"),
        ({"sender": ""}, "no_sender"),
        ({"slots": {"no_such_slot": "x"}}, "unknown_slot"),
        ({"slots": ["topic"]}, "wrong_slots"),
    ],
)
async def test_a_broken_turn_is_refused(http, change, code):
    answer = await http.post("/webhooks/daoban/turn", json=TURN | change)
    assert (answer.status_code, answer.json()) == (422, {"code": code})


async def test_a_body_that_is_no_object_is_refused(http):
    answer = await http.post("/webhooks/daoban/turn", json=[])
    assert (answer.status_code, answer.json()["code"]) == (422, "body_is_no_object")


async def test_a_text_alone_gets_its_ranking(http):
    answer = (await http.post("/webhooks/daoban/parse", json=TURN)).json()
    assert answer.keys() >= {"intent", "confidence", "ranking", "entities", "decision"}
    assert len(answer["ranking"]) > 5


async def test_rasas_own_api_is_shut(http):
    for path in (
        "/model/parse",
        "/conversations/cv_1/tracker",
        "/domain",
        "/webhooks/rest/webhook",
    ):
        assert (await http.get(path)).status_code == 404
