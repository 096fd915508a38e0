"""Numbers said in a chat that a real Rasa decides: in no table, file, log, answer or tracker.

Rasa's own HTTP API is shut and its trackers live in its memory, so it is the memory of the running
process that is searched: trackers, what was read off the wire, and all that it might log.
"""

import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bot.dialogue.client import DialogueUnavailable, RasaDialogue, Turn
from tests.faults.needles import IDENTITY, NEEDLES, NUMBERS, PHONE, Bureau, holdings
from tests.rasa_server.model import HOME, trained_model

pytestmark = [
    pytest.mark.rasa,
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
]

MARK = "qz7xk4w9"
"""Said beside the numbers, in small letters as Rasa gets all: where it is, they would be too."""
CHUNK, OVERLAP = 2**24, 256
LOG = "logs/rasa.log"


def in_memory(pid: int, *wanted: str) -> set[str]:
    """Return which texts stand in a process's memory: as UTF-8, as Python keeps them, in JSON."""
    forms = {
        form: each
        for each in wanted
        for form in (
            each.encode(),
            each.encode("utf-16-le"),
            json.dumps(each).strip('"').encode(),
        )
    }
    return {each for piece in _pieces(pid) for form, each in forms.items() if form in piece}


def _pieces(pid: int) -> Iterator[bytes]:
    """Give what a process can write to, piece by piece, each with the end of the one before."""
    process = Path(f"/proc/{pid}")
    with (process / "mem").open("rb", buffering=0) as memory:
        for line in (process / "maps").read_text(encoding="utf-8").splitlines():
            span, rights = line.split()[:2]
            if not rights.startswith("rw"):
                continue
            place, end = (int(each, 16) for each in span.split("-"))
            tail = b""
            while place < end:
                memory.seek(place)
                try:
                    read = memory.read(min(CHUNK, end - place))
                except OSError:
                    break  # given back meanwhile
                if not read:
                    break
                yield tail + read
                tail, place = read[-OVERLAP:], place + len(read)


def address_and_token(pid: int) -> tuple[str, str]:
    """Return where a Rasa listens, and what it asks of its callers."""
    process = Path(f"/proc/{pid}")
    command = (process / "cmdline").read_bytes().decode().split("\0")
    given = (process / "environ").read_bytes().decode().split("\0")
    variables = dict(each.split("=", 1) for each in given if "=" in each)
    port = command[command.index("--port") + 1]
    return f"http://127.0.0.1:{port}", variables["DAOBAN_RASA_TOKEN"]


async def say_unmasked(pid: int, words: str) -> None:
    """Say words to Rasa as an application would that forgot to mask them; wait for its decision."""
    dialogue = RasaDialogue(*address_and_token(pid))
    for _ in range(20):
        try:
            await dialogue.decide(Turn("cv_planted", words, [0.1] * 384, {}))
        except DialogueUnavailable:
            continue  # late: the first turn after a start takes longer than a turn may
        break
    await dialogue.close()


def test_numbers_said_to_a_real_rasa_are_nowhere(make_server, tmp_path: Path) -> None:
    trained_model()
    (tmp_path / "models").symlink_to(HOME / "models")
    url = f"sqlite:///{tmp_path / 'daoban.sqlite3'}"
    server = make_server(DAOBAN_DIALOGUE="1", DAOBAN_DATABASE_URL=url)
    server.wait_for_dialogue("up")
    [rasa] = server.children()
    asyncio.run(say_unmasked(rasa, "你好"))
    with httpx.Client(base_url=server.address, trust_env=False, timeout=30) as client:
        bureau = Bureau(server, client)
        visitor = bureau.visit()
        for text in (
            f"小规模怎么申报 {MARK}，{NUMBERS}",
            f"你好 {MARK}，我是{IDENTITY}",
            f"我要办逾期补办 {MARK}，电话{PHONE}",
            f"我要投诉你们 {MARK} {NUMBERS}",
        ):
            asked = visitor.send(text=text)
            assert asked.status_code == 202, asked.text
            visitor.hears("text", "answer", "clarify", "flow", "handoff", after=asked.json()["seq"])
    assert in_memory(rasa, MARK, *NEEDLES) == {MARK}
    assert (tmp_path / LOG).stat().st_size, "Rasa said nothing: is its log elsewhere?"
    assert holdings(server, url) == []
    assert [each for each in bureau.answers if any(needle in each for needle in NEEDLES)] == []

    asyncio.run(say_unmasked(rasa, f"我的证件号码是{IDENTITY}"))
    assert in_memory(rasa, *NEEDLES) >= {IDENTITY.lower()}, "the search in the memory is blind"
    assert server.stop() == 0
    with (tmp_path / LOG).open("a", encoding="utf-8") as log:
        log.write(f"x{PHONE}x")
    assert holdings(server, url) == [LOG]
