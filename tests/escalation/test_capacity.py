"""How many consultations one takes at once."""

import asyncio

import pytest

from escalation import desk, presence
from escalation.errors import AlreadyClaimed, AtCapacity
from escalation.schemas import PresenceIn


@pytest.fixture
def take(db, people):
    """Let somebody claim a consultation."""

    async def claim(username: str, state):
        return await db.write(lambda tx: desk.claim(tx, state.consultation_id, people[username]))

    return claim


@pytest.fixture
def limit(db, people):
    """Let somebody say how many at once."""

    async def say(username: str, **wanted: object):
        asked = PresenceIn(**{"state": "available", **wanted})
        return await db.write(lambda tx: presence.set_presence(tx, people[username], asked))

    return say


class TestAtCapacity:
    async def test_one_more_is_refused_and_waits_on(self, db, hand_over, take, limit) -> None:
        first, second = (await hand_over())[0], (await hand_over())[0]
        await limit("officer1", capacity=1)
        await take("officer1", first)
        with pytest.raises(AtCapacity) as refused:
            await take("officer1", second)
        assert refused.value.extra == {"in_hand": 1, "capacity": 1}
        assert (await take("officer2", second)).state == "held"

    async def test_so_is_one_that_was_given_back(self, db, hand_over, people, take, limit) -> None:
        first, second = (await hand_over())[0], (await hand_over())[0]
        await limit("officer1", capacity=1)
        await take("officer1", first)
        await db.write(lambda tx: desk.release(tx, first.consultation_id, people["officer1"]))
        await take("officer1", second)
        with pytest.raises(AtCapacity):
            await take("officer1", first)

    async def test_that_it_is_taken_is_told_before(self, hand_over, take, limit) -> None:
        first, second = (await hand_over())[0], (await hand_over())[0]
        await limit("officer1", capacity=1)
        await take("officer1", first)
        await take("officer2", second)
        with pytest.raises(AlreadyClaimed):
            await take("officer1", second)

    async def test_of_two_at_once_one_is_refused(self, hand_over, take, limit) -> None:
        states = [(await hand_over())[0] for _ in range(2)]
        await limit("officer1", capacity=1)
        results = await asyncio.gather(
            *(take("officer1", state) for state in states), return_exceptions=True
        )
        assert sum(isinstance(each, AtCapacity) for each in results) == 1


class TestRoom:
    async def test_without_a_capacity_there_is_no_limit(self, hand_over, take, limit) -> None:
        await limit("officer1", capacity=1)
        await limit("officer1", capacity=None)
        for _ in range(2):
            await take("officer1", (await hand_over())[0])

    async def test_a_shift_leader_steps_in_when_all_are_full(self, hand_over, take, limit) -> None:
        await limit("leader1", capacity=1)
        for _ in range(2):
            await take("leader1", (await hand_over())[0])

    async def test_what_has_ended_makes_room(self, db, hand_over, people, take, limit) -> None:
        first, second = (await hand_over())[0], (await hand_over())[0]
        await limit("officer1", capacity=1)
        await take("officer1", first)
        await db.write(
            lambda tx: desk.close(tx, first.consultation_id, people["officer1"], result="solved")
        )
        assert (await take("officer1", second)).state == "held"

    async def test_a_change_of_state_leaves_it(self, limit) -> None:
        await limit("officer1", capacity=3)
        told = await limit("officer1", state="busy")
        assert (told.state, told.capacity) == ("busy", 3)


async def test_over_http_it_is_a_conflict(client, hand_over, sign_in) -> None:
    first, second = (await hand_over())[0], (await hand_over())[0]
    headers = await sign_in("officer1")
    wanted = {"state": "available", "capacity": 1}
    assert (await client.post("/desk/presence", json=wanted, headers=headers)).json() == wanted
    answers = [
        await client.post(f"/desk/consultations/{each.consultation_id}/claim", headers=headers)
        for each in (first, second)
    ]
    assert [each.status_code for each in answers] == [200, 409]
    told = answers[1].json()
    assert (told["code"], told["in_hand"], told["capacity"]) == ("at_capacity", 1, 1)
