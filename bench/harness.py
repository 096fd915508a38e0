"""What the measurements share: the application as a child, its use of the machine, tables."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
import numpy as np

from bot.dialogue.client import RasaDialogue
from bot.dialogue.training import ensure_trained
from core.settings import PROJECT
from knowledge_base.encoder.build import build_encoder
from knowledge_base.encoder.interface import Encoder
from knowledge_base.encoder.loading import load_encoder

CACHE = PROJECT / ".cache"
PATIENCE = 300.0


def machine() -> str:
    """Return when and on what this runs."""
    size = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {processor()}, {os.cpu_count()} cores, "
        f"{size:.0f} GB, load before {os.getloadavg()[0]:.1f}"
    )


def processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.split(":")[1].strip() for line in lines if "model name" in line), "?")


def prepare(home: Path, *, dialogue: bool = True) -> tuple[Encoder, dict[str, str]]:
    """Put encoder, index and, if it is needed, the dialogue's model in place.

    Returns:
        The encoder, and the environment of the server.
    """
    directory = Path(os.environ.get("DAOBAN_ENCODER") or CACHE / "encoder")
    build_encoder(directory, print)
    encoder = load_encoder(directory)
    if dialogue:
        ensure_trained(PROJECT, CACHE / "tests" / "dialogue", encoder, print)
        (home / "models").symlink_to(CACHE / "tests" / "dialogue" / "models")
    if (CACHE / "tests" / "index").is_dir():
        shutil.copytree(CACHE / "tests" / "index", home / "index")
    others = {name: value for name, value in os.environ.items() if not name.startswith("DAOBAN_")}
    ours = {"HOME": str(home), "ENCODER": str(directory), "DEMO": "1", "DIALOGUE": "0"}
    ours["PORT"] = str(free_port())
    return encoder, others | {f"DAOBAN_{name}": value for name, value in ours.items()}


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """The application as a child process."""

    process: subprocess.Popen[bytes]
    url: str
    begun: float = field(default_factory=time.monotonic)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.url.rsplit(":", 1)[1])

    def age(self) -> float:
        """Return seconds since its start."""
        return time.monotonic() - self.begun

    def wait(self, part: str, state: str) -> None:
        """Return as soon as `/health/ready` says so."""
        with httpx.Client(trust_env=False) as client:
            while self.age() < PATIENCE and self.process.poll() is None:
                try:
                    found = client.get(f"{self.url}/health/ready").json()
                    if found["parts"][part]["state"] == state:
                        return
                except httpx.TransportError:
                    pass
                time.sleep(0.05)
        raise SystemExit(f"{part} did not come {state}")

    def rasa(self) -> int:
        """Return the process id of the one child, Rasa."""
        pid = self.process.pid
        threads = Path(f"/proc/{pid}/task").glob("*/children")
        (child,) = " ".join(each.read_text() for each in threads).split()
        return int(child)

    def bare_rasa(self) -> RasaDialogue:
        """Return a client of our own to the same Rasa."""
        place = Path(f"/proc/{self.rasa()}")
        command = (place / "cmdline").read_bytes().decode().split("\0")
        given = dict(
            each.split("=", 1)
            for each in (place / "environ").read_bytes().decode().split("\0")[:-1]
        )
        port = command[command.index("--port") + 1]
        return RasaDialogue(f"http://127.0.0.1:{port}", given["DAOBAN_RASA_TOKEN"], timeout=10)


@contextmanager
def serving(variables: dict[str, str]) -> Iterator[Server]:
    home = Path(variables["DAOBAN_HOME"])
    log = home / "serve.log"
    command = [str(Path(sys.executable).with_name("daoban")), "serve"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, env=variables, cwd=home, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        yield Server(process, f"http://127.0.0.1:{variables['DAOBAN_PORT']}")
    except BaseException:
        print(log.read_text()[-3000:], file=sys.stderr)
        raise
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()  # Rasa is tethered to it and dies too
            process.wait()


class Use:
    """Processor seconds that each process had, and all others of the machine together."""

    def __init__(self, server: Server) -> None:
        self._of = {"serve": server.process.pid, "Rasa": server.rasa(), "bench": os.getpid()}
        self._tick = os.sysconf("SC_CLK_TCK")
        self.spent: Counter[str] = Counter()
        self.wall = 0.0

    def _now(self) -> tuple[float, Counter[str]]:
        taken: Counter[str] = Counter()
        for name, pid in self._of.items():
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            taken[name] = int(fields[11]) + int(fields[12])
        machine = [
            int(each) for each in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]
        ]
        taken["others"] = sum(machine) - machine[3] - machine[4] - taken.total()
        return time.monotonic(), taken

    def begin(self) -> None:
        """Count from here."""
        self._begun = self._now()

    def end(self) -> None:
        """Count up to here."""
        now, taken = self._now()
        self.wall += now - self._begun[0]
        for name, ticks in taken.items():
            self.spent[name] += (ticks - self._begun[1][name]) / self._tick

    def tell(self, questions: int) -> str:
        """Return it in words, for each question."""
        each = ", ".join(
            f"{name} {1000 * self.spent[name] / questions:.1f} ms" for name in self._of
        )
        others = self.spent["others"] / self.wall
        return f"{each}; other work held {others:.2f} of {os.cpu_count()} cores"


def processor_seconds(pid: int) -> float:
    """Return what a process has used of the processors so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(pid: int) -> tuple[float, float]:
    """Return MB of a process: resident, and of that its own."""
    status = Path(f"/proc/{pid}/status").read_text()
    whole, own = (
        int(found[1]) * 1024 / 1e6
        for name in ("VmRSS", "RssAnon")
        if (found := re.search(rf"^{name}:\s+(\d+) kB", status, re.MULTILINE))
    )
    return whole, own


def row(name: str, values: list[float]) -> str:
    return (
        f"| {name} | " + " | ".join(f"{v:.1f}" for v in np.percentile(values, [50, 95, 99])) + " |"
    )
