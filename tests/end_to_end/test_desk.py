"""The desk as officers use it: what a taxpayer sent, how far a flow went, another one sent."""

import re
import uuid
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.conversations.files.samples import PDF, picture
from tests.end_to_end.conftest import PASSWORD, audit
from tests.end_to_end.test_story import sign_in
from tests.support.browser import DESKTOP, PHONE
from tests.support.host import host_token
from tests.support.looks import foreign_words

pytestmark = pytest.mark.browser

IDENTITY_NUMBER = "990000202002290019"
"""Of a child born in February 2020, invented."""
CHILD = {
    "child_born": "2020-02",
    "child_stage": "small",
    "my_share": "full",
    "other_share": "none",
    "child_id": IDENTITY_NUMBER,
}


class Device:
    """A taxpayer's device, by the public contract."""

    def __init__(self, system: str, person: str, uscc: str) -> None:
        self.client = httpx.Client(base_url=f"{system}/api/v1/chat", trust_env=False, timeout=30)
        token = host_token(person, uscc, profile={"entity_type": "company"})
        opened = self.client.post("/sessions", json={"token": token}).json()
        self.client.headers["Authorization"] = f"Bearer {opened['session_token']}"
        self.path = f"/sessions/{opened['session_id']}"

    def send(self, **content: Any) -> None:
        body = {"client_message_id": uuid.uuid4().hex, **content}
        answer = self.client.post(f"{self.path}/messages", json=body)
        assert answer.is_success, answer.text

    def upload(self, name: str, data: bytes) -> str:
        answer = self.client.post(f"{self.path}/files", files={"file": (name, data)})
        assert answer.is_success, answer.text
        return str(answer.json()["file_id"])

    def stands_in(self, flow_id: str) -> dict[str, Any]:
        """Wait until a flow asks something, and return it."""
        flow, after = None, 0
        for _ in range(30):
            wanted = {"after": after, "wait": 5}
            found = self.client.get(f"{self.path}/messages", params=wanted).json()
            after = found["last_seq"]
            flow = next((m["flow"] for m in reversed(found["messages"]) if m["flow"]), flow)
            if flow is not None and flow["flow_id"] == flow_id and flow["fields"]:
                return flow
        raise AssertionError(f"{flow_id} asks nothing")

    def fill(self, flow_id: str, *values: Any) -> None:
        for value in values:
            flow = self.stands_in(flow_id)
            field = {"run_id": flow["run_id"], "field": flow["fields"][0]["key"], "value": value}
            self.send(input={"type": "flow_field", **field})

    def ask_for_a_person(self, flow_id: str) -> None:
        run_id = self.stands_in(flow_id)["run_id"]
        self.send(input={"type": "flow_action", "run_id": run_id, "action": "person"})


def open_row(page: Page, words: str) -> None:
    page.locator(".row", has_text=words).first.click()
    expect(page.locator(".context-question")).to_contain_text(words)


def side(page: Page) -> Locator:
    return page.get_by_role("complementary", name="咨询情况")


