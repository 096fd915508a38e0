"""The supervisor with a tiny server in Rasa's place, and once with Rasa itself."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.dialogue import supervisor as module
from bot.dialogue.client import DialogueUnavailable, Turn
from bot.dialogue.supervisor import RasaSupervisor
from core.settings import PROJECT

FAKE = Path(__file__).with_name("fake_server.py")
TURN = Turn("cv_1", "你好", [0.0] * 384)


def fake_command(pids: Path) -> module.Command:
    """A server that notes its process id in `pids`."""
    code = "import os,sys,runpy; open(sys.argv[1],'a').write(f'{os.getpid()}\\n'); "
    code += "sys.argv=sys.argv[1:]; sys.argv[0:2]=[sys.argv[1]]; "
    code += "runpy.run_path(sys.argv[0], run_name='__main__')"
    return lambda port: [sys.executable, "-c", code, str(pids), str(FAKE), str(port)]


def started(pids: Path) -> list[int]:
    return [int(line) for line in pids.read_text().split()]


def children_of(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def command_of(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@asynccontextmanager
async def supervised(command: module.Command, tmp_path: Path) -> AsyncIterator[RasaSupervisor]:
    supervisor = RasaSupervisor(
        command,
        PROJECT,
        tmp_path / "log" / "rasa.log",
        "http://x",
        back_off=(0.01,),
        look_every=0.05,
    )
    await supervisor.start()
    try:
        async with asyncio.timeout(20):
            yield supervisor
    finally:
        await supervisor.stop()


async def test_it_starts_and_stops(tmp_path):
    pids = tmp_path / "pids"
    async with supervised(fake_command(pids), tmp_path) as supervisor:
        assert await supervisor.state() == "starting"
        with pytest.raises(DialogueUnavailable, match="starting"):
            await supervisor.decide(TURN)
        await supervisor.wait_for("up")
        assert await supervisor.state() == "up"
    assert await supervisor.state() == "down"
    assert not alive(*started(pids))
    with pytest.raises(DialogueUnavailable, match="down"):
        await supervisor.parse("你好", TURN.vector)


async def test_a_killed_server_is_started_again(tmp_path):
    pids = tmp_path / "pids"
    async with supervised(fake_command(pids), tmp_path) as supervisor:
        await supervisor.wait_for("up")
        os.kill(started(pids)[0], signal.SIGKILL)
        await supervisor.wait_for("down")
        await supervisor.wait_for("up")
        assert len(started(pids)) == 2


async def test_a_hung_server_is_replaced(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MISSES", 1)
    pids = tmp_path / "pids"
    async with supervised(fake_command(pids), tmp_path) as supervisor:
        await supervisor.wait_for("up")
        os.kill(started(pids)[0], signal.SIGSTOP)
        await supervisor.wait_for("down")
        await supervisor.wait_for("up")
    assert not any(map(alive, started(pids)))


async def test_a_server_that_never_comes_up_is_tried_again(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "START_DEADLINE", 0.2)
    async with supervised(lambda _: ["sleep", "600"], tmp_path) as supervisor:
        await supervisor.wait_for("down")
        await supervisor.wait_for("starting")


async def test_its_output_is_kept(tmp_path):
    async with supervised(lambda _: ["sh", "-c", "echo broken >&2"], tmp_path) as supervisor:
        await supervisor.wait_for("down")
    assert "broken" in (tmp_path / "log" / "rasa.log").read_text()


@pytest.mark.skipif(sys.platform != "linux", reason="the tether is the kernel's, on Linux")
def test_the_server_dies_with_a_killed_parent(tmp_path):
    script = tmp_path / "parent.py"
    script.write_text(
        f"""
import asyncio, sys
sys.path.insert(0, {str(PROJECT)!r})
from pathlib import Path
from bot.dialogue.supervisor import RasaSupervisor
command = lambda port: [sys.executable, {str(FAKE)!r}, str(port)]
async def main():
    s = RasaSupervisor(command, Path('/'), Path({str(tmp_path)!r}) / 'log', 'http://x')
    await s.start()
    await s.wait_for('up')
    print('up', flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""
    )
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True) as parent:
        while "up" not in parent.stdout.readline().split():
            assert parent.poll() is None
        [child] = children_of(parent.pid)
        descriptor = os.pidfd_open(child)
        parent.kill()
        import select

        assert select.select([descriptor], [], [], 5)[0], "the server outlived its parent"
        os.close(descriptor)


@pytest.mark.rasa
@pytest.mark.asyncio(loop_scope="session")
async def test_rasa_itself_is_restarted_when_killed(rasa: RasaSupervisor):
    # other servers of the test run are children too
    [child] = [pid for pid in children_of(os.getpid()) if b"rasa\0run" in command_of(pid)]
    os.kill(child, signal.SIGKILL)
    async with asyncio.timeout(120):
        await rasa.wait_for("down")
        await rasa.wait_for("up")
