from datetime import date, timedelta

import pytest
import yaml

from core.calendar import BadCalendar, CalendarUnconfirmed, Deadline, load_calendar, tax_calendar
from core.settings import PROJECT

OFFICIAL_2026 = yaml.safe_load((PROJECT / "data/calendar/2026.yml").read_text(encoding="utf-8"))


def postponed(year, month):
    """The postponement that explains the official table of 2026; a check, never a source."""
    calendar = tax_calendar()
    longest = run = 0
    for day in range(1, 16):
        free = date(year, month, day) in OFFICIAL_2026["holidays"]
        run = run + 1 if free else 0
        longest = max(longest, run)
    deadline = date(year, month, 15)
    if longest >= 3:
        for _ in range(longest):
            deadline = calendar.next_workday(deadline)
    return deadline if calendar.is_workday(deadline) else calendar.next_workday(deadline)


@pytest.mark.parametrize("month", range(1, 13))
def test_the_algorithm_explains_the_table(month):
    assert tax_calendar().deadline15(2026, month).date == postponed(2026, month)


@pytest.mark.parametrize(
    ("month", "day"), [(1, 20), (2, 24), (3, 16), (5, 22), (8, 17), (10, 26), (11, 16), (12, 15)]
)
def test_official_dates(month, day):
    deadline = tax_calendar().deadline15(2026, month)
    assert deadline.date == date(2026, month, day)
    assert "税总办征科函〔2025〕64号" in deadline.source


def test_deadlines_are_workdays():
    calendar = tax_calendar()
    assert all(calendar.is_workday(calendar.deadline15(2026, m).date) for m in range(1, 13))


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 11, 16), date(2026, 11, 16)),
        (date(2026, 11, 17), date(2026, 12, 15)),
        (date(2026, 11, 24), date(2026, 12, 15)),
        (date(2026, 2, 1), date(2026, 2, 24)),
    ],
)
def test_next_deadline(day, expected):
    assert tax_calendar().next_deadline(day).date == expected


def test_a_year_not_announced_gives_no_date():
    with pytest.raises(CalendarUnconfirmed) as caught:
        tax_calendar().deadline15(2027, 1)
    assert caught.value.extra == {"year": 2027}
    with pytest.raises(CalendarUnconfirmed):
        tax_calendar().next_deadline(date(2026, 12, 16))


@pytest.mark.parametrize(
    ("day", "open_"),
    [
        (date(2026, 11, 24), True),
        (date(2026, 11, 22), False),
        (date(2026, 10, 1), False),
        (date(2026, 10, 10), True),  # a Saturday made up for the holiday
        (date(2027, 1, 1), False),  # no table: fixed holidays and weekends only
        (date(2027, 1, 4), True),
        (date(2027, 1, 3), False),
    ],
)
def test_workdays(day, open_):
    assert tax_calendar().is_workday(day) is open_


def test_next_workday_crosses_the_holiday():
    assert tax_calendar().next_workday(date(2026, 9, 30)) == date(2026, 10, 8)
    assert tax_calendar().next_workday(date(2026, 12, 31)) == date(2027, 1, 4)


def written(tmp_path, **changes):
    (tmp_path / "2026.yml").write_text(
        yaml.safe_dump({**OFFICIAL_2026, **changes}, allow_unicode=True), encoding="utf-8"
    )
    return load_calendar(tmp_path)


def test_a_province_may_move_a_date(tmp_path):
    calendar = written(
        tmp_path, regions={"广东省": {9: {"date": date(2026, 9, 18), "source": "粤税公告"}}}
    )
    assert calendar.deadline15(2026, 9, "广东省") == Deadline(date(2026, 9, 18), "粤税公告")
    assert calendar.deadline15(2026, 9, "浙江省").date == date(2026, 9, 15)
    assert calendar.deadline15(2026, 10, "广东省").date == date(2026, 10, 26)


def test_a_table_that_is_not_confirmed_is_not_read(tmp_path):
    with pytest.raises(CalendarUnconfirmed):
        written(tmp_path, confirmed=False).deadline15(2026, 1)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"deadline15": {1: date(2026, 1, 20)}}, "months 1 to 12"),
        ({"holidays": ["2026-01-01"]}, "no date"),
        ({"holidays": None}, "TypeError"),
        ({"regions": {"x": {1: {"date": date(2026, 1, 1)}}}}, "source"),
    ],
)
def test_a_broken_file_is_named(tmp_path, changes, reason):
    with pytest.raises(BadCalendar, match=reason) as caught:
        written(tmp_path, **changes)
    assert "2026.yml" in caught.value.detail


def test_every_day_of_2026_is_either():
    calendar = tax_calendar()
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    # 365 days less 104 weekend days and 33 holidays, of which 9 are weekend days, plus 6 made up
    weekend = {day for day in days if day.weekday() >= 5}
    free = weekend | set(OFFICIAL_2026["holidays"])
    assert sum(map(calendar.is_workday, days)) == 365 - len(free) + 6
