"""Builds the chat and the desk, when what they are built from has changed, and only then."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from bot.dialogue.environment import Progress
from bot.setup.node import Node, ensure_node

PAGES = ("chat", "desk")
_NO_INPUT = frozenset({"node_modules", "dist", "tests", "test-results"})


def ensure_web(project: Path, progress: Progress) -> None:
    """Build the pages that are not up to date.

    The mark of a finished build is written last: an interrupted one is done again.

    Raises:
        NodeFailed: Node.js cannot be had, or a build fails.
    """
    web = project / "web"
    stale = {page: mark for page in PAGES if (mark := _stale(web, page))}
    if not stale:
        progress("The pages are up to date.")
        return
    node = ensure_node(project / ".cache", progress)
    for page, mark in stale.items():
        ensure_packages(web / page, node, progress)
        progress(f"Building web/{page}.")
        node.run_npm(["run", "build"], web / page)
        (web / page / "dist" / ".daoban").write_text(mark, encoding="ascii")


def ensure_packages(page: Path, node: Node, progress: Progress) -> None:
    """Install the locked packages of a page unless they are there."""
    mark = page / "node_modules" / ".daoban"
    locked = hashlib.sha256((page / "package-lock.json").read_bytes()).hexdigest()
    if mark.is_file() and mark.read_text(encoding="ascii") == locked:
        return
    progress(f"Installing the packages of web/{page.name}.")
    node.run_npm(["ci", "--no-audit", "--no-fund"], page)
    mark.write_text(locked, encoding="ascii")


def _stale(web: Path, page: str) -> str | None:
    """Return the mark that a new build is to bear; None when the page is up to date."""
    digest = hashlib.sha256()
    for path in sorted((*_inputs(web / page), *(p for p in web.iterdir() if p.is_file()))):
        digest.update(f"{path.relative_to(web)} {path.stat().st_size}\n".encode())
        digest.update(path.read_bytes())
    mark = web / page / "dist" / ".daoban"
    fresh = digest.hexdigest()
    return None if mark.is_file() and mark.read_text(encoding="ascii") == fresh else fresh


def _inputs(page: Path) -> Iterator[Path]:
    for path in page.iterdir():
        if path.name in _NO_INPUT:
            continue
        if path.is_dir():
            yield from (each for each in path.rglob("*") if each.is_file())
        else:
            yield path
