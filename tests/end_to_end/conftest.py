"""The whole system as it is run: Rasa, encoder, index, database, worker, built pages, browser."""

import asyncio
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from core.clock import Clock
from core.database import open_database
from core.settings import Settings
from escalation.staff.schemas import NewStaff
from escalation.staff.service import hash_password, put_staff
from knowledge_base.answering import KnowledgeBase
from knowledge_base.content import load_content
from knowledge_base.editing.intake import adopt_all
from knowledge_base.editing.usage import Question, note_question
from knowledge_base.encoder.loading import load_encoder
from knowledge_base.importing.schemas import Passage, Source
from knowledge_base.importing.service import keep
from knowledge_base.service import load
from tests.conftest import missing
from tests.rasa_server.model import HOME as DIALOGUE_HOME
from tests.rasa_server.model import trained_model
from tests.support.browser import ARGUMENTS, CHROMIUM, DESKTOP, PHONE
from tests.support.host import HOST_SECRET
from tests.support.looks import axe_faults
from tests.support.postgres import free_port
from tests.support.proxy import Wire, wire
from tests.support.serving import serving

expect.set_options(timeout=20_000)

PASSWORD = "only for these tests"
STAFF = (
    NewStaff(username="officer1", name="李静", roles=("officer",)),
    NewStaff(username="officer2", name="王磊", roles=("officer",)),
    NewStaff(username="expert1", name="陈思远", roles=("expert",)),
    NewStaff(username="editor1", name="周敏", roles=("editor",)),
    NewStaff(username="editor2", name="吴涛", roles=("editor",)),
    NewStaff(username="reviewer1", name="郑岚", roles=("reviewer",)),
    NewStaff(username="admin1", name="赵宁", roles=("administrator", "campaign_operator")),
)

OPENING = "2026-11-24T10:00:00+08:00"
"""A working day, so that the office is open whenever the tests run."""
IMPORTED = Source(
    name="tea.md",
    digest="0" * 64,
    kind="document",
    passages=[
        *(
            Passage(label=f"第{number}条", heading="第一章 总则", text="绿茶免税。")
            for number in range(1, 22)
        ),
        Passage(label="第二十二条", heading="第二章 税率", text="红茶税率为百分之三。"),
    ],
)
"""More than a page of what editors imported."""
UNANSWERED = ("宠物店怎么办理跨境重组备案", "虚拟币挖矿的收入怎么交税")
"""Asked the day before: what was asked now reaches the editors only ten minutes later."""


@pytest.fixture(scope="session")
def system(
    tmp_path_factory: pytest.TempPathFactory,
    project: Path,
    sqlite_template: Path,
    encoder_directory: Path,
) -> Iterator[str]:
    """Address of the running system, once for all stories."""
    trained_model()
    home = tmp_path_factory.mktemp("system")
    (home / "models").symlink_to(DIALOGUE_HOME / "models")
    settings = _prepared(home, project, sqlite_template, encoder_directory)
    with serving(settings) as address:
        _wait_for_dialogue(address)
        yield address


@pytest.fixture(scope="session")
def without_dialogue(
    tmp_path_factory: pytest.TempPathFactory,
    project: Path,
    sqlite_template: Path,
    encoder_directory: Path,
) -> Iterator[str]:
    """Address of a system whose dialogue server is down, once for all tests."""
    home = tmp_path_factory.mktemp("without_dialogue")
    settings = _prepared(home, project, sqlite_template, encoder_directory)
    with serving(settings.model_copy(update={"dialogue": False})) as address:
        yield address


def _prepared(home: Path, project: Path, template: Path, encoder_directory: Path) -> Settings:
    """Fill a home with knowledge, index and staff; return its settings."""
    for page in ("chat", "desk"):
        if not (project / "web" / page / "dist" / "index.html").exists():
            missing("browser", f"build web/{page}: make web")
    content = load_content(project / "data")
    kept = project / ".cache" / "tests"
    KnowledgeBase.open(kept, load_encoder(encoder_directory), content)
    shutil.copytree(kept / "index", home / "index")
    shutil.copy(template, home / "daoban.sqlite3")
    settings = Settings(
        home=home,
        port=free_port(),
        encoder=encoder_directory,
        demo=True,
        clock=OPENING,
        host_jwt_secret=HOST_SECRET,
    )
    hashed = hash_password(PASSWORD)

    async def fill() -> None:
        database = open_database(settings.database, Clock(settings.clock))
        await database.write(lambda tx: load(tx, content))
        await adopt_all(database)
        await database.write(lambda tx: keep(tx, "tea", IMPORTED))
        for number, text in enumerate(UNANSWERED):
            day_before = datetime.fromisoformat(OPENING) - timedelta(days=1)
            asked = Question(f"cv_before_{number}", 2, day_before, text, "unanswered")
            await database.write(lambda tx, asked=asked: note_question(tx, asked))
        for each in STAFF:
            await database.write(lambda tx, each=each: put_staff(tx, each, hashed))
        await database.close()

    asyncio.run(fill())
    return settings


def _wait_for_dialogue(address: str) -> None:
    with httpx.Client(base_url=address, trust_env=False) as client:
        for _ in range(1200):
            if client.get("/health/ready").json()["parts"]["dialogue"]["state"] == "up":
                return
            client.get("/health/live")
            asyncio.run(asyncio.sleep(0.1))
    raise AssertionError("Rasa did not come up; rasa.log says why")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium; Playwright's own event loop must be gone before other tests run one."""
    if CHROMIUM is None:
        missing("browser", "install Debian's package chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def line(system: str) -> Iterator[Wire]:
    """A wire to the system that a test can cut."""
    with wire(int(system.rsplit(":", 1)[1])) as made:
        yield made


def _context(browser: Browser, size: dict[str, int]) -> BrowserContext:
    context = browser.new_context(viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai")
    context.set_default_timeout(15_000)
    return context


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A taxpayer's phone."""
    context = _context(browser, PHONE)
    yield context.new_page()
    context.close()


@pytest.fixture
def officer_desk(browser: Browser) -> Iterator[Page]:
    """An officer's computer."""
    context = _context(browser, DESKTOP)
    yield context.new_page()
    context.close()


@pytest.fixture
def expert_desk(browser: Browser) -> Iterator[Page]:
    """An expert's computer."""
    context = _context(browser, DESKTOP)
    yield context.new_page()
    context.close()


@pytest.fixture
def operator(system: str) -> Iterator[httpx.Client]:
    """A signed-in administrator of the machine API."""
    with httpx.Client(base_url=f"{system}/api/v1", trust_env=False, timeout=30) as client:
        answer = client.post("/staff/sign-in", json={"username": "admin1", "password": PASSWORD})
        client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        yield client


@pytest.fixture
def pictures(project: Path) -> Path:
    """Where screenshots of the stories are kept."""
    folder = project / "test-results"
    folder.mkdir(exist_ok=True)
    return folder


def audit(page: Page, project: Path) -> None:
    """Let axe-core look at the page at rest; it finds nothing."""
    assert axe_faults(page, project) == []
