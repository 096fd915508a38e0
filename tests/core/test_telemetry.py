"""What reaches a log: ids and figures, never a number of a person."""

import json
import subprocess
import sys

from core.identity import new_id
from core.settings import PROJECT
from tests.support.numbers import CARDS, IDENTITY_NUMBERS, PHONES

NUMBERS = (IDENTITY_NUMBERS[0], PHONES[0], CARDS[0])


def written(program: str) -> str:
    """Run a program that logs as the server does; return what stood in its log."""
    begin = "import logging, sys, structlog\nfrom core.telemetry import configure_logs\n"
    done = subprocess.run(
        [sys.executable, "-c", f"{begin}configure_logs()\nlog = structlog.get_logger()\n{program}"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert not any(number in done.stderr for number in NUMBERS)
    return done.stderr


def test_numbers_are_masked_wherever_they_stand() -> None:
    line = written(
        f"""
try:
    int("{NUMBERS[0]} {NUMBERS[1]}")
except ValueError:
    log.exception("failed", where={{"row": ["{NUMBERS[2]}"]}}, text="left out")
"""
    )
    assert json.loads(line)["where"] == {"row": ["[CARD]"]}
    assert "[ID] [PHONE]" in json.loads(line)["exception"]
    assert "left out" not in line


def test_our_own_ids_stay_as_they_are() -> None:
    own = "cv_" + "13912345678" + "a" * 17  # eleven digits of it could be a phone
    assert len(own) == len(new_id("cv"))
    assert json.loads(written(f"log.warning('x', id='{own}')"))["id"] == own


def test_lines_of_libraries_are_masked_with_their_tracebacks() -> None:
    line = written(
        f"""
try:
    int("{NUMBERS[1]}x")
except ValueError:
    logging.getLogger("a.library").exception("refused %s", "{NUMBERS[0]}")
"""
    )
    assert "refused [ID]" in line
    assert "[PHONE]x" in line


def test_a_log_that_cannot_be_written_is_not_told_elsewhere() -> None:
    failing = "logging.getLogger().handlers[0].stream = None\n"
    assert written(f"{failing}logging.getLogger('a').error('refused %s', '{NUMBERS[0]}')") == ""
