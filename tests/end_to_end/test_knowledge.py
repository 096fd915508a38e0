"""The knowledge base as its editors meet it: written, reviewed, given, and two at one entry."""

import re
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.end_to_end.conftest import PASSWORD, UNANSWERED, audit
from tests.support.browser import DESKTOP, PHONE

pytestmark = pytest.mark.browser

ENTRY = "T09-02"
QUESTION = "印花税按含税还是不含税金额计算"
SENTENCE = "本句由编辑在测试中补写。"

Desk = Callable[..., Page]

GIVEN = """async ([question, words]) => {
    const asked = {method: "POST", headers: {"Content-Type": "application/json"},
                   body: JSON.stringify({text: question})};
    const answer = await (await fetch("/api/v1/chat/ask", asked)).json();
    return answer.text.includes(words);
}"""


@pytest.fixture
def desk(browser: Browser, without_dialogue: str) -> Iterator[Desk]:
    """Opens the knowledge base for a member of staff, each in a browser of their own."""
    opened: list[BrowserContext] = []

    def open_desk(username: str, size: dict[str, int] = DESKTOP, language: str = "zh-CN") -> Page:
        context = browser.new_context(viewport=size, locale=language, timezone_id="Asia/Shanghai")
        context.set_default_timeout(15_000)
        opened.append(context)
        page = context.new_page()
        page.goto(f"{without_dialogue}/desk/#/kb")
        page.get_by_label(re.compile("账号|Account")).fill(username)
        page.get_by_label(re.compile("^密码$|^Password$")).fill(PASSWORD)
        page.get_by_role("button", name=re.compile("登录|Sign in")).click()
        expect(page.get_by_role("table")).to_be_visible()
        return page

    yield open_desk
    for each in opened:
        each.close()


def open_entry(page: Page, entry: str, tab: str = "内容") -> None:
    """Go to an entry through the search of the list."""
    page.get_by_role("link", name="条目", exact=True).click()
    page.get_by_role("searchbox", name="查找").fill(entry)
    page.get_by_role("row", name=re.compile(entry)).get_by_role("link").click()
    expect(page.get_by_role("navigation", name=entry)).to_be_visible()
    if tab != "内容":
        show(page, entry, tab)


def show(page: Page, entry: str, tab: str) -> None:
    page.get_by_role("navigation", name=entry).get_by_role("link", name=tab).click()


def write_answer(page: Page, add: str) -> str:
    """Add to the answer; return all of it."""
    box = page.get_by_role("form", name="编辑条目").get_by_label("答案", exact=True).first
    words = f"{box.input_value()}{add}"
    box.fill(words)
    return words


