"""The machine API of campaigns."""

from types import SimpleNamespace

import httpx
import pytest
import sqlalchemy as sa
from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse

from core.audit import audit
from core.errors import DaobanError, NotSignedIn
from reminders.routes import campaign_router
from reminders.worker import work

GOOD = "91990000MA01TEHTXE"


def caller(request: Request) -> SimpleNamespace:
    if request.headers.get("authorization") != "Bearer good":
        raise NotSignedIn("a token is needed")
    return SimpleNamespace(id="machine")


@pytest.fixture
async def client(db):
    app = FastAPI()
    app.state.database = db
    app.include_router(campaign_router(Depends(caller)), prefix="/api/v1")

    @app.exception_handler(DaobanError)
    async def problem(_request, error):
        return JSONResponse(error.problem(), error.status)

    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(
        transport=transport,
        base_url="http://test/api/v1",
        headers={"Authorization": "Bearer good"},
    ) as opened:
        yield opened


@pytest.fixture
def body(spec):
    return spec.model_dump(mode="json", exclude={"key"})


async def test_a_campaign_from_put_to_counts(client, db, spec, body):
    path = f"/campaigns/{spec.key}"
    put = await client.put(path, json=body)
    assert (put.status_code, put.json()["state"]) == (200, "draft")
    data = f"uscc,name,filing_period\n{GOOD},甲,month\nx,乙,\n".encode()
    report = await client.post(f"{path}/list", content=data, headers={"Content-Type": "text/csv"})
    assert (report.json()["good"], len(report.json()["bad"])) == (1, 1)
    started = await client.post(f"{path}/start")
    assert started.json()["state"] == "running"
    await work(db)
    found = (await client.get(path)).json()
    assert (found["state"], found["counts"]["audience"]) == ("done", 1)
    assert (await client.post(f"{path}/stop")).json()["state"] == "stopped"
    actors = await db.read(lambda tx: tx.execute(sa.select(audit.c.actor, audit.c.action)).all())
    assert [(actor, action.rpartition(":")[2]) for actor, action in actors] == [
        ("machine", "create"),
        ("machine", "start"),
        ("machine", "stop"),
    ]


@pytest.mark.parametrize(
    ("change", "status"),
    [({"kind": "x"}, 422), ({"tax_period": "2026-12"}, 409), ({"audience": {"x": 1}}, 422)],
)
async def test_a_bad_body_is_refused(client, spec, body, change, status):
    answer = await client.put(f"/campaigns/{spec.key}", json=body | change)
    assert answer.status_code == status


@pytest.mark.parametrize("key", ["A", "a b", "-a", "x" * 65])
async def test_a_bad_key_is_refused(client, body, key):
    assert (await client.put(f"/campaigns/{key}", json=body)).status_code == 422


async def test_what_is_not_there(client):
    for call in (client.get("/campaigns/none"), client.post("/campaigns/none/start")):
        answer = await call
        assert (answer.status_code, answer.json()["code"]) == (404, "no_such_campaign")


async def test_without_a_token_nothing_is_told_or_done(client, spec, body):
    client.headers.pop("Authorization")
    path = f"/campaigns/{spec.key}"
    answers = [
        await client.put(path, json=body),
        await client.get(path),
        await client.post(f"{path}/start"),
        await client.post(f"{path}/stop"),
        await client.post(f"{path}/list", content=b"uscc,name"),
    ]
    assert [answer.status_code for answer in answers] == [401] * 5
