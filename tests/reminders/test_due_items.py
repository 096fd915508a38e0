"""What a taxpayer has not called done, from the lists of the reminders."""

from datetime import date

import pytest

from core.calendar import CalendarUnconfirmed, tax_calendar
from reminders.due_items import due_items
from reminders.feedback import answer_card
from reminders.service import stop

NOVEMBER = date(2026, 12, 15)


@pytest.fixture
def items(bureau):
    async def read(taxpayer_id="t1", calendar=None):
        return await bureau.db.read(lambda tx: due_items(tx, taxpayer_id, calendar))

    return read


@pytest.fixture
async def card(bureau, spec):
    """A reminder of November's VAT in a conversation."""
    await bureau.register("t1", "t2")
    conversation = await bureau.visit("t1")
    await bureau.run(spec)
    (message,) = await bureau.cards(conversation)
    return conversation, message.seq


async def test_one_who_was_reminded_has_it_whoever_else_too(card, items):
    (item,) = await items()
    assert (item.spec.obligation, item.spec.tax_period, item.due) == ("VAT-M", "2026-11", NOVEMBER)
    assert item.title() == "增值税及附加税费 2026年11月（税款所属期）"
    assert item.title("en") == "VAT and surcharges, November 2026 (tax period)"
    assert item.with_day("en").endswith(", due 15 December 2026")
    assert [each.due for each in await items("t2")] == [NOVEMBER]


@pytest.mark.parametrize(
    ("action", "left"), [("done", 0), ("not_applicable", 0), ("later", 1), ("ask", 1)]
)
async def test_an_answer_settles_it(bureau, card, items, action, left):
    conversation, seq = card
    await bureau.db.write(lambda tx: answer_card(tx, conversation, seq, action))
    assert len(await items()) == left


async def test_a_second_campaign_about_the_same_is_settled_with_the_first(
    bureau, spec, card, items
):
    conversation, seq = card
    await bureau.run(spec.model_copy(update={"key": "again"}))
    assert len(await items()) == 1
    await bureau.db.write(lambda tx: answer_card(tx, conversation, seq, "done"))
    assert await items() == []


async def test_the_soonest_stands_first(bureau, spec, card, items):
    earlier = {"key": "earlier", "obligation": "VAT-M", "tax_period": "2026-10"}
    bureau.at(bureau.db.clock.now().replace(month=11, day=2))
    await bureau.run(spec.model_copy(update=earlier))
    assert [each.spec.tax_period for each in await items()] == ["2026-10", "2026-11"]


async def test_a_stopped_campaign_and_an_unannounced_year_are_left_out(bureau, spec, card, items):
    class Unannounced:
        def deadline15(self, *_: object) -> None:
            raise CalendarUnconfirmed("not announced", year=2026)

    assert await items(calendar=Unannounced()) == []
    assert len(await items(calendar=tax_calendar())) == 1
    await bureau.db.write(lambda tx: stop(tx, spec.key, actor="operator"))
    assert await items() == []
