"""An Elasticsearch of the tests' own: one node or several on loopback, gone when they end.

`DAOBAN_TEST_ELASTICSEARCH` says where it comes from: the distribution as a zip or unpacked, or the
address of a server that runs (which no test may kill).
"""

import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.support.postgres import free_port

SOURCE = os.environ.get("DAOBAN_TEST_ELASTICSEARCH", "")
PATIENCE = 300.0
_QUICK_START = "-XX:TieredStopAtLevel=1\n"
_UNWANTED = re.compile(r"^(-Xlog:gc|-XX:\+HeapDump|-XX:\+UseG1GC).*$", re.MULTILINE)


def lacking() -> str | None:
    """Return what is missing to start a server here, or None."""
    if not SOURCE:
        return "set DAOBAN_TEST_ELASTICSEARCH to a distribution (zip, directory) or an address"
    if not is_address() and not Path(SOURCE).exists():
        return f"DAOBAN_TEST_ELASTICSEARCH: there is no {SOURCE}"
    if not is_address() and shutil.which("java") is None:
        return "install Debian's package openjdk-17-jre-headless"
    return None


def is_address() -> bool:
    """Whether a running server was named."""
    return SOURCE.startswith(("http://", "https://"))


@dataclass
class Node:
    """One server of a cluster, with its own data.

    Attributes:
        home: its directory.
        distribution: the unpacked server.
        heap: of its Java, in megabytes.
        quick_start: up in half the time, and slower when it runs long.
    """

    name: str
    home: Path
    distribution: Path
    heap: int
    quick_start: bool
    port: int = field(default_factory=free_port)
    transport: int = field(default_factory=free_port)
    launcher: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def configure(self, peers: list["Node"], password: str | None) -> None:
        """Write its configuration; all nodes must be known by then."""
        config = self.home / "config"
        shutil.copytree(self.distribution / "config", config)
        for name in ("data", "logs", "tmp"):
            (self.home / name).mkdir()
        options = config / "jvm.options"
        words = _UNWANTED.sub("", options.read_text()) + "\n-XX:+UseSerialGC\n"
        options.write_text(words + (_QUICK_START if self.quick_start else ""))
        several = len(peers) > 1
        lines = [
            "cluster.name: daoban-tests",
            f"node.name: {self.name}",
            "network.host: 127.0.0.1",
            f"http.port: {self.port}",
            f"transport.port: {self.transport}",
            f"path.data: {self.home}/data",
            f"path.logs: {self.home}/logs",
            "cluster.routing.allocation.disk.threshold_enabled: false",
            f"xpack.security.enabled: {str(password is not None).lower()}",
        ]
        if password is not None:
            lines += [
                "xpack.security.http.ssl.enabled: false",
                "xpack.security.transport.ssl.enabled: false",
                "xpack.security.autoconfiguration.enabled: false",
            ]
        if several:
            seeds = ", ".join(f'"127.0.0.1:{each.transport}"' for each in peers)
            masters = ", ".join(each.name for each in peers)
            lines += [
                f"discovery.seed_hosts: [{seeds}]",
                f"cluster.initial_master_nodes: [{masters}]",
            ]
        else:
            lines.append("discovery.type: single-node")
        (config / "elasticsearch.yml").write_text("\n".join(lines) + "\n")
        _hand_over(self.home)
        if password is not None:
            self._run("elasticsearch-keystore", "create")
            self._run("elasticsearch-keystore", "add", "-x", "bootstrap.password", said=password)

    def start(self) -> None:
        """Begin; `wait` for it to answer."""
        self._pid_file.unlink(missing_ok=True)
        self.launcher = subprocess.Popen(
            [self.distribution / "bin" / "elasticsearch", "-p", self._pid_file],
            stdin=subprocess.DEVNULL,
            stdout=(self.home / "stdout.log").open("ab"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **self._surroundings(),
        )

    def wait(self, nodes: int, password: str | None = None) -> None:
        """Wait until it answers and sees so many nodes."""
        assert self.launcher is not None
        auth = None if password is None else ("elastic", password)
        asked = {"wait_for_nodes": f">={nodes}", "timeout": "1s"}
        until = time.monotonic() + PATIENCE
        with httpx.Client(trust_env=False, auth=auth, timeout=5) as client:
            while time.monotonic() < until and self.launcher.poll() is None:
                with suppress(httpx.TransportError):
                    found = client.get(f"{self.address}/_cluster/health", params=asked)
                    if found.is_success:
                        return
                time.sleep(0.2)
        log = (self.home / "stdout.log").read_text(errors="replace")
        raise AssertionError(f"Elasticsearch did not come up:\n{log[-3000:]}")

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        assert self.launcher is not None
        with suppress(ProcessLookupError):
            os.kill(self._pid(), signal.SIGKILL)
        self.launcher.wait(30)

    def end(self) -> None:
        """End it and whatever it started."""
        if self.launcher is not None and self.launcher.poll() is None:
            os.killpg(self.launcher.pid, signal.SIGKILL)
            self.launcher.wait(30)

    @property
    def _pid_file(self) -> Path:
        return self.home / "tmp" / "pid"

    def _pid(self) -> int:
        return int(self._pid_file.read_text())

    def _run(self, name: str, *arguments: str, said: str = "") -> None:
        subprocess.run(
            [self.distribution / "bin" / name, *arguments],
            input=said.encode(),
            check=True,
            capture_output=True,
            **self._surroundings(),
        )

    def _surroundings(self) -> dict[str, object]:
        java = shutil.which("java")
        assert java is not None
        return {
            "cwd": self.home,
            "env": {
                "PATH": os.environ["PATH"],
                "HOME": str(self.home),
                "ES_JAVA_HOME": str(Path(java).resolve().parent.parent),
                "ES_PATH_CONF": str(self.home / "config"),
                "ES_TMPDIR": str(self.home / "tmp"),
                "ES_JAVA_OPTS": f"-Xms{self.heap}m -Xmx{self.heap}m",
            },
            **_account(),
        }


@dataclass
class Cluster:
    """Nodes that know each other."""

    nodes: list[Node]
    password: str | None = None

    @property
    def url(self) -> str:
        """All addresses, as the setting takes them."""
        user = "" if self.password is None else f"elastic:{self.password}@"
        return ",".join(f"http://{user}127.0.0.1:{each.port}" for each in self.nodes)

    def start(self, *nodes: Node) -> None:
        """Start those nodes (default: all) and wait until they and those that run are one."""
        for node in nodes or self.nodes:
            node.start()
        alive = [each for each in self.nodes if each.launcher and each.launcher.poll() is None]
        for node in alive:
            node.wait(len(alive), self.password)


def _account() -> dict[str, object]:
    """Elasticsearch refuses to run as root; then it runs as nobody."""
    if os.geteuid() != 0:
        return {}
    account = pwd.getpwnam("nobody")
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _hand_over(directory: Path) -> None:
    account = _account()
    if not account:
        return
    for path in (directory, *directory.rglob("*")):
        os.chown(path, account["user"], account["group"])  # type: ignore[arg-type]


def _unpacked(home: Path) -> Path:
    source = Path(SOURCE).resolve()
    if source.is_file():
        with zipfile.ZipFile(source) as packed:
            packed.extractall(home)
        source = next(home.glob("elasticsearch-*"))
        for script in (source / "bin").iterdir():
            script.chmod(0o755)
    return source


@contextmanager
def cluster(
    count: int = 1, *, heap: int = 512, password: str | None = None, quick_start: bool = True
) -> Iterator[Cluster]:
    """Start a cluster on data of its own; everything is gone at the end."""
    home = Path(tempfile.mkdtemp(prefix="daoban-es-"))
    home.chmod(0o755)
    nodes: list[Node] = []
    try:
        distribution = _unpacked(home)
        names = [f"n{number}" for number in range(count)]
        nodes += [Node(each, home / each, distribution, heap, quick_start) for each in names]
        for node in nodes:
            node.home.mkdir()
            node.configure(nodes, password)
        made = Cluster(nodes, password)
        made.start()
        yield made
    finally:
        for node in nodes:
            node.end()
        shutil.rmtree(home, ignore_errors=True)
