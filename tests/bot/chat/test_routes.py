"""The chat over HTTP and socket, through the served application; refusals first."""

import json
import uuid

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.support.host import host_token

PROBLEM = "application/problem+json"


def open_session(api: httpx.Client, **asked: object) -> dict:
    answer = api.post("/chat/sessions", json=asked)
    assert answer.status_code == 201, answer.text
    return answer.json()


def headers(session: dict) -> dict[str, str]:
    return {"Authorization": f"Bearer {session['session_token']}"}


def send(api: httpx.Client, session: dict, **content: object) -> httpx.Response:
    body = {"client_message_id": str(uuid.uuid4()), **content}
    return api.post(
        f"/chat/sessions/{session['session_id']}/messages", json=body, headers=headers(session)
    )


def poll(api: httpx.Client, session: dict, after: int = 0, wait: float = 0) -> dict:
    answer = api.get(
        f"/chat/sessions/{session['session_id']}/messages",
        params={"after": after, "wait": wait},
        headers=headers(session),
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def until(api: httpx.Client, session: dict, count: int) -> list[dict]:
    """Poll until so many messages are there."""
    messages: list[dict] = []
    last = 0
    for _ in range(20):
        found = poll(api, session, last, wait=5)
        messages += found["messages"]
        last = found["last_seq"]
        if len(messages) >= count:
            return messages
    raise AssertionError(f"only {len(messages)} messages came")


def change_locale(api: httpx.Client, session: dict, locale: str) -> httpx.Response:
    return api.put(
        f"/chat/sessions/{session['session_id']}/locale",
        json={"locale": locale},
        headers=headers(session),
    )


class TestRefusals:
    def problem(self, answer: httpx.Response, status: int, code: str) -> dict:
        assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM)
        assert answer.json()["code"] == code
        assert answer.json()["detail"]
        return answer.json()

    def test_no_token(self, api) -> None:
        session = open_session(api)
        answer = api.get(f"/chat/sessions/{session['session_id']}/messages")
        self.problem(answer, 401, "not_signed_in")

    def test_an_unknown_token(self, api) -> None:
        session = open_session(api) | {"session_token": "forged"}
        self.problem(send(api, session, text="问"), 401, "not_signed_in")

    def test_a_token_of_another_session(self, api) -> None:
        mine, other = open_session(api), open_session(api)
        mixed = mine | {"session_token": other["session_token"]}
        self.problem(send(api, mixed, text="问"), 403, "not_allowed")

    @pytest.mark.parametrize(
        "token",
        ["nonsense", host_token("p", "t", exp=1_000_000_000), host_token("p", "t") + "x",
         host_token("p", "t", secret="a secret that is not the host bureau's own")],
    )  # fmt: skip
    def test_a_forged_or_expired_host_token(self, api, token: str) -> None:
        self.problem(api.post("/chat/sessions", json={"token": token}), 401, "not_signed_in")

    @pytest.mark.parametrize(
        "message",
        [{}, {"text": ""}, {"text": "   "}, {"text": "问" * 10_000}, {"text": "\x00\x01"},
         {"input": {"type": "choice", "ref_seq": 999, "id": "entry:x"}},
         {"input": {"type": "nothing"}}, {"text": "问", "input": {"type": "close"}}],
    )  # fmt: skip
    def test_malformed_messages(self, api, message: dict) -> None:
        self.problem(send(api, open_session(api), **message), 422, "bad_input")

    @pytest.mark.parametrize(
        ("body", "kind"),
        [
            (b'{"client_message_id": "a", "text": "x"', "application/json"),
            (b"\xff\xfe", "application/json"),
            (b"", "application/json"),
            (b'{"client_message_id": "a", "text": "x"}', "text/plain"),
            (b"[" * 100_000, "application/json"),
        ],
    )
    def test_a_body_that_is_no_json(self, api, body: bytes, kind: str) -> None:
        session = open_session(api)
        path = f"/chat/sessions/{session['session_id']}/messages"
        sent = headers(session) | {"Content-Type": kind}
        self.problem(api.post(path, content=body, headers=sent), 422, "bad_input")
        nobody = {"Content-Type": kind}
        self.problem(api.post(path, content=body, headers=nobody), 401, "not_signed_in")

    def test_a_fault_names_its_field(self, api) -> None:
        answer = send(api, open_session(api), text="x", file_ids=["a" * 65])
        assert [each["field"] for each in answer.json()["errors"]] == ["file_ids.0"]

    def test_a_reused_id_with_another_content(self, api) -> None:
        session = open_session(api)
        first = send(api, session, client_message_id="same", text="问")
        again = send(api, session, client_message_id="same", text="问")
        assert first.json() == again.json()
        other = send(api, session, client_message_id="same", text="别的")
        self.problem(other, 409, "client_message_id_reused")

    def test_an_unknown_address(self, api) -> None:
        self.problem(api.get("/nothing"), 404, "not_found")

    @pytest.mark.parametrize("text", ["", "\u200b\u200b", "..."])
    def test_an_unreadable_question(self, api, text: str) -> None:
        self.problem(api.post("/chat/ask", json={"text": text}), 422, "bad_input")


