"""The published schema is the one that the code checks by."""

import json
from pathlib import Path

import pytest

from flows.definition import schema_document
from flows.loading import load_flows
from knowledge_base.yaml_files import BrokenContent
from tests.support.flow_rules import DEFINITIONS as FIXTURES


def test_schema_file_is_current(project: Path) -> None:
    kept = json.loads((project / "data/flows/schema.json").read_text(encoding="utf-8"))
    assert kept == schema_document(), "run: daoban flows schema > data/flows/schema.json"


def test_example_is_read() -> None:
    found = load_flows(FIXTURES)
    flow = found.access("T01")
    assert [each.id for each in flow.steps] == ["subject", "month", "has_tax", "amount", "people"]
    assert flow.steps[3].when == {"has_tax": True}


def test_faults_name_file_and_line(tmp_path: Path) -> None:
    words = (FIXTURES / "T01.yml").read_text(encoding="utf-8")
    (tmp_path / "T01.yml").write_text(words.replace("type: choice", "type: chioce"))
    (tmp_path / "T02.yml").write_text(words)
    with pytest.raises(BrokenContent) as refused:
        load_flows(tmp_path)
    told = {(each.file, each.message.split(":")[0]) for each in refused.value.faults}
    assert told == {
        ("T01.yml", "steps.0.field.type"),
        ("T02.yml", "the file of this flow is called T01.yml; rename it"),
    }
    assert refused.value.faults[0].line == 16
