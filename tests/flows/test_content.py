"""What ships in `data/flows`: its sources, its cases, and its words in every language."""

import re

import pytest
import yaml

from core.settings import PROJECT
from core.texts import catalogue
from flows.cases import CaseFile
from flows.definition import Definition, Words
from flows.loading import DIRECTORY, load_flows
from knowledge_base.content import load_content
from knowledge_base.schemas import SourceRef

FLOWS = load_flows().present
CONTENT = load_content(PROJECT / "data")
NAMED = pytest.mark.parametrize("flow_id", ["F05", "F06"])


def parts(node, kind):
    """Every part of a definition that is of one kind."""
    if isinstance(node, kind):
        yield node
    if hasattr(node, "model_fields_set"):
        for name in type(node).model_fields:
            yield from parts(getattr(node, name), kind)
    elif isinstance(node, dict):
        for value in node.values():
            yield from parts(value, kind)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from parts(value, kind)


@NAMED
def test_every_source_is_a_known_provision(flow_id):
    refs = list(parts(FLOWS[flow_id], SourceRef))
    assert refs
    for ref in refs:
        document = CONTENT.documents[ref.document]
        assert ref.provision is None or document.provision(ref.provision), ref


@NAMED
def test_every_question_says_why_and_explains_itself(flow_id):
    for step in FLOWS[flow_id].steps:
        assert step.why is not None and step.help is not None, step.id


@NAMED
def test_a_way_to_a_person_says_why_in_one_word(flow_id):
    flow: Definition = FLOWS[flow_id]
    reasons = [each.reason for each in flow.handoffs]
    reasons += [each.handoff.reason for each in flow.results if each.handoff]
    assert reasons
    assert "flow_help" not in reasons
    assert all(each.handoff for each in flow.results if each.verdict == "person")


@NAMED
def test_both_languages_fill_in_the_same_facts(flow_id):
    for words in parts(FLOWS[flow_id], Words):
        names = [set(re.findall(r"{(\w+)}", text)) for text in (words.zh_hans, words.en)]
        assert names[0] == names[1], words
        assert not re.search(r"[\u4e00-\u9fff]", re.sub(r"（.*?）|\(.*?\)", "", words.en)), words.en


@NAMED
def test_entries_that_are_offered_exist(flow_id):
    actions = [action for each in FLOWS[flow_id].results for action in each.actions]
    assert {each.entry for each in actions if each.entry} <= set(CONTENT.entries)


@NAMED
def test_there_are_enough_cases_of_each_kind(flow_id):
    text = (DIRECTORY / "cases" / f"{flow_id}.yml").read_text(encoding="utf-8")
    cases = CaseFile.model_validate(yaml.safe_load(text)).cases
    kinds = [case.kind for case in cases]
    assert len(cases) >= 12
    assert kinds.count("boundary") >= 3
    assert kinds.count("handoff") >= 2
    assert len({case.name for case in cases}) == len(cases)


@NAMED
def test_knowledge_leads_to_the_flow(flow_id):
    assert [entry.id for entry in CONTENT.entries.values() if entry.flow == flow_id]


def test_what_the_rules_say_stands_in_both_languages():
    chinese, english = (
        {key: value for key, value in catalogue(locale).items() if key.startswith("flow_rules.")}
        for locale in ("zh-Hans", "en")
    )
    assert chinese.keys() == english.keys()
    for key, text in chinese.items():
        names = [sorted(re.findall(r"{(\w+)}", each)) for each in (text, english[key])]
        assert set(names[0]) == set(names[1]), key
