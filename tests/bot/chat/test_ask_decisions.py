"""What a lone question ends with, in the contract's words."""

import pytest

from bot.chat.ask import _answer
from knowledge_base.outcomes import Outcome


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ("answer", "answer"),
        ("refer", "handoff"),
        ("refuse", "handoff"),
        ("clarify", "clarify"),
        ("ask_profile", "clarify"),
        ("handoff", "handoff"),
    ],
)
def test_another_office_or_a_refusal_is_no_answer_but_keeps_its_text(found, told) -> None:
    outcome = Outcome(decision=found, reason="matched", text="由公积金中心办理。", entry_id="B-01")
    answer = _answer(outcome, None, [])
    assert (answer.decision, answer.text) == (told, "由公积金中心办理。")
