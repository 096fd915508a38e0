"""The shipped questions, against the shipped content: ids that exist, and how well they are met.

The floors lie two points below what was measured when they were set; docs/retrieval.md tells the
figures. Whoever raises the quality raises them.
"""

from collections import defaultdict
from datetime import date
from functools import cache

import pytest

from core.settings import PROJECT
from knowledge_base.answering import KnowledgeBase
from knowledge_base.content import load_content
from knowledge_base.encoder.loading import load_encoder
from knowledge_base.evaluation.files import read_file, read_questions
from knowledge_base.evaluation.report import evaluate
from knowledge_base.lessons import read_sentences
from knowledge_base.text import key, normalise

EVALUATION = PROJECT / "data" / "evaluation"
FILES = sorted(EVALUATION.glob("*.jsonl"))
SENTENCES = sorted(EVALUATION.glob("out_of_domain_*.txt"))
TODAY = date(2026, 11, 26)
CLEAN_THIRD = "robust_report.jsonl"
"""A third of it are questions of the other report files as they stand there."""


@pytest.fixture(scope="module")
def shipped():
    return load_content(PROJECT / "data")


@pytest.fixture(scope="module")
def knowledge(index_home, encoder_directory, shipped) -> KnowledgeBase:
    return KnowledgeBase.open(index_home, load_encoder(encoder_directory), shipped)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_expected_entry_is_in_the_collection(path, shipped):
    read = read_file(path, shipped.entries)
    assert read.questions
    assert not read.articles


def test_no_question_stands_in_two_files():
    """Else a report file would hold what thresholds were fitted on."""
    files = defaultdict(set)
    for path in FILES:
        if path.name != CLEAN_THIRD:
            for each in read_questions(path):
                said = f"{each.after or ''} {each.query}"  # "那个体户呢" goes on from many
                files[key(normalise(said))].add(path.name)
    for path in SENTENCES:
        for sentence in read_sentences(path):
            files[key(normalise(sentence))].add(path.name)
    assert {query: sorted(names) for query, names in files.items() if len(names) > 1} == {}


def test_no_question_is_that_of_an_entry(shipped):
    """Nor, in the files for tuning, a wording of one: that is answered without any search."""
    named = {key(normalise(entry.question)) for entry in shipped.entries.values()}
    said = {key(normalise(each)) for entry in shipped.entries.values() for each in entry.aliases}
    taken = [
        (path.name, each.query)
        for path in FILES
        for each in read_questions(path)
        if key(normalise(each.query)) in (named | said if "_tune" in path.name else named)
    ]
    assert taken == []


@pytest.fixture(scope="module")
def shares(knowledge, shipped):
    """Asks a file once and gives its shares."""

    @cache
    def asked(name: str) -> dict[str, float]:
        return evaluate(
            read_file(EVALUATION / f"{name}.jsonl", shipped.entries), knowledge, TODAY
        ).shares()

    return asked


@pytest.mark.parametrize(
    ("name", "share", "floor"),
    [
        ("phrasings_tune", "ranking.hit1", 0.924),
        ("phrasings_tune", "replies.right", 0.907),
        ("phrasings_tune", "replies.right_or_offered", 0.962),
        ("varied_tune", "ranking.hit1", 0.873),
        ("varied_tune", "replies.right", 0.851),
        ("varied_tune", "replies.right_or_offered", 0.949),
        ("profiles_tune", "replies.right", 0.887),
        ("profiles_tune", "pairs.all_right", 0.865),
        ("out_of_scope_tune", "refusals.refused", 0.937),
        ("followups_tune", "ranking.hit1", 0.766),
        ("followups_tune", "replies.right", 0.751),
    ],
)
def test_no_share_falls_below_its_floor(name, share, floor, shares):
    assert shares(name)[share] >= floor


def test_what_nothing_answers_seldom_gets_policy(shares):
    assert shares("out_of_scope_tune")["refusals.policy"] <= 0.063
