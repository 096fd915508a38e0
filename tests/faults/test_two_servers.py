"""Two servers and a worker on one PostgreSQL: what one takes in, the other shows."""

import asyncio
import json
import shutil
import signal
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from core.settings import PROJECT
from tests.conftest import missing
from tests.faults.harness import Bureau, Server, daoban, demo, prepare, questions, settings
from tests.support.postgres import DURABLE, binaries, running

pytestmark = pytest.mark.postgres
SECONDS = 60.0


@pytest.fixture(scope="module")
def bureau(
    tmp_path_factory: pytest.TempPathFactory, index_home: Path, encoder_directory: Path
) -> Iterator[Bureau]:
    """One bureau for this file; the last test stops it."""
    if binaries() is None:
        missing("postgres", "install Debian's package postgresql")
    home = tmp_path_factory.mktemp("bureau")
    with running(DURABLE) as cluster:
        made = Bureau.of(
            home, index_home, settings(encoder_directory), cluster.address + "postgres"
        )
        made.start()
        yield made
        for each in made.all:
            each.end()


@asynccontextmanager
async def calling(server: Server) -> AsyncIterator[httpx.AsyncClient]:
    """Give a client of a server's API."""
    async with httpx.AsyncClient(
        base_url=f"{server.address}/api/v1", trust_env=False, timeout=SECONDS
    ) as api:
        yield api


class Visitor:
    """A taxpayer whose session any server knows."""

    def __init__(self, opened: dict) -> None:
        self.opened = opened
        self.path = f"/chat/sessions/{opened['session_id']}"
        self.headers = {"Authorization": f"Bearer {opened['session_token']}"}
        self.sent = 0

    @classmethod
    async def enter(cls, server: Server, **body: Any) -> "Visitor":
        async with calling(server) as api:
            answer = await api.post("/chat/sessions", json=body)
        assert answer.status_code == 201, answer.text
        return cls(answer.json())

    async def say(self, server: Server, text: str) -> int:
        self.sent += 1
        body = {"client_message_id": f"m{self.sent}", "text": text}
        async with calling(server) as api:
            answer = await api.post(f"{self.path}/messages", json=body, headers=self.headers)
        assert answer.status_code == 202, answer.text
        return answer.json()["seq"]

    @asynccontextmanager
    async def socket(self, server: Server, after: int = 0) -> AsyncIterator["Frames"]:
        address = server.address.replace("http", "ws", 1)
        async with connect(f"{address}/api/v1{self.path}/stream", proxy=None) as wire:
            token = self.opened["session_token"]
            await wire.send(json.dumps({"type": "auth", "session_token": token, "after": after}))
            yield Frames(wire)


class Frames:
    """What comes over a socket."""

    def __init__(self, wire: ClientConnection) -> None:
        self.wire = wire

    async def until(self, kind: str, **wanted: Any) -> dict:
        """Return the next frame of a kind, whose message or own members are these."""
        async with asyncio.timeout(SECONDS):
            while True:
                frame = json.loads(await self.wire.recv())
                if frame["type"] == "ping":
                    await self.wire.send('{"type": "pong"}')
                about = frame.get("message", frame)
                if frame["type"] == kind and wanted.items() <= about.items():
                    return frame

    async def closed(self) -> int:
        """Return the code that the other side closes with."""
        async with asyncio.timeout(SECONDS):
            while True:
                try:
                    await self.wire.recv()
                except ConnectionClosed as end:
                    return end.rcvd.code if end.rcvd else 1006


async def test_a_question_to_one_is_answered_over_the_others_socket(bureau: Bureau) -> None:
    first = bureau.servers[0]
    visitor = await Visitor.enter(first)
    async with visitor.socket(first) as frames:
        await frames.until("message", sender="bot")  # the greeting
        for number, text in enumerate(questions()[:4]):
            await visitor.say(bureau.servers[number % 2], text)
            await frames.until("message", sender="taxpayer", text=text)
            await frames.until("message", sender="bot")


async def test_an_officer_at_one_serves_a_taxpayer_at_the_other(bureau: Bureau) -> None:
    first, second = bureau.servers
    password = demo(first.home)["password"]
    visitor = await Visitor.enter(first)
    async with calling(second) as api:
        body = {"username": "officer1", "password": password}
        token = (await api.post("/staff/sign-in", json=body)).json()["token"]
        staff = {"Authorization": f"Bearer {token}"}
        address = second.address.replace("http", "ws", 1)
        async with (
            connect(f"{address}/api/v1/desk/stream", proxy=None) as wire,
            visitor.socket(first) as taxpayer,
        ):
            desk = Frames(wire)
            await wire.send(json.dumps({"type": "auth", "token": token}))
            await desk.until("ready")
            await visitor.say(first, "转人工")
            told = await desk.until("consultation")
            consultation = told["consultation_id"]
            path = f"/desk/consultations/{consultation}"
            claimed = await api.post(f"{path}/claim", headers=staff)
            assert claimed.status_code == 200, claimed.text
            await taxpayer.until("owner", owner="officer")
            said = {"client_message_id": "r1", "text": "您好，请讲。"}
            assert (await api.post(f"{path}/messages", json=said, headers=staff)).status_code == 202
            await taxpayer.until("message", sender="officer", text="您好，请讲。")
            await desk.until("message", sender="officer")
            await wire.send(json.dumps({"type": "typing", "consultation_id": consultation}))
            await taxpayer.until("typing", sender="officer")
            await taxpayer.wire.send('{"type": "typing"}')
            await desk.until("typing", sender="taxpayer")
            await visitor.say(first, "我的问题是这样的")
            await desk.until("message", sender="taxpayer")
            async with calling(first) as other:
                refused = await other.post(f"{path}/claim", headers=staff)
            assert refused.status_code == 409


