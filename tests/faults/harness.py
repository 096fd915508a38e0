"""A real `daoban serve` in a process of its own, to be killed, started again and talked to."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import httpx

from core.settings import PROJECT
from tests.support.postgres import free_port

COMMAND = (sys.executable, "-c", "from bot.cli import main; main()")
START_SECONDS, STOP_SECONDS = 400.0, 20.0


def daoban(
    *arguments: str, home: Path, stdin: str = "", **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=home,
        env=environment(home, **variables),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def environment(home: Path, **variables: str) -> dict[str, str]:
    """The environment of a process on this data directory, without the settings of this one."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("DAOBAN_")}
    return own | {"DAOBAN_HOME": str(home), "COLUMNS": "200", **variables}


@dataclass
class Running:
    """A process of ours that can be killed, stopped and started again.

    Attributes:
        variables: its settings, beside the data directory and the port.
        name: of its log, apart from others on the same data directory.
    """

    home: Path
    variables: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    name: str = "serve"

    @property
    def log(self) -> str:
        """What it printed, over all its lives."""
        return (self.home / f"{self.name}.log").read_text(encoding="utf-8")

    def spawn(self, command: str) -> None:
        """Start it without waiting for it."""
        self.home.mkdir(parents=True, exist_ok=True)
        with (self.home / f"{self.name}.log").open("ab") as output:
            self.process = subprocess.Popen(
                [*COMMAND, command],
                cwd=self.home,
                env=environment(self.home, DAOBAN_PORT=str(self.port), **self.variables),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def end(self) -> None:
        """Kill it if it still runs."""
        if self.process is not None and self.process.poll() is None:
            self.kill()

    def stop(self, by: signal.Signals = signal.SIGTERM) -> int:
        """End it politely; return its exit code."""
        if self.process is None:
            return 0
        self.process.send_signal(by)
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"it did not stop:\n{self.log}") from None


class Work(Running):
    """`daoban work`."""

    def start(self) -> None:
        """Start it; it is at work once it says so."""
        told = self.log.count("at work") if self.process else 0
        self.spawn("work")
        assert self.process is not None
        for _ in range(int(START_SECONDS / 0.1)):
            if self.log.count("at work") > told:
                return
            try:
                self.process.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
            raise AssertionError(f"the worker ended:\n{self.log}")
        raise AssertionError(f"waited {START_SECONDS} s in vain:\n{self.log}")


class Server(Running):
    """`daoban serve` on a free port."""

    @property
    def address(self) -> str:
        """Where it serves."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until chat can be served."""
        self.spawn("serve")
        for health in self.healths():
            if health is not None and health["status"] == "ready":
                return

    def wait_for_dialogue(self, state: str) -> None:
        """Wait until the dialogue is in this state."""
        for health in self.healths():
            if health is not None and health["parts"]["dialogue"]["state"] == state:
                return

    def healths(self) -> Iterator[dict | None]:
        """Give its health again and again, None while it does not answer; fail when it ended."""
        assert self.process is not None
        with httpx.Client(trust_env=False, timeout=5) as client:
            for _ in range(int(START_SECONDS / 0.1)):
                try:
                    yield client.get(f"{self.address}/health/ready").json()
                except httpx.TransportError:
                    yield None
                try:
                    self.process.wait(0.1)
                except subprocess.TimeoutExpired:
                    continue
                raise AssertionError(f"the server ended:\n{self.log}")
        raise AssertionError(f"waited {START_SECONDS} s in vain:\n{self.log}")

    def children(self) -> list[int]:
        """Return the processes that it started."""
        assert self.process is not None
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in path.read_text().split()]

    def kill_dialogue(self) -> None:
        """End its Rasa at once; it starts another one."""
        for pid in self.children():
            os.kill(pid, signal.SIGKILL)


