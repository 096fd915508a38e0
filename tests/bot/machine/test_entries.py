"""The entries for other systems: all of them by pages, and nothing that is not for everybody."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from pydantic import SecretStr

from bot.app import create_app
from bot.chat.service import Chat
from bot.machine.clients import Machine, issue
from bot.turns.runner import TurnRunner

KEY = "a key that signs tokens in these tests only"


@pytest.fixture
async def api(services, clock) -> AsyncIterator[httpx.AsyncClient]:
    services.settings = services.settings.model_copy(update={"secret_key": SecretStr(KEY)})
    app = create_app(services.settings)
    app.state.database = services.database
    app.state.services = services
    app.state.chat = Chat(services, TurnRunner(services.database, _unused))
    token = issue(Machine("portal", frozenset({"entries"})), KEY, services.database.clock.now())
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://t/api/v1",
        headers={"Authorization": f"Bearer {token}"},
    ) as client:
        yield client


async def _unused(_conversation: str, _seq: int) -> None:
    raise AssertionError("no turn is made here")


async def pages(api: httpx.AsyncClient, limit: int, **wanted: str) -> list[dict]:
    """Read to the end."""
    found: list[dict] = []
    cursor: dict[str, str] = {}
    while True:
        answer = await api.get("/entries", params={"limit": limit, **wanted, **cursor})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert len(page["items"]) <= limit
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


async def test_all_that_everybody_may_see_comes_once_and_nothing_else(api, services) -> None:
    content = services.knowledge.content
    found = await pages(api, 97)
    wanted = [
        each.id
        for each in content.entries.values()
        if each.is_policy and each.state == "ready" and each.visibility == "public"
    ]
    assert [each["id"] for each in found] == sorted(wanted)
    assert {each.state for each in content.entries.values()} > {"ready"}
    assert {each.kind for each in content.entries.values()} == {"policy", "referral", "refusal"}


async def test_what_is_for_staff_stays_out(api, services) -> None:
    [first, *_] = await pages(api, 500)
    knowledge = services.knowledge
    entry = knowledge.content.entries[first["id"]].model_copy(update={"visibility": "staff"})
    entries = knowledge.content.entries | {entry.id: entry}
    content = knowledge.content.model_copy(update={"entries": entries})
    knowledge._snapshot = replace(knowledge.snapshot, content=content)
    assert entry.id not in [each["id"] for each in await pages(api, 500)]


async def test_an_entry_has_its_basis_and_its_time(api, services) -> None:
    content = services.knowledge.content
    [found] = [each for each in await pages(api, 500) if each["id"] == "T16-01"]
    entry = content.entries["T16-01"]
    assert found["answer"] == entry.answer
    assert len(found["sources"]) == len(entry.sources)
    assert all(each["document"] for each in found["sources"])
    start = content.validity(entry)[0]
    assert found["valid_from"] == (start and start.isoformat())


async def test_one_topic_alone(api) -> None:
    found = await pages(api, 500, topic="stamp")
    assert found
    assert {each["topic"] for each in found} == {"stamp"}


@pytest.mark.parametrize("wanted", [{"limit": 0}, {"limit": 501}, {"page": 2}])
async def test_a_page_that_cannot_be_is_refused(api, wanted) -> None:
    assert (await api.get("/entries", params=wanted)).status_code == 422


async def test_another_scope_does_not_open_it(api, services) -> None:
    token = issue(Machine("c", frozenset({"ask"})), KEY, services.database.clock.now())
    answer = await api.get("/entries", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
