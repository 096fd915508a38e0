"""Numbers of people sent through every inlet are found nowhere: tables, files, logs, answers.

A real server on each database. A new inlet joins `INLETS`; what is out of scope stands in
docs/privacy.md.
"""

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection
from websockets.sync.client import connect

from core.migrate import _with_connection
from tests.conversations.files.samples import picture
from tests.faults import inlets_of_knowledge as knowledge
from tests.faults.harness import daoban
from tests.faults.needles import (
    CARD,
    CHILDS,
    IDENTITY,
    NEEDLES,
    NUMBERS,
    PHONE,
    Bureau,
    holdings,
)
from tests.support.host import HOST_SECRET, host_token

CHILD = {
    "child_born": "2020-02",
    "child_stage": "small",
    "my_share": "full",
    "other_share": "none",
}


def session_and_profile(bureau: Bureau) -> None:
    profile = {"industry": NUMBERS[:60], "region": PHONE, "tags": [NUMBERS, IDENTITY]}
    bureau.visit(channel=PHONE, profile=profile)
    bureau.call("POST", "/chat/sessions", json={"locale": NUMBERS, "profile": {"employees": PHONE}})


def chat_text(bureau: Bureau) -> None:
    visitor = bureau.visit()
    for text in (NUMBERS, f"小规模怎么申报，{NUMBERS}", f"我是{IDENTITY}，还要什么材料"):
        assert visitor.send(text=text).status_code == 202
    visitor.hears("text")


def malformed(bureau: Bureau) -> None:
    visitor = bureau.visit()
    for content in (
        {"text": NUMBERS, IDENTITY: PHONE},
        {"text": 5, "input": NUMBERS},
        {"input": {"type": NUMBERS}},
        {"input": {"type": "choice", "ref_seq": PHONE, "id": IDENTITY}},
        {"input": {"type": "choice", "ref_seq": 1, "id": f"entry:{IDENTITY}"}},
        {"input": {"type": "card", "ref_seq": 1, "action": NUMBERS[:50]}},
        {"input": {"type": "rating", "consultation_id": IDENTITY, "score": 5, "comment": NUMBERS}},
    ):
        assert 400 <= visitor.send(**content).status_code < 500
    bureau.call("GET", f"{visitor.path}/messages?after={IDENTITY}", visitor.token)
    bureau.call("GET", f"/chat/sessions/{IDENTITY}/messages", visitor.token)
    bureau.call("POST", f"{visitor.path}/messages", visitor.token, content=NUMBERS.encode())


def one_shot_question(bureau: Bureau) -> None:
    answer = bureau.call("POST", "/chat/ask", json={"text": f"逾期申报怎么办 {NUMBERS}"})
    assert answer.status_code == 200


def votes(bureau: Bureau) -> None:
    visitor = bureau.visit()
    visitor.send(text="小规模纳税人季度销售额多少免征增值税")
    said = visitor.hears("answer", "clarify")
    vote = {"type": "vote", "ref_seq": said["seq"], "useful": False, "reason": NUMBERS}
    assert visitor.send(input=vote).status_code == 202


def typing(bureau: Bureau) -> None:
    visitor = bureau.visit()
    address = bureau.server.address.replace("http", "ws")
    with connect(f"{address}/api/v1{visitor.path}/stream", proxy=None) as socket:
        socket.send(json.dumps({"type": "auth", "session_token": visitor.token, "after": 0}))
        bureau.answers.append(str(socket.recv()))
        socket.send(json.dumps({"type": "typing", "text": NUMBERS, "draft": IDENTITY}))
        socket.send(NUMBERS)


def files(bureau: Bureau) -> None:
    visitor = bureau.visit()
    upload = {"file": (f"身份证{IDENTITY} {PHONE}.jpg", picture(), "image/jpeg")}
    answer = bureau.call("POST", f"{visitor.path}/files", visitor.token, files=upload)
    assert answer.status_code == 201, answer.text
    sent = visitor.send(text=NUMBERS, file_ids=[answer.json()["file_id"]])
    assert sent.status_code == 202


def rest_of_the_chat(bureau: Bureau) -> None:
    """Search in the history, another sign-in, language, how far one has read."""
    visitor = bureau.visit()
    visitor.send(text=NUMBERS)
    for words in (NUMBERS, IDENTITY, PHONE):
        found = bureau.call(
            "GET", f"{visitor.path}/history", visitor.token, params={"q": words, "before": 1}
        )
        assert found.status_code == 200, found.text
    bureau.call("GET", f"{visitor.path}/history?before={IDENTITY}", visitor.token)
    uscc = "91990000MA01TEHTXE"
    named = host_token("p-1", uscc, name=f"王敏{PHONE}", profile={"industry": NUMBERS})
    for token in (IDENTITY, host_token(IDENTITY, uscc), named):
        body = {"token": token}
        done = bureau.call("POST", f"{visitor.path}/identify", visitor.token, json=body)
        assert done.is_success == (token == named), done.text
    bureau.call("POST", f"{visitor.path}/identify", visitor.token, json={IDENTITY: PHONE})
    for locale in (NUMBERS, PHONE, {IDENTITY: CARD}):
        body = {"locale": locale}
        refused = bureau.call("PUT", f"{visitor.path}/locale", visitor.token, json=body)
        assert refused.status_code == 422
    bureau.call("POST", f"{visitor.path}/read", visitor.token, json={"seq": IDENTITY})