def test_photo_flow_and_another_flow_sent(
    without_dialogue: str,
    officer_desk: Page,
    pictures: Path,
    project: Path,
    tmp_path: Path,
) -> None:
    # A taxpayer sent a photo and a document, stands in F06 at step 3 and asks for a person.
    device = Device(without_dialogue, "p-desk", "91990000MA1GT00A3L")
    photo = device.upload("责令限期改正通知书.jpg", picture())
    device.send(text="收到了这个", file_ids=[photo])
    device.send(file_ids=[device.upload("申报表.pdf", PDF)])
    device.send(text="F06")
    device.fill("F06", "filing", "vat_q")
    device.ask_for_a_person("F06")

    # The officer sees how far it went before the claim already, and what was answered.
    desk = officer_desk
    sign_in(desk, without_dialogue, "officer1")
    open_row(desk, "逾期补办和首违不罚自测")
    expect(side(desk).get_by_text("办税流程求助")).to_be_visible()
    expect(side(desk).get_by_text(re.compile("第 3 步，共"))).to_be_visible()
    expect(side(desk).get_by_text("增值税，按季度报")).to_be_visible()
    desk.keyboard.press("Alt+j")
    expect(desk.get_by_role("textbox", name="回复纳税人")).to_be_visible()

    # The photo, large, turned; Escape leads back to it.
    desk.locator(".files").first.scroll_into_view_if_needed()
    log = desk.get_by_role("log")
    small = log.get_by_role("button", name="查看照片：责令限期改正通知书.jpg")
    small.click()
    viewer = desk.get_by_role("dialog", name="责令限期改正通知书.jpg")
    large = viewer.get_by_role("img", name="责令限期改正通知书.jpg")
    expect(large).to_be_visible()
    assert large.evaluate("image => image.naturalWidth") == 640
    viewer.get_by_role("button", name="右转").click()
    expect(large).to_have_attribute("style", re.compile(re.escape("rotate(90deg)")))
    audit(desk, project)
    desk.screenshot(path=pictures / "desk-photo.png")
    desk.keyboard.press("Escape")
    expect(viewer).to_have_count(0)
    expect(small).to_be_focused()

    # The document is told to come from outside, and goes to the disk, not into a page.
    expect(log.get_by_text("来自纳税人，未经核验").last).to_be_visible()
    with desk.expect_download() as download:
        log.get_by_role("button", name="下载：申报表.pdf").click()
    download.value.save_as(tmp_path / "kept.pdf")
    assert (tmp_path / "kept.pdf").read_bytes() == PDF

    # Another flow is sent by keyboard, and its first answer comes in while the officer looks.
    desk.keyboard.press("Alt+g")
    dialog = desk.get_by_role("dialog", name="发送办税流程")
    dialog.get_by_role("searchbox", name="查找流程").fill("扣除")
    desk.keyboard.press("Enter")
    expect(dialog.get_by_role("heading", name="个税专项附加扣除怎么填")).to_be_visible()
    audit(desk, project)
    desk.keyboard.press("Control+Enter")
    expect(dialog).to_have_count(0)
    expect(desk.get_by_role("textbox", name="回复纳税人")).to_be_focused()
    device.fill("F05", "this_year")
    expect(log.get_by_text("今年", exact=True)).to_be_visible()
    expect(side(desk).get_by_text("今年", exact=True)).to_be_visible()

    # While the taxpayer is in it, no other one can be sent, and that is said.
    desk.keyboard.press("Alt+g")
    expect(dialog.get_by_role("alert")).to_contain_text("正在办理《个税专项附加扣除怎么填》")
    dialog.get_by_role("searchbox", name="查找流程").press("Enter")
    expect(dialog.get_by_role("button", name="发送给纳税人")).to_be_disabled()
    desk.keyboard.press("Escape")

    # A number is masked, and shown in full to the holder for a reason.
    device.fill("F05", "wages", ["children"], [CHILD])
    side(desk).get_by_role("button", name="查看全号").click()
    asked = desk.get_by_role("form", name=re.compile("完整号码"))
    asked.get_by_role("button", name="查看 60 秒").click()
    expect(asked.get_by_role("alert")).to_contain_text("请填写查看原因")
    audit(desk, project)
    assert IDENTITY_NUMBER not in desk.content()
    asked.get_by_role("button", name="核对申报人身份").click()
    asked.get_by_role("button", name="查看 60 秒").click()
    expect(side(desk).get_by_text(IDENTITY_NUMBER)).to_be_visible()
    audit(desk, project)
    desk.screenshot(path=pictures / "desk-flow.png")
    desk.get_by_role("button", name="立即隐藏").click()
    expect(side(desk).get_by_text(IDENTITY_NUMBER)).to_have_count(0)