def test_written_reviewed_given_and_taken_back(desk: Desk, pictures: Path, project: Path) -> None:
    # The list: searched by keyboard, narrowed, read.
    editor = desk("editor1")
    expect(editor.get_by_role("button", name=re.compile("待接"))).to_have_count(0)
    audit(editor, project)
    editor.screenshot(path=pictures / "knowledge-list.png")
    editor.get_by_label("主题").select_option("stamp")
    expect(editor.get_by_role("row", name=re.compile("T04-01"))).to_have_count(0)
    open_entry(editor, ENTRY)
    audit(editor, project)
    editor.screenshot(path=pictures / "knowledge-read.png")

    # Written; the preview follows, faults stand at their fields, a reload loses nothing.
    show(editor, ENTRY, "编辑")
    form = editor.get_by_role("form", name="编辑条目")
    preview = editor.get_by_role("complementary", name="预览")
    write_answer(editor, SENTENCE)
    expect(preview).to_contain_text(SENTENCE)
    form.get_by_label("问题", exact=True).fill("")
    expect(form.get_by_label("问题", exact=True)).to_have_attribute("aria-invalid", "true")
    form.get_by_label("问题", exact=True).fill(QUESTION)
    expect(form.get_by_text("没有发现问题")).to_be_visible()
    editor.reload()
    expect(editor.get_by_text("已恢复上次没有保存的文字")).to_be_visible()
    expect(preview).to_contain_text(SENTENCE)
    audit(editor, project)
    editor.screenshot(path=pictures / "knowledge-edit.png")

    # Leaving asks; staying keeps the place.
    show(editor, ENTRY, "历史")
    asked = editor.get_by_role("dialog", name="有文字没有保存")
    audit(editor, project)
    asked.get_by_role("button", name="继续编辑").click()
    expect(asked).to_have_count(0)
    expect(preview).to_contain_text(SENTENCE)
    form.get_by_label("修改说明").fill("补写一句")
    form.get_by_role("button", name="保存", exact=True).click()
    expect(editor.get_by_role("region", name="提示")).to_contain_text("已保存为第")

    # What it would move, and how a question is answered with it.
    show(editor, ENTRY, "影响")
    editor.get_by_role("button", name="检查影响").click()
    expect(editor.get_by_text(re.compile("比较了相近的"))).to_be_visible(timeout=90_000)
    audit(editor, project)
    show(editor, ENTRY, "内容")
    editor.get_by_role("link", name="试问").last.click()
    editor.get_by_role("form", name="试问").get_by_label("问题", exact=True).fill(QUESTION)
    editor.get_by_role("button", name="试问").click()
    expect(editor.get_by_role("heading", name="给出答案")).to_be_visible()
    expect(editor.get_by_text(SENTENCE)).to_be_visible()
    expect(editor.get_by_role("heading", name="候选条目")).to_be_visible()
    audit(editor, project)
    editor.screenshot(path=pictures / "knowledge-try.png")

    open_entry(editor, ENTRY)
    editor.get_by_role("button", name="提交审核").click()
    sent = editor.get_by_role("dialog", name="提交审核")
    audit(editor, project)
    sent.get_by_role("button", name="提交审核").click()
    expect(editor.get_by_text(re.compile("周敏 .* 提交审核"))).to_be_visible()

    # Another person approves, and the chat gives it.
    reviewer = desk("reviewer1")
    reviewer.get_by_role("button", name=re.compile("待审核")).click()
    reviewer.get_by_role("row", name=re.compile(ENTRY)).get_by_role("link").click()
    expect(reviewer.get_by_text(SENTENCE)).to_be_visible()
    assert not reviewer.evaluate(GIVEN, [QUESTION, SENTENCE])
    reviewer.get_by_role("button", name="通过并发布").click()
    approval = reviewer.get_by_role("dialog", name="通过并发布")
    approval.get_by_label("定时发布").check()
    approval.get_by_role("button", name="通过并发布").click()
    expect(approval.get_by_text("请选择以后的时间")).to_be_visible()
    audit(reviewer, project)
    reviewer.screenshot(path=pictures / "knowledge-approve.png")
    approval.get_by_label("立即发布").check()
    approval.get_by_role("button", name="通过并发布").click()
    expect(reviewer.get_by_role("region", name="提示")).to_contain_text("已发布")
    reviewer.wait_for_function(GIVEN, arg=[QUESTION, SENTENCE], polling=500)

    # The history tells it, and what differs by more than colour.
    open_entry(editor, ENTRY, "历史")
    expect(editor.get_by_role("row", name=re.compile("补写一句"))).to_contain_text("正在回答")
    expect(editor.get_by_role("insertion")).to_contain_text(SENTENCE)
    audit(editor, project)
    editor.screenshot(path=pictures / "knowledge-history.png")

    # It is taken back with a reason, and says so.
    reviewer.get_by_role("button", name="撤回").click()
    back = reviewer.get_by_role("dialog", name="撤回")
    expect(back).to_contain_text("已发出的记录保留")
    back.get_by_role("button", name="撤回").click()
    expect(back.get_by_text("请填写原因")).to_be_visible()
    audit(reviewer, project)
    back.get_by_label("原因").fill("测试中补写，内容不对")
    back.get_by_role("button", name="撤回").click()
    expect(reviewer.get_by_role("alert").filter(has_text="测试中补写")).to_be_visible()


