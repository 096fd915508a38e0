"""Keeps Rasa running beside the application, and is the `Dialogue` that the application asks."""

import asyncio
import secrets
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import structlog

from bot.dialogue.client import (
    Decision,
    DialogueUnavailable,
    RasaDialogue,
    State,
    Turn,
    Vector,
)
from bot.dialogue.environment import rasa_variables, tethered

log = structlog.get_logger()

BACK_OFF = (1.0, 2.0, 5.0, 15.0, 60.0)
"""Seconds before it is started again, after each death in a row."""
START_DEADLINE = 180.0
"""Seconds until a server that does not come up is ended."""
LOOK_EVERY = 5.0
"""Seconds between two looks at a server that is up."""
MISSES = 3
"""Looks without an answer until a server counts as hung."""

Command = Callable[[int], list[str]]
"""From the port to serve on to the command."""


def rasa_command(python: Path, model: Path) -> Command:
    """Return how Rasa is started: on loopback, without its own HTTP API, our channel only."""
    fixed = [str(python), "-m", "rasa", "run", "--interface", "127.0.0.1", "--model", str(model)]
    fixed += ["--endpoints", "endpoints.yml", "--credentials", "credentials.yml"]
    return lambda port: [*fixed, "--port", str(port)]


class RasaSupervisor:
    """Starts the dialogue server, watches it, starts it again when it dies or hangs.

    Attributes:
        token: what the server asks of its callers.
        actions_token: what it sends to the action endpoint (actions/endpoint.py).
        url: of the server as last started.

    Each start has a free port and the same random token. The server dies with this process, also
    when this process is killed (tether.py).

    Example:
        supervisor = RasaSupervisor(rasa_command(python, model), project, log_file, actions_url)
        await supervisor.start()       # returns at once; state() is "starting", then "up"
        decision = await supervisor.decide(turn)
        await supervisor.stop()
    """

    def __init__(
        self,
        command: Command,
        project: Path,
        log_file: Path,
        actions_url: str,
        *,
        back_off: tuple[float, ...] = BACK_OFF,
        look_every: float = LOOK_EVERY,
    ) -> None:
        """Prepare; nothing runs yet.

        Args:
            command: from the port to what is started.
            project: where it runs.
            log_file: where its output goes; begun anew with each supervisor.
            actions_url: where custom actions are called.
            back_off: seconds before each new start in a row.
            look_every: seconds between looks.
        """
        self.token = secrets.token_urlsafe(32)
        self.actions_token = secrets.token_urlsafe(32)
        self.url: str | None = None
        self._command = command
        self._project = project
        self._log_file = log_file
        self._actions_url = actions_url
        self._back_off = back_off
        self._look_every = look_every
        self._state: State = "down"
        self._changed = asyncio.Event()
        self._dialogue: RasaDialogue | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to run the server; does not wait until it is up."""
        self._log_file.parent.mkdir(parents=True, exist_ok=True)
        self._log_file.write_bytes(b"")
        self._set("starting")
        self._task = asyncio.create_task(self._keep_running(), name="dialogue server")

    async def stop(self) -> None:
        """End the server and wait until it is gone."""
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None
        self._set("down")

    async def wait_for(self, state: State) -> None:
        """Return once the state is this one."""
        while self._state != state:
            self._changed.clear()
            await self._changed.wait()

    async def decide(self, turn: Turn) -> Decision:
        """Decide a turn in its context."""
        return await self._up().decide(turn)

    async def parse(self, text: str, vector: Vector) -> Decision:
        """Decide a text without a conversation and without context."""
        return await self._up().parse(text, vector)

    async def state(self) -> State:
        """Whether it can decide now."""
        return self._state

    def _up(self) -> RasaDialogue:
        if self._dialogue is None or self._state != "up":
            raise DialogueUnavailable(f"the dialogue server is {self._state}")
        return self._dialogue

    def _set(self, state: State) -> None:
        if state != self._state:
            log.info("dialogue_server", state=state)
        self._state = state
        self._changed.set()

    async def _keep_running(self) -> None:
        deaths = 0
        while True:
            was_up = await self._run_once()
            deaths = 1 if was_up else deaths + 1
            pause = self._back_off[min(deaths, len(self._back_off)) - 1]
            log.warning("dialogue_server_ended", again_in_seconds=pause, log=str(self._log_file))
            self._set("down")
            await asyncio.sleep(pause)
            self._set("starting")

    async def _run_once(self) -> bool:
        """Run one server to its end; tell whether it had come up."""
        port = _free_port()
        variables = rasa_variables(
            DAOBAN_RASA_TOKEN=self.token,
            DAOBAN_ACTIONS_URL=self._actions_url,
            DAOBAN_ACTIONS_TOKEN=self.actions_token,
        )
        with self._log_file.open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                *tethered(self._command(port), niceness=5),
                cwd=self._project,
                env=variables,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        self.url = f"http://127.0.0.1:{port}"
        self._dialogue = RasaDialogue(self.url, self.token)
        ended = asyncio.create_task(process.wait())
        try:
            if not await self._comes_up(ended):
                return False
            self._set("up")
            await self._goes_down(ended)
            return True
        finally:
            await _end(process)
            await self._dialogue.close()
            self._dialogue = None

    async def _comes_up(self, ended: asyncio.Task[int]) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(START_DEADLINE):
                while not await _within(ended, min(0.25, self._look_every)):
                    if self._dialogue and await self._dialogue.state() == "up":
                        return True
        return False

    async def _goes_down(self, ended: asyncio.Task[int]) -> None:
        missed = 0
        while missed < MISSES and not await _within(ended, self._look_every):
            up = self._dialogue is not None and await self._dialogue.state() == "up"
            missed = 0 if up else missed + 1


async def _within(ended: asyncio.Task[int], seconds: float) -> bool:
    """Wait that long at most; tell whether the process has ended."""
    done, _ = await asyncio.wait({ended}, timeout=seconds)
    return bool(done)


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), timeout=5)
    except TimeoutError:
        process.kill()
        await process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