def desk_with_people(bureau: Bureau) -> None:
    """Text in the queue, replies, transfer, context, close, rating."""
    visitor = bureau.visit()
    visitor.send(text=f"有个问题，{NUMBERS}")
    visitor.send(text="转人工")
    consultation = visitor.hears("handoff")["consultation_id"]
    visitor.send(text=f"排队时补充：{NUMBERS}")
    officer, expert = bureau.staff("officer1"), bureau.staff("expert1")
    bureau.desk(officer, consultation, "claim")
    bureau.desk(officer, consultation, "messages", client_message_id="d1", text=NUMBERS)
    upload = {"file": (f"{IDENTITY} 电话{PHONE}.jpg", picture(), "image/jpeg")}
    files = f"/desk/consultations/{consultation}/files"
    file_id = bureau.call("POST", files, officer, files=upload).json()["file_id"]
    sent = {"client_message_id": "d2", "file_ids": [file_id], "text": NUMBERS}
    bureau.desk(officer, consultation, "messages", **sent)
    bureau.call(
        "POST", f"/desk/consultations/{consultation}/flows", officer, json={"flow_id": PHONE}
    )
    bureau.call("POST", "/desk/presence", officer, json={"state": NUMBERS})
    asked = {"queue": PHONE, "cursor": IDENTITY, "state": CARD}
    bureau.call("GET", "/desk/consultations", officer, params=asked)
    passed = {"tier": "expert", "reason": NUMBERS, "summary": NUMBERS}
    bureau.desk(officer, consultation, "transfer", **passed)
    bureau.desk(expert, consultation, "claim")
    seen = bureau.call("GET", f"/desk/consultations/{consultation}", expert).json()
    assert "[ID]" in json.dumps(seen["context"], ensure_ascii=False)
    closed = {"result": "solved", "matter": NUMBERS, "summary": NUMBERS}
    bureau.desk(expert, consultation, "close", **closed)
    visitor.hears("survey")
    rating = {"type": "rating", "consultation_id": consultation, "score": 5, "comment": NUMBERS}
    assert visitor.send(input=rating).status_code == 202
    bureau.call("GET", "/desk/consultations?state=closed", officer)


def flow_fields(bureau: Bureau) -> None:
    """Values, protected ones, unknown fields and runs, actions, typed words of a sent flow."""
    visitor = bureau.visit()
    visitor.send(text="转人工")
    consultation = visitor.hears("handoff")["consultation_id"]
    officer = bureau.staff("officer2")
    bureau.desk(officer, consultation, "claim")
    bureau.desk(officer, consultation, "flows", flow_id="F05")
    flow = visitor.hears("flow")["flow"]
    asked = {"type": "flow_field", "run_id": flow["run_id"], "field": flow["fields"][0]["key"]}
    for value in (NUMBERS, IDENTITY, [PHONE], {"x": CARD}):
        visitor.send(input=asked | {"value": value})
        visitor.send(input=asked | {"field": PHONE, "value": value})
        visitor.send(input=asked | {"run_id": IDENTITY, "value": value})
    visitor.send(input={"type": "flow_action", "run_id": flow["run_id"], "action": IDENTITY})
    visitor.send(text=NUMBERS)
    visitor.answers_flow("which_year", "this_year")
    visitor.answers_flow("income", "wages")
    visitor.answers_flow("items", ["children"])
    for number in (IDENTITY, f"{CHILDS[:17]}{CHILDS[17]}{PHONE}", CHILDS):
        visitor.answers_flow("children", [CHILD | {"child_id": number}])
    bureau.desk(officer, consultation, "messages", client_message_id="f1", text="好")
    reveal_a_number(bureau, officer, consultation)


def reveal_a_number(bureau: Bureau, officer: str, consultation: str) -> None:
    """The one answer that has the number, for who holds the chat; the reason has none."""
    seen = bureau.call("GET", f"/desk/consultations/{consultation}", officer).text
    [reference] = set(re.findall(r"pv_[0-9a-z]+", seen))
    wrong = {"reference": IDENTITY, "reason": NUMBERS}
    bureau.call("POST", f"/desk/consultations/{consultation}/reveal", officer, json=wrong)
    asked = {"reference": reference, "reason": NUMBERS}
    shown = bureau.desk(officer, consultation, "reveal", **asked).json()
    assert shown == {"value": CHILDS}
    assert CHILDS in bureau.answers.pop()


