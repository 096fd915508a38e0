"""Keeping, starting, expanding and stopping a campaign."""

import json
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from core.calendar import CalendarUnconfirmed
from core.clock import SHANGHAI
from core.database import Database
from reminders import repository, service
from reminders.errors import (
    BadCampaign,
    CampaignStarted,
    DeadlinePassed,
    NobodyOnList,
    NoSuchCampaign,
)
from reminders.models import campaign_run, outreach
from reminders.schemas import CampaignSpec, Schedule
from reminders.worker import work
from taxpayers.schemas import Taxpayer
from taxpayers.service import access_taxpayer, upsert_taxpayer

GOOD = "91990000MA01TEHTXE"
OTHER = "91990000MA1GT00A3L"


def recipients(tx):
    return list(tx.execute(sa.select(outreach.c.taxpayer_id).order_by("taxpayer_id")).scalars())


class TestSpec:
    @pytest.mark.parametrize(
        ("change", "hint"),
        [
            ({"kind": "letter"}, "kind: "),
            ({"key": "Filing 12"}, "key: "),
            ({"colour": "red"}, "colour: "),
            ({"tax_period": "2026-Q4"}, "needs a month"),
            ({"obligation": "VAT"}, "obligation: "),
            ({"audience": {"vat_status": "tiny"}}, "use small_scale, general"),
            ({"template": {"text": "{name.__class__}", "why": "x"}}, "cannot be filled in"),
            ({"template": {"text": "{due!r}", "why": "x"}}, "cannot be filled in"),
            ({"template": {"text": "{", "why": "x"}}, "template"),
            ({"template": {"text": "x"}}, "template.why"),
            ({"schedule": {"start_at": "2026-12-01T09:00:00"}}, "timezone"),
        ],
    )
    def test_a_broken_file_is_told_by_its_place(self, tmp_path, spec, change, hint):
        path = tmp_path / "c.yml"
        path.write_text(json.dumps(spec.model_dump(mode="json") | change))
        with pytest.raises(BadCampaign, match=r"c\.yml") as caught:
            service.load_spec(path)
        assert hint in caught.value.detail

    def test_no_yaml_and_no_file(self, tmp_path):
        (tmp_path / "c.yml").write_text("a: [")
        with pytest.raises(BadCampaign, match="no YAML"):
            service.load_spec(tmp_path / "c.yml")
        with pytest.raises(BadCampaign, match="cannot be read"):
            service.load_spec(tmp_path / "none.yml")


class TestPut:
    async def test_twice_is_once_and_a_draft_may_change(self, bureau, spec):
        for each in (spec, spec, spec.model_copy(update={"title": "另一个标题"})):
            kept = await bureau.db.write(
                lambda tx, each=each: service.put_campaign(tx, each, actor="o")
            )
            assert (kept.state, kept.spec) == ("draft", each)

    async def test_a_started_one_stays_as_it_is(self, bureau, spec):
        await bureau.run(spec)
        await bureau.db.write(lambda tx: service.put_campaign(tx, spec, actor="o"))
        other = spec.model_copy(update={"title": "另一个标题"})
        with pytest.raises(CampaignStarted):
            await bureau.db.write(lambda tx: service.put_campaign(tx, other, actor="o"))

    async def test_a_period_without_an_announced_deadline_is_refused(self, bureau, spec):
        other = spec.model_copy(update={"tax_period": "2026-12"})
        with pytest.raises(CalendarUnconfirmed):
            await bureau.db.write(lambda tx: service.put_campaign(tx, other, actor="o"))

    @pytest.mark.parametrize("verb", ["start", "stop", "access_campaign"])
    async def test_an_unknown_key(self, bureau, verb):
        arguments = {} if verb == "access_campaign" else {"actor": "o"}
        with pytest.raises(NoSuchCampaign):
            await bureau.db.write(lambda tx: getattr(service, verb)(tx, "none", **arguments))


