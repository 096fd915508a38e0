"""Cards reach each recipient once: at once where a chat is open, else at the next visit."""

import asyncio
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from conversations.ownership import Holder, change_owner
from conversations.repository import update_conversation
from conversations.service import access_conversation
from core.calendar import load_calendar
from core.clock import SHANGHAI
from core.database import Tx, open_database
from core.settings import PROJECT
from reminders import delivery, repository, service
from reminders.delivery import deliver, deliver_pending, deliverable, is_quiet
from reminders.models import outreach
from reminders.worker import work


def row(tx: Tx):
    return tx.execute(sa.select(outreach)).one()


async def test_an_open_conversation_gets_the_card_at_once(bureau, spec):
    await bureau.register("t1")
    conversation = await bureau.visit("t1")
    async with bureau.db.hub.subscribe(f"conversation:{conversation.id}") as reader:
        done = await bureau.run(spec)
        await reader.wait(1)
    (card,) = await bureau.cards(conversation)
    assert (card.sender, card.text) == (
        "system",
        (
            "t1有限公司：2026年11月（税款所属期）的增值税及附加税费申报期限为2026年12月15日，"
            "请在期限内完成申报并缴款。已经办理的，请点“已办理”。"
        ),
    )
    assert card.card.campaign == spec.key
    assert card.card.why == spec.template.why
    assert card.card.due == date(2026, 12, 15)
    assert card.card.data_as_of == date(2026, 11, 24)
    assert [(each.id, each.label) for each in card.card.actions] == [
        ("done", "已办理"),
        ("later", "稍后提醒"),
        ("not_applicable", "不适用"),
        ("ask", "我要咨询"),
    ]
    assert (done.counts.audience, done.counts.delivered, done.counts.read) == (1, 1, 0)
    kept = await bureau.db.read(row)
    assert (kept.conversation_id, kept.seq, kept.rounds) == (conversation.id, card.seq, 1)


async def test_without_a_session_it_waits_for_the_next_visit(bureau, spec):
    await bureau.register("t1")
    assert (await bureau.run(spec)).counts.delivered == 0
    conversation = await bureau.visit("t1")
    seqs = await bureau.db.write(lambda tx: deliver_pending(tx, conversation))
    assert seqs == [card.seq for card in await bureau.cards(conversation)]
    assert len(seqs) == 1
    assert await bureau.db.write(lambda tx: deliver_pending(tx, conversation)) == []
    assert await work(bureau.db) == 0


async def test_an_expired_session_is_no_visit(bureau, spec):
    await bureau.register("t1")
    conversation = await bureau.visit("t1")
    bureau.at(datetime(2026, 11, 26, 10, tzinfo=SHANGHAI))
    await bureau.run(spec)
    assert await bureau.cards(conversation) == []


async def test_two_people_of_one_taxpayer_get_one_card_between_them(bureau, spec):
    await bureau.register("t1")
    first = await bureau.visit("t1", "p1")
    second = await bureau.visit("t1", "p2")
    assert (await bureau.run(spec)).counts.delivered == 1
    cards = [await bureau.cards(first), await bureau.cards(second)]
    assert sorted(map(len, cards)) == [0, 1]


async def test_a_visitor_without_a_name_gets_nothing(bureau, spec, db):
    from conversations.sessions import open_session
    from taxpayers.schemas import Profile

    await bureau.register("t1")
    await bureau.run(spec)
    opened = await db.write(
        lambda tx: open_session(
            tx, None, channel="web", locale="zh-Hans", profile=Profile(filing_period="month")
        )
    )
    assert await db.write(lambda tx: deliver_pending(tx, opened.conversation)) == []


async def test_a_person_may_be_in_the_chat(bureau, spec):
    await bureau.register("t1")
    conversation = await bureau.visit("t1")

    def officer(tx: Tx) -> None:
        queued = change_owner(tx, conversation, "officer_queue", actor="p1", reason="asked")
        change_owner(tx, queued, "officer", actor="s1", reason="claimed", holder=Holder("s1", "李"))

    await bureau.db.write(officer)
    await bureau.run(spec)
    assert len(await bureau.cards(conversation)) == 1
    assert (await bureau.state(conversation)).owner == "officer"


async def test_many_go_in_batches(bureau, spec):
    ids = [f"t{number}" for number in range(5)]
    await bureau.register(*ids)
    conversations = [await bureau.visit(each, f"p{each}") for each in ids]
    await service.push(bureau.db, spec, None, actor="o")
    await bureau.db.write(service.expand)
    seen = []
    while cards := await bureau.db.read(lambda tx: deliverable(tx, 2)):
        seen.append([card.taxpayer_id for card in cards])
        await bureau.db.write(lambda tx, cards=cards: deliver(tx, cards))
    assert sorted(map(len, seen)) == [1, 2, 2]
    assert sorted(each for part in seen for each in part) == ids
    assert [len(await bureau.cards(each)) for each in conversations] == [1] * 5


async def test_two_workers_and_the_visits_at_once_double_nothing(bureau, spec, database_url):
    ids = [f"t{number}" for number in range(12)]
    await bureau.register(*ids)
    conversations = [await bureau.visit(each, f"p{each}") for each in ids]
    await service.push(bureau.db, spec, None, actor="o")
    workers = [bureau.db]
    if database_url.startswith("postgresql"):
        workers.append(open_database(database_url, bureau.db.clock))
    await asyncio.gather(
        *(work(each) for each in workers * 2),
        *(
            bureau.db.write(lambda tx, here=here: deliver_pending(tx, here))
            for here in conversations
        ),
    )
    await work(bureau.db)
    for extra in workers[1:]:
        await extra.close()
    assert [len(await bureau.cards(each)) for each in conversations] == [1] * 12
    assert (await bureau.campaign(spec)).counts.delivered == 12


