"""The taxpayer's page as people use it: another language, a keyboard, a voice, looking back."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.end_to_end.conftest import audit
from tests.support.browser import DESKTOP

pytestmark = [pytest.mark.browser, pytest.mark.rasa]

QUESTION = "逾期申报会怎么罚款"
ANSWER = re.compile("2000元以下")
VAGUE = "个税"
VOICES = """
window.said = [];
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
Object.defineProperty(window, "speechSynthesis", { value: {
  getVoices: () => [{ lang: "zh-CN", localService: true }],
  speak(utterance) { window.said.push(utterance); },
  cancel() {},
} });
window.print = () => { window.printed = true; };
"""
"""A device that can speak, headless; and a printer."""


@pytest.fixture
def computer(browser: Browser) -> Iterator[Page]:
    """A taxpayer's computer with a keyboard, in Simplified Chinese."""
    context = browser.new_context(viewport=DESKTOP, locale="zh-CN", timezone_id="Asia/Shanghai")
    context.set_default_timeout(15_000)
    context.add_init_script(VOICES)
    yield context.new_page()
    context.close()


def ask(page: Page, words: str) -> None:
    page.locator(".composer textarea").fill(words)
    page.locator(".composer textarea").press("Enter")


def answered(page: Page) -> Locator:
    answer = page.get_by_role("log").get_by_text(ANSWER).first
    expect(answer).to_be_visible()
    return answer


def focus_by_keys(page: Page, wanted: Locator, key: str) -> None:
    """Walk with one key until the wanted element has the focus."""
    handle = wanted.element_handle()
    for _ in range(60):
        if page.evaluate("element => element === document.activeElement", handle):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{key} never led to {wanted}")


def test_the_language_changes_in_mid_chat(system: str, computer: Page) -> None:
    computer.goto(f"{system}/chat/")
    ask(computer, QUESTION)
    answered(computer)
    computer.get_by_role("button", name="菜单").click()
    with computer.expect_request(re.compile("/locale$")) as told:
        computer.get_by_role("button", name="English").click()
    assert told.value.method == "PUT"
    assert told.value.post_data_json == {"locale": "en"}
    expect(computer.get_by_role("heading", name="Menu")).to_be_visible()
    computer.keyboard.press("Escape")
    # What was said stays as it was said; the page around it speaks English.
    answered(computer)
    expect(computer.locator("html")).to_have_attribute("lang", "en")
    assert computer.title() == "Online tax help"
    expect(computer.get_by_role("textbox", name="Your question")).to_be_visible()
    expect(computer.get_by_text("Robot").first).to_be_visible()
    # The button asks for a person in this language, and the system understands it.
    computer.get_by_role("button", name="Officer").click()
    expect(computer.get_by_text("We are finding you a tax officer").first).to_be_visible()
    # It is kept, also for a new visit of this device, and never another language first.
    computer.reload()
    expect(computer.get_by_role("button", name="Menu")).to_be_visible()
    another = computer.context.new_page()
    another.goto(f"{system}/chat/")
    expect(another.get_by_role("heading", name="Online tax help")).to_be_visible()
    another.goto(f"{system}/chat/?lang=zh-TW")
    expect(another.get_by_role("heading", name="在線導辦")).to_be_visible()


def test_a_keyboard_is_enough_for_a_question_a_choice_and_a_vote(
    system: str, computer: Page, project: Path
) -> None:
    computer.goto(f"{system}/chat/")
    expect(computer.locator(".composer textarea")).to_be_visible()
    computer.keyboard.press("Tab")
    skip = computer.get_by_role("button", name="跳到输入框")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    computer.keyboard.press("Enter")
    expect(computer.get_by_role("textbox", name="输入您的问题")).to_be_focused()
    computer.keyboard.insert_text(VAGUE)
    computer.keyboard.press("Enter")
    log = computer.get_by_role("log")
    groups = log.get_by_role("group", name="请选择")
    expect(groups.last.get_by_role("button").last).to_have_text("都不是")
    audit(computer, project)
    asked = groups.nth(groups.count() - 1)  # the answer may bring another group
    choices = asked.get_by_role("button")
    focus_by_keys(computer, choices.first, "Shift+Tab")
    computer.keyboard.press("Enter")
    expect(choices.first).to_have_text(re.compile("已选择"))
    expect(choices.first).to_be_focused()
    useful = log.get_by_role("button", name="有用")
    expect(useful).to_be_visible()
    focus_by_keys(computer, useful, "Tab")
    computer.keyboard.press("Space")
    expect(log.get_by_text("谢谢您的评价")).to_be_visible()
    # A dialog keeps the focus, Escape gives it back to where it came from.
    menu = computer.get_by_role("button", name="菜单")
    focus_by_keys(computer, menu, "Shift+Tab")
    computer.keyboard.press("Enter")
    dialog = computer.get_by_role("dialog")
    expect(dialog).to_be_focused()
    for _ in range(12):
        computer.keyboard.press("Tab")
        expect(dialog.locator(":focus")).to_have_count(1)
    computer.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(menu).to_be_focused()


