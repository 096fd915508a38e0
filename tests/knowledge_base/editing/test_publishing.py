"""Review by a second person, publication now and later, withdrawal, and looking again."""

import asyncio
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from core.audit import audit
from core.clock import Clock
from core.database import open_database
from core.errors import BadInput
from knowledge_base.editing import intake, publishing, service
from knowledge_base.editing.errors import EntryChanged, OwnWork, WrongState
from knowledge_base.editing.lasting import next_look
from knowledge_base.editing.models import versions
from knowledge_base.editing.schemas import Draft
from knowledge_base.models import documents
from knowledge_base.service import CHANGED, load, stored_content, stored_version
from tests.knowledge_base.editing.conftest import ANNA, BO, RITA
from tests.knowledge_base.editing.test_writing import NEW, with_answer


@pytest.fixture
def do(desk):
    """Does one step of review: `await do("submit", "X-02", 2, "note", ANNA)`."""

    async def run(step, *given, **named):
        return await desk.db.write(lambda tx: getattr(publishing, step)(tx, *given, **named))

    return run


@pytest.fixture
def given(desk):
    """What taxpayers may be given."""

    async def run(*, provisional=True):
        content = await desk.db.read(lambda tx: stored_content(tx, provisional=provisional))
        return {key: entry for key, entry in content.entries.items() if entry.state == "ready"}

    return run


async def reviewed(desk, do, entry_id="X-02", **values) -> int:
    """Save, submit; return the version in review."""
    before = await desk.entry(entry_id)
    await desk.save(entry_id, before.version, **(values or {"answer": NEW}))
    version = (await desk.entry(entry_id)).version
    await do("submit", entry_id, version, "", ANNA)
    return version


