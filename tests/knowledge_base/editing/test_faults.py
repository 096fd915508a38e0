"""What the rules say against an entry is told by codes, and the desk has words for each code."""

import re
from typing import Any, get_args

import pytest

from core.conditions import ConditionRule
from core.settings import PROJECT
from knowledge_base.content import load_content
from knowledge_base.editing.faults import faults_of
from knowledge_base.editing.schemas import Draft
from knowledge_base.editing.usage import Why
from knowledge_base.yaml_files import Rule
from tests.knowledge_base.conftest import FIXTURES

TEXTS = PROJECT / "web" / "desk" / "src" / "texts" / "knowledge"
WORDINGS = [f"测试问法{number}" for number in range(9)]


@pytest.fixture(scope="module")
def known():
    return load_content(FIXTURES)


@pytest.mark.parametrize(
    ("change", "path", "rule", "values"),
    [
        ({"question": ""}, "question", "empty", {}),
        ({"sources": []}, "sources", "empty", {}),
        ({"checked_on": "2026-11-23"}, "checked_on", "not_for_kind", {}),
        ({"general": True}, "general", "nothing_follows", {}),
        ({"kind": "referral", "sources": []}, "checked_on", "empty", {}),
        ({"kind": "referral"}, "sources.0", "only_guides", {}),
        ({"topic": "印花税"}, "topic", "bad_id", {}),
        ({"topic": "a" * 81}, "topic", "too_long", {"most": 80}),
        ({"aliases": ["怎么办"]}, "aliases", "few_aliases", {"count": 1, "least": 10}),
        ({"aliases": [*WORDINGS, WORDINGS[0]]}, "aliases.9", "twice", {}),
        ({"answer": "短"}, "answer", "length", {"count": 1, "least": 40, "most": 400}),
        ({"related": ["Y-1"]}, "related.0", "unknown_entry", {"id": "Y-1"}),
        ({"sources": [{"document": "none"}]}, "sources.0", "unknown_document", {"id": "none"}),
        (
            {"valid_from": "2030-01-01", "valid_to": "2029-12-31"},
            "valid_from",
            "never",
            {"start": "2030-01-01", "end": "2029-12-31"},
        ),
        (
            {"audience": {"vat_status": []}},
            "audience",
            "condition_empty",
            {"at": "vat_status"},
        ),
        ({"audience": {"colour": "red"}}, "audience", "condition_field", {"given": "colour"}),
        (
            {"en": {"question": "税 how", "answer": "Pay."}},
            "en",
            "not_english",
            {"text": "税 how"},
        ),
    ],
)
def test_a_fault_has_a_code_and_what_stands_in_its_sentence(
    known, change: dict[str, Any], path: str, rule: str, values: dict[str, Any]
) -> None:
    plain = Draft.of(known.entries["X-02"]).plain()
    found = faults_of("X-02", Draft.model_validate(plain | change), known)
    told = [each for each in found if (each.path, each.rule) == (path, rule)]
    assert len(told) == 1, found
    assert values.items() <= told[0].values.items()
    assert all(each.rule for each in found)


def test_a_wording_of_another_entry_is_told_with_its_id(known) -> None:
    draft = Draft.of(known.entries["X-02"])
    taken = draft.model_copy(update={"aliases": [*draft.aliases, known.entries["X-01"].question]})
    found = faults_of("X-02", taken, known)
    assert [(each.rule, each.values["id"]) for each in found] == [("taken", "X-01")]


def codes(annotation: Any) -> set[str]:
    """Return the texts of a Literal, or of a union of some."""
    return {
        code
        for each in get_args(annotation)
        for code in ([each] if isinstance(each, str) else codes(each))
    }


def keys(path: str) -> set[str]:
    """Return the keys of a catalogue of the desk."""
    return set(re.findall(r"^ *(\w+): ", (TEXTS / path).read_text(encoding="utf-8"), re.MULTILINE))


def test_the_desk_has_words_for_every_code() -> None:
    assert codes(Rule) <= keys("faults/zh-Hans.ts")
    assert codes(ConditionRule) < codes(Rule)
    assert codes(Why) <= keys("answered/zh-Hans.ts")
