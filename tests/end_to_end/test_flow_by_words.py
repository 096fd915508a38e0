"""A guided flow in the taxpayer's own words, and one that an officer sends; Rasa decides texts."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.end_to_end.test_desk import open_row, side
from tests.end_to_end.test_flow_page import choose, press, step
from tests.end_to_end.test_story import say, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.rasa]


def test_begun_answered_and_interrupted_by_typing(system: str, phone: Page) -> None:
    page = phone
    page.goto(f"{system}/chat/")
    log = page.get_by_role("log")
    say(page, "我要办逾期补办")  # only Rasa takes these words for the flow
    step(page, "是哪件事晚了")
    say(page, "没按时报税")
    step(page, "是哪一种税")

    # A question in the middle is answered, and the step stands there again.
    say(page, "逾期申报会怎么罚款")
    expect(log.get_by_text(re.compile("2000元以下")).first).to_be_visible()
    step(page, "是哪一种税")
    say(page, "增值税，按季度报")
    step(page, "是哪个月的税")
    say(page, "2026年9月")
    press(step(page, "您现在补办了吗"), "是")
    step(page, "是哪一天补办的")

    # To leave it is asked once more: four answers would be gone.
    say(page, "退出")
    expect(log.get_by_text(re.compile("确定不办了吗")).first).to_be_visible()


def test_an_officer_sends_the_flow(system: str, phone: Page, officer_desk: Page) -> None:
    words = "收到短信说我没按时报，看不懂"
    page, desk = phone, officer_desk
    page.goto(f"{system}/chat/")
    say(page, words)
    page.get_by_role("button", name=re.compile("人工")).first.click()
    expect(page.locator(".strip-text", has_text="正在为您转接税务干部")).to_be_visible()
    sign_in(desk, system, "officer2")
    open_row(desk, words)
    desk.keyboard.press("Alt+j")
    expect(desk.get_by_role("textbox", name="回复纳税人")).to_be_visible()
    desk.keyboard.press("Alt+g")
    dialog = desk.get_by_role("dialog", name="发送办税流程")
    dialog.get_by_role("searchbox", name="查找流程").fill("逾期")
    desk.keyboard.press("Enter")
    expect(dialog.get_by_role("heading", name="逾期补办和首违不罚自测")).to_be_visible()
    desk.keyboard.press("Control+Enter")
    expect(dialog).to_have_count(0)

    # The taxpayer fills it in while the officer holds the chat and looks on.
    choose(step(page, "是哪件事晚了"), "没按时报税")
    choose(step(page, "是哪一种税"), "增值税，按季度报")
    step(page, "是哪个月的税")
    expect(side(desk).get_by_text("增值税，按季度报")).to_be_visible()
    say(page, "是看这个短信上的月份吗")
    expect(desk.get_by_role("log").get_by_text("是看这个短信上的月份吗")).to_be_visible()
