"""Our code in Rasa's interpreter: what it keeps, and what it refuses."""

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest

from bot.dialogue.environment import rasa_variables
from core.settings import PROJECT
from tests.rasa_server.model import PYTHON, trained_model

pytestmark = pytest.mark.rasa


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict:
    model = trained_model()
    vectors = tmp_path_factory.mktemp("vectors") / "other.npz"
    np.savez(vectors, encoder="theirs", texts=np.array(["x"]), vectors=np.zeros((1, 384)))
    script = Path(__file__).with_name("in_rasa.py")
    done = subprocess.run(
        [PYTHON, script, model, vectors],
        cwd=PROJECT,
        env=rasa_variables(),
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    assert lines, done.stdout + done.stderr
    return json.loads(lines[-1].removeprefix("RESULT "))


def test_no_vector_is_in_a_stored_tracker(seen):
    kept = json.dumps(json.loads(seen["stored"]["kept"]), ensure_ascii=False)
    assert "怎么零申报" in kept
    assert "0.125" not in kept
    assert "vector" not in kept


def test_a_tracker_holds_one_turn(seen):
    assert seen["stored"]["kept"].count('"event": "user"') == 1
    assert not seen["stored"]["grows"]


def test_idle_trackers_are_dropped(seen):
    assert seen["idle"] == ["c"]


def test_an_unknown_slot_is_refused(seen):
    assert seen["stored"]["refused_slot"] == "Refused"


@pytest.mark.parametrize(
    "case", ["no_file", "other_encoder", "no_vector", "message_without", "not_finite"]
)
def test_a_missing_or_foreign_vector_is_an_error(seen, case):
    assert seen["training"][case] == "MissingVector"


def test_the_vector_is_taken_out_of_the_metadata(seen):
    assert seen["training"]["metadata_left"] == {"other": 1}


def test_bad_configuration_is_refused(seen):
    assert seen["training"]["bad_scale"] == seen["no_token"] == seen["invalid"]


def test_a_leading_slash_is_no_command(seen):
    assert seen["slash"] == '／greet{"a": 1}'
