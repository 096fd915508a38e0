"""The list: filters, orders, pages, and how much there is to do."""

import itertools

import pytest

from core.errors import BadInput
from knowledge_base.editing import reading
from knowledge_base.editing.models import usage
from knowledge_base.editing.schemas import ListQuery
from tests.knowledge_base.editing.conftest import ANNA

ALL = ["X-01", "X-02", "X-03", "X-04", "X-04-ZJ", "X-05", "X-06", "X-07", "X-08"]


@pytest.fixture
def listed(desk):
    async def run(**wanted):
        found = await desk.db.read(lambda tx: reading.list_entries(tx, ListQuery(**wanted)))
        return [each.id for each in found.items]

    return run


@pytest.fixture
async def used(desk, clock):
    counts = {"X-02": (5, 1, 2), "X-01": (9, 3, 0), "X-07": (5, 0, 1)}
    rows = [
        {"entry_id": key, "answers": a, "up": u, "down": d, "last_at": clock.now()}
        for key, (a, u, d) in counts.items()
    ]
    await desk.db.write(lambda tx: tx.execute(usage.insert(), rows))


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, ALL),
        ({"topic": "relief"}, ["X-03", "X-04", "X-04-ZJ"]),
        ({"check": "L2"}, ["X-03"]),
        ({"visibility": "staff"}, ["X-05"]),
        ({"state": "published"}, []),
        ({"q": "报税 罚款"}, ["X-02"]),
        ({"q": "x-04"}, ["X-04", "X-04-ZJ"]),
        ({"q": "100%_"}, []),
        ({"due": True}, []),
    ],
)
async def test_filters(listed, wanted, found) -> None:
    assert await listed(**wanted) == found


async def test_an_entry_with_a_draft_stands_under_both_states(desk, listed) -> None:
    await desk.save("X-02", 1, topic="fines")
    assert await listed(state="draft") == ["X-02"]
    assert "X-02" in await listed(state="provisional")
    told = await desk.db.read(reading.summary)
    assert told.states == {
        "draft": 1,
        "in_review": 0,
        "scheduled": 0,
        "provisional": 9,
        "published": 0,
        "withdrawn": 0,
    }


async def test_most_used_and_voted_down(listed, used) -> None:
    assert (await listed(sort="most_used"))[:3] == ["X-01", "X-02", "X-07"]
    assert await listed(voted_down=True, sort="voted_down") == ["X-02", "X-07"]


async def test_what_expires_comes_first(desk, listed) -> None:
    assert (await listed(sort="expires"))[0] == "X-03"
    ends = (await desk.entry("X-03")).valid_to
    assert ends is not None
    await desk.load_with_end("X-04", "2026-12-31")
    assert await listed(expires_within=90) == ["X-04"]
    assert await listed(expires_within=10) == []


@pytest.mark.parametrize(
    "sort", ["id", "changed", "expires", "due", "most_used", "voted_down", "question"]
)
async def test_pages_hold_every_entry_once(desk, used, sort) -> None:
    await desk.save("X-02", 1, topic="fines", who=ANNA)
    seen, cursor = [], None
    for _ in itertools.repeat(None, 9):
        wanted = ListQuery(sort=sort, limit=2, cursor=cursor)
        page = await desk.db.read(lambda tx, wanted=wanted: reading.list_entries(tx, wanted))
        seen += [each.id for each in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert sorted(seen) == ALL
    whole = await desk.db.read(lambda tx: reading.list_entries(tx, ListQuery(sort=sort)))
    assert seen == [each.id for each in whole.items]


async def test_a_cursor_of_another_list(desk) -> None:
    page = await desk.db.read(lambda tx: reading.list_entries(tx, ListQuery(limit=1)))
    for cursor in ("nonsense", page.next_cursor):
        wanted = ListQuery(sort="due", cursor=cursor)
        with pytest.raises(BadInput):
            await desk.db.read(lambda tx, wanted=wanted: reading.list_entries(tx, wanted))


async def test_documents_to_cite(desk) -> None:
    found = await desk.db.read(lambda tx: reading.list_documents(tx, "notice", 10))
    assert [each.id for each in found.items] == ["notice-2023", "notice-2026"]


async def test_the_list_tells_what_is_no_policy(desk) -> None:
    about = {"kind": "referral", "sources": [], "checked_on": "2026-11-23"}
    await desk.save("X-02", 1, **about)
    found = await desk.db.read(lambda tx: reading.list_entries(tx, ListQuery()))
    kinds = {each.id: each.kind for each in found.items}
    assert (kinds["X-02"], kinds["X-03"]) == ("referral", "policy")
    entry = await desk.entry("X-02")
    assert (entry.kind, entry.content.kind) == ("referral", "referral")
    assert await desk.faults("X-02") == []
