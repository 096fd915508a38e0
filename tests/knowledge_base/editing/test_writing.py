"""Versions: every save is one, two editors lose nothing, files and the desk know of each other."""

import pytest

from core.errors import BadInput
from knowledge_base.editing import intake, reading, repository, service
from knowledge_base.editing.errors import EntryChanged, EntryExists, NoSuchEntry, NoSuchVersion
from knowledge_base.editing.models import editing
from knowledge_base.editing.schemas import Draft
from knowledge_base.service import stored_content
from tests.knowledge_base.editing.conftest import ANNA, BO, Desk

NEW = "测试用：改过的答案，说明纳税人应当在规定的期限内办理，逾期的按照规定处理，并且不得重复享受。"


def with_answer(content, entry_id, answer):
    entry = content.entries[entry_id].model_copy(update={"answer": answer})
    return content.model_copy(update={"entries": content.entries | {entry_id: entry}})


class TestIntake:
    async def test_what_was_loaded_is_version_one_of_each(self, desk, content) -> None:
        entry = await desk.entry("X-02")
        assert (entry.state, entry.live, entry.work) == ("provisional", "provisional", None)
        assert (entry.version, entry.live_version, entry.head_version) == (1, 1, 1)
        assert entry.content == Draft.of(content.entries["X-02"])
        assert entry.changed_by.id == "files"

    async def test_a_changed_file_is_the_next_version(self, desk, content) -> None:
        await desk.load(with_answer(content, "X-02", NEW))
        assert [each.version for each in await desk.history("X-02")] == [2, 1]
        assert (await desk.entry("X-02")).content.answer == NEW

    async def test_what_files_dropped_is_no_longer_listed(self, desk, content) -> None:
        entries = {key: each for key, each in content.entries.items() if key != "X-03"}
        await desk.load(content.model_copy(update={"entries": entries}))
        with pytest.raises(NoSuchEntry):
            await desk.entry("X-03")

    async def test_a_store_from_before_the_desk_is_taken_in(self, desk, db) -> None:
        await db.write(lambda tx: tx.execute(editing.delete()))
        assert await db.write(intake.adopt) == 9
        assert await db.write(intake.adopt) == 0
        assert (await desk.entry("X-07")).verify_by is not None

    async def test_of_many_that_are_new_the_rest_is_taken_in_little_by_little(
        self, db, content, monkeypatch
    ) -> None:
        monkeypatch.setattr("knowledge_base.service.AT_ONCE", 2)
        monkeypatch.setattr(intake, "AT_ONCE", 2)
        found = Desk(db, content)
        await found.load(content)
        assert len(await db.read(repository.missing_ids)) == 7
        await intake.adopt_all(db)
        assert await db.read(repository.missing_ids) == set()
        assert (await found.entry("X-07")).verify_by is not None


class TestSaving:
    async def test_a_save_is_a_version_and_taxpayers_see_nothing(self, desk, db, content) -> None:
        assert await desk.save("X-02", 1, answer=NEW, note="新口径") is None
        entry = await desk.entry("X-02")
        assert (entry.state, entry.live, entry.work) == ("draft", "provisional", "draft")
        assert entry.content.answer == NEW
        assert entry.live_content.answer == content.entries["X-02"].answer
        newest = (await desk.history("X-02"))[0]
        assert (newest.version, newest.author.name, newest.note) == (2, "编辑甲", "新口径")
        assert await db.read(lambda tx: stored_content(tx, provisional=True)) == content

    async def test_the_same_again_is_no_version(self, desk) -> None:
        await desk.save("X-02", 1)
        assert (await desk.entry("X-02")).work is None
        await desk.save("X-02", 1, answer=NEW)
        await desk.save("X-02", 2)
        assert len(await desk.history("X-02")) == 2

    async def test_faults_do_not_stop_a_save(self, desk) -> None:
        await desk.save("X-02", 1, answer="短", sources=[{"document": "none"}], related=["Y-1"])
        assert await desk.faults("X-02") == ["answer", "related.0", "sources.0"]

    async def test_a_draft_that_lacks_everything_can_be_kept(self, desk, db) -> None:
        await db.write(lambda tx: service.create(tx, "N-01", Draft(), "", ANNA))
        entry = await desk.entry("N-01")
        assert (entry.state, entry.live, entry.version) == ("draft", None, 1)
        assert "sources" in await desk.faults("N-01")

    async def test_an_id_is_given_once(self, desk, db) -> None:
        with pytest.raises(EntryExists):
            await db.write(lambda tx: service.create(tx, "X-02", Draft(), "", ANNA))

    async def test_a_version_that_never_was(self, desk) -> None:
        with pytest.raises(NoSuchVersion):
            await desk.db.write(
                lambda tx: service.save(tx, "X-02", Draft(), base_version=9, note="", who=ANNA)
            )


