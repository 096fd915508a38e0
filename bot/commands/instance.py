"""Which process of a data directory writes: a lock says that one does, a file says where it is.

The lock is the kernel's and ends with its process, however that ends; the file may be left over
and counts only while the lock is held.
"""

import ipaddress
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from filelock import FileLock, Timeout
from pydantic import BaseModel, SecretStr, ValidationError

from core.errors import DaobanError
from core.identity import new_token
from core.settings import Settings


class AlreadyRunning(DaobanError):
    """Another process writes this data directory."""

    status = 409
    code = "already_running"


class NotWritable(DaobanError):
    """The data cannot be kept where the settings say."""

    status = 500
    code = "not_writable"


class Instance(BaseModel):
    """A running server.

    Attributes:
        url: where it is reached from this machine.
        token: opens its commands.
    """

    pid: int
    url: str
    token: str


def seat(settings: Settings) -> Path:
    """Return the directory of the lock: SQLite's own, or the data directory."""
    if settings.database.startswith("sqlite"):
        path = sa.make_url(settings.database).database
        if path:
            return Path(path).absolute().parent
    return settings.home.absolute()


def writer_lock(settings: Settings) -> FileLock:
    """Return the lock that the one writer holds, not yet taken.

    Raises:
        NotWritable: nothing can be written beside the data; waiting would not help.
    """
    place = seat(settings)
    path = place / "daoban.lock"
    try:
        place.mkdir(parents=True, exist_ok=True)
        path.touch()
    except OSError as error:
        raise NotWritable(
            f"{place} cannot be written ({error.strerror}): "
            "check DAOBAN_HOME and DAOBAN_DATABASE_URL"
        ) from error
    return FileLock(path)


@contextmanager
def only_writer(settings: Settings) -> Iterator[None]:
    """Hold the lock.

    Raises:
        AlreadyRunning: another process holds it; the detail says which, where that is known.
    """
    lock = writer_lock(settings)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        other = find_instance(settings)
        who = f"a server ({other.url}, process {other.pid})" if other else "another command"
        raise AlreadyRunning(
            f"{who} works on {seat(settings)} already: "
            "stop it first, or set DAOBAN_HOME to another directory"
        ) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def announced(settings: Settings, token: str) -> Iterator[Instance]:
    """Tell the commands of this machine where this server is, while it runs."""
    found = Instance(pid=os.getpid(), url=local_url(settings.host, settings.port), token=token)
    path = seat(settings) / "server.json"
    write_private(path, found.model_dump_json())
    try:
        yield found
    finally:
        path.unlink(missing_ok=True)


def find_instance(settings: Settings) -> Instance | None:
    """Return what the file tells of a server; it counts only while the lock is held."""
    try:
        return Instance.model_validate_json((seat(settings) / "server.json").read_bytes())
    except (OSError, ValidationError):
        return None


def command_token() -> SecretStr:
    """Return a fresh token for the commands of one run."""
    return SecretStr(new_token())


def local_url(host: str, port: int) -> str:
    """Return the address by which this machine reaches a server bound to `host`.

    >>> local_url("0.0.0.0", 8000)
    'http://127.0.0.1:8000'
    """
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return f"http://{host}:{port}"
    if address.is_unspecified:
        address = ipaddress.ip_address("127.0.0.1" if address.version == 4 else "::1")
    shown = f"[{address}]" if address.version == 6 else str(address)
    return f"http://{shown}:{port}"


def write_private(path: Path, words: str) -> None:
    """Replace a file at once by one that only its owner can read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.unlink(missing_ok=True)
    beside.touch(mode=0o600)
    beside.write_text(words, encoding="utf-8")
    beside.replace(path)
