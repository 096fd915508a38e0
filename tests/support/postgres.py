"""A PostgreSQL server of the tests' own: a fresh cluster on loopback, gone when they end."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


def binaries() -> Path | None:
    """Return the folder with initdb and postgres, wherever the system keeps it."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    if found:
        return found[0].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def free_port() -> int:
    """Return a port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _account() -> dict[str, object]:
    """PostgreSQL refuses to run as root; then it runs as the account of Debian's package."""
    if os.geteuid() != 0:
        return {}
    account = pwd.getpwnam("postgres")
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
"""For tests that never kill it: what it said it kept may be gone after a crash."""
DURABLE = ("fsync=off",)
"""A crash of PostgreSQL loses nothing; one of the machine would."""


@dataclass
class Cluster:
    """A PostgreSQL server with its own data, to be stopped and started.

    Attributes:
        home: its directory.
        options: settings, `name=value`.
    """

    home: Path
    options: tuple[str, ...]
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Its address, ending in the slash."""
        return f"postgresql://daoban@127.0.0.1:{self.port}/"

    def create(self) -> None:
        """Make the data directory."""
        account = _account()
        self.home.chmod(0o755)
        data = self.home / "data"
        data.mkdir(mode=0o700)
        if account:
            os.chown(data, account["user"], account["group"])  # type: ignore[arg-type]
        command = [_binary("initdb"), "-D", data, "-U", "daoban", "-A", "trust", "-E", "UTF8"]
        subprocess.run([*command, "--no-sync"], check=True, **_quiet())

    def start(self) -> None:
        """Start it and wait until it lets clients in."""
        options = (
            "unix_socket_directories=", "listen_addresses=127.0.0.1", "max_connections=200",
            *self.options,
        )  # fmt: skip
        self.process = subprocess.Popen(
            [
                _binary("postgres"), "-D", self.home / "data", "-p", str(self.port),
                *(part for option in options for part in ("-c", option)),
            ],
            **_quiet(),
        )  # fmt: skip
        asking = [_binary("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port), "-t", "1"]
        for _ in range(300):
            if subprocess.run(asking, check=False, **_quiet()).returncode == 0:
                return
            assert self.process.poll() is None, "PostgreSQL did not start"
            time.sleep(0.1)
        raise AssertionError("PostgreSQL did not let anybody in")

    def stop(self, by: signal.Signals = signal.SIGINT) -> None:
        """End it: SIGINT is `fast`, SIGQUIT is `immediate`, as after a crash."""
        assert self.process is not None
        self.process.send_signal(by)
        self.process.wait(60)

    def restart(self, by: signal.Signals = signal.SIGINT) -> None:
        """End it and start it again."""
        self.stop(by)
        self.start()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Let no process of it do anything for a while; its connections stay open."""
        assert self.process is not None
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        pids = [self.process.pid, *map(int, path.read_text().split())]
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in pids:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)


def _binary(name: str) -> Path:
    folder = binaries()
    assert folder is not None, "PostgreSQL's server is not installed (Debian: postgresql)"
    return folder / name


def _quiet() -> dict[str, Any]:
    return {"stdout": subprocess.DEVNULL, "stderr": subprocess.STDOUT, "cwd": "/", **_account()}


_MEMORY = Path("/dev/shm")
_ENOUGH = 2 * 2**30


def _memory() -> Path | None:
    """Return where files are in memory, if there is room: databases are made ten times as fast."""
    roomy = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ENOUGH
    return _MEMORY if roomy and os.access(_MEMORY, os.W_OK) else None


@contextmanager
def running(options: tuple[str, ...]) -> Iterator[Cluster]:
    """Give a server on data of its own, gone at the end; on a disk but for `QUICK` ones."""
    place = _memory() if options == QUICK else None
    home = Path(tempfile.mkdtemp(prefix="daoban-pg-", dir=place))
    made = Cluster(home, options)
    try:
        made.create()
        made.start()
        yield made
    finally:
        if made.process is not None:
            made.process.send_signal(signal.SIGCONT)
            made.stop()
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def cluster(*, durable: bool = False) -> Iterator[str]:
    """Start a server, without durability unless it is asked for; give its address with a slash."""
    with running(() if durable else QUICK) as made:
        yield made.address
