"""Finding Python 3.10 and uv, and making the environment, with stand-ins for both."""

import sys
from pathlib import Path

import pytest

from bot.dialogue import environment
from bot.dialogue.environment import DialogueEnvironmentFailed


def program(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with nothing on PATH but what a test puts into `bin`."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "venv" / "bin" / "python"))
    return tmp_path


def test_python_on_path(machine):
    found = program(machine / "bin" / "python3.10", "exit 0")
    assert environment.find_python() == str(found)


def test_a_shim_that_does_not_run_is_passed_over(machine):
    program(machine / "bin" / "python3.10", "echo 'command not found' >&2; exit 127")
    found = program(machine / "pyenv/versions/3.10.13/bin/python3.10", "exit 0")
    assert environment.find_python() == str(found)


def test_without_any_uv_shall_fetch_one(machine):
    program(machine / "bin" / "python3.10", "exit 127")
    assert environment.find_python() is None


def test_uv_beside_python(machine):
    program(machine / "bin" / "uv", "exit 127")
    found = program(machine / "venv" / "bin" / "uv", "exit 0")
    assert environment.find_uv() == str(found)


def test_no_uv_says_what_to_install(machine):
    program(machine / "bin" / "uv", "exit 1")
    with pytest.raises(DialogueEnvironmentFailed, match="pip install uv"):
        environment.find_uv()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose uv makes an environment that holds nothing but a Python."""
    server = tmp_path / "project" / environment.SERVER
    server.mkdir(parents=True)
    (server / "uv.lock").write_text("one")
    uv = program(
        tmp_path / "uv",
        "echo Resolved; echo ' + rasa==3'; echo $@ >> asked\n"
        "mkdir -p .venv/bin; touch .venv/bin/python",
    )
    monkeypatch.setattr(environment, "find_uv", lambda: str(uv))
    monkeypatch.setattr(environment, "find_python", lambda: "/python3.10")
    return tmp_path / "project"


def test_the_environment_is_made_once_for_a_lock(project):
    said: list[str] = []
    asked = project / environment.SERVER / "asked"
    python = environment.ensure_environment(project, said.append)
    assert python == project / environment.SERVER / ".venv/bin/python"
    assert asked.read_text().split() == ["sync", "--locked", "--python", "/python3.10"]
    assert "dialogue server: Resolved" in said
    assert not any("rasa==3" in line for line in said)

    environment.ensure_environment(project, said.append)
    assert len(asked.read_text().splitlines()) == 1

    (project / environment.SERVER / "uv.lock").write_text("two")
    environment.ensure_environment(project, said.append)
    assert len(asked.read_text().splitlines()) == 2


def test_a_failure_says_what_to_install(project, monkeypatch, tmp_path):
    uv = program(tmp_path / "uv", "echo 'no interpreter found' >&2; exit 2")
    monkeypatch.setattr(environment, "find_uv", lambda: str(uv))
    monkeypatch.setattr(environment, "find_python", lambda: None)
    with pytest.raises(DialogueEnvironmentFailed, match=r"no interpreter found.*Python 3\.10"):
        environment.ensure_environment(project, lambda _: None)
    assert not (project / environment.SERVER / ".venv" / "daoban-lock").exists()
