"""The content that Rasa learns from: enough of it, consistent, and apart from the evaluation."""

from collections import Counter
from typing import get_args

import pytest
import yaml

from bot.dialogue.client import Kind
from bot.dialogue.training import examples
from core.settings import PROJECT
from core.texts import has_text
from knowledge_base.text import normalise


def read(name: str) -> dict:
    return yaml.safe_load((PROJECT / name).read_text(encoding="utf-8"))


DOMAIN = read("domain.yml")
TUNE, REPORT = (read(f"data/evaluation/intents_{part}.yml") for part in ("tune", "report"))
RULES = [
    rule
    for path in sorted((PROJECT / "data/rules").glob("*.yml"))
    for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]
]


def test_every_intent_has_examples_enough():
    count = Counter(examples(PROJECT).values())
    assert set(count) | {"nlu_fallback"} == set(DOMAIN["intents"])
    assert min(count.values()) >= 40
    assert count["ask_knowledge"] >= 120


def test_every_intent_has_a_rule_and_every_rule_a_response():
    assert {step["intent"] for rule in RULES for step in rule["steps"] if "intent" in step} == set(
        DOMAIN["intents"]
    )
    actions = {step["action"] for rule in RULES for step in rule["steps"] if "action" in step}
    assert actions == set(DOMAIN["responses"]) | set(DOMAIN["actions"])


@pytest.mark.parametrize("response", DOMAIN["responses"])
def test_every_response_is_a_decision_with_a_text(response):
    for variant in DOMAIN["responses"][response]:
        decision = variant["custom"]
        assert decision["decision"] in get_args(Kind)
        assert "text_key" not in decision or has_text(decision["text_key"])


def test_who_are_you_says_plainly_that_it_is_a_robot():
    assert "机器人" in read("data/texts/zh-Hans/smalltalk.yml")["smalltalk"]["who_are_you"]


def test_the_evaluation_is_apart_from_the_examples_and_in_two():
    taught = {normalise(text) for text in examples(PROJECT)}
    tune, report = (
        {normalise(text) for texts in part.values() for text in texts} for part in (TUNE, REPORT)
    )
    assert not tune & taught
    assert not report & taught
    assert not tune & report


@pytest.mark.parametrize("part", [TUNE, REPORT])
def test_the_evaluation_covers_every_intent(part):
    assert set(part) == set(DOMAIN["intents"]) - {"nlu_fallback"}
    assert min(map(len, part.values())) >= 8