def test_returned_then_published_by_itself_and_looked_at_again(
    desk: Desk, pictures: Path, project: Path
) -> None:
    entry, words = "T12-02", "本句到时间自动发布。"

    def submit() -> None:
        open_entry(editor, entry)
        editor.get_by_role("button", name="提交审核").click()
        sent = editor.get_by_role("dialog", name="提交审核")
        sent.get_by_role("button", name="提交审核").click()
        expect(editor.get_by_role("region", name="提示")).to_contain_text("已提交审核")

    editor, reviewer = desk("editor1"), desk("reviewer1")
    open_entry(editor, entry, "编辑")
    form = editor.get_by_role("form", name="编辑条目")
    question = form.get_by_label("问题", exact=True).input_value()
    write_answer(editor, words)
    form.get_by_role("button", name="保存", exact=True).click()
    expect(editor.get_by_role("region", name="提示")).to_contain_text("已保存为第")
    submit()

    # Returned: never without a reason, which the editor reads.
    open_entry(reviewer, entry)
    reviewer.get_by_role("button", name="退回修改").click()
    back = reviewer.get_by_role("dialog", name="退回修改")
    back.get_by_role("button", name="退回修改").click()
    expect(back.get_by_text("请填写原因")).to_be_visible()
    audit(reviewer, project)
    reviewer.screenshot(path=pictures / "knowledge-return.png")
    back.get_by_label("原因").fill("等通知的日子")
    back.get_by_role("button", name="退回修改").click()
    expect(reviewer.get_by_role("region", name="提示")).to_contain_text("已退回修改")
    editor.reload()
    expect(editor.get_by_text("等通知的日子")).to_be_visible()
    submit()

    # Approved for a moment ahead: it waits, then the chat gives it and nobody did anything.
    open_entry(reviewer, entry)
    reviewer.get_by_role("button", name="通过并发布").click()
    approval = reviewer.get_by_role("dialog", name="通过并发布")
    approval.get_by_label("定时发布").check()
    at = approval.get_by_label("日期和时间（北京时间）")
    now = datetime.fromisoformat(at.get_attribute("min") or "")  # by the server's clock
    at.fill((now + timedelta(minutes=2)).isoformat(timespec="minutes"))
    approval.get_by_role("button", name="通过并发布").click()
    expect(reviewer.get_by_role("region", name="提示")).to_contain_text("到时间自动发布")
    expect(reviewer.get_by_role("button", name="取消发布并退回")).to_be_visible()
    assert not reviewer.evaluate(GIVEN, [question, words])
    audit(reviewer, project)
    reviewer.screenshot(path=pictures / "knowledge-scheduled.png")
    reviewer.wait_for_function(GIVEN, arg=[question, words], polling=1_000, timeout=240_000)
    reviewer.reload()
    expect(reviewer.get_by_role("button", name="取消发布并退回")).to_have_count(0)
    expect(reviewer.get_by_text(words)).to_be_visible()

    # Looked at again: the next day to look is the one that was chosen.
    reviewer.get_by_role("button", name="复核无误").click()
    again = reviewer.get_by_role("dialog", name="复核无误")
    again.get_by_label("下次复核日期").fill("2027-05-06")
    again.get_by_label("说明（可不填）").fill("依据仍有效")
    audit(reviewer, project)
    reviewer.screenshot(path=pictures / "knowledge-verify.png")
    again.get_by_role("button", name="复核无误").click()
    expect(reviewer.get_by_role("region", name="提示")).to_contain_text("已记录复核")
    expect(reviewer.get_by_text(re.compile(r"2027.0?5.0?6")).first).to_be_visible()


