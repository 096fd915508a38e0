"""Rasa's own Python 3.10 environment: find the interpreter, make the environment, run in it."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from core.errors import DaobanError

SERVER = Path("bot/rasa_server")
PYTHON = ".venv/bin/python"
STAMP = "daoban-lock"
"""Folder of the environment inside the project."""

Progress = Callable[[str], None]

_IS_PYTHON_310 = "import sys; sys.exit(sys.version_info[:2] != (3, 10))"
_NOT_FOR_UV = {"VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT"}
"""uv must not take the environment of whoever runs this for the one to fill."""


class DialogueEnvironmentFailed(DaobanError):
    """The dialogue server's environment cannot be made; the detail says what to install."""

    status = 500
    code = "dialogue_environment_failed"


def ensure_environment(project: Path, progress: Progress) -> Path:
    """Make the locked environment, unless it stands as the lock file wants it.

    An interrupted run is simply repeated; uv goes on where it was.

    Returns:
        The environment's Python.

    Raises:
        DialogueEnvironmentFailed: no uv, no Python 3.10, or no packages.
    """
    server = project / SERVER
    if (ready := environment_python(project)) is not None:
        return ready
    progress("dialogue server: making its Python 3.10 environment (2.6 GB, some minutes once)")
    _sync(server, find_uv(), find_python(), progress)
    (server / ".venv" / STAMP).write_text(_locked(server))
    return server / PYTHON


def environment_python(project: Path) -> Path | None:
    """Return the environment's Python if it stands as the lock file wants it."""
    server = project / SERVER
    stamp = server / ".venv" / STAMP
    made = (server / PYTHON).exists() and stamp.exists()
    return server / PYTHON if made and stamp.read_text() == _locked(server) else None


def _locked(server: Path) -> str:
    return hashlib.sha256((server / "uv.lock").read_bytes()).hexdigest()


def find_uv() -> str:
    """Return uv from PATH or from beside this Python.

    Raises:
        DialogueEnvironmentFailed: when there is none that runs.
    """
    beside = Path(sys.executable).with_name("uv")
    for candidate in (shutil.which("uv"), str(beside)):
        if candidate and _runs(candidate, "--version"):
            return candidate
    raise DialogueEnvironmentFailed("uv is missing: install it with `pip install uv`, try again")


def find_python() -> str | None:
    """Return a Python 3.10 that really runs (a pyenv shim may not); None lets uv fetch one."""
    candidates = [shutil.which("python3.10")]
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    candidates += sorted(map(str, pyenv.glob("versions/3.10.*/bin/python3.10")), reverse=True)
    for candidate in candidates:
        if candidate and _runs(
            candidate, "-c", "import sys; sys.exit(sys.version_info[:2] != (3, 10))"
        ):
            return candidate
    return None


def rasa_variables(**more: str) -> dict[str, str]:
    """Return the environment variables that every Rasa process gets: quiet, one thread, no cache.

    Rasa's training cache knows nothing of our vectors, so it would hand out stale features.
    """
    return {
        **os.environ,
        "RASA_TELEMETRY_ENABLED": "false",
        "RASA_MAX_CACHE_SIZE": "0",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "OMP_NUM_THREADS": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "-1",
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore",
        **more,
    }


def tethered(command: list[str], niceness: int) -> list[str]:
    """Wrap a command so that it dies with this process and yields to it."""
    script = Path(__file__).with_name("tether.py")
    return [sys.executable, str(script), str(os.getpid()), str(niceness), *command]


def run(
    command: list[str],
    *,
    directory: Path,
    variables: dict[str, str],
    niceness: int,
    on_line: Progress,
) -> tuple[int, list[str]]:
    """Run a command to its end, tethered; return its exit code and all its lines."""
    lines = []
    with subprocess.Popen(  # noqa: S603 the command is ours
        tethered(command, niceness),
        cwd=directory,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        for line in process.stdout or ():
            lines.append(line.strip())
            on_line(lines[-1])
    return process.returncode, lines


def _sync(server: Path, uv: str, python: str | None, progress: Progress) -> None:
    wanted = ["--python", python] if python else ["--python", "3.10", "--managed-python"]

    def show(line: str) -> None:
        if not line.startswith(("+", "-")):
            progress(f"dialogue server: {line}")

    code, lines = run(
        [uv, "sync", "--locked", *wanted],
        directory=server,
        variables={name: value for name, value in os.environ.items() if name not in _NOT_FOR_UV},
        niceness=0,
        on_line=show,
    )
    if code:
        advice = "" if python else "; install Python 3.10 (with pyenv or your system's packages)"
        raise DialogueEnvironmentFailed(f"uv sync failed: {' '.join(lines[-5:])}{advice}")


def _runs(*command: str) -> bool:
    try:
        done = subprocess.run(command, capture_output=True, timeout=30, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