def host_tokens(bureau: Bureau) -> None:
    token = host_token("p-1", "91990000MA01TEHTXE", name=f"王敏{PHONE}", role=PHONE)
    bureau.visit(token=token)
    for refused in (
        host_token(IDENTITY, "91990000MA01TEHTXE"),
        host_token("p-2", IDENTITY),
    ):
        answer = bureau.call("POST", "/chat/sessions", json={"token": refused})
        assert answer.status_code == 401, answer.text
        assert "identity number" in answer.json()["detail"]


def sign_ins(bureau: Bureau) -> None:
    for username in (PHONE, IDENTITY, NUMBERS[:60]):
        body = {"username": username, "password": IDENTITY}
        assert bureau.call("POST", "/staff/sign-in", json=body).status_code == 401


def headers(bureau: Bureau) -> None:
    bureau.call("GET", f"/chat/sessions/{PHONE}", headers={"X-Request-Id": IDENTITY})


def lists(bureau: Bureau) -> None:
    admin = bureau.staff("admin1")
    campaign = {
        "kind": "reminder",
        "title": "申报提醒",
        "tax_period": "2026-11",
        "obligation": "VAT-M",
        "audience": {},
        "template": {"text": "{name}：请按期申报", "why": "按期申报提醒"},
    }
    put = bureau.call("PUT", "/campaigns/privacy", admin, json=campaign)
    assert put.is_success, put.text
    rows = [
        f"uscc,name,industry,tags,{PHONE}",
        f"91990000MA01TEHTXE,公司{IDENTITY},{PHONE},{CARD};a,",
        f"{IDENTITY},个人,,,",
        f"91990000MA1GT00A3L,公司,,,,{NUMBERS}",
    ]
    data = "\n".join(rows).encode()
    report = bureau.call(
        "POST", "/campaigns/privacy/list", admin, content=data, headers={"Content-Type": "text/csv"}
    )
    assert report.json()["good"] == 1, report.text
    assert bureau.call("POST", "/campaigns/privacy/start", admin).is_success
    visitor = bureau.visit(token=host_token("p-1", "91990000MA01TEHTXE"))
    visitor.hears("reminder")


def erasure_orders(bureau: Bureau) -> None:
    visitor = bureau.visit()
    visitor.send(text="怎么开票")
    done = daoban(
        *("erase", "--conversation", visitor.session["conversation_id"]),
        *("--reason", NUMBERS, "--actor", f"李{PHONE}"),
        home=bureau.server.home,
        **bureau.server.variables,
    )
    assert done.returncode == 0, done.stderr
    bureau.answers.append(done.stdout + done.stderr)


INLETS: tuple[Callable[[Bureau], None], ...] = (
    session_and_profile,
    chat_text,
    malformed,
    one_shot_question,
    votes,
    typing,
    files,
    rest_of_the_chat,
    desk_with_people,
    flow_fields,
    host_tokens,
    sign_ins,
    headers,
    lists,
    erasure_orders,
    *knowledge.INLETS,
)
"""Every way in for words of people. A way in that you add to the software is added here."""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def bureau(request: pytest.FixtureRequest, make_server, tmp_path: Path) -> Iterator[Bureau]:
    """A served demo on either database."""
    url = f"sqlite:///{tmp_path / 'daoban.sqlite3'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    server = make_server(DAOBAN_DATABASE_URL=url, DAOBAN_HOST_JWT_SECRET=HOST_SECRET)
    with httpx.Client(base_url=server.address, trust_env=False, timeout=30) as client:
        yield Bureau(server, client)


def test_numbers_sent_through_every_inlet_are_nowhere(bureau: Bureau) -> None:
    url = bureau.server.variables["DAOBAN_DATABASE_URL"]
    for inlet in INLETS:
        bureau.answers.clear()
        inlet(bureau)
        told = [each for each in bureau.answers if any(needle in each for needle in NEEDLES)]
        assert told == [], f"{inlet.__name__} gives a number back"
        assert holdings(bureau.server, url) == [], inlet.__name__
    assert bureau.server.stop() == 0
    assert holdings(bureau.server, url) == []

    planted = sa.text("UPDATE consultation SET matter = :number")

    def plant(connection: Connection) -> None:
        assert connection.execute(planted, {"number": f"自 {PHONE}"}).rowcount

    asyncio.run(_with_connection(url, plant))
    (bureau.server.home / "index" / "planted").write_text(f"x{IDENTITY}x", encoding="utf-8")
    found = holdings(bureau.server, url)
    assert any(each.startswith("consultation.matter") for each in found), "the search is blind"
    assert "index/planted" in found
    assert (url.startswith("sqlite")) == any("daoban.sqlite3" in each for each in found)
