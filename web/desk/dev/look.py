"""Takes pictures of the desk in its states and runs axe-core on each.

    python dev/look.py http://127.0.0.1:24310 OUT [name ...]

Needs the mock server (dev/mock.mjs), playwright and a Chromium (CHROMIUM, default /usr/bin/chromium).
"""

import json
import os
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ADDRESS, OUT, *ONLY = sys.argv[1:]
AXE = Path(__file__).parents[1] / "node_modules/axe-core/axe.min.js"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
]
WIDE, BIG, TABLET, PHONE = (1366, 768), (1920, 1080), (768, 1024), (390, 844)


def play(do: str, **what: object) -> None:
    """Let something happen in the mock's world."""
    body = json.dumps({"do": do, **what}).encode()
    urllib.request.urlopen(urllib.request.Request(f"{ADDRESS}/mock", body, method="POST")).read()


def sign_in(page: Page, username: str = "officer1") -> None:
    page.get_by_label("账号").fill(username)
    page.get_by_label("密码", exact=True).fill("right")
    page.get_by_role("button", name="登录").click()
    page.get_by_text("退出").wait_for()
    page.wait_for_timeout(700)


def row(page: Page, name: str) -> None:
    page.locator(".row", has_text=name).first.click()
    page.locator(".chat-head").wait_for()
    page.wait_for_timeout(400)


def mine(page: Page) -> None:
    sign_in(page)
    page.keyboard.press("Alt+2")
    row(page, "服饰")


def waiting(page: Page) -> None:
    sign_in(page)
    row(page, "商贸")


def taken(page: Page) -> None:
    waiting(page)
    play("steal", id="cs_1", quiet=True)
    page.keyboard.press("Alt+J")
    page.locator(".toast-problem").wait_for()


def lost(page: Page) -> None:
    mine(page)
    page.locator("#composer").fill("您好，这种情况属于首次逾期以外的情形。")
    play("down", sockets=True, http=True)
    page.keyboard.press("Enter")
    page.locator(".link-bar").wait_for(timeout=20_000)


def polling(page: Page) -> None:
    play("down", sockets=True, http=False)
    mine(page)
    page.get_by_text("每 5 秒自动刷新").wait_for(timeout=20_000)


def expired(page: Page) -> None:
    mine(page)
    page.locator("#composer").fill("正在写的回复")
    play("expire")
    page.get_by_text("登录已过期").wait_for()


def left(page: Page) -> None:
    waiting(page)
    play("leave", id="cs_1")
    page.get_by_text("纳税人已离开队列").wait_for()


def others(page: Page) -> None:
    sign_in(page)
    page.keyboard.press("Alt+3")
    row(page, "食品")


def empty(page: Page) -> None:
    play("empty")
    sign_in(page)


def transfer(page: Page) -> None:
    mine(page)
    page.keyboard.press("Alt+T")
    page.get_by_text("转交原因").wait_for()
    page.get_by_role("button", name="涉及多个税种").click()
    page.wait_for_timeout(300)


def leaving(page: Page) -> None:
    mine(page)
    page.keyboard.press("Alt+R")
    page.get_by_text("正在退回队列").wait_for()
    row(page, "机械")


def closing(page: Page) -> None:
    mine(page)
    page.keyboard.press("Alt+B")
    page.wait_for_timeout(500)


def keys(page: Page) -> None:
    sign_in(page)
    page.locator("body").press("?")
    page.wait_for_timeout(500)


def talk(page: Page) -> None:
    mine(page)
    page.locator("#composer").fill(
        "按您说的情况，上一年度的逾期税种不同，仍可按首次处理，请先补报。"
    )
    page.keyboard.press("Enter")
    play("say", id="cs_8", text="还在吗？我这边急着报。")
    play("typing", id="cs_7")
    page.locator(".badge").wait_for()


def flows(page: Page) -> None:
    mine(page)
    page.keyboard.press("Alt+G")
    page.locator(".flows-list input").first.check()


