"""`daoban erase`: refusals, through a running server, and without one."""

import httpx
import pytest

from tests.bot.cli.conftest import Daoban
from tests.faults.harness import Server

WHY = ("--reason", "申请 2026-118", "--actor", "data-officer")


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (WHY, "one conversation, one person or one taxpayer"),
        ((*WHY, "--person", "p", "--taxpayer", "t"), "one conversation"),
        (("--person", "p", "--reason", "", "--actor", "a"), "reason"),
    ],
)
def test_an_order_that_is_not_whole_is_told(daoban: Daoban, arguments, names) -> None:
    ran = daoban("erase", *arguments)
    assert (ran.code, names in ran.err) == (2, True)


def test_nobody_of_that_name(daoban: Daoban) -> None:
    ran = daoban("erase", *WHY, "--person", "nobody")
    assert (ran.code, "check the id" in ran.err) == (1, True)


def test_a_running_server_erases_while_the_chat_goes_on(running: Server, beside: Daoban) -> None:
    with httpx.Client(base_url=f"{running.address}/api/v1", trust_env=False, timeout=30) as client:
        session = client.post("/chat/sessions", json={}).json()
        path = f"/chat/sessions/{session['session_id']}/messages"
        client.headers["Authorization"] = f"Bearer {session['session_token']}"

        def say(name: str, text: str) -> int:
            body = {"client_message_id": name, "text": text}
            return client.post(path, json=body).json()["seq"]

        say("m1", "我叫某某，小规模怎么申报")
        while client.get(path, params={"after": 2, "wait": 10}).json()["last_seq"] < 3:
            pass
        ran = beside("erase", *WHY, "--conversation", session["conversation_id"])
        assert (ran.code, "1 erased" in ran.out) == (0, True), ran.err
        log = client.get(path).json()["messages"]
        assert [each["seq"] for each in log] == list(range(1, len(log) + 1))
        assert all(each["meta"]["erased"] and each["kind"] == "notice" for each in log)
        assert "某某" not in str(log)
        assert say("m1", "我叫某某，小规模怎么申报") == 2, "a resend is known"
        assert say("m2", "还有一个问题") == log[-1]["seq"] + 1
        store = [*running.home.glob("daoban.sqlite3*")]
        assert store
        words = "我叫某某".encode()
        assert not any(words in each.read_bytes() for each in store), "read in the file"


def test_one_with_people_is_named_and_left(running: Server, beside: Daoban) -> None:
    with httpx.Client(base_url=f"{running.address}/api/v1", trust_env=False, timeout=30) as client:
        session = client.post("/chat/sessions", json={}).json()
        path = f"/chat/sessions/{session['session_id']}/messages"
        client.headers["Authorization"] = f"Bearer {session['session_token']}"
        client.post(path, json={"client_message_id": "m1", "text": "转人工"})
        while client.get(path, params={"after": 2, "wait": 10}).json()["owner"] == "bot":
            pass
        ran = beside("erase", *WHY, "--conversation", session["conversation_id"])
        assert ran.code == 1
        assert session["conversation_id"] in ran.out
        assert "转人工" in str(client.get(path).json()["messages"])
