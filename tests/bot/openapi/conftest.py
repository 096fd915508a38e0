"""The demo served on a port, with a token of each surface and one real thing of each kind."""

import asyncio
import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from bot.assembly import open_store
from bot.setup.demo import load_demo
from core.settings import Settings
from knowledge_base.importing.schemas import Passage, Source
from knowledge_base.importing.service import keep
from tests.support.postgres import free_port
from tests.support.serving import serving

PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360f8cfc0f01f0005000100ffa2d1b1f20000000049454e44ae426082"
)
COLLECTION = "tea"
IMPORTED = Source(
    name="tea.md",
    digest="0" * 64,
    kind="document",
    passages=[Passage(label="第一条", heading="第一章 总则", text="绿茶免税。")],
)


@dataclass
class Demo:
    """What requests are made with.

    Attributes:
        tokens: by who they are of: `session`, `machine`, and the demo's usernames.
        ids: real values of path parameters.
    """

    url: str
    tokens: dict[str, str]
    ids: dict[str, str]


@pytest.fixture(scope="session")
def demo(
    tmp_path_factory: pytest.TempPathFactory,
    sqlite_template: Path,
    encoder_directory: Path,
    knowledge: object,
    knowledge_home: Path,
) -> Iterator[Demo]:
    """Serve the demo and prepare it."""
    del knowledge  # built the index that is copied
    home = tmp_path_factory.mktemp("demo")
    shutil.copytree(knowledge_home / "index", home / "index")
    shutil.copy(sqlite_template, home / "daoban.sqlite3")
    settings = Settings(
        home=home,
        port=free_port(),
        encoder=encoder_directory,
        demo=True,
        dialogue=False,
        messages_per_minute=100_000,
        sign_ins_per_minute=1_000,
    )

    async def fill() -> None:
        database = await open_store(settings)
        await load_demo(settings, database)
        await database.write(lambda tx: keep(tx, COLLECTION, IMPORTED))
        await database.close()

    asyncio.run(fill())
    written = json.loads((home / "demo.json").read_text(encoding="utf-8"))
    with (
        serving(settings) as url,
        httpx.Client(base_url=f"{url}/api/v1", timeout=30, trust_env=False) as client,
    ):
        yield _prepared(url, client, written)


def _prepared(url: str, client: httpx.Client, written: dict) -> Demo:
    def post(path: str, token: str | None = None, **sent: object) -> dict:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = client.post(path, headers=headers, **sent)
        assert answer.is_success, answer.text
        return answer.json()

    opened = post("/chat/sessions", json={"token": written["taxpayers"][0]["token"]})
    session = f"/chat/sessions/{opened['session_id']}"
    tokens = {"session": opened["session_token"]}
    for account in written["staff"]:
        name = account["username"]
        given = {"username": name, "password": written["password"]}
        tokens[name] = post("/staff/sign-in", json=given)["token"]
    machine = {"client_id": written["client"]["id"], "client_secret": written["client"]["secret"]}
    given = {"grant_type": "client_credentials", **machine}
    tokens["machine"] = post("/oauth/token", data=given)["access_token"]
    file = post(f"{session}/files", tokens["session"], files={"file": ("p.png", PICTURE)})
    post(
        f"{session}/messages", tokens["session"], json={"client_message_id": "1", "text": "转人工"}
    )
    headers = {"Authorization": f"Bearer {tokens['session']}"}
    while (seen := client.get(f"{session}/messages?wait=5", headers=headers).json())[
        "owner"
    ] == "bot":
        time.sleep(0.05)
    ids = {
        "session_id": opened["session_id"],
        "file_id": file["file_id"],
        "consultation_id": seen["consultation_id"],
        "key": "filing-2026-12",
        "entry_id": "T09-02",
        "collection": COLLECTION,
        "version": "1",
        "group_id": "gq_none",
        "correction_id": "co_none",
    }
    return Demo(url, tokens, ids)
