"""Takes a picture of every state of the chat and runs axe-core on it.

Needs the built page, the mock and Chromium:
    npm run build && node dev/mock.mjs 8010 &
    python dev/screens.py http://127.0.0.1:8010 pictures/ --chromium /usr/bin/chromium
Ends with 1 if axe-core finds anything.
"""

# A script of the workbench: it prints, calls a local mock; a state is named by what it shows.
# ruff: noqa: D102, D103, INP001, S310, T201

import argparse
import json
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

AXE = Path(__file__).parents[1] / "node_modules/axe-core/axe.min.js"
SIZES = {
    "phone": (390, 844),
    "tablet": (768, 1024),
    "desk": (1366, 768),
    "narrow": (320, 640),
    "zoomed": (683, 384),
}
WORDS = json.loads((Path(__file__).parent / "screens.json").read_text(encoding="utf-8"))
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


LANGUAGES = ["zh-Hans", "zh-Hant", "en"]
VOICES = """
const voices = ["zh-CN", "zh-TW", "en-US"].map((lang) => ({ lang, localService: true }));
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
Object.defineProperty(window, "speechSynthesis", { value: {
  getVoices: () => voices, speak() {}, cancel() {},
} });
"""
"""A device with a voice for each language; headless Chromium has none."""


CUT = """() => {
  const found = Array.from(document.querySelectorAll('.page :is(button, p, h1, span)'));
  return found.filter((element) => {
    const box = element.getBoundingClientRect();
    const hidden = element.closest(".hidden, .skip, table") || !box.width;
    const outside = box.right > innerWidth + 1 || box.left < -1;
    const boxed = getComputedStyle(element).display !== "inline";
    return !hidden && (outside || (boxed && element.scrollWidth > element.clientWidth + 2));
  }).map((element) => element.className + ": " + element.textContent.slice(0, 30));
}"""
"""What stands out of the window, or is wider than its box."""


class Stage:
    """The mock behind the page, and the page."""

    def __init__(self, base: str, page: Page) -> None:
        self.base, self.page = base, page

    def tell(self, **order: object) -> None:
        request = urllib.request.Request(f"{self.base}/mock", json.dumps(order).encode())
        urllib.request.urlopen(request, timeout=5).close()

    def say(self, name: str, **more: object) -> None:
        self.tell(say=WORDS[name] | more)

    def press(self, selector: str) -> None:
        self.page.locator(selector).last.click()

    def write(self, text: str) -> None:
        self.page.locator("form.composer textarea").fill(text)


def start(stage: Stage) -> None:
    stage.say("greeting")
    stage.page.locator(".choices").first.wait_for()


def flows(stage: Stage) -> None:
    offered = [{"flow_id": "F06", "title": "逾期申报办理", "about": "", "minutes": 5}]
    stage.tell(flows=offered)
    stage.page.reload()
    start(stage)


def answer(stage: Stage) -> None:
    start(stage)
    stage.say("question")
    stage.say("answer")
    stage.page.locator(".fold[aria-controls]").last.click()


def voted(stage: Stage) -> None:
    stage.say("question")
    stage.say("answer")
    stage.press(".vote .button")


def clarify(stage: Stage) -> None:
    stage.say("vague")
    stage.say("clarify")


def clarified(stage: Stage) -> None:
    clarify(stage)
    stage.page.locator(".choice").first.click()
    stage.page.locator(".choice-given").wait_for()


def profile(stage: Stage) -> None:
    stage.say("question")
    stage.say("profile")


def offer(stage: Stage) -> None:
    stage.say("vague")
    stage.say("offer")


def card(stage: Stage, days: int = 3) -> None:
    due = (datetime.now(UTC) + timedelta(hours=8, days=days)).date().isoformat()
    made = WORDS["card"]
    stage.tell(say=made | {"card": made["card"] | {"due": due}})
    stage.page.locator(".card .fold").click()


def card_answered(stage: Stage) -> None:
    card(stage, 1)
    stage.page.locator(".card-actions .button").first.click()
    stage.page.locator(".card-answered").wait_for()


