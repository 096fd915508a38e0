"""Versioned directories: what is built once stays, what changes is built beside and swapped in."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from structlog.testing import capture_logs

from knowledge_base import calibration, vectors
from knowledge_base.answering import KnowledgeBase
from knowledge_base.calibration import MANY, calibrate, examples, half_of, report
from knowledge_base.evaluation.files import Question
from knowledge_base.lessons import FOREIGN, LESSONS, Lessons, read_lessons, read_sentences
from knowledge_base.outcomes import Query
from knowledge_base.schemas import Content
from knowledge_base.vectors import VectorCache
from tests.knowledge_base.conftest import TODAY, BigramEncoder

ASKED = Query("忘记报税罚多少", TODAY)


@pytest.fixture
def lessons(tmp_path):
    directory = tmp_path / "lessons"
    directory.mkdir()
    sentences = "# a comment\n\n今天天气怎么样\nhow do i cook rice\n"
    (directory / FOREIGN).write_text(sentences, encoding="utf-8")
    return directory


def changed(content: Content, answer: str) -> Content:
    entry = content.entries["X-02"].model_copy(update={"answer": answer})
    return content.model_copy(update={"entries": content.entries | {"X-02": entry}})


def test_sentences_are_read_without_comments(lessons):
    assert read_sentences(lessons / FOREIGN) == ["今天天气怎么样", "how do i cook rice"]


def test_lessons_are_what_is_for_tuning(lessons):
    lines = [
        '{"query": "怎么报", "expect": "X"}',
        '{"query": "那呢", "after": "怎么报", "expect": "X"}',
    ]
    for name in ("a_tune.jsonl", "a_report.jsonl"):
        (lessons / name).write_text("\n".join(lines), encoding="utf-8")
    read = read_lessons(lessons)
    assert [each.query for each in read.questions] == ["怎么报"]
    assert read.foreign == ("今天天气怎么样", "how do i cook rice")
    assert read_lessons(lessons / "nowhere") == Lessons()


def test_the_tuning_and_reporting_sentences_are_apart():
    tune = set(read_sentences(LESSONS / FOREIGN))
    told = set(read_sentences(LESSONS / "out_of_domain_report.txt"))
    assert len(tune) >= 60
    assert len(told) >= 60
    assert not tune & told


def test_a_second_start_builds_and_encodes_nothing(tmp_path, content, lessons, encoder):
    first = KnowledgeBase.open(tmp_path, encoder, content, lessons)
    encoder.encoded.clear()
    again = KnowledgeBase.open(tmp_path, encoder, content, lessons)
    assert encoder.encoded == []
    assert again.version == first.version
    assert again.answer(ASKED) == first.answer(ASKED)


def test_a_rebuild_encodes_only_what_is_new(tmp_path, content, lessons, encoder):
    knowledge = KnowledgeBase.open(tmp_path, encoder, content, lessons)
    before = knowledge.version
    encoder.encoded.clear()
    after = knowledge.rebuild(changed(content, "全新的答复" * 10))
    assert encoder.encoded == ["全新的答复" * 10]
    assert after != before
    assert knowledge.answer(ASKED).text == "全新的答复" * 10


def test_another_encoder_gets_another_index(tmp_path, content, lessons):
    one = KnowledgeBase.open(tmp_path, BigramEncoder("one"), content, lessons)
    two = KnowledgeBase.open(tmp_path, BigramEncoder("two"), content, lessons)
    assert one.version != two.version


def test_a_build_that_fails_leaves_nothing(tmp_path, content, lessons, encoder, monkeypatch):
    knowledge = KnowledgeBase.open(tmp_path, encoder, content, lessons)

    def fail(texts):
        raise RuntimeError("no memory")

    monkeypatch.setattr(encoder, "encode_passages", fail)
    with pytest.raises(RuntimeError):
        knowledge.rebuild(changed(content, "另一个答复" * 10))
    left = [path.name for path in (tmp_path / "index").iterdir() if path.is_dir()]
    assert left == [knowledge.version]
    assert knowledge.answer(ASKED).entry_id == "X-02"


def test_old_versions_go_but_the_one_before_stays(tmp_path, content, lessons, encoder):
    knowledge = KnowledgeBase.open(tmp_path, encoder, content, lessons)
    (tmp_path / "index" / ".building-left").mkdir()
    versions = [knowledge.rebuild(changed(content, f"第{n}版答复" * 10)) for n in range(3)]
    left = {path.name for path in (tmp_path / "index").iterdir() if path.is_dir()}
    assert left == set(versions[-2:])


def test_readers_are_never_blocked_by_a_rebuild(tmp_path, content, lessons, encoder):
    """Whoever asks while indexes are built and swapped gets one version's answer, whole."""
    knowledge = KnowledgeBase.open(tmp_path, encoder, content, lessons)
    texts = {content.entries["X-02"].answer, *(f"第{n}版答复" * 10 for n in range(4))}
    done = threading.Event()

    def read():
        seen = set()
        while not done.is_set():
            seen.add(knowledge.answer(ASKED).text)
        return seen

    with ThreadPoolExecutor(2) as pool:
        readers = [pool.submit(read) for _ in range(2)]
        try:
            for n in range(4):
                knowledge.rebuild(changed(content, f"第{n}版答复" * 10))
        finally:
            done.set()
        seen = set().union(*(reader.result() for reader in readers))
    assert seen <= texts
    assert knowledge.answer(ASKED).text == "第3版答复" * 10


