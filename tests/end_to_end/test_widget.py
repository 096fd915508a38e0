"""The chat in pages of a bureau, which are of another origin, strict, and ill-mannered."""

import asyncio
import json
import re
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from core.clock import Clock
from core.database import open_database
from core.settings import Settings
from knowledge_base.answering import KnowledgeBase
from knowledge_base.content import load_content
from knowledge_base.editing.intake import adopt_all
from knowledge_base.encoder.loading import load_encoder
from knowledge_base.service import load
from tests.conftest import missing
from tests.end_to_end.conftest import audit
from tests.support.browser import DESKTOP, PHONE
from tests.support.bureau import Bureau, bureau_site
from tests.support.host import HOST_SECRET, host_token
from tests.support.postgres import free_port
from tests.support.serving import serving

pytestmark = pytest.mark.browser

WATCH = """
window.broken = [];
addEventListener("securitypolicyviolation", (event) =>
  broken.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));
"""
STYLES = """
() => [...document.querySelectorAll("html, body, body *")].map((element) => {
  const style = getComputedStyle(element);
  const values = [...style].map((name) => style.getPropertyValue(name));
  return [element.tagName, element.getAttribute("style"), ...values].join();
})
"""
LOOKS = """
(box) => ["fontSize", "textAlign", "letterSpacing", "boxSizing"]
  .map((name) => getComputedStyle(box)[name])
"""
ANSWER = re.compile("2000元以下")


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory,
    project: Path,
    sqlite_template: Path,
    encoder_directory: Path,
) -> Iterator[Bureau]:
    """The bureau's site, and the chat that it holds, without Rasa."""
    if not (project / "web" / "chat" / "dist" / "widget.js").exists():
        missing("browser", "build web/chat: make web")
    content = load_content(project / "data")
    kept = project / ".cache" / "tests"
    KnowledgeBase.open(kept, load_encoder(encoder_directory), content)
    home = tmp_path_factory.mktemp("widget")
    shutil.copytree(kept / "index", home / "index")
    shutil.copy(sqlite_template, home / "daoban.sqlite3")
    port = free_port()
    settings = Settings(
        home=home,
        port=free_port(),
        encoder=encoder_directory,
        demo=True,
        dialogue=False,
        host_jwt_secret=HOST_SECRET,
        widget_origins=frozenset({f"http://localhost:{port}"}),
    )

    async def fill() -> None:
        database = open_database(settings.database, Clock())
        await database.write(lambda tx: load(tx, content))
        await adopt_all(database)
        await database.close()

    asyncio.run(fill())
    with serving(settings) as address, bureau_site(address, port) as bureau:
        yield bureau


def _page(browser: Browser, **how: object) -> Iterator[Page]:
    context: BrowserContext = browser.new_context(
        locale="zh-CN", timezone_id="Asia/Shanghai", **how
    )
    context.set_default_timeout(15_000)
    context.add_init_script(WATCH)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    assert faults == []
    assert page.evaluate("broken") == []
    context.close()


