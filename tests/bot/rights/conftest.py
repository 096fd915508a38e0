"""One application outside the demo, and a token for each kind of caller."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from actions.endpoint import router as actions_router
from bot.app import create_app
from bot.commands.routes import command_router
from bot.machine import clients
from conversations.sessions import Opened
from conversations.sessions import open_session as open_chat
from core.settings import Settings
from escalation.staff.schemas import ROLES, NewStaff
from escalation.staff.service import access_staff, hash_password, open_session, put_staff
from taxpayers.schemas import Profile
from tests.bot.rights.table import MACHINES
from tests.support.host import HOST_SECRET

SECRET = "a key that signs in the tests of rights"
COMMAND_TOKEN = "the token of server.json"


@pytest.fixture(scope="session")
def settings(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, encoder_directory: Path
) -> Settings:
    """Settings of a bureau: no demo, no Rasa, an empty store."""
    home = tmp_path_factory.mktemp("rights")
    shutil.copy(sqlite_template, home / "daoban.sqlite3")
    return Settings(
        home=home,
        encoder=encoder_directory,
        secret_key=SECRET,
        host_jwt_secret=HOST_SECRET,
        dialogue=False,
        messages_per_minute=10_000,
        sign_ins_per_minute=10_000,
    )


@pytest.fixture(scope="session")
def app(settings: Settings) -> Any:
    """The application with all that a process adds to it."""
    made = create_app(settings)
    made.include_router(command_router(SecretStr(COMMAND_TOKEN)))
    made.include_router(actions_router("the token of the dialogue server"))
    return made


@pytest.fixture(scope="session")
def near(app: Any) -> Iterator[TestClient]:
    """Calls it from this machine."""
    with TestClient(app, client=("127.0.0.1", 50_000), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="session")
def far(app: Any, near: TestClient) -> TestClient:
    """Calls it from elsewhere; `near` has started it."""
    del near
    return TestClient(app, client=("203.0.113.7", 50_000), raise_server_exceptions=False)


@pytest.fixture(scope="session")
def write(near: TestClient) -> Callable[..., Any]:
    """Do a unit of work in the application's database."""

    def run(work: Callable[..., Any]) -> Any:
        return near.portal.call(near.app.state.database.write, work)

    return run


@pytest.fixture(scope="session")
def staff(write: Callable[..., Any]) -> None:
    """An account for each role, named after it."""
    kept = hash_password("a long password")

    def make(tx: Any) -> None:
        for role in ROLES:
            name = role.replace("_", "-")
            put_staff(tx, NewStaff(username=name, name=name, roles=(role,)), kept)

    write(make)


@pytest.fixture
def desk_token(write: Callable[..., Any], staff: None) -> Callable[[str], str]:
    """Sign a role in."""
    return lambda role: write(
        lambda tx: open_session(tx, access_staff(tx, role.replace("_", "-")))
    )[0]


@pytest.fixture
def session(write: Callable[..., Any]) -> Callable[[], Opened]:
    """Open a chat of an anonymous visitor."""
    return lambda: write(
        lambda tx: open_chat(tx, None, channel="web", locale="zh-Hans", profile=Profile())
    )


@pytest.fixture
def machine_token(settings: Settings, near: TestClient) -> Callable[..., str]:
    """Issue a machine token with these scopes."""
    now = near.app.state.database.clock.now

    def issue(*scopes: str, key: str = SECRET) -> str:
        return clients.issue(clients.Machine("m1", frozenset(scopes)), key, now())

    return issue


@pytest.fixture
def owned(session: Callable[[], Opened]) -> Opened:
    """The chat of "the session's owner"."""
    return session()


@pytest.fixture
def tokens(
    owned: Opened,
    session: Callable[[], Opened],
    desk_token: Callable[[str], str],
    machine_token: Callable[..., str],
) -> dict[str, str | None]:
    """The fresh token of each actor of the table."""
    scopes = {name: name.removeprefix("machine with ") for name in MACHINES if " with " in name}
    return {
        "nobody": None,
        "a forged token": "forged",
        "the session's owner": owned.token,
        "another session": session().token,
        "the process's own command line": COMMAND_TOKEN,
        **{role: desk_token(role) for role in ROLES},
        **{name: machine_token(scope) for name, scope in scopes.items()},
        "machine without scopes": machine_token(),
    }