@dataclass
class Bureau:
    """Two servers and a worker on one PostgreSQL; the first server loads the demo."""

    servers: tuple[Server, Server]
    work: Work
    url: str

    @classmethod
    def of(cls, home: Path, kept: Path, given: dict[str, str], url: str) -> "Bureau":
        """Prepare their data directories; each has its own, and they share all secrets."""
        secrets = {
            "DAOBAN_SECRET_KEY": "a secret of the fault tests, long enough",
            "DAOBAN_HOST_JWT_SECRET": "another secret of the fault tests, long enough",
        }
        shared = given | secrets | {"DAOBAN_DATABASE_URL": url, "DAOBAN_WORKER": "0"}
        second = shared | {"DAOBAN_DEMO": "0", "DAOBAN_ANSWER_PROVISIONAL": "1"}
        for name in ("one", "two"):
            prepare(home / name, kept)
        return cls(
            servers=(Server(home / "one", shared), Server(home / "two", second)),
            work=Work(home / "three", second, name="work"),
            url=url,
        )

    @property
    def all(self) -> tuple[Running, ...]:
        """All three processes."""
        return (*self.servers, self.work)

    def start(self) -> None:
        """Start them, the one with the demo first."""
        for each in (*self.servers, self.work):
            each.start()


class Chat:
    """A visitor's chat over HTTP."""

    def __init__(self, client: httpx.AsyncClient, session: dict) -> None:
        self._client = client
        self._path = f"/api/v1/chat/sessions/{session['session_id']}/messages"
        self._headers = {"Authorization": f"Bearer {session['session_token']}"}

    @classmethod
    async def open(cls, client: httpx.AsyncClient) -> "Chat":
        """Open a session."""
        answer = await client.post("/api/v1/chat/sessions", json={})
        assert answer.status_code == 201, answer.text
        return cls(client, answer.json())

    async def send(self, text: str, client_message_id: str) -> int:
        """Send a text; return the acknowledged seq."""
        body = {"client_message_id": client_message_id, "text": text}
        answer = await self._client.post(self._path, json=body, headers=self._headers)
        assert answer.status_code == 202, answer.text
        return answer.json()["seq"]

    async def messages(self, after: int = 0, wait: float = 0) -> list[dict]:
        """Return what is new after a seq; with `wait`, as soon as there is something."""
        answer = await self._client.get(
            self._path, params={"after": after, "wait": wait}, headers=self._headers
        )
        assert answer.status_code == 200, answer.text
        return answer.json()["messages"]

    async def until(self, bot_messages: int) -> list[dict]:
        """Return the whole log once the bot has said so much."""
        log: list[dict] = []
        for _ in range(40):
            log += await self.messages(log[-1]["seq"] if log else 0, wait=10)
            if sum(each["sender"] == "bot" for each in log) >= bot_messages:
                return log
        raise AssertionError(f"the bot did not answer everything: {log[-3:]}")


def prepare(home: Path, kept: Path) -> None:
    """Put the index that tests share where a server looks for it, so that it starts at once.

    Where no test has made it yet, the server makes its own.
    """
    home.mkdir(parents=True, exist_ok=True)
    if (kept / "index").is_dir():
        shutil.copytree(kept / "index", home / "index")


def settings(encoder: Path) -> dict[str, str]:
    """Return the settings of a server of the demo without Rasa."""
    return {
        "DAOBAN_DEMO": "1",
        "DAOBAN_DIALOGUE": "0",
        "DAOBAN_ENCODER": str(encoder),
        "DAOBAN_MESSAGES_PER_MINUTE": "10000",
    }


def demo(home: Path) -> dict:
    """Return what `demo.json` holds."""
    return json.loads((home / "demo.json").read_text(encoding="utf-8"))


@cache
def questions() -> tuple[str, ...]:
    """Return the questions of the shipped entries; the first call takes seconds."""
    from knowledge_base.content import load_content

    return tuple(each.question for each in load_content(PROJECT / "data").entries.values())