async def test_what_was_stopped_or_given_meanwhile_is_not_given(bureau, spec):
    await bureau.register("t1", "t2")
    conversations = [await bureau.visit("t1", "p1"), await bureau.visit("t2", "p2")]
    await service.push(bureau.db, spec, None, actor="o")
    await bureau.db.write(service.expand)
    cards = await bureau.db.read(deliverable)
    assert len(await bureau.db.write(lambda tx: deliver(tx, cards[:1]))) == 1
    assert await bureau.db.write(lambda tx: deliver(tx, cards[:1])) == []
    await bureau.db.write(lambda tx: service.stop(tx, spec.key, actor="o"))
    assert await bureau.db.write(lambda tx: deliver(tx, cards)) == []
    assert sum([len(await bureau.cards(each)) for each in conversations]) == 1


async def test_card_and_mark_are_one(bureau, spec, monkeypatch):
    await bureau.register("t1")
    conversation = await bureau.visit("t1")
    await service.push(bureau.db, spec, None, actor="o")
    await bureau.db.write(service.expand)
    with monkeypatch.context() as broken:

        def fail(*args, **kwargs):
            raise RuntimeError("on purpose")

        broken.setattr(repository, "update_outreach", fail)
        with pytest.raises(RuntimeError):
            await work(bureau.db)
    assert await bureau.cards(conversation) == []
    assert (await bureau.db.read(row)).delivered_at is None
    await work(bureau.db)
    assert len(await bureau.cards(conversation)) == 1


async def test_after_the_deadline_no_card_is_given(bureau, spec):
    await bureau.register("t1")
    await bureau.run(spec)
    bureau.at(datetime(2026, 12, 16, 9, tzinfo=SHANGHAI))
    conversation = await bureau.visit("t1")
    assert await bureau.db.write(lambda tx: deliver_pending(tx, conversation)) == []
    assert (await bureau.db.read(row)).remind_at is None


async def test_a_province_s_own_date_stands_on_the_card(bureau, spec, tmp_path):
    table = (PROJECT / "data/calendar/2026.yml").read_text(encoding="utf-8")
    moved = "regions: {广东省: {12: {date: 2026-12-18, source: 粤税公告}}}"
    (tmp_path / "2026.yml").write_text(table.replace("regions: {}", moved), encoding="utf-8")
    calendar = load_calendar(tmp_path)
    await bureau.register("t1", region="广东省")
    await bureau.run(spec)
    conversation = await bureau.visit("t1")
    await bureau.db.write(lambda tx: deliver_pending(tx, conversation, calendar))
    (card,) = await bureau.cards(conversation)
    assert card.card.due == date(2026, 12, 18)
    assert "2026年12月18日" in card.text


@pytest.mark.parametrize(
    ("moment", "quiet"),
    [
        (datetime(2026, 11, 24, 20, 59, tzinfo=SHANGHAI), False),
        (datetime(2026, 11, 24, 21, 0, tzinfo=SHANGHAI), True),
        (datetime(2026, 11, 25, 8, 29, tzinfo=SHANGHAI), True),
        (datetime(2026, 11, 25, 0, 30, tzinfo=UTC), False),
    ],
)
def test_quiet_hours(moment, quiet):
    assert is_quiet(moment) is quiet


async def test_in_quiet_hours_only_first_cards_are_given_unasked(bureau, spec):
    await bureau.register("t1", "t2")
    first = await bureau.visit("t1", "p1")
    await bureau.run(spec)
    await bureau.db.write(
        lambda tx: repository.update_outreach(tx, spec.key, "t1", remind_at=tx.now)
    )
    bureau.at(datetime(2026, 11, 24, 22, tzinfo=SHANGHAI))
    second = await bureau.visit("t2", "p2")
    await work(bureau.db)
    assert len(await bureau.cards(first)) == 1
    assert len(await bureau.cards(second)) == 1
    # whoever comes of their own accord gets it at any hour
    await bureau.db.write(lambda tx: deliver_pending(tx, access_conversation(tx, first.id)))
    assert len(await bureau.cards(first)) == 2


def test_every_obligation_has_its_words(spec):
    from core.calendar import Deadline
    from core.obligations import MONTHLY, OBLIGATIONS

    for obligation in OBLIGATIONS:
        period = "2026-09" if obligation in MONTHLY else "2026-Q3"
        changed = spec.model_copy(update={"obligation": obligation, "tax_period": period})
        words = delivery.words(changed, Deadline(date(2026, 10, 26), "x"))
        assert words["period"].startswith("2026年9月" if period[-2] != "Q" else "2026年第3季度")
        assert words["due"] == "2026年10月26日"


@pytest.mark.parametrize(
    ("locale", "words", "button"),
    [
        (
            "zh-Hant",
            "t1有限公司：2026年11月（稅款所屬期）的增值稅及附加稅費申報期限為2026年12月15日",
            "已辦理",
        ),
        (
            "en",
            "t1有限公司: the deadline for filing VAT and surcharges for November 2026 (tax period)",
            "Done",
        ),
    ],
)
async def test_the_card_is_in_the_language_of_the_conversation(bureau, spec, locale, words, button):
    await bureau.register("t1")
    await bureau.run(spec)
    conversation = await bureau.visit("t1")

    def unit(tx: Tx) -> None:
        update_conversation(tx, conversation.id, locale=locale)
        deliver_pending(tx, access_conversation(tx, conversation.id))

    await bureau.db.write(unit)
    (card,) = await bureau.cards(conversation)
    assert card.text.startswith(words)
    assert card.card.actions[0].label == button
