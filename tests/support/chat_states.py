"""Every state of the taxpayer's chat, brought about by the mock `web/chat/dev/mock.mjs`.

A state is a function named by what it shows; the words said in it stand in `web/chat/dev/words`.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import httpx
from playwright.sync_api import Page

from core.script import shown
from core.settings import PROJECT

DEV = PROJECT / "web" / "chat" / "dev"
VOICES = """
const voices = ["zh-CN", "zh-TW", "en-US"].map((lang) => ({ lang, localService: true }));
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
Object.defineProperty(window, "speechSynthesis", { value: {
  getVoices: () => voices, speak() {}, cancel() {},
} });
"""
"""A device with a voice for each language; headless Chromium has none."""


@cache
def words_of(language: str) -> dict[str, Any]:
    """Return what is said, as the server says it: Traditional is made from Simplified."""
    written = "en" if language == "en" else "zh-Hans"
    read = (DEV / "words" / f"{written}.json").read_text(encoding="utf-8")
    said: dict[str, Any] = _in(language, json.loads(read))
    return said


def _in(language: str, said: Any) -> Any:
    if isinstance(said, dict):
        return {key: _in(language, each) for key, each in said.items()}
    if isinstance(said, list):
        return [_in(language, each) for each in said]
    return shown(said, language) if isinstance(said, str) else said


class Stage:
    """The mock behind the page, the page, and what is said in its language."""

    def __init__(self, base: str, page: Page, language: str) -> None:
        self.base, self.page = base, page
        self.words = words_of(language)
        self.typed: dict[str, Any] = self.words["typed"]

    def tell(self, **order: object) -> None:
        httpx.post(f"{self.base}/mock", json=order, trust_env=False).raise_for_status()

    def say(self, name: str, **more: object) -> None:
        self.tell(say=self.words[name] | more)

    def press(self, selector: str) -> None:
        self.page.locator(selector).last.click()

    def write(self, text: str) -> None:
        self.page.locator("form.composer textarea").fill(text)


def start(stage: Stage) -> None:
    stage.say("greeting")
    stage.page.locator(".choices").first.wait_for()


def flows(stage: Stage) -> None:
    stage.tell(flows=stage.typed["flows"])
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
    made = stage.words["card"]
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
    stage.write(stage.typed["offline"])
    stage.press(".button-send")
    stage.page.locator(".fate-waiting").wait_for()
    stage.page.wait_for_timeout(1500)


def refused(stage: Stage) -> None:
    start(stage)
    stage.tell(messages=422)
    stage.write(stage.typed["refused"])
    stage.press(".button-send")
    stage.page.locator(".fate-refused").wait_for()


def too_long(stage: Stage) -> None:
    start(stage)
    stage.write((stage.typed["long"] * 140)[:2100])


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
    sent = {"name": stage.typed["file"], "mimeType": "application/pdf", "buffer": b"%PDF-1.4"}
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
        {"id": "cs_2", "opened_at": past, "question": stage.words["vague"]["text"]},
        {"id": "cs_1", "opened_at": past, "closed_at": past, "result": "solved", "score": 5,
         "question": stage.words["question"]["text"]},
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
    stage.page.locator(".search .field").fill(stage.typed["found"])
    stage.press(".search .button-main")
    stage.page.locator(".hit").first.wait_for()


def search_empty(stage: Stage) -> None:
    history(stage)
    stage.page.locator(".search .field").fill(stage.typed["nowhere"])
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
