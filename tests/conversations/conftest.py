"""A conversation to work in."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from conversations import service
from conversations.schemas import Incoming, Received
from conversations.sessions import Opened, open_session
from core.database import Database
from core.vault import Vault
from taxpayers.schemas import Party, Person, Profile, Taxpayer

WITHIN = timedelta(seconds=20)


@pytest.fixture
def party() -> Party:
    """A person who acts for a company."""
    return Party(
        person=Person(id="p1", name="王敏"),
        taxpayer=Taxpayer(
            id="t1", name="示例商贸有限公司", profile=Profile(vat_status="small_scale", tags=("x",))
        ),
        assurance="real_name",
    )


@pytest.fixture
async def opened(db: Database) -> Opened:
    """An anonymous session."""
    return await db.write(
        lambda tx: open_session(tx, None, channel="web", locale="zh-Hans", profile=Profile())
    )


@pytest.fixture
def say(db: Database, vault: Vault, opened: Opened) -> Callable[..., Awaitable[Received]]:
    """Send a text or an input into the conversation."""

    async def send(client_message_id: str, text: str | None = None, **more: object) -> Received:
        incoming = Incoming.model_validate(
            {"client_message_id": client_message_id, "text": text, **more}
        )
        return await db.write(
            lambda tx: service.receive(tx, vault, opened.conversation.id, incoming, WITHIN)
        )

    return send