class TestHistory:
    def look_back(self, api: httpx.Client, session: dict, **asked: object) -> httpx.Response:
        address = f"/chat/sessions/{session['session_id']}/history"
        return api.get(address, params=asked, headers=headers(session))

    def test_of_another_session_is_refused(self, api) -> None:
        mine, other = open_session(api), open_session(api)
        mixed = mine | {"session_token": other["session_token"]}
        assert self.look_back(api, mixed).status_code == 403

    @pytest.mark.parametrize(
        "asked", [{"limit": 0}, {"limit": 201}, {"before": 0}, {"before": 2**63}, {"q": "问" * 101}]
    )
    def test_of_impossible_pages_is_refused(self, api, asked: dict) -> None:
        assert self.look_back(api, open_session(api), **asked).status_code == 422

    def test_is_searched_and_paged_backwards(self, api) -> None:
        session = open_session(api)
        for text in ("100% 的股权怎么申报", "1000 元以下怎么申报"):
            assert send(api, session, text=text).status_code == 202
        found = self.look_back(api, session, q="100%").json()
        assert [each["text"] for each in found["messages"]] == ["100% 的股权怎么申报"]
        [consultation] = found["consultations"]
        assert consultation["question"] == "100% 的股权怎么申报"
        newest = self.look_back(api, session, limit=1).json()
        older = self.look_back(api, session, before=newest["next_before"], limit=200).json()
        assert older["messages"][0]["seq"] < newest["messages"][0]["seq"]
        assert older["next_before"] is None


class TestConversation:
    def test_it_begins_with_a_greeting_and_hot_questions(self, api) -> None:
        session = open_session(api)
        [greeting] = poll(api, session)["messages"]
        assert greeting["text"] == session["greeting"]
        assert len(greeting["meta"]["suggestions"]) == 6

    def test_a_question_is_answered_with_its_source(self, api) -> None:
        session = open_session(api)
        assert send(api, session, text="逾期申报会怎么罚款").status_code == 202
        answer = until(api, session, 3)[-1]
        assert answer["kind"] == "answer"
        assert answer["sources"][0]["document"]
        assert answer["entry_id"] == "T16-01"

    def test_markup_comes_back_as_it_was_typed(self, api) -> None:
        session = open_session(api)
        send(api, session, text="<img src=x onerror=alert(1)>")
        assert until(api, session, 3)[1]["text"] == "<img src=x onerror=alert(1)>"

    def test_an_identified_person_has_one_lasting_conversation(self, api) -> None:
        token = host_token("p-lasting", "t-lasting", profile={"vat_status": "small_scale"})
        first = open_session(api, token=token)
        send(api, first, text="逾期申报会怎么罚款")
        until(api, first, 3)
        second = open_session(api, token=token)
        assert second["conversation_id"] == first["conversation_id"]
        assert second["session_id"] != first["session_id"]
        assert [each["seq"] for each in poll(api, second)["messages"]] == [1, 2, 3]

    def test_signing_in_later_keeps_what_was_said(self, api) -> None:
        token = host_token("p-later", "t-later")
        before = open_session(api, token=token)
        visitor = open_session(api)
        send(api, visitor, text="逾期申报会怎么罚款")
        until(api, visitor, 3)
        answer = api.post(
            f"/chat/sessions/{visitor['session_id']}/identify",
            json={"token": token},
            headers=headers(visitor),
        )
        assert answer.json()["conversation_id"] == before["conversation_id"]
        said = [each["text"] for each in poll(api, visitor)["messages"]]
        assert "逾期申报会怎么罚款" in said

    def test_another_person_cannot_take_a_conversation(self, api) -> None:
        session = open_session(api, token=host_token("p-a", "t-a"))
        answer = api.post(
            f"/chat/sessions/{session['session_id']}/identify",
            json={"token": host_token("p-b", "t-b")},
            headers=headers(session),
        )
        assert answer.status_code == 403

    def test_reading_is_noted(self, api) -> None:
        session = open_session(api)
        address = f"/chat/sessions/{session['session_id']}/read"
        assert api.post(address, json={"seq": 1}, headers=headers(session)).status_code == 204
        assert poll(api, session)["read_seq"] == 1


