"""A published change is in use without a full build, and ends up as a full build would."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from knowledge_base import snapshot as module
from knowledge_base.answering import KnowledgeBase
from knowledge_base.outcomes import Query
from knowledge_base.ranking import fuse
from knowledge_base.schemas import Content, Entry
from knowledge_base.search import Filters
from knowledge_base.snapshot import change
from knowledge_base.text import searchable, tokens
from tests.knowledge_base.conftest import TODAY, BigramEncoder, with_answer, without

ASKED = Query("忘记报税罚多少", TODAY)


@pytest.fixture
def knowledge(tmp_path, encoder, content) -> KnowledgeBase:
    return KnowledgeBase.open(tmp_path, encoder, content)


def built(tmp_path) -> set[str]:
    return {path.name for path in (tmp_path / "index").iterdir() if path.is_dir()}


def test_an_edit_is_answered_without_a_build(knowledge, content, encoder, tmp_path):
    base, directories = knowledge.version, built(tmp_path)
    encoder.encoded.clear()
    assert knowledge.publish(with_answer(content, "新的答复" * 10))
    assert knowledge.answer(ASKED).text == "新的答复" * 10
    assert knowledge.version.startswith(f"{base}+")
    assert knowledge.behind == 1
    assert built(tmp_path) == directories
    assert len(encoder.encoded) <= 1 + len(content.entries["X-02"].asked) + 1


def test_new_words_are_found_and_old_ones_are_not(knowledge, content):
    entry = content.entries["X-02"].model_copy(update={"question": "跨区迁移要交啥材料"})
    put = content.model_copy(update={"entries": content.entries | {"X-02": entry}})
    asked = Query(content.entries["X-02"].question, TODAY)
    assert knowledge.answer(asked).confidence == 1.0
    knowledge.publish(put)
    outcome = knowledge.answer(Query("跨区迁移要交啥材料", TODAY))
    assert (outcome.entry_id, outcome.confidence) == ("X-02", 1.0)
    assert knowledge.answer(asked).confidence < 1.0


def test_one_entry_edited_again_and_again(knowledge, content):
    versions = set()
    for n in range(5):
        knowledge.publish(with_answer(content, f"第{n}版答复" * 10))
        versions.add(knowledge.version)
        assert knowledge.answer(ASKED).text == f"第{n}版答复" * 10
    assert len(versions) == 5
    assert knowledge.behind == 1


def test_taking_an_edit_back_is_the_build_again(knowledge, content):
    base = knowledge.version
    knowledge.publish(with_answer(content, "新的答复" * 10))
    knowledge.publish(content)
    assert (knowledge.version, knowledge.behind) == (base, 0)


def test_a_withdrawn_entry_is_not_found(knowledge, content):
    knowledge.publish(without(content, "X-02"))
    outcome = knowledge.answer(Query(content.entries["X-02"].question, TODAY))
    assert outcome.entry_id != "X-02"
    assert all(each.entry_id != "X-02" for each in outcome.trace)


def test_a_document_that_ends_ends_its_entries(knowledge, content):
    [document] = {ref.document for ref in content.entries["X-02"].sources}
    ended = content.documents[document].model_copy(update={"effective_to": date(2026, 1, 1)})
    put = content.model_copy(update={"documents": content.documents | {document: ended}})
    concerned = {each.id for each in change(content, put).put}
    assert "X-02" in concerned
    if not knowledge.publish(put):
        knowledge.rebuild(put)
    assert knowledge.answer(ASKED).reason == "lapsed"


def test_too_much_waits_for_a_build(knowledge, content):
    smaller = without(without(without(content, "X-01"), "X-02"), "X-03")
    assert not change(content, smaller).few(content)
    before = knowledge.version
    assert not knowledge.publish(smaller)
    assert (knowledge.version, knowledge.behind) == (before, 3)
    knowledge.rebuild(smaller)
    assert knowledge.content == smaller


def test_a_restart_comes_up_with_the_change_and_no_build(tmp_path, content, encoder):
    first = KnowledgeBase.open(tmp_path, encoder, content)
    put = with_answer(content, "新的答复" * 10)
    first.publish(put)
    directories = built(tmp_path)
    again = KnowledgeBase.open(tmp_path, encoder, put, soon=True)
    assert again.version == first.version
    assert again.answer(ASKED) == first.answer(ASKED)
    assert built(tmp_path) == directories


def test_a_restart_with_another_encoder_builds(tmp_path, content):
    KnowledgeBase.open(tmp_path, BigramEncoder("one"), content)
    put = with_answer(content, "新的答复" * 10)
    again = KnowledgeBase.open(tmp_path, BigramEncoder("two"), put, soon=True)
    assert "+" not in again.version


def test_a_build_slides_under_what_was_published_meanwhile(knowledge, content):
    first, second = (with_answer(content, text * 10) for text in ("第一版答复", "第二版答复"))
    knowledge.publish(first)
    knowledge.publish(second)  # while the build of the first runs
    knowledge.rebase(first)
    assert knowledge.answer(ASKED).text == "第二版答复" * 10
    assert knowledge.behind == 1
    knowledge.rebase(second)
    assert "+" not in knowledge.version
    assert knowledge.behind == 0


def test_a_change_that_cannot_be_stored_leaves_the_old_one_in_use(knowledge, content, monkeypatch):
    before = knowledge.answer(ASKED)

    def full(*args):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("knowledge_base.bm25.os.link", full)
        with pytest.raises(OSError, match="No space"):
            knowledge.publish(with_answer(content, "新的答复" * 10))
    assert knowledge.answer(ASKED) == before
    assert "No space left" in knowledge.fault
    knowledge.publish(with_answer(content, "新的答复" * 10))
    assert knowledge.fault is None
    assert knowledge.answer(ASKED).text == "新的答复" * 10


def test_who_asks_while_changes_are_published_sees_one_version(knowledge, content):
    """Question and answer of the entry change together: nobody gets the words of two versions."""

    def version(n: int) -> Content:
        entry = content.entries["X-02"].model_copy(
            update={"question": f"第{n}版的问题怎么办", "answer": f"第{n}版答复" * 10}
        )
        return content.model_copy(update={"entries": content.entries | {"X-02": entry}})

    def read() -> set[tuple[str, str]]:
        seen = set()
        while not done.is_set():
            outcome = knowledge.answer(ASKED)
            [question] = [each.question for each in outcome.trace if each.entry_id == "X-02"]
            seen.add((question, outcome.text))
        return seen

    knowledge.publish(version(0))
    done = threading.Event()
    with ThreadPoolExecutor(2) as pool:
        readers = [pool.submit(read) for _ in range(2)]
        try:
            for n in range(1, 6):
                knowledge.publish(version(n))
        finally:
            done.set()
        seen = set().union(*(reader.result() for reader in readers))
    assert seen <= {(f"第{n}版的问题怎么办", f"第{n}版答复" * 10) for n in range(6)}
    assert seen


@pytest.mark.parametrize("seed", range(4))
def test_any_edits_end_as_a_full_build_would(tmp_path, content, encoder, seed, monkeypatch):
    """Same candidates in the same order with the same scores, and the same words owned."""
    monkeypatch.setattr(module, "_SHARE", 1)
    chance = random.Random(seed)
    knowledge = KnowledgeBase.open(tmp_path / "a", encoder, content)
    now = content
    for _ in range(chance.randint(2, 6)):
        now = edited(chance, now)
        assert knowledge.publish(now)
    fresh = KnowledgeBase.open(tmp_path / "b", encoder, now)
    mine, theirs = knowledge._snapshot, fresh._snapshot
    assert mine.worded == theirs.worded
    assert mine.cases == theirs.cases
    assert mine.favoured == theirs.favoured
    assert mine.lexicon.titles == theirs.lexicon.titles
    assert +mine.lexicon.df == +theirs.lexicon.df
    for text in [each for entry in content.entries.values() for each in entry.asked]:
        query = (tokens(searchable(text)), encoder.encode_query(searchable(text)), Filters(TODAY))
        ours = fuse(mine.backend.search(*query), favoured=mine.favoured)
        others = fuse(theirs.backend.search(*query), favoured=theirs.favoured)
        theirs_by_id = {each.entry_id: each for each in others}
        assert {each.entry_id for each in ours} == theirs_by_id.keys()
        for one, other in zip(ours, others, strict=True):
            assert one.score == pytest.approx(other.score, abs=0.01)
            same = theirs_by_id[one.entry_id]
            assert one.score == pytest.approx(same.score, abs=0.01)
            assert one.cosine == pytest.approx(same.cosine, abs=1e-6)
            assert one.support == pytest.approx(same.support, abs=1e-6)


def edited(chance: random.Random, content: Content) -> Content:
    """One change such as an editor makes."""
    ids = sorted(content.entries)
    entry = content.entries[chance.choice(ids)]
    kind = chance.choice(["answer", "question", "aliases", "new", "withdraw", "staff"])
    if kind == "withdraw" and len(ids) > 4:
        return without(content, entry.id)
    values: dict[str, object] = {
        "answer": {"answer": "".join(chance.sample(entry.answer * 2, 40))},
        "question": {"question": "".join(chance.sample(entry.question * 3, 12))},
        "aliases": {"aliases": [*entry.aliases[1:], "".join(chance.sample(entry.answer, 9))]},
        "new": {"id": f"N-{chance.randint(0, 99)}", "question": "新设企业第一步做什么呢"},
        "staff": {"visibility": "staff"},
    }.get(kind, {})
    put: Entry = entry.model_copy(update=values)
    return content.model_copy(update={"entries": content.entries | {put.id: put}})