def test_an_empty_collection_offers_a_person(tmp_path, lessons, encoder):
    empty = KnowledgeBase.open(tmp_path, encoder, Content(documents={}, entries={}), lessons)
    outcome = empty.answer(ASKED)
    assert (outcome.decision, outcome.trace) == ("handoff", [])


def test_one_entry_is_enough_to_answer(tmp_path, content, lessons, encoder):
    single = content.model_copy(update={"entries": {"X-02": content.entries["X-02"]}})
    knowledge = KnowledgeBase.open(tmp_path, encoder, single, lessons)
    assert knowledge.answer(ASKED).entry_id == "X-02"
    assert knowledge.answer(Query("how do i cook rice", TODAY)).decision == "handoff"


@pytest.mark.parametrize(
    "name", ["rows.json", "content.json", "vectors.faiss", "vectors.npy", "text/meta.json"]
)
def test_a_damaged_file_is_found_told_and_built_anew(tmp_path, content, lessons, encoder, name):
    first = KnowledgeBase.open(tmp_path, encoder, content, lessons)
    path = tmp_path / "index" / first.version / name
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    path.write_bytes(damaged)
    encoder.encoded.clear()
    with capture_logs() as logs:
        again = KnowledgeBase.open(tmp_path, encoder, content, lessons, soon=True)
    told = [each for each in logs if each["event"] == "index_damaged"]
    assert told[0]["files"] == [name]
    assert encoder.encoded == []  # the vectors are kept beside
    assert again.version == first.version
    assert again.answer(ASKED) == first.answer(ASKED)


@pytest.mark.parametrize("name", ["vectors.npy", "manifest.json"])
def test_a_missing_file_is_found_and_built_anew(tmp_path, content, lessons, encoder, name):
    first = KnowledgeBase.open(tmp_path, encoder, content, lessons)
    (tmp_path / "index" / first.version / name).unlink()
    again = KnowledgeBase.open(tmp_path, encoder, content, lessons, soon=True)
    assert again.answer(ASKED) == first.answer(ASKED)


_ENDS = ("answered", "likely", "clarified", "rejected")