def queue(stage: Stage) -> None:
    stage.say("person")
    stage.say("handed")
    waiting = {"place": 3, "expected_wait_seconds": 240, "open": True}
    stage.tell(standing={"owner": "officer_queue", "queue": waiting})


def leaving(stage: Stage) -> None:
    queue(stage)
    stage.press(".strip .button")


def out_of_hours(stage: Stage) -> None:
    stage.say("person")
    stage.say("handed")
    opens = (datetime.now(UTC) + timedelta(days=1)).replace(hour=1, minute=0).isoformat()
    stage.tell(standing={"owner": "officer_queue", "queue": {"open": False, "opens_at": opens}})


def officer(stage: Stage) -> None:
    queue(stage)
    stage.say("joined")
    stage.say("officer")
    stage.tell(standing={"owner": "officer", "holder": "officer1", "consultation_id": "cs_1"})
    stage.tell(frame={"type": "typing", "sender": "officer"})


def expert(stage: Stage) -> None:
    officer(stage)
    stage.say("expert")
    stage.tell(standing={"owner": "expert", "holder": "expert1", "consultation_id": "cs_1"})


def rating(stage: Stage) -> None:
    stage.say("expert")
    stage.say("survey")
    stage.page.locator(".grade input").nth(1).check()


def rated(stage: Stage) -> None:
    rating(stage)
    stage.press(".card .button-main")


def reconnecting(stage: Stage) -> None:
    answer(stage)
    stage.tell(sockets="off")
    stage.page.context.set_offline(True)
    stage.write("小规模纳税人开专票可以免税吗")
    stage.press(".button-send")
    stage.page.locator(".fate-waiting").wait_for()
    stage.page.wait_for_timeout(1500)


def refused(stage: Stage) -> None:
    start(stage)
    stage.tell(messages=422)
    stage.write("逾期没有申报要罚多少")
    stage.press(".button-send")
    stage.page.locator(".fate-refused").wait_for()


def too_long(stage: Stage) -> None:
    start(stage)
    stage.write("我单位上个季度的情况比较复杂。" * 140)


def _flow(name: str) -> Callable[[Stage], None]:
    """Return a state of a guided flow, told by the mock as the server told it once."""

    def state(stage: Stage) -> None:
        stage.say(name)
        stage.page.locator(".flow").wait_for()
        for fold in stage.page.locator(".flow-hints .fold").all()[:1]:
            fold.click()

    state.__name__ = name
    return state


FLOWS = [
    _flow(name)
    for name in (
        "flow_step", "flow_money", "flow_fault", "flow_list", "flow_rows", "flow_summary",
        "flow_result", "flow_paused",
    )
]  # fmt: skip


def file(stage: Stage) -> None:
    stage.say("file")
    stage.page.locator(".file-gone").wait_for()


def tray(stage: Stage) -> None:
    start(stage)
    sent = {"name": "申报表.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"}
    stage.page.locator("input[type=file]").set_input_files([sent])
    stage.page.locator(".tray-refused").wait_for()


def typing(stage: Stage) -> None:
    stage.say("question")
    stage.tell(frame={"type": "typing", "sender": "bot"})


def menu(stage: Stage) -> None:
    start(stage)
    stage.page.locator(".head .button-plain").click()


def read_aloud(stage: Stage) -> None:
    answer(stage)
    stage.page.locator(".reading .fold").first.click()


def privacy(stage: Stage) -> None:
    menu(stage)
    stage.press(".sheet .switch")


def history(stage: Stage) -> None:
    for name in ("greeting", "question", "answer", "person", "officer", "expert"):
        stage.say(name, consultation_id=None if name == "greeting" else "cs_1")
    card(stage)
    stage.say("vague", consultation_id="cs_2")
    stage.say("clarify", consultation_id="cs_2")
    past = datetime.now(UTC).isoformat()
    stage.tell(consultations=[
        {"id": "cs_2", "opened_at": past, "question": WORDS["vague"]["text"]},
        {"id": "cs_1", "opened_at": past, "closed_at": past, "result": "solved", "score": 5,
         "question": WORDS["question"]["text"]},
    ])  # fmt: skip
    stage.page.locator(".head .button-plain").click()
    stage.page.locator(".sheet button.switch:not([role])").first.click()
    stage.page.locator(".chapter").first.wait_for()