class TestLanguage:
    def test_an_unknown_language_is_refused(self, api) -> None:
        answer = change_locale(api, open_session(api), "fr")
        assert (answer.status_code, answer.json()["code"]) == (422, "bad_input")

    def test_without_a_token_it_is_refused(self, api) -> None:
        session = open_session(api) | {"session_token": "forged"}
        assert change_locale(api, session, "en").status_code == 401

    def test_a_new_conversation_takes_the_browsers(self, api) -> None:
        answer = api.post("/chat/sessions", json={}, headers={"Accept-Language": "zh-TW,en;q=0.5"})
        assert answer.json()["locale"] == "zh-Hant"
        assert "機器人" in answer.json()["greeting"]
        asked = {"locale": "en"}
        answer = api.post("/chat/sessions", json=asked, headers={"Accept-Language": "zh-TW"})
        assert answer.json()["locale"] == "en"

    def test_a_lasting_conversation_keeps_its_language(self, api) -> None:
        token = host_token(uuid.uuid4().hex, "91990000MA00000000")
        first = open_session(api, token=token, locale="en")
        again = open_session(api, token=token)
        assert (first["locale"], again["locale"]) == ("en", "en")
        assert open_session(api, token=token, locale="zh-Hant")["locale"] == "zh-Hant"

    def test_a_lone_question_is_answered_in_it(self, api) -> None:
        asked = {"text": "late filing penalty", "locale": "en"}
        found = api.post("/chat/ask", json=asked).json()
        assert (found["decision"], found["entry_id"]) == ("answer", "T16-01")
        assert found["text"].startswith("If a return is not filed on time")
        asked = {"text": "逾期申报会怎么罚款", "locale": "zh-Hant"}
        assert "稅務機關" in api.post("/chat/ask", json=asked).json()["text"]


class TestAsk:
    def test_it_answers_for_the_profile_and_the_day(self, api) -> None:
        asked = {"text": "逾期申报会怎么罚款", "as_of": "2026-11-24"}
        answer = api.post("/chat/ask", json=asked).json()
        assert (answer["decision"], answer["entry_id"]) == ("answer", "T16-01")
        assert 0 < answer["confidence"] <= 1

    def test_a_wish_for_a_person_is_a_handoff(self, api) -> None:
        assert api.post("/chat/ask", json={"text": "转人工"}).json()["decision"] == "handoff"

    @pytest.mark.parametrize("text", ["😀", "SELECT * FROM entry", "<b>x</b>", "税" * 10_000])
    def test_odd_text_gets_a_decision(self, api, text: str) -> None:
        answer = api.post("/chat/ask", json={"text": text})
        assert answer.status_code in {200, 422}
        assert answer.headers["content-type"] in {PROBLEM, "application/json"}


