"""The opening words in three languages, and the questions that fit the taxpayer and the day."""

from datetime import date

import pytest

from bot.chat.greeting import Greeter
from bot.chat.start import Season, Start, start
from core.calendar import tax_calendar
from core.clock import Clock
from core.texts import LOCALES
from knowledge_base.outcomes import Query

SHIPPED = start()


@pytest.fixture
def greeter(services, at):
    def on(day: str) -> Greeter:
        at(day)
        return Greeter(services)

    return on


@pytest.fixture
def at(services, monkeypatch):
    def set_day(day: str) -> None:
        monkeypatch.setattr(Clock, "today", lambda _self: date.fromisoformat(day))

    return set_day


class TestWords:
    def test_a_robot_answers_and_says_so(self, greeter):
        said = greeter("2026-11-24")
        assert "机器人" in said.words("zh-Hans", None, None)
        assert "機器人" in said.words("zh-Hant", None, None)
        assert "robot" in said.words("en", None, None)

    def test_it_names_the_next_deadline_of_the_official_calendar(self, greeter):
        assert "12月15日" in greeter("2026-11-24").words("zh-Hans", "王敏", None)
        assert "15 December" in greeter("2026-11-24").words("en", None, None)
        assert "11月16日" in greeter("2026-11-16").words("zh-Hans", None, None)

    def test_it_names_no_deadline_that_nobody_announced(self, greeter):
        assert "申报纳税期限" not in greeter("2026-12-16").words("zh-Hans", None, None)

    def test_a_name_is_never_converted(self, greeter):
        assert greeter("2026-11-24").words("zh-Hant", "范云", None).startswith("范云，您好。我是")


class TestSeasons:
    def test_near_a_deadline_questions_on_filing_come_first(self, greeter):
        assert (
            greeter("2026-12-10").questions("zh-Hans", {})[0] == "2026年每个月的申报截止日期是哪天"
        )
        assert (
            greeter("2026-12-01").questions("zh-Hans", {})[0] != "2026年每个月的申报截止日期是哪天"
        )

    def test_in_the_settlement_of_income_tax_it_comes_first(self, greeter):
        person = {"entity_type": "natural_person"}
        assert greeter("2026-03-01").questions("zh-Hans", person)[:2] == [
            "个税年度汇算什么时候办，怎么办",
            "哪些人不需要办理个税年度汇算",
        ]

    def test_each_question_stands_once_and_they_are_few(self, greeter):
        for kind in SHIPPED.usual:
            found = greeter("2026-03-10").questions("zh-Hans", {"entity_type": kind})
            assert 5 <= len(set(found)) == len(found) <= 6

    def test_a_year_that_nobody_announced_has_no_deadline(self):
        near = Season(name="near", days_to_deadline=7, first={})
        assert not near.holds(date(2026, 12, 20), tax_calendar())

    @pytest.mark.parametrize(
        "time", [{}, {"from": "03-01"}, {"from": "06-30", "to": "03-01"}, {"days_to_deadline": -1}]
    )
    def test_a_season_without_a_time_is_refused(self, time):
        with pytest.raises(ValueError, match="days_to_deadline"):
            Season.model_validate({"name": "x", "first": {}} | time)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", SHIPPED.usual)
def test_every_question_is_answered_in_its_language_or_asks_one_fact(
    knowledge, kind: str, locale: str
) -> None:
    wanted = {
        *SHIPPED.usual[kind],
        *(each for season in SHIPPED.seasons for each in season.first.get(kind, [])),
    }
    facts = {} if kind == "unknown" else {"entity_type": kind}
    asker = Query(text="", as_of=date(2026, 11, 24), profile=facts, locale=locale)
    for entry_id in wanted:
        [question] = knowledge.questions([entry_id], asker)
        asked = Query(text=question, as_of=asker.as_of, profile=facts, locale=locale)
        found = knowledge.answer(asked)
        assert found.entry_id == entry_id
        assert found.decision in {"answer", "ask_profile"}


def test_the_lists_name_entries_that_exist(knowledge) -> None:
    shipped: Start = SHIPPED
    named = {each for ids in shipped.usual.values() for each in ids} | {
        each for season in shipped.seasons for ids in season.first.values() for each in ids
    }
    assert named <= knowledge.content.entries.keys()
