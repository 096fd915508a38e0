"""The contract's section "Staff" over HTTP."""

import asyncio

import pytest

from conversations import repository as log
from conversations.schemas import Draft
from conversations.service import access_conversation, reply
from core.audit import audit
from escalation import desk
from reminders.service import load_spec, push
from reminders.worker import work


class TestRefusals:
    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", "/staff/me"),
            ("GET", "/desk/queues"),
            ("GET", "/desk/consultations"),
            ("GET", "/desk/consultations/cs_1"),
            ("POST", "/desk/consultations/cs_1/claim"),
            ("POST", "/desk/consultations/cs_1/messages"),
            ("POST", "/desk/consultations/cs_1/transfer"),
            ("POST", "/desk/consultations/cs_1/release"),
            ("POST", "/desk/consultations/cs_1/close"),
            ("POST", "/desk/consultations/cs_1/reveal"),
            ("POST", "/desk/presence"),
        ],
    )
    @pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer forged"}])
    async def test_not_signed_in(self, client, method, path, headers) -> None:
        answer = await client.request(method, path, headers=headers)
        assert answer.status_code == 401
        assert answer.json()["code"] == "not_signed_in"
        assert answer.headers["content-type"] == "application/problem+json"

    async def test_an_editor_has_nothing_to_read_here(self, client, sign_in) -> None:
        headers = await sign_in("editor1")
        answer = await client.get("/desk/queues", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")

    @pytest.mark.parametrize(
        "query",
        ["state=mad", "limit=0", "limit=201", "cursor=xx", "cursor=5Lit", "queue=none", "x=1"],
    )
    async def test_a_list_that_does_not_exist(self, client, sign_in, query) -> None:
        answer = await client.get(f"/desk/consultations?{query}", headers=await sign_in("officer1"))
        assert answer.status_code in {404, 422}

    @pytest.mark.parametrize(
        ("what", "body"),
        [
            ("messages", {"client_message_id": "bad id", "text": "x"}),
            ("messages", {"client_message_id": "d1"}),
            ("transfer", {"reason": "x", "summary": "x"}),
            ("transfer", {"queue": "expert", "tier": "expert", "reason": "x", "summary": "x"}),
            ("transfer", {"tier": "expert", "reason": "", "summary": "x"}),
            ("close", {"result": "maybe"}),
            ("reveal", {"reference": "pv_1"}),
        ],
    )
    async def test_malformed(self, client, sign_in, what, body) -> None:
        path = f"/desk/consultations/cs_1/{what}"
        answer = await client.post(path, json=body, headers=await sign_in("officer1"))
        assert answer.status_code == 422


class TestStory:
    async def test_officer_expert_officer(self, client, hand_over, known, sign_in, said) -> None:
        state, _ = await hand_over("跨境重组怎么申报", known)
        officer, expert = await sign_in("officer1"), await sign_in("expert1")
        path = f"/desk/consultations/{state.consultation_id}"

        async def post(what: str, headers, **body):
            return await client.post(f"{path}/{what}", json=body, headers=headers)

        for headers in (officer, expert):
            await client.post("/desk/presence", json={"state": "available"}, headers=headers)
        queues = (await client.get("/desk/queues", headers=officer)).json()["items"]
        assert [(each["id"], each["waiting"], each["on_duty"]) for each in queues] == [
            ("officer", 1, 1),
            ("expert", 0, 1),
        ]
        [row] = (await client.get("/desk/consultations", headers=officer)).json()["items"]
        assert row["taxpayer"] == {"name": "示例商贸", "assurance": "real_name"}
        assert (row["owner"], row["holder"], row["late"]) == ("officer_queue", None, False)

        claimed = await post("claim", officer)
        assert (claimed.status_code, claimed.json()["holder"]["name"]) == (200, "officer1 号")
        beaten = await post("claim", officer)
        assert (beaten.status_code, beaten.json()["code"]) == (409, "already_claimed")
        assert beaten.json()["holder"]["name"] == "officer1 号"
        sent = await post("messages", officer, client_message_id="d1", text="请稍等")
        assert (sent.status_code, set(sent.json())) == (202, {"seq"})
        refused = await post("messages", expert, client_message_id="d1", text="我来")
        assert (refused.status_code, refused.json()["code"]) == (409, "not_holder")

        passed = await post("transfer", officer, tier="expert", reason="跨境", summary="已核对")
        assert (passed.json()["owner"], passed.json()["tier"]) == ("expert_queue", "expert")
        await post("claim", expert)
        detail = (await client.get(path, headers=expert)).json()
        assert detail["context"]["transfers"][0]["reason"] == "跨境"
        assert detail["context"]["summary"] == "已核对"
        assert [each["text"] for each in detail["messages"] if each["sender"] == "officer"] == [
            "请稍等"
        ]
        assert (await post("release", expert)).json()["state"] == "waiting"
        await post("claim", expert)
        ended = await post("close", expert, result="solved", matter="申报", summary="已答")
        assert (ended.json()["state"], ended.json()["owner"]) == ("done", "bot")
        closed = await client.get("/desk/consultations?state=closed", headers=expert)
        assert len(closed.json()["items"]) == 1
        assert (await said(state.id))[-1][0] == "system"

    async def test_fifty_claims_over_http(self, client, hand_over, sign_in) -> None:
        state, _ = await hand_over()
        officers = [await sign_in(name) for name in ("officer1", "officer2", "leader1")]
        path = f"/desk/consultations/{state.consultation_id}/claim"
        answers = await asyncio.gather(
            *(client.post(path, headers=officers[number % 3]) for number in range(50))
        )
        statuses = [answer.status_code for answer in answers]
        assert (statuses.count(200), statuses.count(409)) == (1, 49)


class TestLists:
    async def items(self, client, headers, query: str) -> list[dict]:
        answer = await client.get(f"/desk/consultations?{query}", headers=headers)
        return answer.json()["items"]

    async def test_pages_follow_the_order_to_take_them(self, client, hand_over, sign_in) -> None:
        expected = []
        for number in range(7):
            state, _ = await hand_over(f"第{number}问", priority=number % 2)
            expected.append((number % 2 == 0, number, state.consultation_id))
        headers, found, cursor = await sign_in("officer1"), [], ""
        while True:
            path = f"/desk/consultations?state=waiting&limit=3{cursor}"
            page = (await client.get(path, headers=headers)).json()
            found += [each["consultation_id"] for each in page["items"]]
            if page["next_cursor"] is None:
                break
            cursor = f"&cursor={page['next_cursor']}"
        assert found == [consultation_id for *_, consultation_id in sorted(expected)]

    async def test_pages_of_the_closed_end_with_the_first(
        self, client, db, hand_over, people, sign_in
    ) -> None:
        who, ended = people["officer1"], []
        for _ in range(5):
            state, _ = await hand_over()
            ended.append(state.consultation_id)

            def serve(tx, cid=state.consultation_id) -> None:
                desk.claim(tx, cid, who)
                desk.close(tx, cid, who, result="solved")

            await db.write(serve)
        headers, found, cursor = await sign_in("officer2"), [], ""
        for _ in range(3):
            path = f"/desk/consultations?state=closed&limit=2{cursor}"
            page = (await client.get(path, headers=headers)).json()
            found += [each["consultation_id"] for each in page["items"]]
            cursor = f"&cursor={page['next_cursor']}"
        assert found == ended[::-1]
        other = await client.get(f"/desk/consultations?state=open{cursor}", headers=headers)
        assert other.status_code == 422

    async def test_mine_open_and_by_queue(self, client, db, hand_over, people, sign_in) -> None:
        mine, _ = await hand_over("一")
        waits, _ = await hand_over("二", queue="expert")
        await db.write(lambda tx: desk.claim(tx, mine.consultation_id, people["officer1"]))
        headers = await sign_in("officer1")

        async def ids(query: str) -> list[str]:
            return [each["consultation_id"] for each in await self.items(client, headers, query)]

        assert await ids("state=mine") == [mine.consultation_id]
        assert await ids("state=waiting") == [waits.consultation_id]
        assert set(await ids("state=open")) == {mine.consultation_id, waits.consultation_id}
        assert await ids("state=open&queue=expert") == [waits.consultation_id]


class TestContext:
    async def read(self, client, state, headers) -> dict:
        path = f"/desk/consultations/{state.consultation_id}"
        return (await client.get(path, headers=headers)).json()

    async def audited(self, db) -> list[str]:
        query = audit.select().where(audit.c.action == "escalation:context:read")
        return await db.read(lambda tx: [row.subject for row in tx.execute(query)])

    async def test_a_named_taxpayers_is_audited(self, client, db, hand_over, known, sign_in):
        state, _ = await hand_over("问", known)
        detail = await self.read(client, state, await sign_in("officer1"))
        assert detail["context"]["taxpayer"] == {
            "name": "示例商贸",
            "assurance": "real_name",
            "profile": {"vat_status": "small_scale"},
        }
        assert await self.audited(db) == ["t1"]

    async def test_what_is_due_comes_along(
        self, client, db, hand_over, known, sign_in, project
    ) -> None:
        state, _ = await hand_over("问", known)
        spec = load_spec(project / "data" / "outreach" / "filing-2026-12.yml")
        await push(db, spec.model_copy(update={"audience": {}}), None, actor="operator")
        await work(db)
        headers = await sign_in("officer1")
        detail = await self.read(client, state, headers)
        title = "增值税及附加税费 2026年11月（税款所属期）"
        assert detail["context"]["due_items"] == [{"title": title, "due": "2026-12-15"}]
        visitor, _ = await hand_over("问", known.model_copy(update={"assurance": "account"}))
        assert (await self.read(client, visitor, headers))["context"]["due_items"] == []

    @pytest.mark.parametrize("assurance", ["account", None])
    async def test_others_stay_visitors(self, client, db, hand_over, known, sign_in, assurance):
        party = known.model_copy(update={"assurance": assurance}) if assurance else None
        state, _ = await hand_over("问", party)
        headers = await sign_in("officer1")
        detail = await self.read(client, state, headers)
        listed = (await client.get("/desk/consultations", headers=headers)).json()["items"]
        for told in (detail["context"]["taxpayer"], detail["taxpayer"], listed[0]["taxpayer"]):
            assert told["name"] == "访客"
            assert told.get("profile") is None
        assert await self.audited(db) == []

    async def test_what_the_bot_tried_and_what_was_before(self, client, db, ask, sign_in) -> None:
        from escalation import service

        state = await ask("小规模怎么申报")
        trace = {
            "decision": "clarify",
            "confidence": 0.41,
            "entry_id": None,
            "candidates": [{"entry_id": "T04-01", "question": "季度免税", "score": 0.41}],
        }

        def unit(tx) -> str:
            handed = service.hand_over(tx, state, reason="low_confidence", question="怎么申报")
            draft = Draft(sender="bot", text="请人工", kind="handoff")
            reply(
                tx,
                state.id,
                1,
                [draft],
                outcome="handed_over",
                owner_version=None,
                trace=trace,
            )
            return handed.entry_id

        await db.write(unit)
        headers = await sign_in("officer1")
        detail = await self.read(client, state, headers)
        [attempt] = detail["context"]["attempts"]
        assert (attempt["question"], attempt["decision"], attempt["confidence"]) == (
            "小规模怎么申报",
            "clarify",
            0.41,
        )
        assert attempt["candidates"] == trace["candidates"]
        schema = (await client.get("/schemas/context-package.json")).json()
        assert detail["context"].keys() == schema["properties"].keys()
        assert {"question", "reason", "opened_at", "taxpayer", "attempts"} <= {*schema["required"]}

    async def test_earlier_consultations_are_given_along(
        self, client, db, hand_over, known, people, sign_in
    ) -> None:
        first, _ = await hand_over("第一次", known)
        who = people["officer1"]

        def serve(tx) -> None:
            desk.claim(tx, first.consultation_id, who)
            desk.close(tx, first.consultation_id, who, result="unsolved", summary="待补")

        await db.write(serve)
        from escalation import service

        state = await db.read(lambda tx: access_conversation(tx, first.id))
        await db.write(
            lambda tx: service.hand_over(tx, state, reason="complaint", question="第二次")
        )
        state = await db.read(lambda tx: access_conversation(tx, first.id))
        detail = await self.read(client, state, await sign_in("officer2"))
        [earlier] = detail["context"]["earlier"]
        assert (earlier["question"], earlier["result"], earlier["summary"]) == (
            "第一次",
            "unsolved",
            "待补",
        )

    async def test_ones_own_client_id_comes_back_as_it_was_sent(
        self, client, db, hand_over, people, sign_in
    ) -> None:
        state, _ = await hand_over()
        headers = await sign_in("officer1")
        path = f"/desk/consultations/{state.consultation_id}"
        await client.post(f"{path}/claim", headers=headers)
        body = {"client_message_id": "d1", "text": "您好"}
        seq = (await client.post(f"{path}/messages", json=body, headers=headers)).json()["seq"]
        mine = (await self.read(client, state, headers))["messages"]
        assert {each["seq"]: each["client_message_id"] for each in mine}[seq] == "d1"
        stored = await db.read(lambda tx: log.message_at(tx, state.id, seq))
        assert stored.client_message_id == f"{people['officer1'].id}:d1"


async def test_on_duty_is_over_two_minutes_after_the_last_sign(client, clock, sign_in) -> None:
    headers = await sign_in("officer1")
    await client.post("/desk/presence", json={"state": "available"}, headers=headers)
    clock.forward(seconds=121)
    leader = await sign_in("leader1")
    queues = (await client.get("/desk/queues", headers=leader)).json()["items"]
    assert queues[0]["on_duty"] == 0
    await client.get("/staff/me", headers=headers)
    queues = (await client.get("/desk/queues", headers=leader)).json()["items"]
    assert queues[0]["on_duty"] == 1


async def test_every_body_has_an_example_in_openapi(app) -> None:
    schemas = app.openapi()["components"]["schemas"]
    for name in ("SignIn", "ReplyIn", "TransferIn", "CloseIn", "PresenceIn"):
        assert "example" in schemas[name]
