"""A session that was looked up a moment ago, and what may have changed since."""

import pytest

from bot.chat import known_sessions
from bot.chat.known_sessions import KnownSessions
from bot.chat.schemas import OpenSession
from conversations import sessions
from conversations.schemas import Incoming
from conversations.service import messages_after
from conversations.sessions import Session
from core.clock import Clock
from core.errors import NotAllowed, NotSignedIn
from taxpayers.schemas import Party, Person, Profile, Taxpayer

NOW = Clock().now()


class TestRefusals:
    def test_another_token(self) -> None:
        known = KnownSessions()
        known.remember("right", Session("ss_1", "cv_1", NOW))
        assert known.find("ss_1", "wrong") is None
        assert known.find("ss_2", "right") is None
        assert known.find("ss_1", "right") == Session("ss_1", "cv_1", NOW)

    def test_after_its_seconds_and_when_told(self, monkeypatch) -> None:
        known = KnownSessions()
        session = Session("ss_1", "cv_1", NOW)
        known.remember("right", session)
        known.forget(session)
        assert known.find("ss_1", "right") is None
        monkeypatch.setattr(known_sessions, "SECONDS", -1.0)
        known.remember("right", session)
        assert known.find("ss_1", "right") is None

    def test_it_never_grows_beyond_its_bound(self, monkeypatch) -> None:
        monkeypatch.setattr(known_sessions, "MOST", 2)
        known = KnownSessions()
        for number in range(5):
            known.remember("t", Session(f"ss_{number}", "cv_1", NOW))
        assert len(known._known) <= 2

    async def test_a_known_session_opens_to_its_own_token_only(self, chat) -> None:
        mine, _ = await chat.open(OpenSession())
        other, _ = await chat.open(OpenSession())
        assert await chat.access(mine.session_id, mine.token)
        with pytest.raises(NotAllowed):
            await chat.access(mine.session_id, other.token)
        with pytest.raises(NotSignedIn):
            await chat.access(mine.session_id, "forged")


async def test_a_message_follows_a_conversation_that_another_process_joined(chat) -> None:
    party = Party(
        person=Person(id="p1", name="王敏"),
        taxpayer=Taxpayer(id="t1", name="示例商贸有限公司", profile=Profile()),
        assurance="real_name",
    )
    database = chat.services.database
    theirs = await database.write(
        lambda tx: sessions.open_session(
            tx, party, channel="web", locale="zh-Hans", profile=Profile()
        )
    )
    visitor, _ = await chat.open(OpenSession())
    session = await chat.access(visitor.session_id, visitor.token)
    await database.write(lambda tx: sessions.identify(tx, session, party))
    assert await chat.access(visitor.session_id, visitor.token) == session, "known for a moment"
    await chat.send(session, Incoming(client_message_id="m1", text="逾期申报会怎么罚款"))
    said = await database.read(lambda tx: messages_after(tx, theirs.conversation.id, 0))
    assert "逾期申报会怎么罚款" in [each.text for each in said]
    moved = await chat.access(visitor.session_id, visitor.token)
    assert moved.conversation_id == theirs.conversation.id
    await chat.turns.drain(20)
