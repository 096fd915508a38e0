"""Collections kept on both databases: the same again changes nothing."""

import pytest

from core.errors import NotFound
from knowledge_base.importing import service
from knowledge_base.importing.schemas import Passage, Source


def source(text="茶叶税率为百分之三。", label="第一条"):
    part = Passage(label=label, heading="第一章 总则", text=text)
    return Source(name="law.md", digest="0" * 64, kind="document", passages=[part])


async def keep(db, found, collection="laws"):
    return await db.write(lambda tx: service.keep(tx, collection, found))


async def find(db, words, collection="laws"):
    return await db.read(lambda tx: service.find(tx, collection, words))


async def test_the_same_import_again_changes_nothing(db):
    assert (await keep(db, source())).outcome == "added"
    assert (await keep(db, source())).outcome == "unchanged"
    [overview] = await db.read(service.overview)
    assert (overview.collection, overview.files, overview.passages) == ("laws", 1, 1)


async def test_a_changed_file_replaces_what_was_kept_of_it(db):
    await keep(db, source())
    assert (await keep(db, source("茶叶税率为百分之五。", "第二条"))).outcome == "changed"
    [found] = await find(db, "茶叶 百分之五")
    assert found.passage.label == "第二条"
    assert await find(db, "百分之三") == []


async def test_all_words_have_to_be_there_and_stand_for_themselves(db):
    await keep(db, source("加收100%_的罚款。"))
    assert len(await find(db, "100%_ 总则")) == 1
    assert await find(db, "1000_") == []
    assert await find(db, "茶叶 罚款") == []


async def test_collections_are_apart_and_can_be_let_go(db):
    await keep(db, source())
    await keep(db, source(), "other")
    assert await db.write(lambda tx: service.remove(tx, "laws")) == 1
    assert [each.collection for each in await db.read(service.overview)] == ["other"]
    with pytest.raises(NotFound, match="no collection laws; there are: other"):
        await find(db, "茶叶")
    assert len(await find(db, "茶叶", "other")) == 1