@pytest.fixture
def computer(browser: Browser) -> Iterator[Page]:
    """A computer; at the end nothing failed and nothing went against the page's policy."""
    yield from _page(browser, viewport=DESKTOP)


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A phone, with the same end."""
    yield from _page(browser, viewport=PHONE, has_touch=True, is_mobile=True)


def launcher(page: Page) -> Locator:
    return page.locator("daoban-chat button[aria-haspopup=dialog]").first


def panel(page: Page) -> Locator:
    return page.locator("daoban-chat [role=dialog]").first


def box(page: Page) -> Locator:
    return panel(page).get_by_role("textbox")


def log(page: Page) -> Locator:
    return panel(page).get_by_role("log")


def ready(page: Page) -> None:
    expect(page.locator("daoban-chat")).to_have_count(1)


def until(page: Page, condition: str) -> None:
    """Wait for a condition; not by Playwright's own way, which the page's policy forbids."""
    page.evaluate(
        f"() => new Promise((d) => {{ const look = () => {condition} ? d() : setTimeout(look, 20);"
        " look(); })"
    )


def session(page: Page) -> dict:
    return json.loads(page.evaluate("sessionStorage.getItem('daoban.chat.session')"))


def say_elsewhere(site: Bureau, opened: dict, words: str) -> None:
    """Ask in the same conversation from another device."""
    answer = httpx.post(
        f"{site.chat}/api/v1/chat/sessions/{opened['session_id']}/messages",
        json={"client_message_id": str(uuid.uuid4()), "text": words},
        headers={"Authorization": f"Bearer {opened['session_token']}"},
        trust_env=False,
    )
    assert answer.status_code == 202, answer.text


def test_a_question_across_pages_of_the_bureau(
    site: Bureau, computer: Page, pictures: Path, project: Path
) -> None:
    page = computer
    page.goto(f"{site.listed}/")
    before = page.evaluate(STYLES)
    ready(page)
    expect(launcher(page)).to_have_text("在线导办")
    page.get_by_role("button", name="逾期申报怎么办").click()
    expect(log(page).get_by_text(ANSWER).first).to_be_visible()
    log(page).get_by_role("button", name=re.compile("依据")).click()
    expect(log(page).get_by_text("中华人民共和国税收征收管理法").first).to_be_visible()
    page.screenshot(path=pictures / "widget.png")
    audit(page, project)
    assert page.evaluate(STYLES) == before, "the page looks different since the chat is there"
    assert box(page).evaluate(LOOKS) == ["16px", "start", "normal", "border-box"]

    # Another page of the bureau: the panel stands open as it was left, without taking the focus.
    page.get_by_role("link", name="发票").click()
    expect(log(page).get_by_text(ANSWER).first).to_be_visible()
    assert page.evaluate("document.activeElement.tagName") == "BODY"
    first = session(page)

    # Closed by Escape; an answer that comes meanwhile is counted on the button.
    box(page).focus()
    page.keyboard.press("Escape")
    expect(panel(page)).to_be_hidden()
    expect(launcher(page)).to_be_focused()
    say_elsewhere(site, first, "小规模纳税人季度销售额多少免征增值税")
    expect(launcher(page)).to_have_attribute("aria-label", "在线导办 (1 条新消息)")
    expect(page.locator("#state")).to_have_text("1 条新消息")
    page.keyboard.press("Enter")
    expect(box(page)).to_be_focused()
    expect(launcher(page)).to_have_attribute("aria-label", "在线导办")
    assert session(page) == first


FLOW = """<!doctype html><html><head>
<meta name="viewport" content="width=device-width, initial-scale=1">
<script src="%chat%/widget.js" data-flow="F06" data-topic="逾期没有申报会怎么处理？"></script>
</head><body><p>办税</p></body></html>"""
BEGUN = re.compile("是哪件事晚了")


def test_a_page_opens_the_chat_on_a_flow(site: Bureau, computer: Page, pictures: Path) -> None:
    page = computer
    page.goto(f"{site.listed}/")
    ready(page)
    page.get_by_role("button", name="补办逾期申报").click()
    step = panel(page).get_by_role("region", name=BEGUN)
    step.get_by_role("radio", name="没按时报税").check()
    step.get_by_role("button", name=re.compile("下一步")).click()
    asked = panel(page).get_by_role("region", name=re.compile("是哪一种税"))
    expect(asked).to_be_visible()
    page.screenshot(path=pictures / "widget-flow.png")

    # Asked for again, the unfinished run goes on where it stood.
    page.evaluate("Daoban.open({flow: 'F06'})")
    expect(panel(page).get_by_text(re.compile("正在办理，请接着填写")).first).to_be_visible()
    expect(asked).to_be_visible()
    expect(panel(page).get_by_role("region", name=BEGUN)).to_have_count(0)

    # One that there is not is refused in words, and nothing stands in the log.
    page.evaluate("Daoban.open({flow: 'F99'})")
    refusal = panel(page).get_by_role("alert").filter(has_text="没有开放")
    expect(refusal).to_be_visible()
    refusal.get_by_role("button", name="删除").click()
    expect(refusal).to_have_count(0)


def test_a_tag_opens_the_chat_on_a_flow_once_in_a_tab(site: Bureau, phone: Page) -> None:
    page = phone
    site.pages["flow.html"] = (FLOW, None)
    page.goto(f"{site.listed}/flow.html")
    launcher(page).click()
    expect(panel(page).get_by_role("region", name=BEGUN)).to_be_visible()
    expect(log(page).get_by_text(ANSWER)).to_have_count(0)
    page.reload()
    launcher(page).click()
    expect(panel(page).get_by_role("region", name=BEGUN)).to_be_visible()
    expect(log(page).get_by_text(re.compile("正在办理，请接着填写"))).to_have_count(0)


def test_signing_in_keeps_what_was_said_and_the_token_to_itself(
    site: Bureau, computer: Page
) -> None:
    page = computer
    site.token = host_token("p-widget", "t-widget")
    page.goto(f"{site.listed}/")
    page.get_by_role("button", name="逾期申报怎么办").click()
    expect(log(page).get_by_text(ANSWER).first).to_be_visible()
    with page.expect_response(re.compile("/identify$")) as told:
        page.get_by_role("button", name="登录").click()
    assert told.value.status == 200
    stored = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert site.token not in stored
    assert site.token not in page.url

    # The next page names the same person: the conversation goes on, nothing is asked of the server.
    opened = session(page)
    page.get_by_role("link", name="发票").click()
    expect(log(page).get_by_text(ANSWER).first).to_be_visible()
    assert session(page) == opened

    # Another person signs in: nothing of the one before is shown.
    site.token = host_token("p-other", "t-other")
    page.reload()
    expect(log(page).get_by_text(re.compile("您好")).first).to_be_visible()
    expect(log(page).get_by_text(ANSWER)).to_have_count(0)
    assert session(page)["conversation_id"] != opened["conversation_id"]

    # And out: an anonymous conversation begins.
    signed_in = session(page)["conversation_id"]
    page.get_by_role("button", name="退出").click()
    kept = f"(sessionStorage.getItem('daoban.chat.session') ?? '{signed_in}')"
    until(page, f"!{kept}.includes('{signed_in}')")


LATE = """<!doctype html><html><head>
<meta name="viewport" content="width=device-width, initial-scale=1">
<script src="%chat%/widget.js" data-token-provider="late.token"></script>
</head><body><p>办税</p><img src="slow.png" alt=""></body></html>"""


def test_a_page_whose_token_comes_late_shows_nothing_of_the_one_before(
    site: Bureau, computer: Page
) -> None:
    page = computer
    site.token = host_token("p-early", "t-early")
    page.goto(f"{site.listed}/")
    page.get_by_role("button", name="逾期申报怎么办").click()
    expect(log(page).get_by_text(ANSWER).first).to_be_visible()
    with page.expect_response(re.compile("/identify$")):
        page.get_by_role("button", name="登录").click()
    opened = session(page)

    # The chat is there before the page has loaded, and before its function is.
    held: list[Route] = []
    page.route("**/slow.png", lambda route: held.append(route))
    site.pages["late.html"] = (LATE, f"img-src 'self' data: blob: {site.chat}")
    with page.expect_response(re.compile("/chat/assets/app")):
        page.goto(f"{site.listed}/late.html", wait_until="commit")
    page.wait_for_timeout(500)
    token = host_token("p-late", "t-late")
    page.evaluate("(token) => { window.late = { token: async () => token }; }", token)
    held[0].abort()
    expect(log(page).get_by_text(re.compile("您好")).first).to_be_visible()
    expect(log(page).get_by_text(ANSWER)).to_have_count(0)
    assert session(page)["conversation_id"] != opened["conversation_id"]


def test_a_refused_token_is_told_to_the_page(site: Bureau, computer: Page) -> None:
    page = computer
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site.listed}/")
    ready(page)
    page.evaluate("Daoban.signIn('forged.token.here'); Daoban.open()")
    expect(page.locator("#who")).to_have_text("登录已失效，请重新登录")
    expect(panel(page).locator(".strip").get_by_text("登录信息已失效")).to_be_visible()
    assert sum(each.endswith("/chat/sessions") for each in asked) == 1
    token = host_token("p-again", "t-again")
    page.evaluate("(token) => Daoban.signIn(token)", token)
    expect(log(page).get_by_text(re.compile("王敏，您好"))).to_be_visible()


def test_on_a_phone_it_covers_the_page_and_back_closes_it(
    site: Bureau, phone: Page, pictures: Path, project: Path
) -> None:
    page = phone
    page.goto(f"{site.listed}/")
    ready(page)
    page.evaluate("document.querySelector('main').style.minHeight = '2000px'; scrollTo(0, 120)")
    before = page.evaluate(STYLES)
    launcher(page).click()
    expect(box(page)).to_be_visible()
    assert panel(page).bounding_box() == {"x": 0, "y": 0, **PHONE}
    expect(panel(page)).to_have_attribute("aria-modal", "true")
    expect(launcher(page)).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.body).position") == "fixed"
    page.screenshot(path=pictures / "widget-phone.png")
    audit(page, project)
    page.go_back()
    expect(panel(page)).to_be_hidden()
    assert page.url == f"{site.listed}/"
    assert page.evaluate("scrollY") == 120
    assert page.evaluate(STYLES) == before

    # Closed by its own button, it leaves no entry behind.
    launcher(page).click()
    panel(page).get_by_role("button", name="收起").click()
    expect(panel(page)).to_be_hidden()
    until(page, "history.state === null")


def test_a_page_that_is_not_listed_gets_a_plain_note(site: Bureau, computer: Page) -> None:
    page = computer
    page.goto(f"{site.unlisted}/")
    ready(page)
    launcher(page).click()
    expect(panel(page).locator(".strip")).to_contain_text("本页尚未获准使用在线导办")
    link = panel(page).get_by_role("link", name="打开在线导办")
    expect(link).to_have_attribute("href", f"{site.chat}/chat/")


def test_without_constructed_style_sheets_a_file_is_taken(site: Bureau, computer: Page) -> None:
    page = computer
    page.add_init_script("delete CSSStyleSheet.prototype.replaceSync")
    page.goto(f"{site.listed}/")
    ready(page)
    launcher(page).click()
    expect(box(page)).to_have_css("border-radius", "8px")
    assert (
        page.evaluate(
            "document.querySelector('daoban-chat').shadowRoot.querySelectorAll('link').length"
        )
        == 1
    )


OLD = """<!doctype html><html><head>
<script nonce="n0nce">
  Array.prototype.toJSON = function () { return "[" + this.join() + "]"; };
  String.prototype.toJSON = function () { return '"' + this + '"'; };
  Array.prototype.contains = function () {};
  Array.from = function (list) { return [].slice.call(list); };
  Object.defineProperty(window, "sessionStorage", { get() { throw new Error("forbidden"); } });
  Object.defineProperty(window, "localStorage", { get() { throw new Error("forbidden"); } });
  delete window.visualViewport;
