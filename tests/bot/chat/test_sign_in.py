"""How a socket is closed that could not sign in: only what is wrong for good ends a session."""

import asyncio

import pytest

from bot.chat import stream
from core.errors import NotAllowed, NotSignedIn, TooMany, Unavailable

AUTH = '{"type": "auth", "session_token": "t", "after": 3}'


class Socket:
    def __init__(self, first: str | None) -> None:
        self.first = first

    async def receive(self) -> dict[str, str]:
        if self.first is None:
            await asyncio.Event().wait()
        return {"type": "websocket.receive", "text": str(self.first)}


class Chat:
    def __init__(self, error: Exception | None) -> None:
        self.error = error

    async def access(self, session_id: str, token: str) -> str:
        if self.error:
            raise self.error
        return session_id


@pytest.mark.parametrize(
    ("first", "error", "code"),
    [
        ("not json", None, 4401),
        ('{"type": "auth"}', None, 4401),
        (AUTH, NotSignedIn("no"), 4401),
        (AUTH, NotAllowed("no"), 4403),
        (AUTH, TooMany("in a moment", retry_after=1), 4408),
        (None, None, 4408),
    ],
)
async def test_the_code_says_whether_to_come_again(
    monkeypatch: pytest.MonkeyPatch, first: str | None, error: Exception | None, code: int
) -> None:
    monkeypatch.setattr(stream, "SIGN_IN_SECONDS", 0.01)
    with pytest.raises(stream._Closed) as closed:
        await stream._sign_in(Chat(error), Socket(first), "ss_1")
    assert closed.value.code == code


async def test_a_token_opens_its_session() -> None:
    assert await stream._sign_in(Chat(None), Socket(AUTH), "ss_1") == ("ss_1", 3)


async def test_a_database_that_is_away_is_not_the_devices_fault() -> None:
    with pytest.raises(Unavailable):
        await stream._sign_in(Chat(Unavailable("away")), Socket(AUTH), "ss_1")
