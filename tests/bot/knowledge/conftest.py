"""A small collection served to editors and taxpayers, on a store that these tests change."""

import asyncio
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from core.clock import Clock
from core.database import open_database
from core.settings import Settings
from escalation.staff.schemas import NewStaff
from escalation.staff.service import access_staff, hash_password, open_session, put_staff
from knowledge_base.content import load_content
from knowledge_base.importing.schemas import Passage, Source
from knowledge_base.importing.service import keep
from knowledge_base.service import load
from tests.knowledge_base.conftest import FIXTURES
from tests.support.postgres import free_port
from tests.support.serving import serving

TEA = Source(
    name="tea.md",
    digest="0" * 64,
    kind="document",
    passages=[
        Passage(label="第一条", heading="第一章 总则", text="绿茶免税。"),
        Passage(label="第二条", heading="第二章 税率", text="红茶税率为百分之三。"),
    ],
)
"""What was imported there."""
ROLES = {"editor1": "editor", "editor2": "editor", "reviewer1": "reviewer", "auditor1": "auditor"}


@pytest.fixture(scope="module")
def bureau(
    tmp_path_factory: pytest.TempPathFactory,
    sqlite_template: Path,
    encoder_directory: Path,
) -> Iterator[tuple[str, dict[str, str]]]:
    """Address and the tokens of its staff."""
    home = tmp_path_factory.mktemp("editing")
    shutil.copy(sqlite_template, home / "daoban.sqlite3")
    settings = Settings(
        home=home, port=free_port(), encoder=encoder_directory, demo=True, dialogue=False
    )

    async def fill() -> dict[str, str]:
        database = open_database(settings.database, Clock())
        await database.write(lambda tx: load(tx, load_content(FIXTURES)))
        await database.write(lambda tx: keep(tx, "laws", TEA))

        def sign_in(tx) -> dict[str, str]:
            hashed = hash_password("a long password")
            tokens = {}
            for username, role in ROLES.items():
                put_staff(tx, NewStaff(username=username, name=username, roles=(role,)), hashed)
                tokens[username], _ = open_session(tx, access_staff(tx, username))
            return tokens

        tokens = await database.write(sign_in)
        await database.close()
        return tokens

    tokens = asyncio.run(fill())
    with serving(settings) as address:
        yield address, tokens


@pytest.fixture(scope="module")
def call(bureau: tuple[str, dict[str, str]]) -> Iterator[Callable[..., httpx.Response]]:
    """Calls a route as somebody: `call("editor1", "GET", "/kb/entries")`."""
    address, tokens = bureau
    with httpx.Client(base_url=f"{address}/api/v1", timeout=60, trust_env=False) as client:

        def run(who: str | None, method: str, path: str, **sent: object) -> httpx.Response:
            headers = {"Authorization": f"Bearer {tokens[who]}"} if who else {}
            return client.request(method, path, headers=headers | sent.pop("headers", {}), **sent)

        yield run
