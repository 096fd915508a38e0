"""The command line in this process; a server in another, started once for all tests."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.cli.entry import main
from knowledge_base.answering import KnowledgeBase
from tests.faults.harness import Server, prepare


@dataclass
class Ran:
    """What a command gave."""

    code: int
    out: str
    err: str


Daoban = Callable[..., Ran]


@pytest.fixture
def daoban(
    tmp_path: Path,
    encoder_directory: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Daoban:
    """Run a command with a data directory of this test's own."""
    for module in ("entry", "system"):  # what it configures would outlive this test
        monkeypatch.setattr(f"bot.cli.{module}.configure_logs", lambda **_: None)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("DAOBAN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DAOBAN_ENCODER", str(encoder_directory))
    monkeypatch.setenv("DAOBAN_DIALOGUE", "0")

    def run(*arguments: str) -> Ran:
        monkeypatch.setattr("sys.argv", ["daoban", *arguments])
        code = 0
        with capture_logs():
            try:
                main()
            except SystemExit as end:
                code = int(end.code or 0)
        shown = capsys.readouterr()
        assert "Traceback" not in shown.err
        return Ran(code, shown.out, shown.err)

    return run


@pytest.fixture(scope="session")
def index_home(knowledge_home: Path, knowledge: KnowledgeBase) -> Path:
    """Where the index of the shipped content stands."""
    return knowledge_home


@pytest.fixture(scope="session")
def running(
    tmp_path_factory: pytest.TempPathFactory, index_home: Path, encoder_directory: Path
) -> Iterator[Server]:
    """A served demo, without Rasa."""
    home = tmp_path_factory.mktemp("running")
    prepare(home, index_home)
    variables = {"DAOBAN_DEMO": "1", "DAOBAN_DIALOGUE": "0"}
    server = Server(home, variables | {"DAOBAN_ENCODER": str(encoder_directory)})
    server.start()
    yield server
    server.stop()


@pytest.fixture
def beside(running: Server, daoban: Daoban, monkeypatch: pytest.MonkeyPatch) -> Daoban:
    """Run a command on the data directory of the running server."""
    monkeypatch.setenv("DAOBAN_HOME", str(running.home))
    return daoban


@pytest.fixture
def data(project: Path, tmp_path: Path) -> Path:
    """A copy of the knowledge files, to be changed."""
    copied = tmp_path / "data"
    for folder in ("policies", "knowledge"):
        shutil.copytree(project / "data" / folder, copied / folder)
    return copied