</script>
<script nonce="n0nce" src="%chat%/widget.js" data-position="left" data-color="#ffd400"
  data-label="问一问" data-topic="逾期没有申报会怎么处理？"></script>
<script nonce="n0nce" src="%chat%/widget.js"></script>
<body dir="rtl" style="zoom: 1.25"><p>旧系统</p></body></html>"""


def test_an_old_page_with_a_nonce_without_storage_and_the_tag_twice(
    site: Bureau, computer: Page
) -> None:
    page = computer
    written = (
        f"default-src 'none'; script-src 'nonce-n0nce'; style-src-attr 'unsafe-inline'; "
        f"connect-src {site.chat} {site.chat.replace('http', 'ws')}"
    )
    site.pages["old.html"] = (OLD, written)
    page.goto(f"{site.listed}/old.html")
    expect(page.locator("daoban-chat")).to_have_count(1)
    expect(launcher(page)).to_have_text("问一问")
    expect(launcher(page)).to_have_css("color", "rgb(0, 0, 0)")
    launcher(page).click()
    expect(log(page).get_by_text(ANSWER).first).to_be_visible()
    frame = panel(page).bounding_box()
    assert frame is not None
    assert (frame["x"], frame["width"]) == (20, 400)


@pytest.mark.parametrize(("name", "shown"), [("listed", True), ("unlisted", False)])
def test_the_full_page_in_a_frame(site: Bureau, computer: Page, name: str, shown: bool) -> None:
    page = computer
    site.pages["frame.html"] = (
        '<!doctype html><iframe src="%chat%/chat/" width="400" height="600"></iframe>',
        f"frame-src {site.chat}",
    )
    page.goto(f"{getattr(site, name)}/frame.html")
    inside = page.frame_locator("iframe").get_by_role("log")
    if shown:
        expect(inside).to_be_visible()
    else:
        expect(inside).to_have_count(0)


def test_it_can_be_taken_off_and_told_what_to_do(site: Bureau, computer: Page) -> None:
    page = computer
    page.goto(f"{site.listed}/")
    ready(page)
    page.evaluate("Daoban.setLocale('en'); Daoban.open()")
    expect(launcher(page)).to_have_text("Online tax help")
    expect(box(page)).to_have_attribute("aria-label", re.compile("question"))
    page.evaluate("Daoban.destroy()")
    expect(page.locator("daoban-chat")).to_have_count(0)
    assert page.evaluate("window.Daoban") is None
