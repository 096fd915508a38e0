"""Requests and frames that are too much, or are no text: a plain refusal each, never a 500."""

import json
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlsplit

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from bot.bounds import LONGEST_BODY, LONGEST_HEAD
from tests.faults.harness import Server

JSON = {"content-type": "application/json"}
MESSAGES = "/api/v1/chat/sessions/{session_id}/messages"


@pytest.fixture
def server(make_server: Callable[..., Server]) -> Server:
    """A server for all of these at once: it has to outlive them."""
    return make_server()


@pytest.mark.postgres
def test_too_much_or_not_text(bureau) -> None:
    """On PostgreSQL too, which keeps no U+0000."""
    first = bureau.servers[0]
    first.start()
    everything(first)


def test_too_much_or_not_text_on_sqlite(server: Server) -> None:
    everything(server)


def everything(server: Server) -> None:
    with httpx.Client(base_url=f"{server.address}/api/v1", trust_env=False, timeout=30) as api:
        opened = api.post("/chat/sessions", json={}).json()
        path = f"/chat/sessions/{opened['session_id']}"
        auth = {"Authorization": f"Bearer {opened['session_token']}"}
        for check in (bodies, heads, texts, queries):
            check(api, path, auth)
        raw(server)
        broken_off(server, api, path, auth)
        frames(server, path, opened)
        sent = {"client_message_id": "last", "text": "你好"}
        assert api.post(f"{path}/messages", json=sent, headers=auth).status_code == 202
    assert server.process is not None and server.process.poll() is None


def refused(answer: httpx.Response, status: int, code: str) -> None:
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["status"]) == (status, code, status)
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["detail"]


def bodies(api: httpx.Client, path: str, auth: dict) -> None:
    huge = {"client_message_id": "a", "text": "税" * LONGEST_BODY}
    refused(api.post(f"{path}/messages", json=huge, headers=auth), 413, "body_too_large")

    def parts():
        for _ in range(40):  # of unknown length
            yield b" " * 16_384

    chunked = api.post(f"{path}/messages", content=parts(), headers=auth | JSON)
    refused(chunked, 413, "body_too_large")
    long = {"client_message_id": "a", "text": "税" * 2_001}
    refused(api.post(f"{path}/messages", json=long, headers=auth), 422, "bad_input")
    deep = b'{"text":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    answer = api.post(f"{path}/messages", content=deep, headers=auth | JSON)
    assert (answer.status_code, answer.json()["status"]) in {(400, 400), (422, 422)}
    many = {f"field{n}": n for n in range(10_000)}
    refused(api.post(f"{path}/messages", json=many, headers=auth), 422, "bad_input")
    form = "&".join(f"f{n}=1" for n in range(5_000))
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = api.post("/oauth/token", content=form, headers=headers)
    assert answer.status_code in {400, 422}, answer.text


