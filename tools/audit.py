"""`python -m tools.audit`: known vulnerabilities and licences of everything that is locked.

Fails on a finding without an exception in audit.toml. What could not be looked up, for want of a
network, is a warning.
"""

import json
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console

from bot.dialogue.environment import DialogueEnvironmentFailed, ensure_environment
from core.clock import Clock
from core.settings import PROJECT

LOCKS = (".", "bot/rasa_server")
PAGES = ("web/chat", "web/desk")
ALLOWED = ("apache", "mit", "bsd", "isc", "mpl", "mozilla", "psf", "python software", "0bsd")
"""A licence passes when one of these words stands in it and none of `REFUSED` does."""
REFUSED = ("gpl", "sspl", "busl", "commercial", "proprietary", "unknown")

console = Console(highlight=False, soft_wrap=True)


def main() -> int:
    """Audit all locks; return the exit code."""
    exceptions = tomllib.loads(Path(__file__).with_name("audit.toml").read_text(encoding="utf-8"))
    today = Clock().today()
    findings = [
        *(each for lock in LOCKS for each in advisories(lock, exceptions["advisories"], today)),
        *(each for lock in LOCKS for each in licences(lock, exceptions["licences"], today)),
        *(each for page in PAGES for each in page_licences(page, exceptions["licences"], today)),
    ]
    for each in findings:
        console.print(f"[bold red]finding:[/] {each}")
    console.print(f"audit: {len(findings)} findings in {len(LOCKS) + len(PAGES)} locks")
    return 1 if findings else 0


def advisories(lock: str, exceptions: list[dict[str, Any]], today: date) -> Iterator[str]:
    """Yield the published vulnerabilities of a lock's packages."""
    with tempfile.TemporaryDirectory() as scratch:
        wanted, report = Path(scratch, "requirements.txt"), Path(scratch, "report.json")
        export = "uv export -q --frozen --all-groups --all-extras --no-emit-project --no-hashes"
        _run(*export.split(), "--project", lock, "--output-file", wanted)
        look_up = "pip_audit --no-deps --disable-pip --progress-spinner off --format json"
        look_up += f" --requirement {wanted} --output {report}"
        done = _run(sys.executable, "-m", *look_up.split(), check=False)
        if not report.exists():
            _warn(f"{lock}: advisories could not be looked up: {done.stderr.strip()[-200:]}")
            return
        packages = json.loads(report.read_text(encoding="utf-8"))["dependencies"]
    if unknown := [each["name"] for each in packages if each.get("skip_reason")]:
        _warn(f"{lock}: no advisory data for {len(unknown)} of {len(packages)} packages")
    for package in packages:
        for found in package.get("vulns", ()):
            words = f"{lock}: {package['name']} {package['version']}: {found['id']}"
            if _excepted(package["name"], lock, exceptions, today):
                console.print(f"excepted: {words}")
            else:
                fixed = ", ".join(found["fix_versions"]) or "nothing yet"
                yield f"{words}, fixed in {fixed}"


def licences(lock: str, exceptions: list[dict[str, Any]], today: date) -> Iterator[str]:
    """Yield the packages of an environment whose licence does not fit the project's."""
    try:
        python = Path(sys.executable) if lock == "." else ensure_environment(PROJECT, _tell)
    except DialogueEnvironmentFailed as error:
        _warn(f"{lock}: licences not looked at: {error.detail}")
        return
    listed = _run(sys.executable, "-m", "piplicenses", "--python", python, "--format", "json")
    for package in json.loads(listed.stdout):
        yield from _licence(lock, package["Name"], package["License"], exceptions, today)


def page_licences(page: str, exceptions: list[dict[str, Any]], today: date) -> Iterator[str]:
    """Yield the packages of a page whose licence does not fit, as its lock names them."""
    locked = json.loads((PROJECT / page / "package-lock.json").read_text(encoding="utf-8"))
    for place, package in locked["packages"].items():
        if place:
            name = place.rpartition("node_modules/")[2]
            yield from _licence(page, name, package.get("license", "unknown"), exceptions, today)


def _licence(
    lock: str, name: str, licence: str, exceptions: list[dict[str, Any]], today: date
) -> Iterator[str]:
    words = licence.lower()
    fits = any(each in words for each in ALLOWED) and not any(each in words for each in REFUSED)
    kept = any(each["package"] == name and today <= each["until"] for each in exceptions)
    if not (fits or kept or name == "daoban"):
        yield f"{lock}: {name} is under {licence}"


def _excepted(name: str, lock: str, exceptions: list[dict[str, Any]], today: date) -> bool:
    return any(
        each["lock"] == lock and name in each["packages"] and today <= each["until"]
        for each in exceptions
    )


def _run(*command: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 the commands are ours
        [str(part) for part in command], cwd=PROJECT, capture_output=True, text=True, check=check
    )


def _tell(words: str) -> None:
    console.print(f"[dim]{words}[/]")


def _warn(words: str) -> None:
    console.print(f"[bold yellow]WARNING:[/] {words}")


if __name__ == "__main__":
    sys.exit(main())
