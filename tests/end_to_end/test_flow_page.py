"""Guided flows as a taxpayer presses and fills them, while the dialogue server is down."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.end_to_end.conftest import audit
from tests.support.browser import DESKTOP

pytestmark = pytest.mark.browser

LATE = re.compile("首违不罚自测")
DEDUCTIONS = re.compile("专项附加扣除")
PRINTER = "window.print = () => { window.printed = document.body.innerText; };"


def begin(page: Page, system: str, flow: re.Pattern[str]) -> None:
    page.goto(f"{system}/chat/")
    page.get_by_role("group", name="可以在这里一步步办理").get_by_role("button", name=flow).click()


def step(page: Page, question: str) -> Locator:
    """Return the card of the step that asks this now."""
    card = page.get_by_role("region", name=re.compile(question))
    expect(card).to_be_visible()
    return card


def press(card: Locator, label: str) -> None:
    card.get_by_role("button", name=label, exact=True).click()


def choose(card: Locator, option: str, *, how: str = "radio") -> None:
    card.get_by_role("radio" if how == "radio" else "checkbox", name=option).check()
    card.get_by_role("button", name=re.compile("下一步")).click()


def test_late_filing_from_the_start_screen_to_the_printed_result(
    without_dialogue: str, phone: Page, project: Path
) -> None:
    page = phone
    page.add_init_script(PRINTER)
    begin(page, without_dialogue, LATE)
    card = step(page, "是哪件事晚了")
    expect(card.get_by_text(re.compile("第 1 步，共"))).to_be_visible()
    audit(page, project)
    # Nothing chosen: it is said at the field, and nothing is sent.
    card.get_by_role("button", name="下一步").click(force=True)
    expect(card.get_by_role("alert").filter(has_text="请先选择")).to_be_visible()
    choose(card, "没按时报税")
    choose(step(page, "是哪一种税"), "增值税，按季度报")

    # A question in the middle is answered, and the step stands there again.
    expect(step(page, "是哪个月的税")).to_be_visible()
    box = page.get_by_role("textbox", name="输入您的问题")
    box.fill("逾期申报会怎么罚款")
    box.press("Enter")
    expect(page.get_by_role("log").get_by_text(re.compile("2000元以下")).first).to_be_visible()
    card = step(page, "是哪个月的税")
    # Back, and the earlier answer is marked; on again.
    press(card, "上一步")
    card = step(page, "是哪一种税")
    expect(card.get_by_role("radio", name="增值税，按季度报")).to_be_checked()
    card.get_by_role("button", name="下一步").click()
    card = step(page, "是哪个月的税")
    card.locator("input").fill("2026-09")
    card.get_by_role("button", name="下一步").click()

    # A reload in the middle stands where it was.
    expect(step(page, "您现在补办了吗")).to_be_visible()
    page.reload()
    card = step(page, "您现在补办了吗")
    expect(page.get_by_text("税种：增值税，按季度报")).to_be_visible()
    press(card, "是")
    expect(page.get_by_text("已经补办：是")).to_be_visible()
    card = step(page, "是哪一天补办的")
    card.locator("input").fill("2026-11-20")
    card.get_by_role("button", name="下一步").click()
    press(step(page, "收到过《责令限期改正通知书》吗"), "否")
    choose(step(page, "现在有没有下面的情况"), "都没有", how="checkbox")
    press(step(page, "以前因为同样的事"), "从来没有")
    choose(step(page, "除了晚，还有别的问题吗"), "只是晚了", how="checkbox")

    # A typed value that the page cannot read is left to the server, which can.
    card = step(page, "要补缴多少税")
    card.locator("input").fill("一千二")
    card.get_by_role("button", name="下一步").click()
    card = step(page, "税款哪一天缴")
    card.locator("input").fill("2026-11-20")
    card.get_by_role("button", name="下一步").click()

    # Changed at the summary; then the result.
    card = step(page, "请核对您填写的内容")
    expect(card.get_by_text("1,200.00 元")).to_be_visible()
    audit(page, project)
    card.get_by_role("button", name="修改要补缴的税款").click()
    card = step(page, "要补缴多少税")
    card.locator("input").fill("1.5万")
    card.get_by_role("button", name="下一步").click()
    card = step(page, "请核对您填写的内容")
    expect(card.get_by_text("15,000.00 元")).to_be_visible()
    press(card, "以上内容无误")
    card = page.locator("section.flow")
    expect(card.get_by_text("预审结论")).to_be_visible()
    expect(card.get_by_text(re.compile("15,000.00 元 ×"))).to_be_visible()
    audit(page, project)
    tick = (
        card.get_by_role("group", name=re.compile("需要准备的材料")).get_by_role("checkbox").first
    )
    tick.check()
    page.reload()
    expect(tick).to_be_checked()
    card.get_by_role("button", name="打印结果").click()
    printed = page.evaluate("window.printed")
    assert "15,000.00" in printed
    assert "不构成受理或审批决定" in printed


def test_a_list_with_a_protected_number_leaves_no_trace_of_it(
    without_dialogue: str, phone: Page, project: Path
) -> None:
    page = phone
    number = "11010519491231002X"
    begin(page, without_dialogue, DEDUCTIONS)
    press(step(page, "您要填哪一年的"), "今年")
    press(step(page, "您的收入主要是哪一种"), "工资，只有一个单位")
    choose(step(page, "您家里有下面哪些情况"), "有孩子", how="checkbox")
    card = step(page, "请把孩子一个一个填上")
    # What is missing is said at its column.
    card.get_by_role("button", name="保存这一项").click()
    expect(card.get_by_label("出生年月")).to_be_focused()
    audit(page, project)

    def fill(born: str) -> None:
        editor = card.get_by_role("group", name=re.compile("孩子 第")).last
        editor.get_by_label("出生年月").fill(born)
        editor.get_by_role("radio", name="在读书（全日制）").check()
        editor.get_by_role("radiogroup", name="您扣多少").get_by_role("radio").first.check()
        other = editor.get_by_role("radiogroup", name="孩子的另一位父母扣多少")
        other.get_by_role("radio", name="不扣").check()

    # A column of another answer comes and goes with it.
    card.get_by_role("radio", name="已经读完").check()
    expect(card.get_by_label("读完的年月")).to_be_visible()
    fill("2016-05")
    expect(card.get_by_label("读完的年月")).to_have_count(0)
    card.get_by_role("button", name="保存这一项").click()
    card.get_by_role("button", name="再添加一个孩子").click()
    fill("2018-03")
    card.get_by_label(re.compile("身份证号码")).fill(number)
    card.get_by_role("button", name="保存这一项").click()
    expect(card.get_by_text("110***********002X")).to_be_visible()
    card.get_by_role("button", name="共 2 项，填好了").click()

    # The birthday in the number is another one: said at the row, the rest is kept.
    card = step(page, "请把孩子一个一个填上")
    expect(card.get_by_role("alert").filter(has_text="第 2 条")).to_be_visible()
    expect(card.get_by_label("出生年月")).to_have_value("2018-03")
    assert number not in page.get_by_role("log").inner_text()
    right = "990000202002290019"
    card.get_by_label("出生年月").fill("2020-02")
    card.get_by_role("radio", name="还没上小学").check()
    card.get_by_label(re.compile("身份证号码")).fill(right)
    card.get_by_role("button", name="保存这一项").click()
    card.get_by_role("button", name="共 2 项，填好了").click()
    press(step(page, "您想怎么扣"), "让单位每月扣")
    card = step(page, "请核对您填写的内容")
    expect(card.get_by_text(re.compile("2020年2月"))).to_be_visible()
    # Something else of the list is changed: the number, of which the page knows the mask, stays.
    card.get_by_role("button", name="修改孩子").click()
    card = step(page, "请把孩子一个一个填上")
    card.get_by_role("button", name="修改 第 1 项").click()
    card.get_by_label("出生年月").fill("2016-06")
    card.get_by_role("button", name="保存这一项").click()
    card.get_by_role("button", name="共 2 项，填好了").click()
    card = step(page, "请核对您填写的内容")
    expect(card.get_by_text(re.compile("2016年6月.*990\\*+0019", re.DOTALL))).to_be_visible()
    # Whoever answers has the next step before the eyes: none of them counts as missed.
    expect(page.get_by_text("以下是新消息")).to_have_count(0)
    page.evaluate("window.dispatchEvent(new Event('pagehide'))")  # now it keeps what it has
    kept = page.evaluate("JSON.stringify([{ ...sessionStorage }, { ...localStorage }])")
    assert "990***********0019" in kept
    for each in (number, right):
        assert each not in kept
        assert each not in page.content()


def test_a_flow_is_put_off_gone_on_with_and_dropped(
    without_dialogue: str, phone: Page, project: Path
) -> None:
    page = phone
    begin(page, without_dialogue, LATE)
    choose(step(page, "是哪件事晚了"), "没按时报税")
    press(step(page, "是哪一种税"), "先存着")
    # Somewhere else in the chat the strip leads back.
    strip = page.locator(".strip")
    expect(strip.get_by_text("办税流程暂停：逾期补办和首违不罚自测")).to_be_visible()
    expect(strip.get_by_text("还可以继续 7 天")).to_be_visible()
    audit(page, project)
    page.reload()
    strip.get_by_role("button", name="继续").click()
    card = step(page, "是哪一种税")
    expect(strip).to_have_count(0)
    press(card, "不办了")
    card = page.locator("section.flow")
    expect(card.get_by_role("heading", name=re.compile("不办了"))).to_be_visible()
    expect(card.get_by_role("button", name="重新办理")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^修改"))).to_have_count(0)


def test_keys_alone_walk_through_and_the_focus_follows(
    without_dialogue: str, browser: Browser
) -> None:
    context = browser.new_context(viewport=DESKTOP, locale="zh-CN", timezone_id="Asia/Shanghai")
    page = context.new_page()
    begin(page, without_dialogue, DEDUCTIONS)
    card = step(page, "您要填哪一年的")
    # Whoever is elsewhere is not carried off; whoever answers goes on in the next step.
    expect(card.get_by_role("heading")).not_to_be_focused()
    card.get_by_role("button", name="今年", exact=True).focus()
    page.keyboard.press("Enter")
    heading = step(page, "您的收入主要是哪一种").get_by_role("heading")
    expect(heading).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="工资，只有一个单位")).to_be_focused()
    context.close()


def test_what_is_answered_without_a_network_goes_out_when_it_is_back(
    without_dialogue: str, phone: Page
) -> None:
    page = phone
    begin(page, without_dialogue, DEDUCTIONS)
    card = step(page, "您要填哪一年的")
    page.context.set_offline(True)
    press(card, "今年")
    expect(card.get_by_text("已记下，连上网络后自动提交")).to_be_visible()
    page.context.set_offline(False)
    expect(step(page, "您的收入主要是哪一种")).to_be_visible()
    expect(page.get_by_text("年度：今年")).to_have_count(1)
