"""Full builds beside a server that answers, in real processes that may die."""

import asyncio
import resource
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot import reindexing as module
from bot.reindexing import IndexNotBuilt, Reindexing, renew_index
from core.settings import Settings
from knowledge_base.answering import KnowledgeBase
from knowledge_base.content import load_content
from knowledge_base.encoder.interface import Encoder
from knowledge_base.outcomes import Query
from knowledge_base.schemas import Content
from tests.knowledge_base.conftest import FIXTURES, TODAY, with_answer

ASKED = Query("忘记报税罚多少", TODAY)
SEARCHES = 1000


@pytest.fixture(scope="module")
def small() -> Content:
    return load_content(FIXTURES)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder, small: Content) -> Path:
    """A data directory with the index of the fixture collection."""
    home = tmp_path_factory.mktemp("built")
    KnowledgeBase.open(home, encoder, small)
    return home


@pytest.fixture
def here(tmp_path: Path, built: Path, encoder_directory: Path) -> Settings:
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    return Settings(home=tmp_path, encoder=encoder_directory, demo=True)


@pytest.fixture
def serving(here: Settings, encoder: Encoder, small: Content) -> KnowledgeBase:
    return KnowledgeBase.open(here.home, encoder, small)


def left(here: Settings) -> list[str]:
    return [path.name for path in (here.home / "index").glob(".building-*")]


async def until(holds: Callable[[], object], seconds: float = 120.0) -> None:
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 another process does it
            await asyncio.sleep(0.02)


@pytest.fixture
def builder(monkeypatch) -> list[asyncio.subprocess.Process]:
    """The processes that were started."""
    started: list[asyncio.subprocess.Process] = []
    begin = asyncio.create_subprocess_exec

    async def exec_(*command, **options):
        started.append(await begin(*command, **options))
        return started[-1]

    monkeypatch.setattr(module.asyncio, "create_subprocess_exec", exec_)
    return started


async def test_a_thousand_searches_during_a_full_build(here, serving, small):
    """None fails, and each shows one version: the question and the answer that belong together."""

    def version(n: int) -> Content:
        entry = small.entries["X-02"].model_copy(
            update={"question": f"第{n}版的问题怎么办", "answer": f"第{n}版答复" * 10}
        )
        return small.model_copy(update={"entries": small.entries | {"X-02": entry}})

    def ask() -> tuple[str, str]:
        outcome = serving.answer(ASKED)
        [question] = [each.question for each in outcome.trace if each.entry_id == "X-02"]
        return question, outcome.text

    serving.publish(version(0))
    build = asyncio.create_task(renew_index(here, serving, version(0)))
    seen, asked = set(), 0
    while asked < SEARCHES or not build.done():
        seen.add(await asyncio.to_thread(ask))
        asked += 1
        if asked == SEARCHES // 2:
            await asyncio.to_thread(serving.publish, version(1))
    await build
    assert seen == {(f"第{n}版的问题怎么办", f"第{n}版答复" * 10) for n in (0, 1)}
    assert serving.version.count("+") == 1  # the second version, on the build of the first
    assert serving.behind == 1


async def test_a_build_that_is_killed_changes_nothing(here, serving, small, builder):
    before = serving.answer(ASKED)
    changed = with_answer(small, "新的答复" * 10)
    build = asyncio.create_task(renew_index(here, serving, changed))
    await until(lambda: left(here))
    builder[0].send_signal(signal.SIGKILL)
    with pytest.raises(IndexNotBuilt):
        await build
    assert serving.answer(ASKED) == before
    assert "not built" in serving.fault
    await asyncio.to_thread(serving.publish, changed)
    assert serving.answer(ASKED).text == "新的答复" * 10


async def test_what_a_killed_build_left_goes_at_the_next_start(
    here, serving, small, encoder, builder
):
    build = asyncio.create_task(renew_index(here, serving, with_answer(small, "新的答复" * 10)))
    await until(lambda: left(here))
    builder[0].send_signal(signal.SIGKILL)
    with pytest.raises(IndexNotBuilt):
        await build
    assert left(here)
    with capture_logs() as logs:
        again = KnowledgeBase.open(here.home, encoder, small)
    assert left(here) == []
    assert "index_build_was_killed" in [each["event"] for each in logs]
    assert again.version == serving.version


async def test_a_build_on_a_full_disk_changes_nothing(here, serving, small, monkeypatch):
    """The builder may write no file of more than some bytes: as if the disk were full."""
    before = serving.version
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    begin = asyncio.create_subprocess_exec

    async def exec_(*command, **options):
        def bound() -> None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (2000, limits[1]))

        return await begin(*command, preexec_fn=bound, **options)

    monkeypatch.setattr(module.asyncio, "create_subprocess_exec", exec_)
    with capture_logs() as logs, pytest.raises(IndexNotBuilt):
        await renew_index(here, serving, with_answer(small, "新的答复" * 10))
    assert [each["exit"] for each in logs if each["event"] == "index_not_built"] == [1]
    assert serving.version == before
    assert left(here) == []


class TestReindexing:
    """When a build follows."""

    @pytest.fixture
    def builds(self) -> list[float]:
        return []

    @pytest.fixture
    async def following(self, serving, builds, monkeypatch):
        monkeypatch.setattr(module, "QUIET_SECONDS", 0.5)

        async def renew() -> None:
            builds.append(time.monotonic())
            await asyncio.to_thread(serving.rebase, serving.content)

        following = Reindexing(serving, renew)
        following.start()
        yield following
        await following.stop()

    async def test_none_without_a_change(self, following, builds):
        following.changed()
        await asyncio.sleep(0.7)
        assert builds == []

    async def test_one_when_changes_have_ended(self, following, builds, serving, small):
        begun = time.monotonic()
        for n in range(3):
            serving.publish(with_answer(small, f"第{n}版答复" * 10))
            following.changed()
            await asyncio.sleep(0.1)
        await until(lambda: "+" not in serving.version)
        assert len(builds) == 1
        assert builds[0] - begun > 0.5
        assert serving.answer(ASKED).text == "第2版答复" * 10

    async def test_at_once_after_many(self, following, builds, serving, small, monkeypatch):
        monkeypatch.setattr(module, "MANY", 1)
        monkeypatch.setattr(module, "QUIET_SECONDS", 3600.0)
        serving.publish(with_answer(small, "新的答复" * 10))
        following.changed()
        await until(lambda: "+" not in serving.version)
        assert len(builds) == 1

    async def test_a_failed_one_comes_again(self, serving, small, monkeypatch):
        monkeypatch.setattr(module, "QUIET_SECONDS", 0.05)
        monkeypatch.setattr(module, "RETRY_SECONDS", 0.05)
        tries = []

        async def renew() -> None:
            tries.append(1)
            if len(tries) < 3:
                raise IndexNotBuilt("killed")
            await asyncio.to_thread(serving.rebase, serving.content)

        following = Reindexing(serving, renew)
        serving.publish(with_answer(small, "新的答复" * 10))
        following.start()
        await until(lambda: "+" not in serving.version)
        await following.stop()
        assert len(tries) == 3