def history_open(stage: Stage) -> None:
    history(stage)
    stage.page.locator(".chapter-head").nth(2).click()
    stage.page.locator(".record").first.wait_for()


def search(stage: Stage) -> None:
    history(stage)
    stage.page.locator(".search .field").fill("30 万")
    stage.press(".search .button-main")
    stage.page.locator(".hit").first.wait_for()


def search_empty(stage: Stage) -> None:
    history(stage)
    stage.page.locator(".search .field").fill("土地增值税")
    stage.press(".search .button-main")
    stage.page.locator(".hits").wait_for(state="attached")


def token_refused(stage: Stage) -> None:
    stage.tell(sessions=401)
    stage.page.evaluate("sessionStorage.clear(); location.hash = 'token=stale'")
    stage.page.reload()
    stage.page.locator(".strip").wait_for()
    stage.tell(sessions=201)


def unread(stage: Stage) -> None:
    for _ in range(3):
        stage.say("question")
        stage.say("answer")
    stage.page.wait_for_timeout(200)
    stage.page.mouse.move(200, 180)
    stage.page.mouse.wheel(0, -900)
    stage.page.wait_for_timeout(300)
    stage.say("officer")
    stage.say("officer")
    stage.page.locator(".jump").wait_for()


STATES: list[Callable[[Stage], None]] = [
    start, answer, voted, clarify, clarified, profile, offer, card, card_answered, queue, leaving,
    out_of_hours, officer, expert, rating, rated, reconnecting, refused, too_long, typing, menu,
    flows, read_aloud, privacy, history, history_open, search, search_empty, token_refused, unread,
    *FLOWS, file, tray,
]  # fmt: skip


def audit(page: Page) -> list[str]:
    """Return what axe-core finds."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("() => axe.run()")["violations"]
    return [f"{each['id']}: {node['target']}" for each in found for node in each["nodes"]]


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("base")
    arguments.add_argument("out", type=Path)
    arguments.add_argument("--chromium")
    arguments.add_argument("--only", nargs="*", default=[])
    arguments.add_argument("--languages", nargs="*", default=LANGUAGES)
    arguments.add_argument(
        "--sizes", nargs="*", default=[*SIZES, "large", "large-narrow", "large-zoomed"]
    )
    asked = arguments.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    faults = 0
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=asked.chromium, args=FLAGS)
        for size in asked.sizes:
            width, height = SIZES.get(size.removeprefix("large-"), SIZES["phone"])
            for state, language in product(STATES, asked.languages):
                if asked.only and state.__name__ not in asked.only:
                    continue
                context = browser.new_context(
                    viewport={"width": width, "height": height}, locale="zh-CN"
                )
                context.add_init_script(VOICES)
                if size.startswith("large"):
                    context.add_init_script("localStorage.setItem('daoban.chat.large', 'true')")
                page = context.new_page()
                page.on("pageerror", lambda error: print("page error:", error))
                stage = Stage(asked.base, page)
                stage.tell(reset=True)
                page.goto(f"{asked.base}/chat/?lang={language}")
                page.locator(".strip").wait_for(state="detached")
                state(stage)
                page.wait_for_timeout(300)
                page.screenshot(path=asked.out / f"{state.__name__}-{size}-{language}.png")
                context.set_offline(False)
                cut = page.evaluate(CUT)
                if cut:
                    faults += 1
                    print(f"cut off {state.__name__} {size} {language}: {cut}")
                for fault in audit(page):
                    faults += 1
                    print(f"axe {state.__name__} {size} {language}: {fault}")
                context.close()
        browser.close()
    print(f"{faults} findings of axe-core")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
