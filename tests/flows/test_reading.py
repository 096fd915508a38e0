"""Values as people type them."""

from datetime import date
from typing import Any

import pytest

from flows import reading
from flows.definition import FlowField
from flows.reading import NotRead

TODAY = date(2026, 11, 24)


def field(kind: str, **more: Any) -> FlowField:
    words = {"zh-Hans": "项", "en": "item"}
    return FlowField.model_validate({"key": "x", "type": kind, "label": words, **more})


def option(name: str, label: str) -> dict[str, Any]:
    return {"id": name, "label": {"zh-Hans": label, "en": name}}


KINDS = field(
    "choice",
    options=[
        option("general", "一般纳税人"),
        option("small", "小规模纳税人"),
        option("person", "自然人"),
        option("unknown", "不清楚"),
    ],
)
TOPICS = field("multi", options=[option("a", "房贷"), option("b", "房租"), option("c", "赡养老人")])
OWNERS = field(
    "list",
    required=False,
    fields=[
        {"key": "name", "type": "text", "label": {"zh-Hans": "名", "en": "n"}},
        {"key": "share", "type": "number", "label": {"zh-Hans": "份", "en": "s"}},
    ],
)


@pytest.mark.parametrize(
    ("asked", "words", "value"),
    [
        (KINDS, "一般纳税人", "general"),
        (KINDS, "我们是小规模纳税人", "small"),
        (KINDS, "小规模", "small"),
        (KINDS, "小規模納稅人", "small"),
        (KINDS, "2", "small"),
        (KINDS, "第二个", "small"),
        (KINDS, "选３", "person"),
        (KINDS, "B", "small"),
        (KINDS, "不知道", "unknown"),
        (KINDS, "General", "general"),
        (TOPICS, "1、3", ["a", "c"]),
        (TOPICS, "房贷，赡养老人", ["a", "c"]),
        (TOPICS, "都有", ["a", "b", "c"]),
        (TOPICS, "没有", []),
        (
            OWNERS,
            "张三，60\n李四, 四十",
            [{"name": "张三", "share": "60"}, {"name": "李四", "share": "40"}],
        ),
        (OWNERS, "无", []),
        (field("yes_no"), "有的", True),
        (field("yes_no"), "没有", False),
        (field("yes_no"), "说不清", "unknown"),
        (field("yes_no"), "1", True),
        (field("confirm"), "确认", True),
        (field("money"), "1.2万元", "12000.0"),
        (field("money"), "１，２３４．５０", "1234.50"),
        (field("money"), "三千五", "3500"),
        (field("money"), "一万二", "12000"),
        (field("money"), "2万3", "23000"),
        (field("money"), "大约五百块钱", "500"),
        (field("money"), "一百零五元", "105"),
        (field("number"), "三十人", "30"),
        (field("month"), "上个月", "2026-10"),
        (field("month"), "2026年10月", "2026-10"),
        (field("month"), "十月份", "2026-10"),
        (field("month"), "12月", "2025-12"),
        (field("month"), "去年3月", "2025-03"),
        (field("month"), "202610", "2026-10"),
        (field("date"), "今天", "2026-11-24"),
        (field("date"), "昨天", "2026-11-23"),
        (field("date"), "10月5号", "2026-10-05"),
        (field("date"), "二〇二六年十月五日", "2026-10-05"),
        (field("date"), "2026/1/5", "2026-01-05"),
        (field("date"), "20260105", "2026-01-05"),
        (field("date"), "2026年2月30日", "2026-02-30"),  # the field says what is wrong with it
        (field("text", required=False), "跳过", None),
        (field("phone"), "138 0013 8000", "138 0013 8000"),
        (field("uscc"), "９１１１００００ＭＡ０ＡＢＣＤＥ１２", "91110000MA0ABCDE12"),
    ],
)
def test_what_is_typed_is_read(asked: FlowField, words: str, value: Any) -> None:
    offered = tuple(each.id for each in asked.options)
    assert reading.read(asked, words, TODAY, offered) == value


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (KINDS, "不是一般纳税人"),
        (KINDS, "一般纳税人和小规模纳税人有什么区别"),
        (KINDS, "纳税人"),
        (KINDS, "7"),
        (TOPICS, "房贷和汽车贷款"),
        (field("yes_no"), "怎么算有"),
        (field("money"), "不少"),
        (field("month"), "12"),
        (field("date"), "下次"),
        (field("confirm"), "不"),
        (field("phone"), "我的电话"),
        (OWNERS, "张三，60，多余"),
    ],
)
def test_what_states_no_value_is_left_to_the_dialogue(asked: FlowField, words: str) -> None:
    with pytest.raises(NotRead):
        reading.read(asked, words, TODAY, tuple(each.id for each in asked.options))


def test_an_option_that_is_not_offered_is_not_read() -> None:
    with pytest.raises(NotRead):
        reading.read(KINDS, "自然人", TODAY, ("general", "small"))


def test_a_yes_takes_what_was_known() -> None:
    assert reading.read(KINDS, "对", TODAY, ("general", "small"), "small") == "small"


@pytest.mark.parametrize(
    ("words", "action"),
    [
        ("返回", "back"),
        ("退回上一步吧", "back"),
        ("我想改上一题", "back"),
        ("上一步的金额填错了会有什么后果要补多少税", None),
        ("不办了！", "cancel"),
        ("先存着", "pause"),
        ("继续办理", "resume"),
        ("看不懂", "explain"),
        ("重新开始", "restart"),
        ("返回的税款什么时候到", None),
    ],
)
def test_commands(words: str, action: str | None) -> None:
    assert reading.command(words) == action
