"""The opening words, and that each hot question has its answer."""

from datetime import date

import pytest

from bot.chat.greeting import greeting
from core.texts import DEFAULT, catalogue
from knowledge_base.outcomes import Query

HOT = {
    key.rsplit(".", 1)[1]: questions
    for key, questions in catalogue(DEFAULT).items()
    if key.startswith("chat.hot.")
}


def test_it_names_the_next_deadline_of_the_official_calendar() -> None:
    assert "12月15日" in greeting(DEFAULT, None, "王敏", date(2026, 11, 24))
    assert "11月16日" in greeting(DEFAULT, None, None, date(2026, 11, 16))


def test_it_names_no_deadline_that_nobody_announced() -> None:
    assert "申报纳税期限" not in greeting(DEFAULT, None, None, date(2026, 12, 16))


@pytest.mark.parametrize(
    ("kind", "question"), [(kind, question) for kind in HOT for question in HOT[kind]]
)
def test_a_hot_question_is_answered_or_asks_one_fact(knowledge, kind: str, question: str) -> None:
    profile = {} if kind == "unknown" else {"entity_type": kind}
    found = knowledge.answer(Query(text=question, as_of=date(2026, 11, 24), profile=profile))
    assert found.decision in {"answer", "ask_profile"}
    assert knowledge.content.entries[found.entry_id].question == question