class TestReview:
    async def test_approved_is_given_and_signed(self, desk, do, given, db) -> None:
        version = await reviewed(desk, do)
        assert (await desk.entry("X-02")).state == "in_review"
        async with db.hub.subscribe(CHANGED) as wakes:
            await do("approve", "X-02", version, note="", publish_at=None, who=RITA)
            await wakes.wait(5)
            assert wakes.looks
        assert (await given(provisional=False))["X-02"].answer == NEW
        entry = await desk.entry("X-02")
        assert (entry.state, entry.live_version, entry.reviewed_by) == ("published", 2, "审核甲")
        assert (await desk.version("X-02", 2)).published_at is not None

    async def test_what_files_brought_is_signed_as_it_stands(self, desk, do, given) -> None:
        before = await desk.entry("X-02")
        assert (before.state, before.version) == ("provisional", 1)
        await do("submit", "X-02", 1, "", ANNA)
        assert (await desk.entry("X-02")).state == "in_review"
        with pytest.raises(OwnWork):
            await do("approve", "X-02", 1, note="", publish_at=None, who=ANNA)
        assert "X-02" in await given(), "it is given until then as before"
        await do("approve", "X-02", 1, note="", publish_at=None, who=RITA)
        entry = await desk.entry("X-02")
        assert (entry.state, entry.live_version, entry.reviewed_by) == ("published", 1, "审核甲")
        assert (await given(provisional=False))["X-02"].answer == before.content.answer
        with pytest.raises(WrongState):  # once is enough
            await do("submit", "X-02", 1, "", ANNA)

    async def test_what_files_brought_comes_back_unsigned(self, desk, do, given) -> None:
        await do("submit", "X-02", 1, "", ANNA)
        await do("give_back", "X-02", 1, "看不懂", RITA)
        entry = await desk.entry("X-02")
        assert (entry.state, entry.live, entry.version) == ("draft", "provisional", 1)
        await desk.db.write(lambda tx: service.discard(tx, "X-02", 1, ANNA))
        entry = await desk.entry("X-02")
        assert (entry.state, entry.version) == ("provisional", 1)
        assert "X-02" in await given()

    async def test_the_store_looks_another_after_each_change(self, desk, do, db) -> None:
        seen = {await db.read(stored_version)}
        version = await reviewed(desk, do)
        seen.add(await db.read(stored_version))
        assert len(seen) == 1, "a draft is nothing that an index could hold"
        await do("approve", "X-02", version, note="", publish_at=None, who=RITA)
        seen.add(await db.read(stored_version))
        await do("withdraw", "X-02", "错", RITA)
        seen.add(await db.read(stored_version))
        assert len(seen) == 3

    @pytest.mark.parametrize("by", [ANNA, BO])
    async def test_nobody_approves_what_he_wrote(self, desk, do, by) -> None:
        await desk.save("X-02", 1, who=BO, topic="fines")
        await desk.save("X-02", 2, who=ANNA, answer=NEW)
        await do("submit", "X-02", 3, "", ANNA)
        assert (await desk.entry("X-02", by)).own_work
        with pytest.raises(OwnWork):
            await do("approve", "X-02", 3, note="", publish_at=None, who=by)
        assert not (await desk.entry("X-02", RITA)).own_work

    async def test_one_who_wrote_an_earlier_published_version_may(self, desk, do) -> None:
        version = await reviewed(desk, do)
        await do("approve", "X-02", version, note="", publish_at=None, who=RITA)
        await desk.save("X-02", 2, who=BO, topic="fines")
        await do("submit", "X-02", 3, "", BO)
        await do("approve", "X-02", 3, note="", publish_at=None, who=ANNA)
        assert (await desk.entry("X-02")).live_version == 3

    async def test_who_submits_does_not_approve(self, desk, do) -> None:
        await desk.save("X-02", 1, answer=NEW)
        await do("submit", "X-02", 2, "", RITA)
        with pytest.raises(OwnWork):
            await do("approve", "X-02", 2, note="", publish_at=None, who=RITA)

    async def test_what_changed_in_review_is_a_draft_again(self, desk, do) -> None:
        version = await reviewed(desk, do)
        await desk.save("X-02", version, topic="fines")
        assert (await desk.entry("X-02")).work == "draft"
        with pytest.raises(EntryChanged):
            await do("approve", "X-02", version, note="", publish_at=None, who=RITA)
        with pytest.raises(WrongState):
            await do("approve", "X-02", version + 1, note="", publish_at=None, who=RITA)

    async def test_files_that_changed_meanwhile_are_looked_at_first(
        self, desk, do, content
    ) -> None:
        version = await reviewed(desk, do, question="逾期申报怎么办")
        await desk.load(with_answer(content, "X-02", NEW))
        with pytest.raises(EntryChanged):
            await do("approve", "X-02", version, note="", publish_at=None, who=RITA)

    async def test_returned_with_a_reason(self, desk, do) -> None:
        version = await reviewed(desk, do)
        await do("give_back", "X-02", version, "依据不对", RITA)
        entry = await desk.entry("X-02")
        assert (entry.work, entry.returned.reason, entry.returned.by.name) == (
            "draft",
            "依据不对",
            "审核甲",
        )
        await do("submit", "X-02", version, "", ANNA)
        assert (await desk.entry("X-02")).returned is None

    async def test_a_new_entry_comes_into_the_store(self, desk, do, given, content) -> None:
        fields = Draft.of(content.entries["X-02"]).plain() | {"answer": NEW}
        draft = Draft.model_validate(fields)
        await desk.db.write(lambda tx: service.create(tx, "N-01", draft, "", ANNA))
        await do("submit", "N-01", 1, "", ANNA)
        await do("approve", "N-01", 1, note="", publish_at=None, who=RITA)
        assert (await given())["N-01"].answer == NEW
        assert (await desk.load(content)).removed == []

    async def test_every_step_leaves_its_row(self, desk, do, db) -> None:
        version = await reviewed(desk, do)
        await do("give_back", "X-02", version, "依据不对", RITA)
        await do("submit", "X-02", version, "", ANNA)
        await do("approve", "X-02", version, note="", publish_at=None, who=RITA)
        await do("verify", "X-02", None, "仍有效", BO)
        await do("withdraw", "X-02", "废止", RITA)
        rows = await db.read(lambda tx: tx.execute(sa.select(audit).order_by(audit.c.id)).all())
        told = [(row.actor, row.action.rpartition(":")[2]) for row in rows if row.subject == "X-02"]
        assert told == [
            ("st_a", "edit"),
            ("st_a", "submit"),
            ("st_r", "return"),
            ("st_a", "submit"),
            ("st_r", "approve"),
            ("st_r", "publish"),
            ("st_b", "verify"),
            ("st_r", "withdraw"),
        ]


