"""Each slip of an author is told with its place and what to do."""

from pathlib import Path

import pytest

from flows.loading import load_flows, sound_flows
from knowledge_base.yaml_files import BrokenContent
from tests.support.flow_rules import DEFINITIONS

SLIPS = [
    ("type: choice\n", "type: text\n", "a text takes no options"),
    ("id: month\n", "id: subject\n", "id subject is taken"),
    ("{key: month,", "{key: tags,", "the profile has a tags of this name"),
    ("{key: month,", "{key: today,", "field today is taken"),
    ("max: today", "max: tomorrow", "tomorrow is no bound of a month"),
    ("profile.entity_type", "profile.kind", "the profile has no kind"),
    ("when: {has_tax: true}\n    field", "when: {taxed: true}\n    field", "unknown field"),
    ("when: {subject: company}\n    field", "when: {subject: firm}\n    field", "is no subject"),
    ("validate: [test.round]", "validate: [test.square]", "no rule test.square"),
    ("with: {most: 1000}", "with: {least: 1}", "its parameters do not fit"),
    ("calculator: test.late_fee", "calculator: test.fee", "no calculation test.fee"),
    ('with: {rate: "0.0005"}', "with: {}", "its parameters do not fit"),
    ("{late_fee}", "{fee}", "{fee} is no answer"),
    ("- id: file\n", "- id: file\n    when: {subject: company}\n", "the last result must hold"),
    ("    when: {has_tax: unknown}\n", "", "what follows a result without `when`"),
    ("- id: pay\n", "- id: file\n", "result file stands twice"),
    (", may_not_know: true}", "}\n    next: [{step: subject}]", "a way must lead forward"),
    (", may_not_know: true}", "}\n    next: [{step: people}]", "no way leads to step amount"),
    (", may_not_know: true}", "}\n    next: [{step: nowhere}]", "no step nowhere"),
    (", en: Company}", "}", "Field required"),
    ("kind: money, value", "kind: number, unit: x, value", "Extra inputs"),
]  # fmt: skip


def broken(directory: Path, old: str, new: str) -> None:
    words = (DEFINITIONS / "T01.yml").read_text(encoding="utf-8")
    assert old in words, old
    (directory / "T01.yml").write_text(words.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(("old", "new", "told"), SLIPS)
def test_a_slip_is_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    broken(tmp_path, old, new)
    with pytest.raises(BrokenContent) as refused:
        load_flows(tmp_path)
    assert any(told in each.message for each in refused.value.faults), refused.value.detail
    assert all(each.line > 1 for each in refused.value.faults)


def test_a_server_starts_without_a_flow_that_has_a_fault(tmp_path: Path) -> None:
    broken(tmp_path, "validate: [test.round]", "validate: [test.square]")
    (tmp_path / "T02.yml").write_text((DEFINITIONS / "T02.yml").read_text(encoding="utf-8"))
    (tmp_path / "T03.yml").write_text("flow_id: [")
    assert set(sound_flows(tmp_path).present) == {"T02"}


def test_earlier_versions_are_kept_by_their_number(tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    words = (DEFINITIONS / "T02.yml").read_text(encoding="utf-8")
    (tmp_path / "T02.yml").write_text(words)
    (tmp_path / "archive" / "T02.1.yml").write_text(words.replace("version: 2", "version: 1"))
    found = load_flows(tmp_path)
    assert found.access("T02").version == 2
    earlier = found.version("T02", 1)
    assert earlier is not None and earlier.version == 1
    assert found.version("T02", 3) is None