class TestCalibration:
    def test_a_large_collection_asks_a_sample_and_always_the_same(
        self, content, encoder, monkeypatch
    ):
        monkeypatch.setattr(calibration, "MOST_ASKED", 44)
        one, two = (examples(content, VectorCache(encoder), Lessons()) for _ in range(2))
        assert [each.text for each in one] == [each.text for each in two]
        asked = [each for each in one if each.sort == "asked"]
        width = max(len(entry.asked) for entry in content.entries.values())
        assert 0 < len(asked) <= 44
        assert len({(each.entry_id, each.text) for each in asked}) == len(asked)
        assert len(asked) >= (44 // width) * 2

    def test_an_asking_alias_is_not_in_the_index_that_it_asks(self, content, encoder):
        found = examples(content, VectorCache(encoder), Lessons(("今天天气怎么样",)))
        asked = [each for each in found if each.sort == "asked"]
        assert len(asked) == sum(len(entry.asked) for entry in content.entries.values())
        # X-02's wordings are unlike each other: none may meet itself at cosine 1
        assert max(each.top_cosine for each in asked if each.entry_id == "X-02") < 0.99

    def test_a_removed_entry_is_never_right(self, content, encoder):
        found = examples(content, VectorCache(encoder), Lessons())
        removed = [each for each in found if each.sort == "removed"]
        assert removed
        assert all(each.place == -1 and each.first != each.entry_id for each in removed)

    def test_a_lesson_is_asked_with_and_without_its_entry(self, content, encoder):
        asked = (
            Question(query="税报晚了罚不罚", expect="X-02"),
            Question(query="消费税多少", expect=None),
            Question(query="谁的问题", expect="Y-99"),
        )
        found = examples(content, VectorCache(encoder), Lessons(questions=asked))
        told = [(each.sort, each.entry_id) for each in found if each.origin == "lesson"]
        assert told == [("asked", "X-02"), ("removed", "X-02"), ("nothing", "")]
        assert all(each.half == "tune" for each in found if each.origin == "lesson")

    def test_a_lesson_that_a_draft_meets_costs_no_bound(self, content, encoder):
        asked = (Question(query="忘记报税罚多少钱啊", expect=None),)
        draft = content.entries["X-02"].model_copy(update={"state": "draft"})
        drafted = content.model_copy(update={"entries": content.entries | {"X-02": draft}})
        for collection, sent_on in ((content, False), (drafted, True)):
            found = examples(collection, VectorCache(encoder), Lessons(questions=asked))
            [lesson] = [each for each in found if each.origin == "lesson"]
            assert (lesson.first, lesson.sent_on) == ("X-02", sent_on)

    def test_many_lessons_set_the_thresholds(self, content, encoder):
        """Where those answerable are all answered right, and what nothing answers is far off."""
        asked = [
            Question(query=f"{wording}啊", expect=entry.id)
            for entry in content.entries.values()
            for wording in entry.asked
        ]
        nothing = [Question(query="明天去哪里爬山", expect=None)] * 10
        few, many = (
            calibrate(examples(content, VectorCache(encoder), Lessons(questions=tuple(each))))
            for each in ((), (*asked, *nothing))
        )
        assert len(asked) >= MANY
        assert many.clarify <= many.likely <= many.answer
        assert many.answer != few.answer

    def test_halves_do_not_depend_on_the_collection(self):
        assert half_of("T01-01") == half_of("T01-01")
        halves = [half_of(f"T{n}") for n in range(1000)]
        assert 400 < halves.count("tune") < 600

    def test_the_report_counts_every_way_to_end(self, shared_knowledge, content, encoder):
        found = examples(content, VectorCache(encoder), Lessons(("今天天气怎么样",)))
        figures = report(shared_knowledge.calibration, found)
        ends = [figures[f"removed_{end}"] for end in _ENDS]
        assert sum(ends) == pytest.approx(1)
        assert figures["right_first_reply"] + figures["wrong_confident"] <= 1
        assert figures["hit1"] <= figures["hit3"]


class TestVectorCache:
    def test_a_damaged_file_is_told_and_its_vectors_are_made_again(self, tmp_path, encoder):
        cache = VectorCache(encoder, tmp_path)
        made = cache.get(["免税", "申报"], "passage")
        cache.save()
        [path] = tmp_path.glob("vectors-*.npz")
        for damage in (lambda data: data[:-40], lambda data: data[:300] + b"?" + data[301:]):
            path.write_bytes(damage(path.read_bytes()))
            with capture_logs() as logs:
                again = VectorCache(encoder, tmp_path)
            assert [each["event"] for each in logs] == ["vectors_damaged"]
            assert np.array_equal(again.get(["免税", "申报"], "passage"), made)
            again.save()

    def test_kept_vectors_are_exact(self, tmp_path, encoder):
        cache = VectorCache(encoder, tmp_path)
        made = cache.get(["免税", "申报"], "passage")
        cache.save()
        again = VectorCache(encoder, tmp_path)
        assert np.array_equal(again.get(["申报", "免税"], "passage"), made[::-1])
        assert again.encoded == 0

    def test_what_is_no_longer_used_goes(self, tmp_path, encoder):
        cache = VectorCache(encoder, tmp_path)
        cache.get(["免税", "申报"], "passage")
        cache.save()
        less = VectorCache(encoder, tmp_path)
        less.get(["免税"], "passage")
        less.save()
        last = VectorCache(encoder, tmp_path)
        last.get(["免税", "申报"], "passage")
        assert last.encoded == 1

    def test_a_killed_work_tells_how_far_it_is_and_goes_on_there(
        self, tmp_path, encoder, monkeypatch
    ):
        monkeypatch.setattr(vectors, "BLOCK", 2)
        monkeypatch.setattr(vectors, "KEEP_EVERY", 4)
        texts = [f"第{number}条" for number in range(9)]
        told = []

        def tell(said):
            told.append(said)
            if len(told) == 3:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            VectorCache(encoder, tmp_path, tell).encode(texts, "passage")
        assert told[-1] == "Encoding: 6 of 9 texts."
        again = VectorCache(encoder, tmp_path, told.append)
        assert np.array_equal(again.get(texts, "passage"), encoder.encode_passages(texts))
        assert (again.encoded, told[-1]) == (5, "Encoding: 5 of 5 texts.")