class TestScheduled:
    async def later(self, desk, do, hours=2) -> None:
        version = await reviewed(desk, do)
        at = desk.db.clock.now() + timedelta(hours=hours)
        await do("approve", "X-02", version, note="", publish_at=at, who=RITA)

    async def test_published_when_its_moment_comes_and_once(
        self, desk, do, given, database_url
    ) -> None:
        await self.later(desk, do)
        assert (await desk.entry("X-02")).state == "scheduled"
        assert await do("publish_due") == 0
        restarted = open_database(
            database_url, Clock(desk.db.clock.now() + timedelta(hours=2, seconds=1))
        )
        try:
            rounds = (restarted.write(publishing.publish_due) for _ in range(4))
            assert sum(await asyncio.gather(*rounds)) == 1
        finally:
            await restarted.close()
        assert (await given())["X-02"].answer == NEW
        assert (await desk.entry("X-02")).state == "published"

    async def test_a_moment_that_is_over(self, desk, do) -> None:
        with pytest.raises(BadInput):
            await self.later(desk, do, hours=-1)

    async def test_it_is_not_edited_before_it_is_returned(self, desk, do) -> None:
        await self.later(desk, do)
        with pytest.raises(WrongState):
            await desk.save("X-02", 2, topic="fines")
        await do("give_back", "X-02", 2, "再想想", RITA)
        await desk.save("X-02", 2, topic="fines")
        assert (await desk.entry("X-02")).publish_at is None

    async def test_what_cannot_be_given_any_more_goes_back(self, desk, do, given) -> None:
        await self.later(desk, do)
        gone = sa.delete(documents).where(documents.c.id == "law")
        await desk.db.write(
            lambda tx: (tx.execute(sa.text("DELETE FROM kb_provision")), tx.execute(gone))
        )
        desk.db.clock = Clock(desk.db.clock.now() + timedelta(hours=3))
        assert await do("publish_due") == 1
        entry = await desk.entry("X-02")
        assert (entry.work, entry.returned.by.id) == ("draft", "system")
        assert (await desk.version("X-02", 2)).published_at is None


class TestWithdrawal:
    async def test_it_is_given_no_longer_and_files_do_not_bring_it_back(
        self, desk, do, given, content
    ) -> None:
        await do("withdraw", "X-02", "口径有误", RITA)
        assert "X-02" not in await given()
        entry = await desk.entry("X-02")
        assert (entry.state, entry.withdrawn.reason) == ("withdrawn", "口径有误")
        report = await desk.load(content)
        assert "X-02" in report.unchanged
        assert (await desk.load(with_answer(content, "X-02", NEW))).kept_local == ["X-02"]
        assert "X-02" not in await given()
        with pytest.raises(WrongState):
            await do("withdraw", "X-02", "再次", RITA)

    async def test_it_comes_back_through_review(self, desk, do, given) -> None:
        await do("withdraw", "X-02", "口径有误", RITA)
        await desk.save("X-02", 1)
        await do("submit", "X-02", 2, "", ANNA)
        await do("approve", "X-02", 2, note="", publish_at=None, who=RITA)
        assert "X-02" in await given()
        assert (await desk.entry("X-02")).withdrawn is None

    async def test_what_waits_for_its_moment_does_not_bring_it_back(self, desk, do) -> None:
        await TestScheduled().later(desk, do)
        await do("withdraw", "X-02", "口径有误", RITA)
        assert (await desk.entry("X-02")).work == "draft"