def test_an_officer_sends_a_file(
    without_dialogue: str,
    officer_desk: Page,
    phone: Page,
    pictures: Path,
    project: Path,
    tmp_path: Path,
) -> None:
    words = "填表示例发我一份吧"
    phone.goto(f"{without_dialogue}/chat/")
    asks = phone.get_by_role("textbox", name="输入您的问题")
    for each in (words, "转人工"):
        asks.fill(each)
        asks.press("Enter")
        expect(phone.get_by_role("log").get_by_text(each, exact=True).first).to_be_visible()
    desk = officer_desk
    sign_in(desk, without_dialogue, "officer1")
    open_row(desk, words)
    desk.keyboard.press("Alt+j")
    expect(desk.get_by_role("textbox", name="回复纳税人")).to_be_visible()
    example = {"name": "填表示例.pdf", "mimeType": "application/pdf", "buffer": PDF}
    program = {"name": "程序.pdf", "mimeType": "application/pdf", "buffer": b"MZ" + bytes(99)}
    photo = {"name": "窗口.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    with desk.expect_file_chooser() as chooser:
        desk.get_by_role("button", name="附件").click()
    chooser.value.set_files([example, program, photo])
    attached = desk.get_by_role("list", name="要发送的文件")
    expect(attached.get_by_role("alert")).to_contain_text("只能发送")
    attached.get_by_role("button", name="移除 程序.pdf").click()
    expect(attached.get_by_role("listitem")).to_have_count(2)
    audit(desk, project)
    desk.screenshot(path=pictures / "desk-attach.png")
    desk.get_by_role("textbox", name="回复纳税人").fill("请照这个填")
    desk.get_by_role("button", name="发送", exact=True).click()
    expect(attached).to_have_count(0)
    log = desk.get_by_role("log")
    expect(log.get_by_role("button", name="下载：填表示例.pdf")).to_be_visible()
    expect(log.get_by_text("来自纳税人，未经核验")).to_have_count(0)

    # The taxpayer sees the words, the picture, and can keep the document.
    expect(phone.get_by_text("请照这个填", exact=True)).to_be_visible()
    expect(phone.get_by_role("button", name=re.compile("窗口.jpg"))).to_be_visible()
    with phone.expect_download() as download:
        phone.get_by_role("button", name="下载 填表示例.pdf").click()
    download.value.save_as(tmp_path / "kept.pdf")
    assert (tmp_path / "kept.pdf").read_bytes() == PDF
    audit(phone, project)
    phone.screenshot(path=pictures / "chat-officer-file.png")


def test_who_has_as_many_as_fit_takes_nobody_more(
    without_dialogue: str, browser: Browser, project: Path
) -> None:
    context = browser.new_context(viewport=DESKTOP, locale="zh-CN", timezone_id="Asia/Shanghai")
    desk = context.new_page()
    for number in range(2):
        device = Device(without_dialogue, f"p-full-{number}", "93990000MA0DD00C8D")
        device.send(text="F06")
        device.fill("F06", "filing" if number else "statements")
        device.ask_for_a_person("F06")
    sign_in(desk, without_dialogue, "officer2")
    desk.get_by_role("button", name="手上 0").click()
    audit(desk, project)
    desk.get_by_role("menuitem", name="最多 1 个", exact=True).click()
    open_row(desk, "逾期补办和首违不罚自测")
    desk.keyboard.press("Alt+j")
    expect(desk.get_by_role("button", name="手上 1 / 1")).to_be_visible()
    desk.keyboard.press("Alt+1")
    open_row(desk, "逾期补办和首违不罚自测")
    expect(desk.get_by_text(re.compile("手上 1 / 1，已到上限"))).to_be_visible()
    expect(desk.get_by_role("button", name=re.compile("接待 Alt"))).to_be_disabled()
    expect(desk.get_by_role("log")).to_have_count(1)
    audit(desk, project)
    # The keyboard asks the server, which refuses too.
    desk.keyboard.press("Alt+j")
    notices = desk.get_by_role("region", name="提示")
    expect(notices.get_by_role("alert")).to_contain_text("手上的咨询已到上限")
    context.close()


def test_one_chat_that_cannot_be_shown_leaves_the_others(
    without_dialogue: str, officer_desk: Page, pictures: Path, project: Path
) -> None:
    broken, sound = "印花税怎么补报呢", "车船税怎么退呢"
    for place, words in enumerate((broken, sound)):
        device = Device(without_dialogue, f"p-broken-{place}", f"91990000MA1GT00B{place}L")
        device.send(text=words)
        device.send(text="转人工")

    def spoil(route: Route) -> None:
        answer = route.fetch()
        found = answer.json()
        if found.get("question") == broken:
            for message in found["messages"]:
                message["text"] = {"no": "text"}
        route.fulfill(response=answer, json=found)

    desk = officer_desk
    sign_in(desk, without_dialogue, "officer1")
    desk.route("**/api/v1/desk/consultations/*", spoil)
    row = desk.locator(".row", has_text=broken).first
    row.click()
    fault = desk.get_by_role("alert").filter(has_text="这里显示不出来")
    expect(fault).to_be_visible()
    desk.screenshot(path=pictures / "desk-broken.png")
    audit(desk, project)
    open_row(desk, sound)
    expect(fault).to_be_hidden()
    row.click()
    expect(fault).to_be_visible()
    desk.set_viewport_size(PHONE)
    desk.screenshot(path=pictures / "desk-broken-phone.png")
    fault.get_by_role("button", name="返回列表").click()
    row.click()
    expect(fault).to_be_visible()
    desk.set_viewport_size(DESKTOP)
    desk.unroute_all(behavior="ignoreErrors")
    fault.get_by_role("button", name="重新加载").click()
    open_row(desk, broken)
    expect(fault).to_be_hidden()


def test_the_desk_in_english(
    without_dialogue: str, browser: Browser, pictures: Path, project: Path
) -> None:
    words = "契税怎么申报呢"
    device = Device(without_dialogue, "p-english", "91990000MA1GT00E0L")
    device.send(text=words)
    device.send(text="转人工")
    context = browser.new_context(viewport=DESKTOP, locale="en-US", timezone_id="Asia/Shanghai")
    context.set_default_timeout(15_000)
    desk = context.new_page()
    desk.goto(f"{without_dialogue}/desk/")
    expect(desk.get_by_label("Account")).to_be_visible()
    assert foreign_words(desk, "en") == []
    audit(desk, project)
    desk.get_by_label("Account").fill("officer1")
    desk.get_by_label("Password", exact=True).fill(PASSWORD)
    desk.get_by_role("button", name="Sign in").click()
    row = desk.locator(".row", has_text=words).first
    row.click()
    expect(desk.locator(".context-question")).to_contain_text(words)
    audit(desk, project)
    desk.screenshot(path=pictures / "desk-english.png")
    desk.set_viewport_size(PHONE)
    audit(desk, project)
    desk.screenshot(path=pictures / "desk-english-phone.png")
    context.close()
