"""Accounts, sign-in and what it refuses."""

import asyncio
import time

import pytest
from pydantic import ValidationError

from core.errors import BadInput, NotSignedIn
from escalation.errors import NoSuchStaff, UsernameTaken
from escalation.staff import service
from escalation.staff.schemas import NewStaff
from tests.escalation.conftest import PASSWORD


class TestAccounts:
    @pytest.mark.parametrize(
        "fields",
        [
            {"username": "Officer 1"},
            {"username": "x"},
            {"roles": []},
            {"roles": ["king"]},
            {"name": ""},
        ],
    )
    def test_malformed_ones_are_refused(self, fields) -> None:
        good = {"username": "officer9", "name": "九", "roles": ["officer"]}
        NewStaff.model_validate(good)
        with pytest.raises(ValidationError):
            NewStaff.model_validate(good | fields)

    def test_a_short_password_is_refused(self) -> None:
        with pytest.raises(BadInput):
            service.hash_password("1234567")

    async def test_a_username_twice_is_refused(self, db, people) -> None:
        new = NewStaff(username="officer1", name="又", roles=("officer",))
        with pytest.raises(UsernameTaken):
            await db.write(lambda tx: service.add_staff(tx, new, "hash"))

    async def test_put_brings_up_to_date_and_list_shows_all(self, db, people) -> None:
        new = NewStaff(username="officer1", name="改名", roles=("officer", "guide"))
        put = await db.write(lambda tx: service.put_staff(tx, new, "hash"))
        listed = await db.read(service.list_staff)
        assert (put.id, put.name, put.roles) == (
            people["officer1"].id,
            "改名",
            ("officer", "guide"),
        )
        assert [each.username for each in listed] == sorted(people)

    async def test_no_such_account_has_a_password_to_reset(self, db) -> None:
        with pytest.raises(NoSuchStaff):
            await db.write(lambda tx: service.reset_password(tx, "nobody", "hash"))

    async def test_a_new_password_ends_the_sessions(self, db, people) -> None:
        token, _ = await db.write(lambda tx: service.open_session(tx, people["officer1"]))
        await db.write(lambda tx: service.reset_password(tx, "officer1", "hash"))
        with pytest.raises(NotSignedIn):
            await db.read(lambda tx: service.access_session(tx, token))


class TestSignIn:
    async def attempt(self, client, username="officer1", password="wrong password"):
        body = {"username": username, "password": password}
        return await client.post("/staff/sign-in", json=body)

    @pytest.mark.parametrize("username", ["officer1", "nobody", "' OR 1=1 --"])
    async def test_bad_credentials(self, client, people, username) -> None:
        answer = await self.attempt(client, username)
        assert answer.status_code == 401
        assert answer.json()["code"] == "bad_credentials"
        assert "set-cookie" not in answer.headers

    async def test_which_accounts_exist_is_not_told_by_the_time(self, client, people) -> None:
        async def seconds(username: str) -> float:
            before = time.perf_counter()
            await self.attempt(client, username)
            return time.perf_counter() - before

        await self.attempt(client)  # the first one builds what later ones use
        known = min([await seconds("officer1") for _ in range(2)])
        unknown = min([await seconds("nobody") for _ in range(2)])
        assert 0.4 < known / unknown < 2.5

    async def test_an_account_that_was_closed(self, client, db, people) -> None:
        from escalation.staff.repository import update_staff

        await db.write(lambda tx: update_staff(tx, "officer1", active=False))
        assert (await self.attempt(client, password=PASSWORD)).status_code == 401

    async def test_failures_of_an_account_slow_it_down(self, client, people) -> None:
        answers = await asyncio.gather(*(self.attempt(client) for _ in range(9)))
        statuses = sorted(answer.status_code for answer in answers)
        assert statuses.count(401) in {5, 6}  # two proofs may run at once
        assert set(statuses) == {401, 429}
        refused = await self.attempt(client, password=PASSWORD)
        assert refused.json()["code"] == "too_many_requests"
        assert 30 < refused.json()["retry_after"] <= 60

    async def test_failures_from_an_address_slow_it_down(self, client, people) -> None:
        answers = [await self.attempt(client, f"guess{number}") for number in range(6)]
        assert [answer.status_code for answer in answers] == [401] * 5 + [429]

    async def test_an_office_may_start_its_day_behind_one_address(self, client, people) -> None:
        for _ in range(2):
            for username in people:
                answer = await self.attempt(client, username, PASSWORD)
                assert answer.status_code == 200

    async def test_token_and_cookie_open_the_desk(self, client, people) -> None:
        answer = await self.attempt(client, "Officer1 ", PASSWORD)
        told = answer.json()
        assert told["staff"] | {"id": ""} == {
            "id": "",
            "username": "officer1",
            "name": "officer1 号",
            "roles": ["officer"],
            "offices": [],
        }
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith(f"daoban_desk={told['token']};")
        assert "HttpOnly" in cookie and "SameSite=strict" in cookie and "Secure" not in cookie
        assert (await client.get("/staff/me")).json()["username"] == "officer1"
        client.cookies.clear()
        headers = {"Authorization": f"Bearer {told['token']}"}
        me = await client.get("/staff/me", headers=headers)
        assert me.json()["presence"] == {"state": "away", "capacity": None}

    async def test_sign_out_ends_it(self, client, sign_in) -> None:
        headers = await sign_in("officer1")
        assert (await client.post("/staff/sign-out", headers=headers)).status_code == 204
        assert (await client.get("/staff/me", headers=headers)).status_code == 401

    async def test_it_lasts_a_working_day(self, client, clock, sign_in) -> None:
        headers = await sign_in("officer1")
        clock.forward(hours=11, minutes=59)
        assert (await client.get("/staff/me", headers=headers)).status_code == 200
        clock.forward(minutes=2)
        assert (await client.get("/staff/me", headers=headers)).status_code == 401