class TestFiles:
    async def test_what_was_published_here_is_never_overwritten(
        self, desk, do, given, content
    ) -> None:
        version = await reviewed(desk, do)
        await do("approve", "X-02", version, note="", publish_at=None, who=RITA)
        other = with_answer(content, "X-02", NEW.replace("测试用", "文件里"))
        assert (await desk.load(other)).kept_local == ["X-02"]
        assert (await given())["X-02"].answer == NEW

    async def test_files_that_say_the_same_change_nothing(self, desk, do, content) -> None:
        version = await reviewed(desk, do)
        await do("approve", "X-02", version, note="", publish_at=None, who=RITA)
        report = await desk.load(with_answer(content, "X-02", NEW))
        assert (report.changed, report.kept_local) == ([], [])
        assert "X-02" in report.unchanged

    async def test_a_draft_of_the_files_is_settled_by_review(
        self, desk, do, given, content
    ) -> None:
        entry = content.entries["X-02"].model_copy(update={"state": "draft"})
        await desk.load(content.model_copy(update={"entries": content.entries | {"X-02": entry}}))
        assert (await desk.entry("X-02")).state == "draft"
        assert "X-02" not in await given()
        version = await reviewed(desk, do)
        await do("approve", "X-02", version, note="", publish_at=None, who=RITA)
        assert (await given())["X-02"].state == "ready"


class TestLookingAgain:
    @pytest.mark.parametrize(
        ("checked", "valid_to", "look"),
        [
            (date(2026, 11, 23), None, date(2027, 11, 23)),
            (date(2026, 11, 23), date(2027, 12, 31), date(2027, 10, 2)),
            (date(2026, 11, 23), date(2026, 12, 31), date(2026, 12, 31)),
            (date(2026, 11, 23), date(2029, 12, 31), date(2027, 11, 23)),
            (date(2026, 11, 23), date(2025, 12, 31), date(2027, 11, 23)),
        ],
    )
    def test_the_usual_time(self, checked, valid_to, look) -> None:
        assert next_look(checked, valid_to) == look

    async def test_looking_sets_the_next_day(self, desk, do) -> None:
        await do("verify", "X-02", None, "仍有效", BO)
        entry = await desk.entry("X-02")
        assert (entry.verified.by.id, entry.verify_by) == ("st_b", date(2027, 11, 24))

    async def test_a_day_that_was_chosen_stays(self, desk, do, content) -> None:
        await do("set_verify_by", "X-02", date(2027, 1, 5), BO)
        await desk.load(with_answer(content, "X-02", NEW))
        assert (await desk.entry("X-02")).verify_by == date(2027, 1, 5)
        version = await reviewed(desk, do, topic="fines")
        await do("approve", "X-02", version, note="", publish_at=None, who=RITA)
        assert (await desk.entry("X-02")).verify_by == date(2027, 1, 5)

    async def test_a_day_that_is_over(self, desk, do) -> None:
        with pytest.raises(BadInput):
            await do("verify", "X-02", date(2026, 11, 24), "", BO)


async def test_versions_stay_as_they_were(desk, do, content) -> None:
    """Nothing in all that changes a version's content."""
    rows = sa.select(versions.c.entry_id, versions.c.version, versions.c.content)
    before = await desk.db.read(lambda tx: tx.execute(rows).all())
    version = await reviewed(desk, do)
    await do("approve", "X-02", version, note="", publish_at=None, who=RITA)
    await desk.db.write(lambda tx: load(tx, content))
    await desk.db.write(intake.adopt)
    after = await desk.db.read(lambda tx: tx.execute(rows).all())
    assert set(map(str, before)) < set(map(str, after))
