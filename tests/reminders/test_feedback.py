"""Answers to cards: kept once, changed with their history, acted upon."""

from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa

from conversations.schemas import Draft
from conversations.service import append_message
from core.clock import SHANGHAI
from core.database import Tx
from core.errors import BadInput
from core.outbox import outbox
from reminders.errors import NoSuchCard
from reminders.feedback import HELP_REQUESTED, answer_card, note_read, request_help
from reminders.models import outreach
from reminders.worker import work


def row(tx: Tx):
    return tx.execute(sa.select(outreach)).one()


@pytest.fixture
async def card(bureau, spec):
    """A conversation and the seq of the card in it."""
    await bureau.register("t1")
    conversation = await bureau.visit("t1")
    await bureau.run(spec)
    (message,) = await bureau.cards(conversation)
    return conversation, message.seq


@pytest.fixture
def answer(bureau, card):
    conversation, seq = card

    async def send(action, ref_seq=seq):
        return await bureau.db.write(lambda tx: answer_card(tx, conversation, ref_seq, action))

    return send


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("done", "已办理"),
        ("later", "11月25日 09:00"),
        ("not_applicable", "不适用"),
        ("ask", "2026年12月征期申报提醒"),
    ],
)
async def test_each_answer_is_kept_and_replied_to(bureau, spec, answer, action, words):
    answered = await answer(action)
    assert (answered.campaign, answered.action, answered.again) == (spec.key, action, False)
    assert words in answered.text
    assert (answered.question is not None) == (action == "ask")
    kept = await bureau.db.read(row)
    assert kept.answer == action
    assert kept.answered_at is not None
    counts = (await bureau.campaign(spec)).counts.model_dump()
    counted = "asked" if action == "ask" else action
    assert counts == {
        **dict.fromkeys(counts, 0),
        "audience": 1,
        "delivered": 1,
        "read": 1,
        counted: 1,
    }


async def test_the_same_answer_again_is_the_same_answer(bureau, answer):
    first = await answer("done")
    kept = await bureau.db.read(row)
    again = await answer("done")
    assert (again.text, again.again) == (first.text, True)
    assert await bureau.db.read(row) == kept


async def test_another_answer_takes_its_place_and_both_are_remembered(bureau, spec, card, answer):
    await answer("later")
    assert (await bureau.db.read(row)).remind_at is not None
    await answer("done")
    kept = await bureau.db.read(row)
    assert (kept.answer, kept.remind_at) == ("done", None)
    assert [(each["seq"], each["action"]) for each in kept.history] == [
        (card[1], "later"),
        (card[1], "done"),
    ]
    counts = (await bureau.campaign(spec)).counts
    assert (counts.later, counts.done) == (0, 1)


async def test_later_brings_the_card_again_on_the_next_working_day(bureau, card, answer):
    bureau.at(datetime(2026, 11, 27, 16, tzinfo=SHANGHAI))  # a Friday
    assert "11月30日 09:00" in (await answer("later")).text
    conversation, first = card
    bureau.at(datetime(2026, 11, 30, 8, 59, tzinfo=SHANGHAI))
    conversation = await bureau.visit("t1")
    await work(bureau.db)
    assert len(await bureau.cards(conversation)) == 1
    bureau.at(datetime(2026, 11, 30, 9, 0, tzinfo=SHANGHAI))
    await work(bureau.db)
    cards = await bureau.cards(conversation)
    assert len(cards) == 2
    # the new card may be put off again, the old one still answers for the same obligation
    again = await answer("later", cards[1].seq)
    assert (again.again, "12月1日 09:00" in again.text) == (False, True)
    await answer("done", first)
    kept = await bureau.db.read(row)
    assert (kept.answer, kept.rounds, kept.remind_at) == ("done", 2, None)


async def test_on_the_last_day_there_is_no_later(bureau, answer):
    bureau.at(datetime(2026, 12, 15, 9, tzinfo=SHANGHAI))
    assert "2026年12月15日" in (await answer("later")).text
    assert (await bureau.db.read(row)).remind_at is None


async def test_read_receipts(bureau, spec, card):
    conversation, seq = card
    await bureau.db.write(lambda tx: note_read(tx, conversation.id, seq - 1))
    assert (await bureau.campaign(spec)).counts.read == 0
    await bureau.db.write(lambda tx: note_read(tx, conversation.id, seq))
    first = (await bureau.db.read(row)).read_at
    bureau.at(first + timedelta(hours=1))
    await bureau.db.write(lambda tx: note_read(tx, conversation.id, seq + 5))
    assert (await bureau.db.read(row)).read_at == first
    assert (await bureau.campaign(spec)).counts.read == 1


async def test_help_is_requested_once_a_card(bureau, spec, card):
    conversation, seq = card
    for _ in range(2):
        await bureau.db.write(lambda tx: request_help(tx, conversation, seq))
    event = await bureau.db.read(lambda tx: tx.execute(sa.select(outbox)).one())
    assert event.topic == HELP_REQUESTED
    assert event.payload == {
        "conversation_id": conversation.id,
        "ref_seq": seq,
        "campaign": spec.key,
        "taxpayer_id": "t1",
        "title": spec.title,
        "question": "增值税及附加税费怎么申报，申报期限是哪天",
        "due": date(2026, 12, 15).isoformat(),
    }


async def test_what_is_no_button_is_refused(answer):
    with pytest.raises(BadInput):
        await answer("delete")


async def test_what_is_no_card_is_refused(bureau, card, answer):
    conversation, seq = card
    plain = await bureau.db.write(
        lambda tx: append_message(tx, conversation.id, Draft(sender="bot", text="你好"))
    )
    for ref_seq in (plain, seq + 100, 0, -1):
        with pytest.raises(NoSuchCard):
            await answer("done", ref_seq)
    assert (await bureau.db.read(row)).answer is None


async def test_another_taxpayer_s_card_is_out_of_reach(bureau, card):
    await bureau.register("t2", filing_period="quarter")
    other = await bureau.visit("t2", "p2")
    with pytest.raises(NoSuchCard):
        await bureau.db.write(lambda tx: answer_card(tx, other, card[1], "done"))