def test_the_second_of_two_editors_is_told_and_loses_nothing(
    desk: Desk, pictures: Path, project: Path
) -> None:
    entry = "T09-03"
    first, second = desk("editor1"), desk("editor2")
    for page in (first, second):
        open_entry(page, entry, "编辑")
    mine = write_answer(second, "乙写的一句。")
    second.get_by_role("form", name="编辑条目").get_by_label("修改说明").fill("乙的说明")
    theirs = write_answer(first, "甲写的一句。")
    first.get_by_role("form", name="编辑条目").get_by_role(
        "button", name="保存", exact=True
    ).click()
    expect(first.get_by_role("region", name="提示")).to_contain_text("已保存为第")

    second.get_by_role("form", name="编辑条目").get_by_role(
        "button", name="保存", exact=True
    ).click()
    conflict = second.get_by_role("region", name=re.compile("周敏在您编辑时保存了"))
    expect(conflict).to_be_visible()
    for words in ("甲写的一句。", "乙写的一句。", "没有丢失"):
        expect(conflict).to_contain_text(words)
    audit(second, project)
    second.screenshot(path=pictures / "knowledge-conflict.png")
    conflict.get_by_label("采用对方的").check()
    conflict.get_by_role("button", name="采用合并结果，继续编辑").click()
    box = second.get_by_role("form", name="编辑条目").get_by_label("答案", exact=True).first
    expect(box).to_have_value(theirs)
    box.fill(mine)
    second.get_by_role("form", name="编辑条目").get_by_role(
        "button", name="保存", exact=True
    ).click()
    expect(second.get_by_role("region", name="提示")).to_contain_text("已保存为第")
    show(second, entry, "历史")
    expect(second.get_by_role("row", name=re.compile("同时保存时另存"))).to_have_count(1)


def test_on_a_phone(desk: Callable[..., Page], pictures: Path, project: Path) -> None:
    phone = desk("editor2", PHONE)
    audit(phone, project)
    phone.screenshot(path=pictures / "knowledge-list-phone.png")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    open_entry(phone, "T09-04", "编辑")
    phone.screenshot(path=pictures / "knowledge-edit-phone.png")
    phone.get_by_role("button", name="预览").click()
    expect(phone.get_by_role("complementary", name="预览")).to_be_visible()
    audit(phone, project)
    phone.screenshot(path=pictures / "knowledge-preview-phone.png")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize(("size", "picture"), [(DESKTOP, "wide"), (PHONE, "phone")])
def test_imported_documents_are_looked_up(
    desk: Desk, pictures: Path, project: Path, size: dict[str, int], picture: str
) -> None:
    page = desk("editor1", size)
    page.get_by_role("link", name="资料", exact=True).click()
    found = page.get_by_role("list", name="找到的段落")
    expect(found.get_by_role("listitem")).to_have_count(20)
    page.get_by_role("button", name="显示更多").click()
    expect(found.get_by_role("listitem")).to_have_count(22)
    page.get_by_label("查找", exact=True).fill("红茶 税率")
    page.keyboard.press("Enter")
    expect(found.get_by_role("listitem")).to_have_count(1)
    expect(found).to_contain_text("第二十二条 · 第二章 税率")
    audit(page, project)
    page.screenshot(path=pictures / f"knowledge-imported-{picture}.png")
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    page.reload()
    expect(page.get_by_label("查找", exact=True)).to_have_value("红茶 税率")
    page.get_by_label("查找", exact=True).fill("没有这样的词")
    page.get_by_role("button", name="查找", exact=True).click()
    expect(page.get_by_text("没有找到。")).to_be_visible()


@pytest.fixture
def taxpayer(without_dialogue: str) -> Iterator[httpx.Client]:
    """A chat of somebody who is not known."""
    chats = f"{without_dialogue}/api/v1/chat/sessions"
    with httpx.Client(trust_env=False, timeout=30) as client:
        chat = client.post(chats, json={"channel": "web", "locale": "zh-Hans"}).json()
        client.base_url = f"{chats}/{chat['session_id']}"
        client.headers["Authorization"] = f"Bearer {chat['session_token']}"
        yield client


def told(taxpayer: httpx.Client, words: str) -> dict[str, Any]:
    """Wait until the bureau says these words; return its message."""
    for _ in range(80):
        for each in taxpayer.get("/messages").json()["messages"]:
            if each["sender"] != "taxpayer" and words in each["text"]:
                return dict(each)
        time.sleep(0.25)
    raise AssertionError(f"nobody said {words}")


