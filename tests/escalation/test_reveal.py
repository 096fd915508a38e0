"""A protected value is shown in full to who holds the chat, for a reason, and that is audited."""

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from conversations import protected
from core.audit import audit
from escalation import desk
from tests.conversations.test_protected import IDENTITY_NUMBER

READ = "conversations:protected_value:reveal"


@pytest.fixture
def keep(db, vault):
    """Seal a number for a conversation."""

    async def run(state, value: str = IDENTITY_NUMBER, ttl: timedelta = timedelta(days=1)) -> str:
        return await db.write(
            lambda tx: protected.keep(
                tx,
                vault,
                conversation_id=state.id,
                subject="fr_1",
                field="child_id",
                kind="identity_number",
                value=value,
                ttl=ttl,
            )
        )

    return run


@pytest.fixture
async def held(db, hand_over, people):
    """A conversation that officer1 holds."""
    state, _ = await hand_over()
    await db.write(lambda tx: desk.claim(tx, state.consultation_id, people["officer1"]))
    return state


@pytest.fixture
def ask_for(client, sign_in):
    """Ask for a value."""

    async def run(username: str, state, reference: str, reason: str = "核对身份"):
        path = f"/desk/consultations/{state.consultation_id}/reveal"
        body = {"reference": reference, "reason": reason}
        return await client.post(path, json=body, headers=await sign_in(username))

    return run


@pytest.fixture
def reads(db):
    """Return the audit rows of values that were read."""

    async def run():
        return await db.read(
            lambda tx: tx.execute(sa.select(audit).where(audit.c.action == READ)).all()
        )

    return run


class TestRefused:
    @pytest.mark.parametrize("username", ["officer2", "leader1"])
    async def test_to_who_does_not_hold_it(self, held, keep, ask_for, reads, username) -> None:
        answer = await ask_for(username, held, await keep(held))
        assert (answer.status_code, answer.json()["code"]) == (409, "not_holder")
        assert IDENTITY_NUMBER not in answer.text
        assert await reads() == []

    async def test_before_the_claim(self, hand_over, keep, ask_for) -> None:
        state, _ = await hand_over()
        answer = await ask_for("officer1", state, await keep(state))
        assert answer.json()["code"] == "not_holder"

    async def test_after_the_end(self, db, held, people, keep, ask_for) -> None:
        reference = await keep(held)
        await db.write(
            lambda tx: desk.close(tx, held.consultation_id, people["officer1"], result="solved")
        )
        assert (await ask_for("officer1", held, reference)).json()["code"] == "not_holder"

    async def test_of_another_conversation(self, held, hand_over, keep, ask_for, reads) -> None:
        other, _ = await hand_over()
        answer = await ask_for("officer1", held, await keep(other))
        assert (answer.status_code, answer.json()["code"]) == (404, "no_such_protected_value")
        assert await reads() == []

    async def test_a_reference_that_is_none(self, held, ask_for) -> None:
        answer = await ask_for("officer1", held, "pv_none")
        assert (answer.status_code, answer.json()["code"]) == (404, "no_such_protected_value")

    async def test_when_its_time_is_over(self, held, keep, ask_for) -> None:
        answer = await ask_for("officer1", held, await keep(held, ttl=timedelta(0)))
        assert (answer.status_code, answer.json()["code"]) == (410, "protected_value_gone")

    @pytest.mark.parametrize("reason", ["", " \x00 ", "字" * 201])
    async def test_without_a_reason(self, held, keep, ask_for, reads, reason) -> None:
        answer = await ask_for("officer1", held, await keep(held), reason)
        assert (answer.status_code, await reads()) == (422, [])

    async def test_to_an_editor(self, held, keep, ask_for) -> None:
        assert (await ask_for("editor1", held, await keep(held))).status_code == 403


async def test_the_holder_reads_it_and_that_is_audited(held, people, keep, ask_for, reads) -> None:
    reference = await keep(held)
    answer = await ask_for("officer1", held, reference, f"与 {IDENTITY_NUMBER} 核对")
    assert (answer.status_code, answer.json()) == (200, {"value": IDENTITY_NUMBER})
    assert answer.headers["cache-control"] == "private, no-store"
    [row] = await reads()
    assert (row.actor, row.subject) == (people["officer1"].id, held.id)
    assert (row.detail["reference"], row.detail["consultation"]) == (
        reference,
        held.consultation_id,
    )
    assert "核对" in row.detail["reason"]
    assert IDENTITY_NUMBER not in json.dumps(row.detail)
