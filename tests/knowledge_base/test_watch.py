"""What is listed for an editor's eye: entries that end, wordings that are nearly the same."""

from datetime import date

from knowledge_base.watch import alike, boundary_days, ending


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
