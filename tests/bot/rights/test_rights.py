"""Every route x every kind of caller, against one table; then what tokens can be and where from."""

import base64
import json
from concurrent.futures import CancelledError
from contextlib import suppress

import pytest
import sqlalchemy as sa
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import OctKey
from starlette.websockets import WebSocketDisconnect

from bot.app import create_app
from conversations.models import chat_session
from core.settings import Settings
from escalation.models import staff_session
from escalation.staff.access import COOKIE
from tests.bot.rights.conftest import SECRET
from tests.bot.rights.table import ACTORS, PAGES, PARAMETERS, ROWS, Row

SERVED = [row for row in ROWS if row.method != "WS"]
SOCKETS = [row for row in ROWS if row.method == "WS"]
CLOSED = {4401: 401, 4403: 403}


def routes_of(app) -> set[tuple[str, str]]:
    """Return method and path of everything that the application serves."""
    found = set()
    for route in iter_route_contexts(app.routes):
        methods = getattr(route, "methods", None)
        if methods is None:
            methods = {"MOUNT" if type(route).__name__ == "Mount" else "WS"}
        found |= {(method, route.path) for method in set(methods) - {"HEAD"}}
    return {(method, path) for method, path in found if path not in PAGES}


def filled(row: Row, owned) -> str:
    return row.path.format(session_id=owned.session_id, **PARAMETERS)


def ask(client: TestClient, row: Row, path: str, token: str | None):
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    if row.form:
        return client.request(row.method, path, data=dict(row.form), headers=headers)
    return client.request(row.method, path, json=row.sends, headers=headers)


def socket(client: TestClient, path: str, token: str | None, headers=None) -> int | None:
    """Return the status that its close code stands for, None when frames come."""
    frame = {"type": "auth", "token": token, "session_token": token, "after": 0}
    refused = None
    with (
        suppress(CancelledError),  # the client ends by cancelling the application's side
        client.websocket_connect(path, headers=headers or {}) as opened,
    ):
        opened.send_json(frame)
        try:
            opened.receive_json()
        except WebSocketDisconnect as closed:
            refused = CLOSED[closed.code]
    return refused


def test_every_route_has_its_row(app) -> None:
    listed = {(row.method, row.path) for row in ROWS}
    assert len(listed) == len(ROWS), "a route stands in the table twice"
    served = routes_of(app)
    assert sorted(served - listed) == [], "routes without a row in tests/bot/rights/table.py"
    assert sorted(listed - served) == [], "rows of routes that are no longer there"


@pytest.mark.parametrize("row", SERVED, ids=lambda row: f"{row.method} {row.path}")
def test_who_may(far, near, tokens, owned, row) -> None:
    """Asked from this machine for commands and actions, from elsewhere for all else."""
    client = near if row.path.startswith(("/api/v1/commands", "/actions")) else far
    wrong = {}
    for actor in ACTORS:
        client.cookies.clear()
        answer = ask(client, row, filled(row, owned), tokens[actor])
        wanted = row.door.status(actor)
        if answer.status_code != (row.gives if wanted is None else wanted):
            wrong[actor] = (answer.status_code, wanted or row.gives, answer.text[:200])
        elif wanted is not None:
            assert answer.headers["content-type"] == "application/problem+json"
            assert wanted != 401 or answer.headers["www-authenticate"] == "Bearer"
    assert not wrong


@pytest.mark.parametrize("row", SOCKETS, ids=lambda row: row.path)
def test_who_may_by_socket(near, tokens, owned, row) -> None:
    near.cookies.clear()
    found = {actor: socket(near, filled(row, owned), tokens[actor]) for actor in ACTORS}
    assert found == {actor: row.door.status(actor) for actor in ACTORS}


@pytest.mark.parametrize("surface", ["chat", "desk", "machine"])
def test_what_a_process_does_not_serve_is_not_there(surface, settings: Settings, owned) -> None:
    """Without the surface its routes answer 404, and only they are gone."""
    others = {"chat", "desk", "machine"} - {surface}
    app = create_app(settings.model_copy(update={"surfaces": frozenset(others)}))
    gone = {(row.method, row.path) for row in ROWS if row.surface == surface}
    kept = {(row.method, row.path) for row in ROWS if row.surface in others}
    assert gone.isdisjoint(routes_of(app)) and kept <= routes_of(app)
    client = TestClient(app)
    for row in ROWS:
        if row.surface != surface:
            continue
        path = filled(row, owned)
        if row.method == "WS":
            with suppress(WebSocketDisconnect), client.websocket_connect(path):
                pytest.fail(f"{path} was opened")
        else:
            answer = ask(client, row, path, None)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path


class TestFromThisMachine:
    """Where a call comes from counts beside its token."""

    @pytest.mark.parametrize(
        "row", [row for row in SERVED if "/commands/" in row.path], ids=lambda row: row.path
    )
    def test_commands_are_not_taken_from_elsewhere(self, far, tokens, row) -> None:
        answer = ask(far, row, row.path, tokens["the process's own command line"])
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")

    def test_actions_are_called_by_the_dialogue_server_only(self, near, far) -> None:
        right = {"X-Daoban-Token": "the token of the dialogue server"}
        assert near.post("/actions/webhook", json={}, headers=right).status_code == 422
        assert far.post("/actions/webhook", json={}, headers=right).status_code == 403
        wrong = {"X-Daoban-Token": "another"}
        assert near.post("/actions/webhook", json={}, headers=wrong).status_code == 403

    def test_metrics_are_read_here_without_a_token(self, near) -> None:
        assert "daoban_turns_total" in near.get("/metrics").text


