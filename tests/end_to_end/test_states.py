"""Every state of the taxpayer's chat, in every language, on a phone, wide and in large text.

The pictures stay in `test-results/states`. `DAOBAN_LOOKS="tablet narrow zoomed large-narrow
large-zoomed"` looks at other sizes.
"""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from bot.setup.node import ensure_node
from tests.conftest import missing
from tests.support.browser import DESKTOP, PHONE
from tests.support.chat_states import STATES, VOICES, Stage
from tests.support.looks import at_rest, axe_faults, cut_words, foreign_words
from tests.support.postgres import free_port

pytestmark = pytest.mark.browser

SIZES = {
    "phone": PHONE,
    "large": PHONE,
    "wide": DESKTOP,
    "tablet": {"width": 768, "height": 1024},
    "narrow": {"width": 320, "height": 640},
    "zoomed": {"width": 683, "height": 384},
}
LOOKS = os.environ.get("DAOBAN_LOOKS", "phone wide large").split()
LANGUAGES = ("zh-Hans", "zh-Hant", "en")
LARGE = "(root, large) => root.classList.toggle('large', large)"
"""As the switch of the menu does."""


@pytest.fixture(scope="module")
def mock(project: Path) -> Iterator[str]:
    """Address of the chat's mock, which does what a state asks for."""
    chat = project / "web" / "chat"
    for built in ("dist/index.html", "node_modules/ws"):
        if not (chat / built).exists():
            missing("browser", "build web/chat: make web")
    node = ensure_node(project / ".cache", lambda _: None)
    port = free_port()
    server = subprocess.Popen(
        ["node", str(chat / "dev" / "mock.mjs"), str(port)],
        env=node.variables,
        stdout=subprocess.PIPE,
    )
    try:
        assert server.stdout is not None
        assert server.stdout.readline(), "the mock did not start"
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)


@contextmanager
def opened(browser: Browser, mock: str, language: str) -> Iterator[Stage]:
    """Open the chat on a phone; at the end no script of it has failed."""
    context = browser.new_context(viewport=PHONE, locale="zh-CN", timezone_id="Asia/Shanghai")
    context.set_default_timeout(15_000)
    context.add_init_script(VOICES)
    page = context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    stage = Stage(mock, page, language)
    stage.tell(reset=True)
    page.goto(f"{mock}/chat/?lang={language}")
    page.locator(".strip").wait_for(state="detached")
    yield stage
    context.close()
    assert broken == []


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_state_is_sound(
    mock: str,
    browser: Browser,
    pictures: Path,
    project: Path,
    language: str,
    state: Callable[[Stage], None],
) -> None:
    with opened(browser, mock, language) as stage:
        page = stage.page
        state(stage)
        # Once: neither a wider window nor larger letters change what axe-core looks at.
        found = {"axe": axe_faults(page, project), "language": foreign_words(page, language)}
        for look in LOOKS:
            page.set_viewport_size(SIZES[look.removeprefix("large-")])
            page.locator(".daoban").evaluate(LARGE, look.startswith("large"))
            at_rest(page)
            page.screenshot(path=pictures / "states" / f"{state.__name__}-{look}-{language}.png")
            found[f"cut off, {look}"] = cut_words(page)
    assert {kind: each for kind, each in found.items() if each} == {}


def test_large_text_survives_a_reload(mock: str, browser: Browser) -> None:
    with opened(browser, mock, "en") as stage:
        page = stage.page
        box = page.get_by_role("textbox", name="Your question")
        expect(box).to_have_css("font-size", "16px")
        page.get_by_role("button", name="Menu").click()
        page.get_by_role("switch", name="Large text").click()
        expect(box).to_have_css("font-size", "22px")
        assert cut_words(page) == []
        page.reload()
        expect(box).to_have_css("font-size", "22px")
        page.get_by_role("button", name="Menu").click()
        page.get_by_role("switch", name="Large text").click()
        expect(box).to_have_css("font-size", "16px")
        page.reload()
        expect(box).to_have_css("font-size", "16px")


TOLD = {
    "zh-Hans": ("由智能导办自动答复", "由工作人员答复", "先遮盖再保存", "申请删除", "不要发送密码"),
    "zh-Hant": ("由智能導辦自動答覆", "由工作人員答覆", "先遮蓋再保存", "申請刪除", "不要發送密碼"),
    "en": ("by a program", "from a person", "are masked", "ask for deletion", "not send passwords"),
}
"""Who answers, that numbers are masked, the right to deletion, and what not to send."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_privacy_notice_says_what_it_must(mock: str, browser: Browser, language: str) -> None:
    with opened(browser, mock, language) as stage:
        page = stage.page
        asked = page.locator(".composer-note button")
        asked.focus()
        page.keyboard.press("Enter")
        notice = page.get_by_role("dialog")
        expect(notice).to_be_focused()
        for words in TOLD[language]:
            expect(notice).to_contain_text(words)
        page.keyboard.press("Escape")
        expect(notice).to_have_count(0)
        expect(asked).to_be_focused()
