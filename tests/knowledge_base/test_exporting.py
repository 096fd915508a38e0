"""The store back into files: nothing that is equal moves, the rest is sound and loads unchanged."""

from pathlib import Path

import pytest

from core.settings import PROJECT
from knowledge_base.content import load_content
from knowledge_base.exporting import export
from knowledge_base.schemas import Content
from tests.knowledge_base.conftest import FIXTURES

NEW = (
    "测试用：改过的答案，说明纳税人应当在期限内办理。\n\n"
    "逾期的按规定处理，不得重复享受：这一句是另一段。"
)


def files(directory: Path) -> dict[str, str]:
    found = [*directory.glob("policies/*.yml"), *directory.glob("knowledge/*.yml")]
    return {f"{each.parent.name}/{each.name}": each.read_text("utf-8") for each in found}


def changed(content: Content, *drop: str, **entries) -> Content:
    kept = {key: each for key, each in content.entries.items() if key not in drop}
    return content.model_copy(update={"entries": kept | entries})


@pytest.mark.parametrize("data", [FIXTURES, PROJECT / "data"])
def test_what_did_not_change_is_the_same_letter_by_letter(data, tmp_path) -> None:
    report = export(load_content(data), tmp_path, data)
    assert files(tmp_path) == files(data)
    assert (report.added, report.changed, report.dropped) == ([], [], [])
    assert export(load_content(data), tmp_path, data).files == []


def test_what_changed_is_written_in_its_place(data, content) -> None:
    text = (data / "knowledge" / "all.yml").read_text("utf-8")
    (data / "knowledge" / "all.yml").write_text(
        text.replace("  - id: X-03", "  # 第三条\n  - id: X-03"), "utf-8"
    )
    edited = content.entries["X-01"].model_copy(update={"answer": NEW})
    gone = content.entries["X-02"].model_copy(update={"state": "withdrawn"})
    made = content.entries["X-07"].model_copy(update={"id": "X-07-2", "state": "draft"})
    wanted = changed(content, "X-08", **{"X-01": edited, "X-02": gone, "X-07-2": made})
    report = export(wanted, data, data)
    assert (report.changed, report.added, report.dropped) == (
        ["X-01", "X-02"],
        ["X-07-2"],
        ["X-08"],
    )
    written = (data / "knowledge" / "all.yml").read_text("utf-8")
    assert written.index("X-02") < written.index("# 第三条\n  - id: X-03") < written.index("X-04")
    assert written.startswith("# Made up for tests")
    again = export(wanted, data, data)
    assert (again.files, again.unchanged) == ([], len(wanted.entries) + len(wanted.documents))


def test_the_files_are_sound_and_hold_the_store(data, content, tmp_path) -> None:
    aliases = content.entries["X-02"].aliases
    twin = content.entries["X-03"].model_copy(
        update={"id": "X-09", "topic": "new-topic", "question": "逾期申报怎么罚款", "answer": NEW}
    )
    gone = content.entries["X-02"].model_copy(update={"state": "withdrawn"})
    twin = twin.model_copy(update={"aliases": aliases, "related": ["X-02"]})
    wanted = changed(content, **{"X-02": gone, "X-09": twin})
    target = tmp_path / "out"
    export(wanted, target, data)
    assert (target / "knowledge" / "new-topic.yml").exists()
    assert load_content(target) == wanted


def test_a_document_that_only_the_store_holds_is_written(data, content, tmp_path) -> None:
    law = content.documents["law"].model_copy(
        update={"id": "law-2", "title": "测试另一法", "cite": "测试另一法"}
    )
    wanted = content.model_copy(update={"documents": content.documents | {"law-2": law}})
    assert export(wanted, tmp_path, data).added == ["document:law-2"]
    assert load_content(tmp_path) == wanted