def with_claims(token: str, **changes: object) -> str:
    """Change a token's claims and leave its signature."""
    head, body, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    changed = base64.urlsafe_b64encode(json.dumps(claims | changes).encode()).rstrip(b"=")
    return ".".join((head, changed.decode(), signature))


class TestMachineTokens:
    def status(self, far, token: str) -> int:
        headers = {"Authorization": f"Bearer {token}"}
        return far.post("/api/v1/chat/ask", json={"text": "退税"}, headers=headers).status_code

    def test_are_not_changed_by_their_holder(self, far, machine_token) -> None:
        token = machine_token("metrics")
        assert self.status(far, token) == 403
        assert self.status(far, with_claims(token, scope="ask metrics")) == 401

    def test_are_signed_by_this_bureau(self, far, machine_token) -> None:
        assert self.status(far, machine_token("ask", key="a key of another bureau, as long")) == 401

    @pytest.mark.parametrize(
        "claims", [{"exp": 1}, {"aud": "another"}, {"exp": None}, {"aud": None}]
    )
    def test_are_for_us_and_for_an_hour(self, far, claims) -> None:
        given = {"aud": "daoban-machine", "sub": "m1", "scope": "ask", "exp": 4_000_000_000}
        given = {name: value for name, value in (given | claims).items() if value is not None}
        token = jwt.encode({"alg": "HS256"}, given, OctKey.import_key(SECRET))
        assert self.status(far, token) == 401

    def test_without_a_signature_are_nothing(self, far, machine_token) -> None:
        _, body, _ = machine_token("ask").split(".")
        head = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
        assert self.status(far, f"{head}.{body}.") == 401


class TestSessions:
    def expire(self, write, near, table) -> None:
        past = near.app.state.database.clock.now().replace(year=2020)
        write(lambda tx: tx.execute(sa.update(table).values(expires_at=past)))

    def test_of_a_chat_end(self, near, owned, session, write) -> None:
        self.expire(write, near, chat_session)
        fresh = session()
        for opened, status in ((owned, 401), (fresh, 200)):
            path = f"/api/v1/chat/sessions/{opened.session_id}"
            headers = {"Authorization": f"Bearer {opened.token}"}
            assert near.get(f"{path}/messages", headers=headers).status_code == status
            assert socket(near, f"{path}/stream", opened.token) == (401 if status == 401 else None)

    def test_of_the_desk_end(self, near, desk_token, write) -> None:
        token = desk_token("officer")
        headers = {"Authorization": f"Bearer {token}"}
        assert near.get("/api/v1/staff/me", headers=headers).status_code == 200
        self.expire(write, near, staff_session)
        assert near.get("/api/v1/staff/me", headers=headers).status_code == 401
        assert socket(near, "/api/v1/desk/stream", token) == 401


class TestTheDesksCookie:
    """It speaks for the desk's own page: SameSite keeps other sites out, Origin their pages."""

    @pytest.fixture
    def cookie(self, desk_token) -> dict[str, str]:
        return {"Cookie": f"{COOKIE}={desk_token('officer')}"}

    @pytest.mark.parametrize("origin", [None, "http://testserver"])
    def test_is_taken_from_our_page(self, near, cookie, origin) -> None:
        headers = cookie | ({"Origin": origin} if origin else {})
        answer = near.post("/api/v1/desk/presence", json={"state": "away"}, headers=headers)
        assert answer.status_code == 200
        assert socket(near, "/api/v1/desk/stream", None, headers) is None

    @pytest.mark.parametrize("origin", ["https://other.example", "null", "http://testserver:81"])
    def test_is_not_taken_from_another_page(self, near, cookie, origin) -> None:
        headers = cookie | {"Origin": origin}
        for method, path in (("GET", "/staff/me"), ("POST", "/desk/presence")):
            answer = near.request(method, f"/api/v1{path}", json={"state": "away"}, headers=headers)
            assert answer.status_code == 401
        assert socket(near, "/api/v1/desk/stream", None, headers) == 401

    def test_does_not_sign_out_for_another_page(self, near, cookie) -> None:
        near.post("/api/v1/staff/sign-out", headers=cookie | {"Origin": "https://other.example"})
        assert near.get("/api/v1/staff/me", headers=cookie).status_code == 200

    def test_a_bearer_token_speaks_for_itself(self, near, desk_token) -> None:
        headers = {
            "Authorization": f"Bearer {desk_token('officer')}",
            "Origin": "https://a.example",
        }
        assert near.get("/api/v1/staff/me", headers=headers).status_code == 200

    def test_is_no_script_s_and_no_other_site_s(self, near, staff) -> None:
        body = {"username": "officer", "password": "a long password"}
        answer = near.post("/api/v1/staff/sign-in", json=body)
        near.cookies.clear()
        set_cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in set_cookie and "samesite=strict" in set_cookie


def test_the_demo_answers_single_questions_to_anyone(near, settings, monkeypatch) -> None:
    demo = settings.model_copy(update={"demo": True})
    monkeypatch.setattr(near.app.state.services, "settings", demo)
    assert near.post("/api/v1/chat/ask", json={"text": "退税"}).status_code == 200