class TestRun:
    async def test_each_of_the_audience_gets_one_row(self, bureau, spec):
        await bureau.register("t1", "t2", "t3")
        await bureau.register("q1", filing_period="quarter")
        await bureau.db.write(lambda tx: upsert_taxpayer(tx, Taxpayer(id="u1", name="未知")))
        done = await bureau.run(spec)
        assert (done.state, done.counts.audience) == ("done", 3)
        assert await bureau.db.read(recipients) == ["t1", "t2", "t3"]

    @pytest.mark.parametrize("chunk", [1, 2, 3, 7, 100])
    async def test_chunks_lose_and_double_nobody(self, bureau, spec, chunk):
        ids = [f"t{number:02}" for number in range(7)]
        await bureau.register(*ids)
        await service.push(bureau.db, spec, None, actor="o")
        while await bureau.db.write(lambda tx: service.expand(tx, chunk)):
            pass
        assert await bureau.db.read(recipients) == ids
        run = await bureau.db.read(lambda tx: tx.execute(sa.select(campaign_run)).one())
        assert (run.added, run.ended_at is None) == (7, False)

    @pytest.mark.postgres
    @pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
    async def test_postgresql_knows_the_inbox_after_the_first_chunk(self, bureau, spec):
        await bureau.register(*(f"t{number:02}" for number in range(30)))
        await service.push(bureau.db, spec, None, actor="o")
        await bureau.db.write(lambda tx: service.expand(tx, 20))
        known = sa.text("SELECT reltuples FROM pg_class WHERE relname = 'outreach'")
        assert await bureau.db.read(lambda tx: tx.execute(known).scalar()) == 20

    async def test_a_chunk_that_fails_is_done_again_whole(self, bureau, spec, monkeypatch):
        await bureau.register("t1", "t2", "t3")
        await service.push(bureau.db, spec, None, actor="o")
        with monkeypatch.context() as broken:

            def fail(*args):
                raise RuntimeError("on purpose")

            broken.setattr(repository, "move_cursor", fail)
            with pytest.raises(RuntimeError):
                await bureau.db.write(lambda tx: service.expand(tx, 2))
        assert await bureau.db.read(recipients) == []
        await work(bureau.db)
        assert await bureau.db.read(recipients) == ["t1", "t2", "t3"]

    async def test_started_again_it_finds_newcomers_only(self, bureau, spec):
        await bureau.register("t1")
        conversation = await bureau.visit("t1")
        await bureau.run(spec)
        await bureau.register("t0", "t2")
        done = await bureau.run(spec)
        assert (done.state, done.counts.audience) == ("done", 3)
        assert len(await bureau.cards(conversation)) == 1

    async def test_stopped_it_adds_and_gives_nothing_until_started(self, bureau, spec):
        await bureau.register("t1", "t2", "t3")
        conversation = await bureau.visit("t1")
        await service.push(bureau.db, spec, None, actor="o")
        await bureau.db.write(lambda tx: service.expand(tx, 1))
        stopped = await bureau.db.write(lambda tx: service.stop(tx, spec.key, actor="o"))
        assert stopped.state == "stopped"
        assert await work(bureau.db) == 0
        assert await bureau.db.read(recipients) == ["t1"]
        assert await bureau.cards(conversation) == []
        await bureau.db.write(lambda tx: service.start(tx, spec.key, actor="o"))
        await work(bureau.db)
        assert (await bureau.campaign(spec)).counts.audience == 3
        assert len(await bureau.cards(conversation)) == 1

    async def test_starting_a_running_one_changes_nothing(self, bureau, spec):
        await service.push(bureau.db, spec, None, actor="o")
        again = await bureau.db.write(lambda tx: service.start(tx, spec.key, actor="o"))
        assert again.state == "running"
        runs = await bureau.db.read(lambda tx: tx.execute(sa.select(campaign_run)).all())
        assert len(runs) == 1

    async def test_after_the_deadline_it_does_not_start(self, bureau, spec):
        bureau.at(datetime(2026, 12, 15, 23, 59, tzinfo=SHANGHAI))
        await service.push(bureau.db, spec, None, actor="o")
        await bureau.db.write(lambda tx: service.stop(tx, spec.key, actor="o"))
        bureau.at(datetime(2026, 12, 16, 0, 0, tzinfo=SHANGHAI))
        with pytest.raises(DeadlinePassed):
            await bureau.db.write(lambda tx: service.start(tx, spec.key, actor="o"))

    async def test_scheduled_cards_wait_for_their_time(self, bureau, spec):
        start_at = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
        await bureau.register("t1")
        conversation = await bureau.visit("t1")
        done = await bureau.run(spec.model_copy(update={"schedule": Schedule(start_at=start_at)}))
        assert (done.state, done.counts.audience, done.counts.delivered) == ("done", 1, 0)
        bureau.at(start_at)
        conversation = await bureau.visit("t1")
        await work(bureau.db)
        assert len(await bureau.cards(conversation)) == 1


class TestList:
    async def test_only_the_list_is_addressed(self, db: Database, bureau, spec):
        await bureau.register("t1")
        data = (
            f"uscc,name,filing_period\n{GOOD},甲,month\n{OTHER},乙,quarter\n{GOOD},甲,month\n"
        ).encode()
        _, report = await service.push(db, spec, data, actor="o")
        await work(db)
        assert (report.rows, report.good, [bad.row for bad in report.bad]) == (3, 2, [4])
        assert await db.read(recipients) == [GOOD]
        who = await db.read(lambda tx: access_taxpayer(tx, OTHER))
        assert (who.name, who.uscc, who.profile.filing_period) == ("乙", OTHER, "quarter")

    async def test_a_taxpayer_known_under_the_host_s_key_stays_one(self, db: Database, spec):
        known = Taxpayer(id="host-7", name="旧名", uscc=GOOD)
        await db.write(lambda tx: upsert_taxpayer(tx, known))
        await service.push(
            db, spec, f"uscc,name,filing_period\n{GOOD},新名,month\n".encode(), actor="o"
        )
        await work(db)
        assert await db.read(recipients) == ["host-7"]
        assert (await db.read(lambda tx: access_taxpayer(tx, "host-7"))).name == "新名"

    async def test_a_longer_list_adds_to_a_campaign_that_is_done(self, db: Database, spec):
        for code in (GOOD, OTHER, GOOD):
            data = f"uscc,name,filing_period\n{code},甲,month\n".encode()
            await service.push(db, spec, data, actor="o")
            await work(db)
        assert await db.read(recipients) == sorted((GOOD, OTHER))

    async def test_a_list_without_a_good_row_starts_nothing(self, bureau, spec):
        await bureau.register("t1")
        with pytest.raises(NobodyOnList) as caught:
            await service.push(bureau.db, spec, b"uscc,name\nx,y\n", actor="o")
        assert caught.value.extra["report"]["bad"][0]["row"] == 2
        assert (await bureau.campaign(spec)).state == "draft"

    async def test_a_list_needs_its_campaign(self, db: Database):
        with pytest.raises(NoSuchCampaign):
            await service.import_list(db, "none", b"uscc,name\n")


def test_the_spec_in_the_database_is_read_back_as_it_was(spec):
    assert CampaignSpec.model_validate(spec.model_dump(mode="json")) == spec