class TestTwoEditors:
    async def test_the_second_is_told_and_both_texts_are_kept(self, desk) -> None:
        await desk.save("X-02", 1, answer=NEW)
        conflict = await desk.save("X-02", 1, who=BO, question="逾期申报怎么办", note="我的")
        assert isinstance(conflict.error(), EntryChanged)
        told = conflict.extra
        assert (told["head_version"], told["kept_as"]) == (2, 3)
        assert told["theirs"]["author"]["name"] == "编辑甲"
        assert told["yours"]["question"] == "逾期申报怎么办"
        assert told["conflicts"] == []
        assert told["merged"]["answer"] == NEW
        assert told["merged"]["question"] == "逾期申报怎么办"
        kept = await desk.version("X-02", 3)
        assert (kept.aside, kept.author.id, kept.content.question) == (
            True,
            "st_b",
            "逾期申报怎么办",
        )
        assert (await desk.entry("X-02")).content.answer == NEW

    async def test_what_both_changed_is_named(self, desk) -> None:
        await desk.save("X-02", 1, answer=NEW)
        conflict = await desk.save("X-02", 1, who=BO, answer=NEW + "另有规定的除外。")
        assert conflict.extra["conflicts"] == ["answer"]
        assert conflict.extra["merged"]["answer"].endswith("除外。")

    async def test_the_second_goes_on_from_the_first(self, desk) -> None:
        await desk.save("X-02", 1, answer=NEW)
        conflict = await desk.save("X-02", 1, who=BO, question="逾期申报怎么办")
        merged = Draft.model_validate(conflict.extra["merged"])
        again = lambda tx: service.save(  # noqa: E731
            tx, "X-02", merged, base_version=2, note="合并", who=BO
        )
        assert await desk.db.write(again) is None
        entry = await desk.entry("X-02")
        assert (entry.version, entry.content.answer, entry.content.question) == (
            4,
            NEW,
            "逾期申报怎么办",
        )

    async def test_what_was_kept_aside_is_no_base(self, desk) -> None:
        await desk.save("X-02", 1, answer=NEW)
        await desk.save("X-02", 1, who=BO, question="逾期申报怎么办")
        with pytest.raises(BadInput):
            await desk.save("X-02", 3, topic="x")

    async def test_files_that_change_under_a_draft_are_merged_with_it(self, desk, content) -> None:
        await desk.save("X-02", 1, question="逾期申报怎么办")
        await desk.load(with_answer(content, "X-02", NEW))
        entry = await desk.entry("X-02")
        assert (entry.version, entry.live_version, entry.head_version) == (2, 3, 3)
        assert entry.work == "draft"
        conflict = await desk.save("X-02", 2, topic="fines")
        assert conflict.extra["conflicts"] == []
        merged = conflict.extra["merged"]
        assert (merged["answer"], merged["question"], merged["topic"]) == (
            NEW,
            "逾期申报怎么办",
            "fines",
        )


class TestHistory:
    async def test_differences_by_field(self, desk) -> None:
        aliases = [*(await desk.version("X-02", 1)).content.aliases, "报税晚了怎么办"]
        await desk.save("X-02", 1, aliases=aliases, answer=NEW, valid_to="2027-12-31")
        told = await desk.db.read(lambda tx: reading.difference(tx, "X-02", 1, 2))
        by_field = {each.field: each for each in told.fields}
        assert set(by_field) == {"aliases", "answer", "valid_to"}
        assert [part.text for part in by_field["aliases"].items if part.op == "add"] == [
            "报税晚了怎么办"
        ]
        assert by_field["valid_to"].change == "added"
        kept = "".join(part.text for part in by_field["answer"].parts if part.op != "del")
        assert kept == NEW

    async def test_an_older_version_comes_back_as_a_new_one(self, desk, content) -> None:
        await desk.save("X-02", 1, answer=NEW)
        await desk.db.write(
            lambda tx: service.revert(tx, "X-02", 1, base_version=2, note="", who=BO)
        )
        entry = await desk.entry("X-02")
        assert (entry.version, entry.content) == (3, Draft.of(content.entries["X-02"]))
        assert [each.origin for each in await desk.history("X-02")] == ["revert", "edit", "import"]

    async def test_a_draft_is_let_go_and_stays_in_history(self, desk) -> None:
        await desk.save("X-02", 1, answer=NEW)
        await desk.db.write(lambda tx: service.discard(tx, "X-02", 2, ANNA))
        entry = await desk.entry("X-02")
        assert (entry.state, entry.version, len(await desk.history("X-02"))) == (
            "provisional",
            1,
            2,
        )
        await desk.save("X-02", 1, topic="fines")
        assert (await desk.entry("X-02")).version == 3

    async def test_one_who_edited_the_draft_that_went_is_told(self, desk) -> None:
        await desk.save("X-02", 1, answer=NEW)
        await desk.db.write(lambda tx: service.discard(tx, "X-02", 2, ANNA))
        conflict = await desk.save("X-02", 2, who=BO, topic="fines")
        assert conflict.extra["kept_as"] == 3

    async def test_a_new_entry_that_is_let_go_leaves_the_list(self, desk, db) -> None:
        await db.write(lambda tx: service.create(tx, "N-01", Draft(), "", ANNA))
        await db.write(lambda tx: service.discard(tx, "N-01", 1, ANNA))
        with pytest.raises(NoSuchEntry):
            await desk.entry("N-01")
        await db.write(lambda tx: service.create(tx, "N-01", Draft(), "", ANNA))
        assert (await desk.entry("N-01")).version == 2
