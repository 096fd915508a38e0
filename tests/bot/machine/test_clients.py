"""Machine clients: refusals first, then a token and what it opens."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from bot.app import create_app
from bot.chat.service import Chat
from bot.machine.clients import InvalidClient, Machine, issue, prove, put_client, read
from bot.turns.runner import TurnRunner
from core.errors import BadInput, NotAllowed, NotSignedIn

SECRET = "a secret that only this test's client knows"
KEY = "a key that signs tokens in these tests only"


class TestClients:
    async def test_a_wrong_secret_or_client_is_refused(self, db) -> None:
        await db.write(lambda tx: put_client(tx, "c", SECRET, frozenset({"ask"}), actor="test"))
        for client, secret in (("c", "wrong"), ("nobody", SECRET), ("nobody", "")):
            with pytest.raises(InvalidClient):
                await db.read(lambda tx, c=client, s=secret: prove(tx, c, s))

    async def test_a_scope_or_secret_that_cannot_be_is_refused(self, db) -> None:
        for secret, scopes in ((SECRET, {"everything"}), ("short", {"ask"})):
            with pytest.raises(BadInput):
                await db.write(
                    lambda tx, s=secret, w=scopes: put_client(tx, "c", s, frozenset(w), actor="t")
                )

    async def test_another_secret_takes_the_place_of_the_first(self, db) -> None:
        for secret in (SECRET, SECRET + "2"):
            await db.write(lambda tx, s=secret: put_client(tx, "c", s, frozenset(), actor="test"))
        with pytest.raises(InvalidClient):
            await db.read(lambda tx: prove(tx, "c", SECRET))
        assert (await db.read(lambda tx: prove(tx, "c", SECRET + "2"))).scopes == frozenset()

    def test_a_token_is_good_for_an_hour_and_its_scope(self, clock) -> None:
        now = clock.now()
        token = issue(Machine("c", frozenset({"ask"})), KEY, now)
        assert read(token, KEY, now, "ask").id == "c"
        with pytest.raises(NotSignedIn):
            read(token, KEY, now + timedelta(hours=1, seconds=1), "ask")
        with pytest.raises(NotSignedIn):
            read(token, KEY + "x", now, "ask")
        with pytest.raises(NotAllowed):
            read(issue(Machine("c", frozenset()), KEY, now), KEY, now, "ask")


class TestAsk:
    @pytest.fixture
    async def api(self, services) -> AsyncIterator[httpx.AsyncClient]:
        """The application as it is outside the demo."""
        services.settings = services.settings.model_copy(
            update={"demo": False, "secret_key": _secret()}
        )
        app = create_app(services.settings)
        app.state.database = services.database
        app.state.chat = Chat(services, TurnRunner(services.database, _unused))
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://t/api/v1") as client:
            yield client

    async def test_without_a_token_it_is_refused(self, api) -> None:
        answer = await api.post("/chat/ask", json={"text": "逾期申报会怎么罚款"})
        assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")

    async def test_a_wrong_secret_gets_no_token(self, api) -> None:
        form = {"grant_type": "client_credentials", "client_id": "c", "client_secret": "x"}
        answer = await api.post("/oauth/token", data=form)
        assert (answer.status_code, answer.json()["code"]) == (401, "invalid_client")
        answer = await api.post("/oauth/token", data={"grant_type": "password"})
        assert answer.status_code == 422

    @pytest.mark.parametrize("basic", [True, False])
    async def test_with_its_token_a_machine_gets_an_answer(self, api, services, basic) -> None:
        await services.database.write(
            lambda tx: put_client(tx, "c", SECRET, frozenset({"ask"}), actor="test")
        )
        form = {"grant_type": "client_credentials"}
        named = {} if basic else {"client_id": "c", "client_secret": SECRET}
        answer = await api.post(
            "/oauth/token", data=form | named, auth=("c", SECRET) if basic else None
        )
        headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        answer = await api.post("/chat/ask", json={"text": "逾期申报会怎么罚款"}, headers=headers)
        assert answer.json()["entry_id"] == "T16-01"


def _secret():
    from pydantic import SecretStr

    return SecretStr(KEY)


async def _unused(_conversation: str, _seq: int) -> None:
    raise AssertionError("no turn is made here")
