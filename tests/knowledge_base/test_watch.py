"""What is listed for an editor's eye: entries that end, wordings that are nearly the same."""

from datetime import date

import pytest

from knowledge_base.schemas import Case, SourceRef
from knowledge_base.watch import (
    alike,
    boundary_days,
    ending,
    last_days,
    without_article,
    without_first_day,
)


def with_entry(content, entry_id, **values):
    entry = content.entries[entry_id].model_copy(update=values)
    return content.model_copy(update={"entries": content.entries | {entry_id: entry}})


def test_an_entry_is_listed_from_so_many_days_before_its_last(content):
    ends = with_entry(content, "X-02", valid_to=date(2027, 3, 1))

    def listed(today):
        return [each.entry.id for each in ending(ends, today, 90) if each.entry.id == "X-02"]

    assert listed(date(2026, 11, 30)) == []
    assert listed(date(2026, 12, 1)) == ["X-02"]
    assert listed(date(2027, 3, 1)) == ["X-02"]
    assert listed(date(2027, 3, 2)) == []


def test_the_soonest_comes_first(content):
    ends = with_entry(
        with_entry(content, "X-02", valid_to=date(2027, 3, 1)), "X-07", valid_to=date(2027, 2, 1)
    )
    found = [each.entry.id for each in ending(ends, date(2027, 1, 1))]
    assert found.index("X-07") < found.index("X-02")


def test_an_open_entry_is_listed_when_what_it_tells_ends(content):
    told = with_entry(content, "X-02", answer="测试用：执行到2027年3月1日，到期后以新规定为准。")
    case = Case(when={"vat_status": "general"}, answer="测试用：2027年4月1日前减半。")
    told = with_entry(told, "X-07", cases=[case])

    def listed(today):
        found = [each for each in ending(told, today, 90) if each.entry.id in {"X-02", "X-07"}]
        return [(each.entry.id, each.last_day, each.named) for each in found]

    first, second = ("X-02", date(2027, 3, 1), True), ("X-07", date(2027, 4, 1), True)
    assert listed(date(2026, 11, 30)) == []
    assert listed(date(2026, 12, 1)) == [first]
    assert listed(date(2027, 3, 1)) == [first, second]
    assert listed(date(2027, 3, 2)) == [second]
    assert listed(date(2027, 4, 2)) == []


def test_an_entry_that_ends_first_is_listed_once_and_one_that_has_ended_not(content):
    said = "测试用：执行到2027年3月1日，到期后以新规定为准。"
    ends = with_entry(content, "X-02", answer=said, valid_to=date(2027, 3, 1))
    [found] = [each for each in ending(ends, date(2027, 1, 1)) if each.entry.id == "X-02"]
    assert (found.last_day, found.named) == (date(2027, 3, 1), False)
    ended = with_entry(content, "X-02", answer=said, valid_to=date(2026, 12, 31))
    assert "X-02" not in {each.entry.id for each in ending(ended, date(2027, 1, 1))}


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2026年1月1日至2027年12月31日减半", [date(2027, 12, 31)]),
        ("执行到 2027年12月31日；截止2028年2月29日", [date(2027, 12, 31), date(2028, 2, 29)]),
        ("2027年12月31日前、2027年6月30日以前、2027年5月1日止", 3),
        ("自2026年1月1日起，2026年5月1日为星期五", []),
        ("执行到2027年底，至2027年2月29日", []),
    ],
)
def test_last_days_are_read_from_a_text(text, days):
    found = list(last_days(text))
    assert len(found) == days if isinstance(days, int) else found == days


def test_two_entries_that_say_nearly_the_same(content):
    first = with_entry(content, "X-02", aliases=["个体户季度申报的截止日期是哪一天"])
    both = with_entry(first, "X-07", aliases=["个体户季度申报截止日期是哪一天"])
    [pair] = [each for each in alike(both) if {each.one[0], each.other[0]} == {"X-02", "X-07"}]
    assert pair.score > 90
    assert {pair.one[1], pair.other[1]} == {
        "个体户季度申报的截止日期是哪一天",
        "个体户季度申报截止日期是哪一天",
    }
    assert not [each for each in alike(first) if "X-07" in {each.one[0], each.other[0]}]


def test_wordings_that_nobody_can_find_on_one_day_are_not_told(content):
    said = "个体户季度申报的截止日期是哪一天"
    first = with_entry(content, "X-02", aliases=[said], valid_to=date(2025, 12, 31))
    both = with_entry(first, "X-07", aliases=[said], valid_from=date(2026, 1, 1))
    assert not [each for each in alike(both) if each.one[1] == each.other[1] == said]


def test_references_without_an_article_are_told_but_of_guides(content):
    whole, part = SourceRef(document="law"), SourceRef(document="law", provision="a63")
    few = with_entry(content, "X-02", sources=[whole, part])
    few = few.model_copy(update={"entries": {"X-02": few.entries["X-02"]}})
    assert without_article(few) == [whole]
    guide = few.documents["law"].model_copy(update={"kind": "guide"})
    assert without_article(few.model_copy(update={"documents": {"law": guide}})) == []


def test_documents_without_a_first_day_are_told_but_guides(content):
    law = content.documents["law"].model_copy(update={"effective_from": None})
    guide = law.model_copy(update={"id": "guide", "kind": "guide"})
    several = content.model_copy(
        update={"documents": content.documents | {"law": law, "guide": guide}}
    )
    assert "law" not in {each.id for each in without_first_day(content)}
    assert {"law", "guide"} & {each.id for each in without_first_day(several)} == {"law"}


def test_boundary_days_are_the_first_and_last_days_and_their_neighbours(content):
    entry = with_entry(
        content, "X-02", valid_from=date(2026, 1, 1), valid_to=date(2027, 12, 31)
    ).entries["X-02"]
    assert boundary_days(content, [entry]) == [
        date(2025, 12, 31),
        date(2026, 1, 1),
        date(2027, 12, 31),
        date(2028, 1, 1),
    ]
