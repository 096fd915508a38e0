"""The endpoint that Rasa calls for custom actions."""

import httpx
import pytest
from fastapi import FastAPI

from actions.endpoint import router, run_action
from core.errors import BadInput, DaobanError, NotAllowed, NotFound


def call(intent: str, action: str = "action_hand_over") -> dict:
    message = {"text": "x", "intent": {"name": intent}, "entities": []}
    tracker = {
        "sender_id": "cv_1",
        "slots": {},
        "latest_message": message,
        "events": [],
        "paused": False,
        "followup_action": None,
        "active_loop": {},
        "latest_action_name": None,
    }
    return {"next_action": action, "sender_id": "cv_1", "tracker": tracker}


def client(address: str = "127.0.0.1") -> httpx.AsyncClient:
    app = FastAPI()
    app.include_router(router("secret"))

    @app.exception_handler(DaobanError)
    async def problem(request, error):
        from fastapi.responses import JSONResponse

        return JSONResponse(error.problem(), error.status)

    transport = httpx.ASGITransport(app, client=(address, 1))
    return httpx.AsyncClient(transport=transport, base_url="http://app")


@pytest.mark.parametrize(
    ("intent", "reason"),
    [
        ("ask_person", "asked_for_person"),
        ("complaint", "complaint"),
        ("abuse", "upset"),
        ("greeting", "asked_for_person"),
    ],
)
async def test_hand_over_sets_the_reason_and_decides(intent, reason):
    done = await run_action(call(intent))
    assert done["responses"][0]["custom"] == {"decision": "hand_over", "reason": reason}
    assert [(e["event"], e["name"], e["value"]) for e in done["events"]] == [
        ("slot", "handover_reason", reason)
    ]


async def test_an_unknown_action_is_not_found():
    with pytest.raises(NotFound):
        await run_action(call("abuse", "action_nobody_wrote"))


@pytest.mark.parametrize("broken", [{}, {"next_action": "action_hand_over"}, {"tracker": {}}])
async def test_a_broken_call_is_refused(broken):
    with pytest.raises(BadInput):
        await run_action(broken)


async def test_the_webhook_answers_rasa():
    async with client() as http:
        answer = await http.post(
            "/actions/webhook", json=call("complaint"), headers={"X-Daoban-Token": "secret"}
        )
    assert answer.status_code == 200
    assert answer.json()["responses"][0]["custom"]["reason"] == "complaint"


@pytest.mark.parametrize(
    ("address", "token"), [("127.0.0.1", "wrong"), ("127.0.0.1", ""), ("10.1.2.3", "secret")]
)
async def test_the_webhook_is_for_rasa_on_this_machine(address, token):
    async with client(address) as http:
        answer = await http.post(
            "/actions/webhook", json=call("abuse"), headers={"X-Daoban-Token": token}
        )
    assert answer.status_code == NotAllowed.status
