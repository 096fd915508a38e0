"""The chat in pages of other origins: HTTP, sockets, frames; refusals first."""

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

SESSIONS = "/api/v1/chat/sessions"
STRANGERS = [
    "null",
    "https://evil.test",
    "https://etax.example.evil.test",
    "https://ETAX.example",
    "https://etax.example:8443",
    "https://etax.example/",
    "https://bureau.example",
]


@pytest.fixture
def client(served: str) -> httpx.Client:
    """A client of the whole server."""
    return httpx.Client(base_url=served, trust_env=False, timeout=30)


def preflight(client: httpx.Client, origin: str, path: str = SESSIONS, **asked: str):
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": asked.get("method", "POST"),
        "Access-Control-Request-Headers": asked.get("headers", "authorization,content-type"),
    }
    return client.options(path, headers=headers)


class TestHttp:
    @pytest.mark.parametrize("origin", STRANGERS)
    def test_a_stranger_reads_nothing(self, client, origin: str) -> None:
        for answer in (
            preflight(client, origin),
            client.post(SESSIONS, json={}, headers={"Origin": origin}),
        ):
            assert "access-control-allow-origin" not in answer.headers
            assert "Origin" in answer.headers["vary"]
        assert preflight(client, origin).status_code == 400

    def test_what_the_chat_does_not_need_is_not_allowed(self, client) -> None:
        origin = "https://etax.example"
        assert preflight(client, origin, method="DELETE").status_code == 400
        assert preflight(client, origin, headers="x-secret").status_code == 400

    @pytest.mark.parametrize("path", ["/api/v1/staff/sign-in", "/api/v1/desk/queues"])
    def test_only_the_chat_is_shared(self, client, path: str) -> None:
        origin = {"Origin": "https://etax.example"}
        assert (
            "access-control-allow-origin" not in preflight(client, origin["Origin"], path).headers
        )
        assert "access-control-allow-origin" not in client.get(path, headers=origin).headers

    @pytest.mark.parametrize("origin", ["https://etax.example", "https://www.bureau.example"])
    def test_a_listed_page_may(self, client, origin: str) -> None:
        asked = preflight(client, origin, method="PUT")
        assert asked.status_code == 200
        assert asked.headers["access-control-allow-origin"] == origin
        assert "access-control-allow-credentials" not in asked.headers
        answer = client.post(SESSIONS, json={}, headers={"Origin": origin})
        assert answer.status_code == 201
        assert answer.headers["access-control-allow-origin"] == origin
        assert answer.headers["access-control-expose-headers"] == "Retry-After, X-Request-Id"
        assert answer.headers["x-request-id"]

    def test_a_listed_page_reads_refusals_too(self, client) -> None:
        origin = {"Origin": "https://etax.example"}
        for answer in (
            client.post(SESSIONS, json={"token": "forged"}, headers=origin),
            client.get(f"{SESSIONS}/ss_none/messages", headers=origin),
            client.get("/api/v1/chat/nothing", headers=origin),
        ):
            assert answer.status_code >= 400
            assert answer.headers["access-control-allow-origin"] == origin["Origin"]

    def test_a_program_passes_and_caches_are_told(self, client) -> None:
        answer = client.post(SESSIONS, json={})
        assert (answer.status_code, answer.headers["vary"]) == (201, "Origin")


class TestSocket:
    def address(self, served: str) -> str:
        return served.replace("http", "ws") + f"{SESSIONS}/ss_none/stream"

    @pytest.mark.parametrize("origin", [*STRANGERS, "http://127.0.0.1:1", "http://127.0.0.1"])
    def test_a_stranger_is_refused_before_it_opens(self, served, origin: str) -> None:
        with pytest.raises(InvalidStatus) as refused:
            connect(self.address(served), proxy=None, origin=origin)
        assert refused.value.response.status_code == 403

    @pytest.mark.parametrize("origin", [None, "own", "https://etax.example"])
    def test_our_page_listed_pages_and_programs_pass(self, served, origin) -> None:
        origin = served if origin == "own" else origin
        with connect(self.address(served), proxy=None, origin=origin) as socket:
            socket.send("{}")
            with pytest.raises(Exception, match="4401"):
                socket.recv(timeout=15)


class TestFrames:
    def sources(self, client, path: str) -> str:
        policy = client.get(path).headers["content-security-policy"]
        return policy.split("frame-ancestors ")[1]

    def test_only_the_chat_may_be_framed_and_only_by_listed_pages(self, client) -> None:
        listed = "'self' https://*.bureau.example https://etax.example"
        assert self.sources(client, "/chat/") == listed
        assert self.sources(client, "/desk/") == "'none'"
        assert self.sources(client, "/api/v1/chat/sessions") == "'none'"