def heads(api: httpx.Client, path: str, auth: dict) -> None:
    for extra in ({"x-long": "a" * LONGEST_HEAD}, {f"x-{n}": "a" * 100 for n in range(1_000)}):
        answer = api.get(f"{path}/messages", headers=auth | extra)
        refused(answer, 431, "head_too_large")
    fits = {"x-long": "a" * (LONGEST_HEAD // 2)}
    assert api.get(f"{path}/messages", headers=auth | fits).status_code == 200


def texts(api: httpx.Client, path: str, auth: dict) -> None:
    for body, status in {
        b'{"client_message_id": "u", "text": "\xff\xfe"}': {400, 422},  # not UTF-8
        b'{"client_message_id": "v", "text": "\\ud800"}': {422},  # half of a pair
        b'{"client_message_id": "w", "text": "\\u0000"}': {422},  # nothing readable
        b'{"client_message_id": "x", "text": "a\x00b"}': {400, 422},  # no JSON
        b'{"client_message_id": "y", "text": "\xe7\xa8\x8e\\u0000"}': {202},  # is left out
        b"\x00" * 100: {400, 422},
        b"": {422},
    }.items():
        answer = api.post(f"{path}/messages", content=body, headers=auth | JSON)
        assert answer.status_code in status, (body, answer.text)
        assert answer.status_code == 202 or answer.json()["status"] == answer.status_code
    odd = {"channel": "web\x00"}
    answer = api.post("/chat/sessions", json=odd)
    assert answer.status_code in {201, 422}, answer.text


def queries(api: httpx.Client, path: str, auth: dict) -> None:
    for query in ("after=-1", "after=x", "wait=99", "after=99999999999999999999999", "after=%00"):
        answer = api.get(f"{path}/messages?{query}", headers=auth)
        refused(answer, 422, "bad_input")
    for odd in ("%00", "%ff%fe", "%ed%a0%80", "a" * 5_000):
        answer = api.get(f"/chat/sessions/{odd}/messages", headers=auth)
        assert answer.status_code in {400, 403, 404, 422}, answer.text
        sent = {"client_message_id": "odd", "text": "你好"}
        answer = api.post(f"/chat/sessions/{odd}/messages", headers=auth, json=sent)
        assert answer.status_code in {400, 403, 404, 422}, answer.text
    signing_in = {"username": "a\x00b", "password": "\x00"}
    answer = api.post("/staff/sign-in", json=signing_in)
    assert answer.status_code in {401, 422}, answer.text


def raw(server: Server) -> None:
    """Say what no client would; the server says why and hangs up."""
    for words in (
        b"nonsense\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: x\r\nx: " + b"a" * (2 * LONGEST_HEAD),  # and no end
    ):
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as wire:
            wire.sendall(words)
            answer = b""
            with suppress(ConnectionResetError):  # it did not read all of it
                while part := wire.recv(65_536):
                    answer += part
        assert not answer or answer.split(b" ", 2)[1] in {b"400", b"404", b"431"}, answer[:100]


def broken_off(server: Server, api: httpx.Client, path: str, auth: dict) -> None:
    """Hang up in the middle of a message, as phones do: nothing is kept, and it is no failure."""
    head = (
        f"POST /api/v1{path}/messages HTTP/1.1\r\nhost: x\r\n"
        f"authorization: {auth['Authorization']}\r\n"
        "content-type: application/json\r\ncontent-length: 1000\r\n\r\n"
    )
    before = answers(server, api)
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as wire:
        wire.sendall(head.encode() + b'{"client_message_id": "half", "text": "')
    for _ in range(100):
        if (after := answers(server, api)) != before:
            break
        time.sleep(0.1)
    assert {status for status in after if after[status] != before.get(status)} == {"400"}


def answers(server: Server, api: httpx.Client) -> dict[str, str]:
    """Return how often a message was answered with each status so far."""
    figures = api.get(f"{server.address}/metrics").text
    told = f'daoban_request_seconds_count{{method="POST",route="{MESSAGES}",status="'
    found = [line.removeprefix(told) for line in figures.splitlines() if line.startswith(told)]
    return dict(line.split('"} ') for line in found)


def frames(server: Server, path: str, opened: dict) -> None:
    address = f"ws://{urlsplit(server.address).netloc}/api/v1{path}/stream"
    auth = {"type": "auth", "session_token": opened["session_token"], "after": 0}
    for odd, codes in {
        "a" * 200_000: {1009},  # longer than a frame may be
        "[" * 50_000: set(),  # deep, and no object: passed over
        b"\xff\xfe": set(),  # bytes where text is meant: passed over
        "\x00": set(),
        json.dumps({"type": "typing", "x": "\ud800"}): set(),
    }.items():
        with connect(address, proxy=None) as wire:
            wire.send(json.dumps(auth))
            wire.recv(timeout=10)
            wire.send(odd)
            if codes:
                with pytest.raises(ConnectionClosed) as ended:
                    drain(wire)
                assert ended.value.rcvd is not None and ended.value.rcvd.code in codes
            else:
                with pytest.raises(TimeoutError):  # nothing more to hear, and no goodbye
                    drain(wire, 1)
    with connect(address, proxy=None) as wire:
        wire.send("[" * 50_000)  # before signing in
        with pytest.raises(ConnectionClosed) as ended:
            drain(wire)
    assert ended.value.rcvd is not None and ended.value.rcvd.code == 4401


def drain(wire, seconds: float = 10) -> None:
    while True:
        wire.recv(timeout=seconds)
