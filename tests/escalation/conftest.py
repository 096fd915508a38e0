"""Staff, a taxpayer who asks, and the desk's application."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from conversations import service as conversation_service
from conversations.schemas import Incoming, State
from conversations.sessions import open_session
from core.clock import SHANGHAI, Clock
from core.database import Database
from core.errors import DaobanError
from core.settings import Settings
from core.vault import Vault
from escalation import presence, service
from escalation.routes import router
from escalation.schemas import Handed, PresenceIn
from escalation.staff.schemas import NewStaff, Staff
from escalation.staff.service import hash_password, put_staff
from taxpayers.schemas import Party, Person, Profile, Taxpayer

PASSWORD = "a long password"


class MovableClock(Clock):
    """A clock that a test may put forward."""

    def __init__(self, start: datetime) -> None:
        super().__init__(start)

    def forward(self, **time: float) -> None:
        self._offset += timedelta(**time)

    def set(self, *moment: int) -> None:
        self._offset = datetime(*moment, tzinfo=SHANGHAI) - datetime.now(UTC)


@pytest.fixture
def clock() -> MovableClock:
    """A Tuesday morning in office hours."""
    return MovableClock(datetime(2026, 11, 24, 10, 0, tzinfo=SHANGHAI))


@pytest.fixture(scope="session")
def password_hash() -> str:
    return hash_password(PASSWORD)


@pytest.fixture
async def people(db: Database, password_hash: str) -> dict[str, Staff]:
    """Accounts of each kind, by username."""
    wanted = {
        "officer1": ("officer",),
        "officer2": ("officer",),
        "expert1": ("expert",),
        "leader1": ("shift_leader",),
        "editor1": ("editor",),
    }

    def make(tx) -> dict[str, Staff]:
        return {
            username: put_staff(
                tx, NewStaff(username=username, name=f"{username} 号", roles=roles), password_hash
            )
            for username, roles in wanted.items()
        }

    return await db.write(make)


@pytest.fixture
def known() -> Party:
    """A person who acts for a company, known by real name."""
    return Party(
        person=Person(id="p1", name="办税员"),
        taxpayer=Taxpayer(id="t1", name="示例商贸", profile=Profile(vat_status="small_scale")),
        assurance="real_name",
    )


@pytest.fixture
def ask(db: Database, vault: Vault) -> Callable[..., Awaitable[State]]:
    """Let somebody ask a question in a new conversation; the bot owns it."""

    async def begin(question: str = "小规模怎么申报", party: Party | None = None) -> State:
        def unit(tx) -> State:
            opened = open_session(tx, party, channel="web", locale="zh-Hans", profile=Profile())
            cid = opened.conversation.id
            incoming = Incoming(client_message_id="m1", text=question)
            conversation_service.receive(tx, vault, cid, incoming, timedelta(seconds=20))
            return conversation_service.access_conversation(tx, cid)

        return await db.write(unit)

    return begin


@pytest.fixture
def hand_over(db: Database, ask) -> Callable[..., Awaitable[tuple[State, Handed]]]:
    """Let somebody ask and be handed over to a queue."""

    async def run(question: str = "我要找人工", party: Party | None = None, **more: object):
        state = await ask(question, party)
        more = {"reason": "asked_for_person", "question": question} | more
        handed = await db.write(lambda tx: service.hand_over(tx, state, **more))
        state = await db.read(lambda tx: conversation_service.access_conversation(tx, state.id))
        return state, handed

    return run


@pytest.fixture
def present(db: Database) -> Callable[..., Awaitable[None]]:
    """Let staff say that they are available."""

    async def say(*staff: Staff) -> None:
        wanted = PresenceIn(state="available")
        for who in staff:
            await db.write(lambda tx, who=who: presence.set_presence(tx, who, wanted))

    return say


@pytest.fixture
def said(db: Database) -> Callable[[str], Awaitable[list[tuple[str, str]]]]:
    """Return sender and text of a conversation's messages."""

    async def read(conversation_id: str) -> list[tuple[str, str]]:
        found = await db.read(
            lambda tx: conversation_service.messages_after(tx, conversation_id, 0)
        )
        return [(each.sender, each.text) for each in found]

    return read


@pytest.fixture
def app(db: Database, vault: Vault, tmp_path) -> FastAPI:
    """The desk's routes with what they need."""
    made = FastAPI()
    made.state.database = db
    made.state.vault = vault
    made.state.settings = Settings(home=tmp_path, demo=True, sign_ins_per_minute=5)
    made.include_router(router)

    @made.exception_handler(DaobanError)
    async def problem(request: Request, error: DaobanError) -> JSONResponse:
        return JSONResponse(error.problem(), error.status, media_type="application/problem+json")

    return made


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client without a token."""
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://desk/api/v1"
    ) as made:
        yield made


@pytest.fixture
def sign_in(client: httpx.AsyncClient, people) -> Callable[[str], Awaitable[dict[str, str]]]:
    """Sign in; return the headers that prove it."""

    async def run(username: str) -> dict[str, str]:
        body = {"username": username, "password": PASSWORD}
        answer = await client.post("/staff/sign-in", json=body)
        client.cookies.clear()
        return {"Authorization": f"Bearer {answer.json()['token']}"}

    return run