async def test_a_push_through_one_is_worked_off_and_shown_at_the_other(bureau: Bureau) -> None:
    first, second = bureau.servers
    taxpayer = demo(first.home)["taxpayers"][1]  # files by the month
    visitor = await Visitor.enter(second, token=taxpayer["token"])
    async with visitor.socket(second) as frames:
        await frames.until("message", sender="bot")
        pushing = asyncio.create_task(asyncio.to_thread(push, first))  # while pings are answered
        card = await frames.until("message", sender="system")
        await pushing
        assert card["message"]["kind"] == "reminder"
        assert card["message"]["card"]["campaign"]


def push(server: Server) -> None:
    campaign = PROJECT / "data" / "outreach" / "filing-2026-12.yml"
    ran = daoban("push", str(campaign), home=server.home, **server.variables)
    assert ran.returncode == 0, ran.stderr


async def test_knowledge_loaded_through_one_is_answered_by_the_other(
    bureau: Bureau, tmp_path: Path
) -> None:
    first, second = bureau.servers
    data = tmp_path / "data"
    await asyncio.to_thread(copy_knowledge, data)
    variables = first.variables
    ran = await asyncio.to_thread(
        lambda: daoban("kb", "load", str(data), home=first.home, **variables)
    )
    assert ran.stdout.startswith("1 added, "), ran.stdout + ran.stderr
    asked = {"text": "火星基地的月壤怎么登记"}
    visitor = await Visitor.enter(second)
    begun = time.monotonic()
    async with visitor.socket(second) as frames:
        await frames.until("message", sender="bot")
        while True:
            await visitor.say(second, asked["text"])
            frame = await frames.until("message", sender="bot")
            if frame["message"].get("entry_id") == "X99-01":
                return
            assert time.monotonic() - begun < 2 * SECONDS, frame


def copy_knowledge(data: Path) -> None:
    shutil.copytree(PROJECT / "data", data)
    path = data / "knowledge" / "filing.yml"
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    added = {**entries["entries"][0], "id": "X99-01", "related": [], "cases": []}
    for name in ("en", "general"):
        added.pop(name, None)
    added |= {"question": "火星基地的月壤怎么登记", "answer": "火星基地的月壤不用登记。" * 5}
    added["aliases"] = [f"火星月壤登记{place}" for place in "甲乙丙丁戊己庚辛壬癸"]
    entries["entries"].append(added)
    path.write_text(yaml.safe_dump(entries, allow_unicode=True), encoding="utf-8")


async def test_a_stopping_server_sends_its_visitors_to_the_other(bureau: Bureau) -> None:
    first, second = bureau.servers
    visitor = await Visitor.enter(first)
    assert first.process is not None
    async with visitor.socket(first) as frames:
        await frames.until("message", sender="bot")
        seqs = [await visitor.say(first, text) for text in questions()[:5]]
        begun = time.monotonic()
        first.process.send_signal(signal.SIGTERM)
        assert await frames.closed() == 1012
    async with visitor.socket(second) as frames:  # what was acknowledged is answered
        for _ in range(1 + len(seqs)):
            await frames.until("message", sender="bot")
    code = await asyncio.to_thread(first.process.wait, SECONDS)
    assert (code, time.monotonic() - begun < 17) == (0, True), first.log[-2000:]
    assert bureau.work.stop() == 0
    assert second.stop() == 0


def test_a_second_signal_ends_at_once(
    tmp_path: Path, index_home: Path, encoder_directory: Path
) -> None:
    prepare(tmp_path, index_home)
    server = Server(tmp_path, settings(encoder_directory))
    server.start()
    assert server.process is not None
    with socket.create_connection(("127.0.0.1", server.port)) as half:
        # A request that never comes to its end holds the server for its five seconds.
        half.sendall(
            b"POST /api/v1/chat/sessions HTTP/1.1\r\nhost: x\r\n"
            b"content-type: application/json\r\ncontent-length: 100\r\n\r\n{"
        )
        server.process.send_signal(signal.SIGTERM)
        while listens(server):  # until the first signal has arrived
            time.sleep(0.05)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(2) == 130


def listens(server: Server) -> bool:
    try:
        httpx.get(f"{server.address}/health/live", trust_env=False)
    except httpx.TransportError:
        return False
    return True
