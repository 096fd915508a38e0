"""From an editor's draft to what a taxpayer reads, over HTTP."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from knowledge_base.importing import routes

PATIENCE = 60.0
"""Seconds after which what should come by itself counts as not coming, on however busy a machine.

How soon it comes on a quiet one is measured by `bench/index.py`; here nobody looks at a watch.
"""
ENTRY = "/kb/entries/X-02"
LATER = "测试用：到时间才发布的答案，说明缴纳房产税确有困难的，可以向税务机关申请减免，并附材料。"
NEW = "测试用：改过的答案，说明逾期申报的，责令限期改正，可以处二千元以下的罚款，情节严重的从重。"


def ask(call, text: str) -> dict:
    answer = call(None, "POST", "/chat/ask", json={"text": text})
    assert answer.status_code == 200, answer.text
    return answer.json()


def wait_for(call, text: str, wanted) -> None:
    """Ask until the reply is as wanted."""
    begun = time.monotonic()
    while not wanted(ask(call, text)):
        assert time.monotonic() - begun < PATIENCE, "the chat does not give it"
        time.sleep(0.5)  # who asks faster is told to wait


def content_of(call, **values) -> dict:
    return call("editor1", "GET", ENTRY).json()["content"] | values


def test_the_whole_way(call) -> None:
    """One story, for its steps build on each other."""
    entry = call("editor1", "GET", ENTRY)
    assert entry.headers["etag"] == '"1"'
    assert entry.json()["faults"] == []
    question = entry.json()["content"]["question"]

    saved = call(
        "editor1",
        "PUT",
        ENTRY,
        json={"content": content_of(call, answer=NEW), "note": "说清楚"},
        headers={"If-Match": '"1"'},
    )
    assert saved.status_code == 200, saved.text
    assert (saved.json()["state"], saved.json()["own_work"]) == ("draft", True)
    assert ask(call, question)["text"] != NEW

    second = content_of(call, question="逾期申报的罚款怎么算")
    second["answer"] = entry.json()["content"]["answer"]
    refused = call("editor2", "PUT", ENTRY, json={"content": second, "base_version": 1})
    assert (refused.status_code, refused.json()["code"]) == (409, "entry_changed")
    told = refused.json()
    assert (told["conflicts"], told["merged"]["answer"]) == ([], NEW)
    assert told["merged"]["question"] == "逾期申报的罚款怎么算"
    kept = call("editor2", "GET", f"{ENTRY}/versions/{told['kept_as']}").json()
    assert (kept["aside"], kept["content"]) == (True, second)

    short = {"content": content_of(call, answer="短"), "base_version": 2}
    assert call("editor1", "PUT", ENTRY, json=short).json()["faults"]
    faulty = call("editor1", "POST", f"{ENTRY}/submit", json={"version": 4})
    assert (faulty.status_code, faulty.json()["code"]) == (422, "entry_has_faults")
    assert [each["path"] for each in faulty.json()["faults"]] == ["answer"]
    back = call(
        "editor1", "POST", f"{ENTRY}/revert", json={"version": 2, "base_version": 4, "note": ""}
    )
    assert back.json()["content"]["answer"] == NEW
    changes = call("editor1", "GET", f"{ENTRY}/diff?from=1&to=5").json()
    assert [each["field"] for each in changes["fields"]] == ["answer"]

    assert call("editor1", "POST", f"{ENTRY}/submit", json={"version": 5}).status_code == 200
    mine = call("editor1", "POST", f"{ENTRY}/approve", json={"version": 5})
    assert (mine.status_code, mine.json()["code"]) == (403, "not_allowed")
    assert call("auditor1", "GET", "/kb/entries?state=in_review").json()["items"][0]["id"] == "X-02"
    approved = call("reviewer1", "POST", f"{ENTRY}/approve", json={"version": 5})
    assert (approved.status_code, approved.json()["state"]) == (200, "published"), approved.text
    wait_for(call, question, lambda reply: reply["text"] == NEW)

    withdrawn = call("reviewer1", "POST", f"{ENTRY}/withdraw", json={"reason": "口径有误"})
    assert withdrawn.json()["state"] == "withdrawn"
    wait_for(call, question, lambda reply: reply.get("entry_id") != "X-02")
    summary = call("auditor1", "GET", "/kb/summary").json()
    assert summary["states"]["withdrawn"] == 1


def test_published_by_itself_when_its_moment_comes(call) -> None:
    path = "/kb/entries/X-04"
    entry = call("editor1", "GET", path).json()
    question = entry["content"]["question"]
    body = {"content": entry["content"] | {"answer": LATER}, "base_version": 1}
    assert call("editor1", "PUT", path, json=body).json()["faults"] == []
    assert call("editor1", "POST", f"{path}/submit", json={"version": 2}).status_code == 200

    now = datetime.now(UTC)
    over = {"version": 2, "publish_at": (now - timedelta(minutes=1)).isoformat()}
    refused = call("reviewer1", "POST", f"{path}/approve", json=over)
    assert (refused.status_code, refused.json()["code"]) == (422, "bad_input")
    far = {"version": 2, "publish_at": (now + timedelta(days=1)).isoformat()}
    waiting = call("reviewer1", "POST", f"{path}/approve", json=far).json()
    assert (waiting["state"], waiting["live_version"]) == ("scheduled", 1)
    assert datetime.fromisoformat(waiting["publish_at"]) == now + timedelta(days=1)
    held = call("editor1", "PUT", path, json=body | {"base_version": 2})
    assert (held.status_code, held.json()["code"]) == (409, "wrong_state")
    assert ask(call, question)["text"] != LATER

    back = {"version": 2, "reason": "早些发布"}
    assert call("reviewer1", "POST", f"{path}/return", json=back).json()["state"] == "draft"
    assert call("editor1", "POST", f"{path}/submit", json={"version": 2}).status_code == 200
    soon = {"version": 2, "publish_at": (datetime.now(UTC) + timedelta(seconds=5)).isoformat()}
    approved = call("reviewer1", "POST", f"{path}/approve", json=soon).json()
    assert (approved["state"], approved["live_version"]) == ("scheduled", 1)
    for _ in range(int(PATIENCE)):
        if call("auditor1", "GET", path).json()["state"] == "published":
            break
        time.sleep(1)
    wait_for(call, question, lambda reply: reply["text"] == LATER)
    published = call("auditor1", "GET", path).json()
    assert (published["state"], published["live_version"]) == ("published", 2)
    assert published["publish_at"] is None


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/kb/entries/X-01/revert", {"version": 9, "base_version": 1}, "no_such_version"),
        ("/kb/entries/T00-99/discard", {"base_version": 1}, "no_such_entry"),
        ("/kb/entries/X-01/discard", {"base_version": 1}, "wrong_state"),
        ("/kb/entries/X-01/submit", {"version": 3}, "no_such_version"),
        ("/kb/entries", {"id": "X-01", "content": {}}, "entry_exists"),
        ("/kb/entries", {"id": "T09-77", "content": {"state": "ready"}}, "bad_input"),
        ("/kb/entries", {"id": "../x", "content": {}}, "bad_input"),
    ],
)
def test_refusals(call, path, body, code) -> None:
    assert call("editor1", "POST", path, json=body).json()["code"] == code


def test_what_files_brought_is_signed_as_it_stands(call) -> None:
    path, version = "/kb/entries/X-01", {"version": 1}
    assert call("editor1", "GET", path).json()["state"] == "provisional"
    assert call("editor1", "POST", f"{path}/submit", json=version).json()["state"] == "in_review"
    again = call("editor1", "POST", f"{path}/submit", json=version)
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")
    signed = call("reviewer1", "POST", f"{path}/approve", json=version).json()
    assert (signed["state"], signed["live_version"]) == ("published", 1)


def test_a_save_without_a_version_is_refused(call) -> None:
    answer = call("editor1", "PUT", "/kb/entries/X-01", json={"content": {}})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_input")


@pytest.mark.parametrize("text", ["逾期申报要罚多少", "？？？", "how to file", "\u202e"])
def test_any_question_can_be_tried(call, text) -> None:
    told = call("auditor1", "POST", "/kb/try", json={"text": text})
    assert told.status_code == 200, told.text
    assert told.json()["outcome"]["decision"] in {"answer", "clarify", "handoff"}


def test_a_draft_is_tried_and_weighed_before_it_is_published(call) -> None:
    content = call("editor1", "GET", "/kb/entries/X-07").json()["content"]
    content["aliases"].append("跨境电商平台代扣")
    asked = {"text": "跨境电商平台代扣", "entry_id": "X-07", "content": content}
    told = call("editor1", "POST", "/kb/try", json=asked).json()
    assert (told["candidates"][0]["entry_id"], told["candidates"][0]["exact"]) == ("X-07", True)
    plain = call("editor1", "POST", "/kb/try", json={"text": asked["text"]}).json()
    assert not any(each["exact"] for each in plain["candidates"])
    effect = call("editor1", "POST", "/kb/entries/X-07/preview-effect", json={"withdraw": True})
    assert (effect.status_code, effect.json()["known"] > 80) == (200, True)


def test_imported_collections_are_listed_and_searched(call) -> None:
    listed = call("editor1", "GET", "/kb/collections").json()["items"]
    assert listed == [{"collection": "laws", "files": 1, "passages": 2}]
    path = "/kb/collections/laws/passages"
    found = call("auditor1", "GET", path, params={"words": "红茶 税率"}).json()
    assert [each["passage"]["label"] for each in found["items"]] == ["第二条"]
    assert found["next_cursor"] is None


def test_passages_come_in_pages(call, monkeypatch) -> None:
    monkeypatch.setattr(routes, "PAGE", 1)
    path = "/kb/collections/laws/passages"
    first = call("editor1", "GET", path).json()
    assert [each["passage"]["label"] for each in first["items"]] == ["第一条"]
    last = call("editor1", "GET", path, params={"cursor": first["next_cursor"]}).json()
    assert [each["passage"]["label"] for each in last["items"]] == ["第二条"]
    assert last["next_cursor"] is None


def test_a_collection_that_is_not_there_is_told(call) -> None:
    answer = call("editor1", "GET", "/kb/collections/none/passages")
    assert answer.status_code == 404
    assert "there are: laws" in answer.json()["detail"]
