"""Whatever the first frame of a socket is, it is answered or closed with a code of the contract."""

import json

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

SOCKETS = {"chat": "/api/v1/chat/sessions/{session_id}/stream", "desk": "/api/v1/desk/stream"}
FRAMES = [
    "", "{", "null", "[]", "1", '"auth"', "\0", "税" * 5000, "[" * 5000, b"\xff\xfe", b"{}",
    '{"type": "auth"}', '{"type": "auth", "session_token": 1, "token": 1}',
    '{"type": "auth", "session_token": "\\ud800", "token": "\\ud800"}',
    '{"type": "auth", "session_token": "\\u0000", "token": "\\u0000"}',
    '{"type": ["auth"], "session_token": "x", "token": "x"}',
]  # fmt: skip
AFTER = [-1, 2**63, 10**30, 1e308, float("inf"), float("nan"), "x", None, [], {}]


def answered(demo, surface: str, *frames: str | bytes) -> int | None:
    """Return the code that it closes with, None when a frame comes."""
    address = demo.url.replace("http", "ws", 1) + SOCKETS[surface].format(**demo.ids)
    with connect(address, proxy=None) as opened:
        for frame in frames:
            opened.send(frame)
        try:
            opened.recv(timeout=10)
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 0
    return None


@pytest.mark.parametrize("surface", SOCKETS)
@pytest.mark.parametrize("frame", FRAMES)
def test_a_first_frame_that_signs_nobody_in(demo, surface, frame) -> None:
    assert answered(demo, surface, frame) == 4401


@pytest.mark.parametrize("after", AFTER)
def test_a_place_that_is_none(demo, after) -> None:
    frame = {"type": "auth", "session_token": demo.tokens["session"], "after": after}
    assert answered(demo, "chat", json.dumps(frame)) in {None, 4401}


@pytest.mark.parametrize("surface", SOCKETS)
@pytest.mark.parametrize("frame", [*FRAMES[:-4], '{"type": "typing", "consultation_id": ["x"]}'])
def test_later_frames_are_passed_over(demo, surface, frame) -> None:
    token = demo.tokens["session" if surface == "chat" else "officer1"]
    first = {"type": "auth", "session_token": token, "token": token}
    assert answered(demo, surface, json.dumps(first), frame) is None