def test_composing_a_word_does_not_send_it(system: str, computer: Page) -> None:
    computer.goto(f"{system}/chat/")
    box = computer.get_by_role("textbox", name="输入您的问题")
    box.fill("fapiao")
    box.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True})
    expect(box).to_have_value("fapiao")
    computer.reload()
    expect(box).to_have_value("fapiao")
    box.press("Enter")
    expect(box).to_have_value("")


def test_news_are_announced_once_and_read_aloud(system: str, computer: Page) -> None:
    computer.goto(f"{system}/chat/")
    computer.get_by_role("button", name="菜单").click()
    computer.get_by_role("switch", name="朗读新答复").click()
    computer.keyboard.press("Escape")
    ask(computer, QUESTION)
    answered(computer)
    announced = computer.locator("[aria-live=polite] p").filter(has_text=ANSWER)
    expect(announced).to_have_count(1)
    expect(announced).to_have_text(re.compile("^智能导办：.*可以选择："))
    assert "朗读已打开" in computer.evaluate("window.said[0].text")
    computer.evaluate("window.said[0].onend()")
    computer.wait_for_function("window.said.length > 1")
    assert ANSWER.search(computer.evaluate("window.said[1].text"))
    expect(computer.get_by_role("button", name="暂停")).to_be_visible()
    # Typing silences it; a reload announces nothing again.
    computer.get_by_role("textbox", name="输入您的问题").press("a")
    expect(computer.get_by_role("button", name="暂停")).to_have_count(0)
    computer.reload()
    answered(computer)
    ask(computer, "谢谢")
    expect(computer.locator("[aria-live=polite] p").first).to_be_attached()
    expect(announced).to_have_count(0)


def test_history_is_searched_read_again_and_printed(system: str, computer: Page) -> None:
    computer.goto(f"{system}/chat/")
    ask(computer, QUESTION)
    answered(computer)
    ask(computer, "怎么开具完税证明")
    expect(computer.get_by_role("log").get_by_text(re.compile("完税")).nth(1)).to_be_visible()
    computer.get_by_role("button", name="菜单").click()
    computer.get_by_role("button", name="我的记录").click()
    history = computer.get_by_role("dialog", name="我的记录")
    expect(history.get_by_role("button", name=re.compile(QUESTION))).to_be_visible()
    search = history.get_by_role("searchbox")
    search.fill("没有人说过的话")
    search.press("Enter")
    expect(history.get_by_text(re.compile("没有找到"))).to_be_visible()
    search.fill("2000元")
    search.press("Enter")
    hit = history.locator(".hit").first
    expect(hit.locator("mark").first).to_have_text("2000元")
    hit.click()
    expect(history.locator(".record:focus")).to_have_text(ANSWER)
    history.get_by_role("button", name="打印这次咨询").click()
    computer.wait_for_function("window.printed")
    assert computer.pdf(format="A4").startswith(b"%PDF")
    computer.emulate_media(media="print")
    paper = computer.locator(".print")
    expect(paper.get_by_text("在线导办对话记录")).to_be_visible()
    expect(paper.get_by_text(ANSWER).first).to_be_visible()
    expect(paper.get_by_text("依据：").first).to_be_visible()
    expect(computer.locator(".composer")).to_be_hidden()
    expect(history).to_be_hidden()