class TestStream:
    def open(self, served: str, session: dict, after: int = 0) -> ClientConnection:
        address = served.replace("http", "ws") + f"/api/v1/chat/sessions/{session['session_id']}"
        socket = connect(f"{address}/stream", compression=None, proxy=None)
        socket.send(
            json.dumps({"type": "auth", "session_token": session["session_token"], "after": after})
        )
        return socket

    def frames(self, socket: ClientConnection, kind: str, count: int) -> list[dict]:
        found: list[dict] = []
        while len(found) < count:
            frame = json.loads(socket.recv(timeout=15))
            if frame["type"] == kind:
                found.append(frame)
        return found

    def test_it_carries_the_log_and_resumes_after_a_seq(self, served, api) -> None:
        session = open_session(api)
        with self.open(served, session) as socket:
            assert self.frames(socket, "message", 1)[0]["message"]["seq"] == 1
            send(api, session, text="逾期申报会怎么罚款")
            said = [frame["message"]["seq"] for frame in self.frames(socket, "message", 2)]
            assert said == [2, 3]
        with self.open(served, session, after=2) as socket:
            assert self.frames(socket, "message", 1)[0]["message"]["seq"] == 3

    def test_it_tells_the_owner_and_the_place_in_line(self, served, api) -> None:
        session = open_session(api)
        with self.open(served, session) as socket:
            assert self.frames(socket, "owner", 1)[0]["owner"] == "bot"
            send(api, session, text="转人工")
            frame = self.frames(socket, "owner", 1)[0]
            while frame["owner"] == "bot":  # a consultation was opened first
                frame = self.frames(socket, "owner", 1)[0]
            assert frame["owner"] == "officer_queue"
            assert frame["queue"]["place"] >= 1

    def test_another_tab_hears_of_a_change_of_language(self, served, api) -> None:
        session = open_session(api)
        with self.open(served, session) as socket:
            assert self.frames(socket, "owner", 1)[0]["locale"] == "zh-Hans"
            assert change_locale(api, session, "zh-Hant").status_code == 204
            assert self.frames(socket, "owner", 1)[0]["locale"] == "zh-Hant"

    @pytest.mark.parametrize(
        ("first", "code"),
        [("not json", 4401), ('{"type": "auth", "session_token": "forged"}', 4401), ("[]", 4401)],
    )
    def test_a_bad_first_frame_is_turned_away(self, served, api, first, code) -> None:
        session = open_session(api)
        address = served.replace("http", "ws") + f"/api/v1/chat/sessions/{session['session_id']}"
        with connect(f"{address}/stream", compression=None, proxy=None) as socket:
            socket.send(first)
            with pytest.raises(ConnectionClosed):
                socket.recv(timeout=15)
            assert socket.close_code == code

    def test_another_sessions_token_is_turned_away(self, served, api) -> None:
        mine, other = open_session(api), open_session(api)
        with self.open(served, mine | {"session_token": other["session_token"]}) as socket:
            with pytest.raises(ConnectionClosed):
                socket.recv(timeout=15)
            assert socket.close_code == 4403


class TestHealth:
    def test_live_ready_and_metrics(self, served) -> None:
        with httpx.Client(base_url=served, trust_env=False) as client:
            assert client.get("/health/live").status_code == 200
            parts = client.get("/health/ready").json()["parts"]
            assert {name: part["state"] for name, part in parts.items()} == {
                "database": "up", "search": "up", "dialogue": "down", "worker": "up",
            }  # fmt: skip
            assert "daoban_turns_total" in client.get("/metrics").text

    def test_the_contract_stands_in_openapi(self, served) -> None:
        with httpx.Client(base_url=served, trust_env=False) as client:
            paths = client.get("/openapi.json").json()["paths"]
        assert {"/api/v1/chat/sessions", "/api/v1/chat/ask", "/api/v1/desk/queues"} <= set(paths)


class TestFlows:
    def test_the_flows_there_are(self, api: httpx.Client) -> None:
        found = {each["flow_id"]: each for each in api.get("/chat/flows").json()}
        assert {"F05", "F06"} <= found.keys()
        assert found["F06"]["title"] and found["F06"]["minutes"] > 0
        session = open_session(api, profile={"entity_type": "natural_person"})
        mine = api.get("/chat/flows", headers=headers(session)).json()
        assert {each["flow_id"] for each in mine} <= found.keys()
        english = {each["flow_id"]: each for each in api.get("/chat/flows?locale=en").json()}
        assert english["F06"]["title"].isascii()

    def test_a_one_shot_question_names_a_flow(self, api: httpx.Client) -> None:
        answer = api.post("/chat/ask", json={"text": "我要办理F06"}).json()
        assert (answer["decision"], answer["flow"]["flow_id"]) == ("flow", "F06")
        assert answer["choices"][0]["id"] == "flow:F06"

    def test_a_flow_over_http(self, api: httpx.Client) -> None:
        session = open_session(api)
        send(api, session, text="办理F06")
        begun = until(api, session, 3)[-1]
        assert begun["kind"] == "flow"
        flow = begun["flow"]
        field = flow["fields"][0]
        pressed = {"type": "flow_field", "run_id": flow["run_id"], "field": field["key"]}
        assert send(api, session, input=pressed | {"value": "nothing"}).status_code == 202
        assert send(api, session, input=pressed | {"run_id": "fr_none"}).status_code == 404
        assert send(api, session, input=pressed | {"field": "none", "value": 1}).status_code == 422
        assert send(api, session, input=pressed | {"value": "x" * 30_000}).status_code == 422
        chosen = send(api, session, input=pressed | {"value": field["options"][0]["id"]})
        told = poll(api, session, chosen.json()["seq"])["messages"][-1]
        assert told["flow"]["step"] != flow["step"] and told["flow"]["progress"]["step"] == 2