def test_questions_become_entries_and_wordings(desk: Desk, pictures: Path, project: Path) -> None:
    phone = desk("editor2", PHONE, "en-US")

    def group(question: str) -> Locator:
        phone.get_by_role("link", name="Questions").click()
        return phone.get_by_role("group", name=question)

    group(UNANSWERED[0]).get_by_role("button", name="Make an entry").click()
    made = phone.get_by_role("dialog", name="Make an entry")
    made.get_by_role("button", name="Make an entry").click()
    expect(made.get_by_text("Give a topic")).to_be_visible()
    audit(phone, project)
    made.get_by_label("Id").fill("Q-01")
    made.get_by_label("Topic").fill("Filing and payment")
    made.get_by_role("button", name="Make an entry").click()
    form = phone.get_by_role("form", name="Edit the entry")
    expect(form.get_by_label("Question", exact=True)).to_have_value(UNANSWERED[0])
    expect(form.get_by_label("Topic")).to_have_value("filing")
    # What the server's rules say is told in the language of the desk.
    expect(form.get_by_text("Not filled in yet").first).to_be_visible()
    audit(phone, project)
    phone.screenshot(path=pictures / "knowledge-faults-phone.png")

    group(UNANSWERED[1]).get_by_role("button", name="Add as wording").click()
    added = phone.get_by_role("dialog", name="Add as wording")
    added.get_by_role("button", name="Add as wording").click()
    expect(added.get_by_text("Choose an entry")).to_be_visible()
    added.get_by_label("Another entry").check()
    added.get_by_label("Id").fill("T09-05")
    audit(phone, project)
    phone.screenshot(path=pictures / "knowledge-wording-phone.png")
    added.get_by_role("button", name="Add as wording").click()
    expect(form.get_by_label("Ways of asking")).to_have_value(re.compile(UNANSWERED[1]))

    phone.get_by_role("link", name="Questions").click()
    expect(phone.get_by_text("Nothing to be handled.")).to_be_visible()
    phone.get_by_role("link", name="Handled", exact=True).click()
    expect(phone.get_by_text(re.compile("Made into Q-01"))).to_be_visible()
    expect(phone.get_by_text(re.compile("Added to T09-05"))).to_be_visible()
    audit(phone, project)
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_wrong_answer_is_corrected_in_the_chats_that_got_it(
    desk: Desk, taxpayer: httpx.Client, pictures: Path, project: Path
) -> None:
    sent = {"client_message_id": "asked-once", "text": "一份合同里有好几项内容，印花税按哪个税率"}
    assert taxpayer.post("/messages", json=sent).is_success
    given = datetime.fromisoformat(told(taxpayer, "税率")["at"])

    reviewer = desk("reviewer1")
    open_entry(reviewer, "T09-10", "更正")
    count = reviewer.get_by_role("button", name="查看影响了多少对话")
    local = given.astimezone(ZoneInfo("Asia/Shanghai")).replace(tzinfo=None)
    until = reviewer.get_by_label(re.compile("^到"))
    reviewer.get_by_label(re.compile("^从")).fill("2026-11-24T09:00")
    until.fill("2026-11-24T08:00")
    count.click()
    expect(reviewer.get_by_text("结束时间要晚于开始时间")).to_be_visible()
    audit(reviewer, project)
    until.fill((local + timedelta(seconds=1)).isoformat(timespec="seconds"))
    text = reviewer.get_by_label("更正内容")
    for _ in range(20):  # counts come a few seconds later
        count.click()
        reviewer.wait_for_timeout(1_000)
        if text.is_visible():
            break
    words = "前面说的税率不准确，应当分别按各自的税率计算。"
    text.fill(words)
    reviewer.get_by_role("button", name="发送给 1 个对话").click()
    asked = reviewer.get_by_role("dialog", name="发送更正通知")
    expect(asked).to_contain_text("发出后不能收回")
    audit(reviewer, project)
    reviewer.screenshot(path=pictures / "knowledge-correct.png")
    asked.get_by_role("button", name="发送给 1 个对话").click()
    expect(reviewer.get_by_role("region", name="提示")).to_contain_text("更正通知正在发送")
    told(taxpayer, words)
