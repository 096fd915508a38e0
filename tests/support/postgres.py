"""A PostgreSQL server of the tests' own: a fresh cluster on loopback, gone when they end."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


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


@contextmanager
def cluster(*, durable: bool = False) -> Iterator[str]:
    """Start a server, without durability unless it is asked for; give its address with a slash."""
    folder = binaries()
    assert folder is not None, "PostgreSQL's server is not installed (Debian: postgresql)"
    account = _account()
    home = Path(tempfile.mkdtemp(prefix="daoban-pg-"))
    home.chmod(0o755)
    data = home / "data"
    data.mkdir(mode=0o700)
    if account:
        os.chown(data, account["user"], account["group"])  # type: ignore[arg-type]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.STDOUT, "cwd": "/", **account}
    subprocess.run(
        [folder / "initdb", "-D", data, "-U", "daoban", "-A", "trust", "-E", "UTF8", "--no-sync"],
        check=True,
        **quiet,
    )
    port = free_port()
    options = [
        *(() if durable else ("fsync=off", "synchronous_commit=off", "full_page_writes=off")),
        "unix_socket_directories=",
        "listen_addresses=127.0.0.1",
        "max_connections=200",
    ]
    server = subprocess.Popen(
        [
            folder / "postgres",
            "-D",
            data,
            "-p",
            str(port),
            *(part for option in options for part in ("-c", option)),
        ],
        **quiet,
    )
    try:
        subprocess.run(
            [folder / "pg_isready", "-h", "127.0.0.1", "-p", str(port)], check=False, **quiet
        )
        for _ in range(100):
            ready = subprocess.run(
                [folder / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port), "-t", "1"],
                check=False,
                **quiet,
            )
            if ready.returncode == 0:
                break
            assert server.poll() is None, "PostgreSQL did not start"
        yield f"postgresql://daoban@127.0.0.1:{port}/"
    finally:
        server.terminate()
        server.wait(30)
        shutil.rmtree(home, ignore_errors=True)
