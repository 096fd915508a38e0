"""Looking back at a conversation: pages, words, consultations."""

import pytest

from conversations import service
from conversations.consultations import close
from conversations.errors import NoSuchConversation
from conversations.history import read_history
from conversations.schemas import Draft, History
from conversations.sessions import open_session
from core.database import Database, Tx
from taxpayers.schemas import Profile


@pytest.fixture
def look_back(db: Database, opened):
    async def look(**asked: object) -> History:
        return await db.read(lambda tx: read_history(tx, opened.conversation.id, **asked))

    return look


def texts(found: History) -> list[str]:
    return [each.text for each in found.messages]


async def test_an_unknown_conversation_is_refused(db) -> None:
    with pytest.raises(NoSuchConversation):
        await db.read(lambda tx: read_history(tx, "cv_none"))


async def test_nothing_said_is_an_empty_page(look_back) -> None:
    assert await look_back() == History(messages=[], consultations=[], next_before=None)


async def test_pages_go_back_without_gap_or_repeat(say, look_back) -> None:
    for n in range(1, 6):
        await say(f"m{n}", f"第{n}问")
    pages = [await look_back(limit=2)]
    while pages[-1].next_before is not None:
        pages.append(await look_back(limit=2, before=pages[-1].next_before))
    assert [texts(page) for page in pages] == [["第5问", "第4问"], ["第3问", "第2问"], ["第1问"]]


async def test_a_last_page_that_is_full_ends_there(say, look_back) -> None:
    await say("m1", "第1问")
    await say("m2", "第2问")
    assert (await look_back(limit=2)).next_before is None


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("开票", ["怎么开票"]),
        ("開票", ["怎么开票"]),
        ("vat", ["VAT rate 100% _now_"]),
        ("100%", ["VAT rate 100% _now_"]),
        ("0%", ["VAT rate 100% _now_"]),
        ("%", ["VAT rate 100% _now_"]),
        ("_n", ["VAT rate 100% _now_"]),
        ("a_e", []),
        ("/", []),
        ("\\", []),
        ("'; DROP", []),
        (" \x00 ", ["VAT rate 100% _now_", "怎么开票", "缴费 1005 元"]),
    ],
)
async def test_words_are_found_as_they_are_written(
    say, look_back, words: str, found: list[str]
) -> None:
    for n, text in enumerate(["缴费 1005 元", "怎么开票", "VAT rate 100% _now_"]):
        await say(f"m{n}", text)
    assert texts(await look_back(words=words)) == found


async def test_quiet_inputs_and_other_conversations_stay_out(db, say, look_back, opened) -> None:
    await say("m1", "我的问题")
    await say("m2", input={"type": "vote", "ref_seq": 1, "useful": True})

    def somebody_else(tx: Tx) -> None:
        other = open_session(tx, None, channel="web", locale="zh-Hans", profile=Profile())
        service.append_message(tx, other.conversation.id, Draft(sender="bot", text="别人的问题"))

    await db.write(somebody_else)
    assert texts(await look_back(words="问题")) == ["我的问题"]
    assert texts(await look_back()) == ["我的问题"]


async def test_consultations_come_with_their_question_and_result(
    db, say, look_back, opened
) -> None:
    await say("m1", "逾期申报怎么办")
    [running] = (await look_back()).consultations
    assert (running.question, running.closed_at, running.result) == ("逾期申报怎么办", None, None)

    def end(tx: Tx) -> None:
        current = service.access_conversation(tx, opened.conversation.id, change=True)
        close(tx, current, actor="taxpayer", result="solved")

    await db.write(end)
    await say("m2", "怎么开票")
    found = await look_back()
    assert [each.question for each in found.consultations] == ["怎么开票", "逾期申报怎么办"]
    assert found.consultations[1].result == "solved"
    assert found.consultations[1].closed_at is not None
    [only] = (await look_back(words="开票")).consultations
    assert only.id == found.consultations[0].id


async def test_the_taxpayer_is_named_where_there_is_one(db, party, look_back) -> None:
    def both(tx: Tx) -> str | None:
        theirs = open_session(tx, party, channel="web", locale="zh-Hans", profile=Profile())
        return read_history(tx, theirs.conversation.id).taxpayer

    assert await db.write(both) == "示例商贸有限公司"
    assert (await look_back()).taxpayer is None
