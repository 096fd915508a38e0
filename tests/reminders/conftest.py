"""A register, a campaign, and conversations to push into."""

from datetime import datetime
from pathlib import Path

import pytest

from conversations.schemas import Message, State
from conversations.service import access_conversation, messages_after
from conversations.sessions import open_session
from core.clock import SHANGHAI, Clock
from core.database import Database
from reminders import service
from reminders.schemas import Campaign, CampaignSpec
from reminders.worker import work
from taxpayers.schemas import Party, Person, Profile, Taxpayer
from taxpayers.service import upsert_taxpayer

EXAMPLE = Path(__file__).resolve().parents[2] / "data" / "outreach" / "filing-2026-12.yml"


@pytest.fixture
def spec() -> CampaignSpec:
    """The campaign that ships as an example: everybody who files VAT by the month."""
    return service.load_spec(EXAMPLE)


def shanghai(day: int, hour: int = 10, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


class Bureau:
    """What the tests do over and over."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def at(self, moment: datetime) -> None:
        """Let the clock tell another moment from here on."""
        self.db.clock = Clock(moment)

    async def register(self, *ids: str, **profile: object) -> None:
        facts = Profile.model_validate({"filing_period": "month", **profile})
        for each in ids:
            who = Taxpayer(id=each, name=f"{each}有限公司", profile=facts)
            await self.db.write(lambda tx, who=who: upsert_taxpayer(tx, who))

    async def visit(self, taxpayer_id: str, person: str = "p1") -> State:
        """Open a session for a registered taxpayer, without what the bot does at a visit."""
        party = Party(
            person=Person(id=person, name="王敏"),
            taxpayer=Taxpayer(id=taxpayer_id, name=f"{taxpayer_id}有限公司"),
            assurance="real_name",
        )
        opened = await self.db.write(
            lambda tx: open_session(tx, party, channel="web", locale="zh-Hans", profile=Profile())
        )
        return opened.conversation

    async def run(self, spec: CampaignSpec) -> Campaign:
        """Push a campaign and let the worker do what is due."""
        await service.push(self.db, spec, None, actor="operator")
        await work(self.db)
        return await self.campaign(spec)

    async def campaign(self, spec: CampaignSpec) -> Campaign:
        return await self.db.read(lambda tx: service.access_campaign(tx, spec.key))

    async def cards(self, conversation: State) -> list[Message]:
        messages = await self.db.read(lambda tx: messages_after(tx, conversation.id, 0))
        return [message for message in messages if message.kind == "reminder"]

    async def state(self, conversation: State) -> State:
        return await self.db.read(lambda tx: access_conversation(tx, conversation.id))


@pytest.fixture
def bureau(db: Database) -> Bureau:
    return Bureau(db)
