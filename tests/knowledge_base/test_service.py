"""Files merged into the store, on both databases."""

import sqlalchemy as sa

from knowledge_base import service
from knowledge_base.models import entries
from knowledge_base.schemas import Content


async def load(db, content):
    return await db.write(lambda tx: service.load(tx, content))


async def stored(db, *, provisional=True):
    return await db.read(lambda tx: service.stored_content(tx, provisional=provisional))


def changed(content: Content, entry_id: str, **values) -> Content:
    entry = content.entries[entry_id].model_copy(update=values)
    return content.model_copy(update={"entries": content.entries | {entry_id: entry}})


def without(content: Content, entry_id: str) -> Content:
    kept = {key: entry for key, entry in content.entries.items() if key != entry_id}
    return content.model_copy(update={"entries": kept})


async def edit(db, entry_id, answer):
    """What the editor's desk does: change the content and mark it."""

    def unit(tx):
        row = tx.execute(sa.select(entries.c.content).where(entries.c.id == entry_id)).one()
        tx.execute(
            sa.update(entries)
            .where(entries.c.id == entry_id)
            .values(content=row.content | {"answer": answer}, edited=True)
        )

    await db.write(unit)


async def test_what_was_loaded_comes_back_the_same(db, content):
    report = await load(db, content)
    assert set(report.added) == {
        *content.entries,
        *(f"document:{key}" for key in content.documents),
    }
    assert await stored(db) == content


async def test_the_same_files_change_nothing(db, content):
    await load(db, content)
    report = await load(db, content)
    assert not (report.added or report.changed or report.removed or report.kept_local)
    assert len(report.unchanged) == len(content.entries) + len(content.documents)


async def test_a_changed_file_changes_the_entry(db, content):
    await load(db, content)
    report = await load(db, changed(content, "X-02", answer="新" * 50))
    assert report.changed == ["X-02"]
    assert (await stored(db)).entries["X-02"].answer == "新" * 50


async def test_a_local_edit_is_never_overwritten(db, content):
    await load(db, content)
    await edit(db, "X-02", "本地" * 30)
    assert (await load(db, content)).kept_local == []
    report = await load(db, changed(content, "X-02", answer="新" * 50))
    assert report.kept_local == ["X-02"]
    report = await load(db, without(content, "X-02"))
    assert report.kept_local == ["X-02"]
    assert (await stored(db)).entries["X-02"].answer == "本地" * 30


async def test_what_the_files_dropped_is_removed(db, content):
    await load(db, content)
    smaller = without(content, "X-03")
    documents = {key: each for key, each in content.documents.items() if key != "notice-2023"}
    report = await load(db, smaller.model_copy(update={"documents": documents}))
    assert set(report.removed) == {"X-03", "document:notice-2023"}
    assert "X-03" not in (await stored(db)).entries


async def test_a_document_stays_while_a_local_entry_cites_it(db, content):
    await load(db, content)
    await edit(db, "X-03", "本地" * 30)
    documents = {key: each for key, each in content.documents.items() if key != "notice-2023"}
    smaller = without(content, "X-03").model_copy(update={"documents": documents})
    report = await load(db, smaller)
    assert report.removed == []
    assert (await stored(db)).documents["notice-2023"].title == "测试旧通知"


async def test_only_signed_entries_where_provisional_ones_may_not_be_given(db, content, clock):
    await load(db, content)
    assert (await stored(db, provisional=False)).entries == {}
    signed = sa.update(entries).where(entries.c.id == "X-02").values(reviewed_at=clock.now())
    await db.write(lambda tx: tx.execute(signed))
    assert set((await stored(db, provisional=False)).entries) == {"X-02"}
    await load(db, changed(content, "X-02", answer="新" * 50))
    assert (await stored(db, provisional=False)).entries == {}


async def test_a_draft_can_be_found_and_a_withdrawn_entry_cannot(db, content):
    report = await load(db, changed(content, "X-02", state="draft"))
    assert "X-02" in report.added
    assert (await stored(db)).entries["X-02"].is_draft
    await load(db, changed(content, "X-02", state="withdrawn"))
    assert (await stored(db)).entries.keys() == content.entries.keys() - {"X-02"}