def flow_sent(page: Page) -> None:
    flows(page)
    page.keyboard.press("Control+Enter")
    page.locator(".flow-line").wait_for()
    page.wait_for_timeout(400)


def robot(page: Page) -> None:
    mine(page)
    page.keyboard.press("Alt+5")
    page.wait_for_timeout(300)


def history(page: Page) -> None:
    sign_in(page, "expert1")
    row(page, "建筑")
    page.keyboard.press("Alt+6")
    page.wait_for_timeout(300)


def drawer(page: Page) -> None:
    mine(page)
    page.get_by_role("button", name="情况").click()
    page.wait_for_timeout(500)


def phone_list(page: Page) -> None:
    sign_in(page)


def phone_chat(page: Page) -> None:
    sign_in(page)
    page.get_by_role("tab", name="我的").click()
    row(page, "服饰")


def phone_drawer(page: Page) -> None:
    phone_chat(page)
    page.get_by_role("button", name="情况").click()
    page.wait_for_timeout(500)


def refused(page: Page) -> None:
    page.get_by_label("账号").fill("officer1")
    page.get_by_label("密码", exact=True).fill("wrong")
    page.get_by_role("button", name="登录").click()
    page.get_by_text("账号或密码不正确").wait_for()


STATES: dict[str, tuple[tuple[int, int], Callable[[Page], None]]] = {
    "door": (WIDE, lambda page: None),
    "door-refused": (WIDE, refused),
    "door-expired": (WIDE, expired),
    "door-phone": (PHONE, lambda page: None),
    "start": (WIDE, sign_in),
    "empty": (WIDE, empty),
    "waiting": (WIDE, waiting),
    "mine": (WIDE, mine),
    "talk": (WIDE, talk),
    "flows": (WIDE, flows),
    "flow-sent": (WIDE, flow_sent),
    "flows-phone": (PHONE, lambda page: (phone_chat(page), page.locator(".composer-foot button").first.click(),
                                         page.locator(".flows-list").wait_for())),
    "robot": (WIDE, robot),
    "history": (WIDE, history),
    "others": (WIDE, others),
    "taken": (WIDE, taken),
    "left": (WIDE, left),
    "lost": (WIDE, lost),
    "polling": (WIDE, polling),
    "transfer": (WIDE, transfer),
    "leaving": (WIDE, leaving),
    "closing": (WIDE, closing),
    "keys": (WIDE, keys),
    "mine-big": (BIG, mine),
    "mine-tablet": (TABLET, mine),
    "drawer-tablet": (TABLET, drawer),
    "list-phone": (PHONE, phone_list),
    "chat-phone": (PHONE, phone_chat),
    "drawer-phone": (PHONE, phone_drawer),
}


def look(browser: Browser, name: str) -> int:
    """Bring a state about, picture it, and return how many faults axe-core finds."""
    (width, height), bring_about = STATES[name]
    play("reset")
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.on("pageerror", lambda error: print(f"{name}: page error: {error}"))
    page.on("console", lambda said: said.type == "error" and print(f"{name}: console: {said.text}"))
    page.goto(f"{ADDRESS}/desk/")
    page.locator(".door, .desk").first.wait_for()
    bring_about(page)
    page.screenshot(path=f"{OUT}/{name}.png")
    page.add_script_tag(path=AXE)
    faults = page.evaluate(
        "axe.run(document, {resultTypes: ['violations']}).then(r => r.violations)"
    )
    for fault in faults:
        print(f"{name}: axe {fault['id']}: {fault['help']}")
        for node in fault["nodes"][:4]:
            print("    ", node["target"], node["html"][:160])
            print("      ", (node.get("failureSummary") or "").replace("\n", " ")[:240])
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    if overflow > 0:
        print(f"{name}: {overflow} px too wide")
    context.close()
    return len(faults)


def main() -> None:
    Path(OUT).mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=FLAGS
        )
        faults = sum(look(browser, name) for name in (ONLY or STATES))
        browser.close()
    print(f"{faults} faults in {len(ONLY or STATES)} states")


main()
