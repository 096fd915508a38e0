"""Photos and documents as a taxpayer sends them and looks at them again."""

import io
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.end_to_end.conftest import audit

pytestmark = pytest.mark.browser

LONGEST = 2560


def photo(width: int = 3000, height: int = 4000) -> bytes:
    """Return a picture as a phone makes it: larger than a screen can show."""
    out = io.BytesIO()
    Image.effect_noise((width, height), 40).convert("RGB").save(out, "JPEG", quality=90)
    return out.getvalue()


def choose(page: Page, *files: tuple[str, str, bytes]) -> None:
    page.locator("input[type=file]").set_input_files(
        [{"name": name, "mimeType": kind, "buffer": data} for name, kind, data in files]
    )


def test_a_photo_is_sent_smaller_seen_and_enlarged(
    without_dialogue: str, phone: Page, project: Path
) -> None:
    page = phone
    page.goto(f"{without_dialogue}/chat/")
    expect(page.get_by_role("button", name="照片或文件")).to_be_visible()
    large = photo()
    with page.expect_response(re.compile("/files$")) as answer:
        choose(page, ("营业执照.jpg", "image/jpeg", large))
    assert answer.value.status == 201
    tray = page.get_by_role("list", name="要发送的文件")
    expect(tray.get_by_text("可以发送")).to_be_visible()
    audit(page, project)
    kept = answer.value.json()
    assert max(kept["width"], kept["height"]) == LONGEST
    assert kept["size"] < len(large)
    page.get_by_role("textbox", name="输入您的问题").fill("请看这张执照")
    page.get_by_role("button", name="发送").click()
    expect(tray).to_have_count(0)
    log = page.get_by_role("log")
    expect(log.get_by_text("请看这张执照")).to_be_visible()
    thumb = log.get_by_role("button", name="放大查看 营业执照.jpg")
    thumb.scroll_into_view_if_needed()  # it is fetched when it comes near the part that is seen
    expect(thumb.locator("img")).to_be_visible()
    audit(page, project)
    thumb.click()
    dialog = page.get_by_role("dialog", name="营业执照.jpg")
    shown = dialog.get_by_role("img", name="营业执照.jpg")
    expect(shown).to_be_visible()
    assert shown.evaluate("img => img.complete && img.naturalHeight") == LONGEST
    audit(page, project)
    with page.expect_download() as saved:
        dialog.get_by_role("button", name="下载 营业执照.jpg").click()
    assert saved.value.suggested_filename == "营业执照.jpg"
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(thumb).to_be_focused()
    # The same device later: it is fetched again, with the session's right only.
    page.reload()
    thumb.scroll_into_view_if_needed()
    expect(thumb.locator("img")).to_be_visible()


def test_what_is_not_taken_is_said_in_words_and_the_rest_goes(
    without_dialogue: str, phone: Page, project: Path
) -> None:
    page = phone
    page.goto(f"{without_dialogue}/chat/")
    choose(
        page,
        ("程序.exe", "application/octet-stream", b"MZ" + b"\0" * 300),
        ("坏的.jpg", "image/jpeg", b"\xff\xd8\xff\xe0 no picture at all"),
        ("太大.pdf", "application/pdf", b"%PDF-1.4" + b"x" * (10 * 1024 * 1024)),
        ("清单.pdf", "application/pdf", b"%PDF-1.4\n"),
    )
    tray = page.get_by_role("list", name="要发送的文件")
    expect(tray.get_by_text(re.compile("这种文件不能发送"))).to_be_visible()
    expect(tray.get_by_text(re.compile("文件打不开"))).to_be_visible()
    expect(tray.get_by_text(re.compile("文件太大"))).to_be_visible()
    audit(page, project)
    send = page.get_by_role("button", name="发送")
    expect(send).to_have_attribute("aria-disabled", "true")
    for name in ("程序.exe", "坏的.jpg", "太大.pdf"):
        tray.get_by_role("button", name=f"移除 {name}").click()
    send.click()
    log = page.get_by_role("log")
    expect(log.get_by_role("button", name="下载 清单.pdf")).to_be_visible()
    with page.expect_download() as saved:
        log.get_by_role("button", name="下载 清单.pdf").click()
    assert saved.value.suggested_filename == "清单.pdf"


def test_without_a_network_a_file_waits_and_goes_on(without_dialogue: str, phone: Page) -> None:
    page = phone
    page.goto(f"{without_dialogue}/chat/")
    choose(page, ("一.pdf", "application/pdf", b"%PDF-1.4\n"))
    tray = page.get_by_role("list", name="要发送的文件")
    expect(tray.get_by_text("可以发送")).to_be_visible()
    page.context.set_offline(True)
    choose(page, ("二.pdf", "application/pdf", b"%PDF-1.4\n"))
    expect(tray.get_by_text("没有网络，连上后自动上传")).to_be_visible()
    page.context.set_offline(False)
    expect(tray.get_by_text("可以发送")).to_have_count(2)


def test_a_file_whose_time_is_over_is_a_calm_line(without_dialogue: str, phone: Page) -> None:
    page = phone
    page.goto(f"{without_dialogue}/chat/")
    choose(page, ("旧照.jpg", "image/jpeg", photo(400, 300)))
    expect(page.get_by_text("可以发送")).to_be_visible()
    page.get_by_role("button", name="发送").click()
    log = page.get_by_role("log")
    expect(log.get_by_role("button", name="放大查看 旧照.jpg").locator("img")).to_be_visible()
    page.route(
        re.compile("/files/fi_"),
        lambda route: route.fulfill(status=404, json={"status": 404, "code": "no_such_file"}),
    )
    page.reload()
    expect(log.get_by_text("文件已按规定清除")).to_be_visible()
