"""The store back into files, so that they can be read, compared and kept like the shipped ones.

What a file holds already stays where it stands, letter by letter, comments and order too; only what
differs is written anew, in its place. New items join the file that has most of their kind.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from knowledge_base.schemas import Content, Document, Entry
from knowledge_base.service import digest
from knowledge_base.yaml_files import Located

Item = Document | Entry

_KINDS: tuple[tuple[str, str, type[Item]], ...] = (
    ("policies", "documents", Document),
    ("knowledge", "entries", Entry),
)


class ExportReport(BaseModel):
    """What became of the files; `document:` stands before a document's id.

    Attributes:
        files: names of those that were written, because something in them differs.
        dropped: items that stood in the files and that the store does not hold.
    """

    files: list[str] = []
    added: list[str] = []
    changed: list[str] = []
    unchanged: int = 0
    dropped: list[str] = []


@dataclass
class _Part:
    """An item in a file: its lines, and the blank lines and comments behind it."""

    id: str
    lines: str
    behind: str
    digest: str | None


@dataclass
class _File:
    """A file taken apart."""

    name: str
    head: str
    indent: int
    parts: list[_Part] = field(default_factory=list)

    def text(self) -> str:
        """Return it as it is to be written."""
        body = "".join(part.lines + part.behind for part in self.parts)
        return (self.head + body).rstrip("\n") + "\n"


def export(content: Content, target: Path, layout: Path) -> ExportReport:
    """Write `policies/*.yml` and `knowledge/*.yml` under a directory.

    Args:
        content: the whole store (`editing.reading.known_content`).
        target: where the files go; what stands there is brought up to date.
        layout: a data directory that tells where items stand when `target` holds no files yet.

    Raises:
        BrokenContent: a file that is there is no YAML.
    """
    report = ExportReport()
    for folder, key, model in _KINDS:
        items: Mapping[str, Item] = getattr(content, key)
        source = target if any((target / folder).glob("*.yml")) else layout
        files = [_take_apart(path, key, model) for path in sorted((source / folder).glob("*.yml"))]
        _bring_up_to_date(files, items, key, report)
        for each in files:
            _write(target / folder / each.name, each.text(), report)
    return report


def _take_apart(path: Path, key: str, model: type[Item]) -> _File:
    located = Located(path, path.name)
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    found = located.list_lines(key)
    if found is None:  # written in one line, or empty: there is nothing whose place could be kept
        return _File(path.name, f"{key}:\n", 2)
    starts, indent = found
    file = _File(path.name, "".join(lines[: starts[0]]), indent)
    for raw, start, end in zip(located.data[key], starts, [*starts[1:], len(lines)], strict=True):
        last = end
        while last > start and lines[last - 1].strip()[:1] in {"", "#"}:
            last -= 1
        try:
            known = digest(model.model_validate(raw))
        except ValidationError:
            known = None
        name = str(raw.get("id")) if isinstance(raw, dict) else ""
        file.parts.append(_Part(name, "".join(lines[start:last]), "".join(lines[last:end]), known))
    return file


def _bring_up_to_date(
    files: list[_File], items: Mapping[str, Item], key: str, report: ExportReport
) -> None:
    shown = "document:{}" if key == "documents" else "{}"
    groups: dict[str, Counter[str]] = {}
    placed: set[str] = set()
    for file in files:
        kept = []
        for part in file.parts:
            item = items.get(part.id)
            if item is None or part.id in placed:
                report.dropped.append(shown.format(part.id))
                continue
            placed.add(part.id)
            groups.setdefault(_group(item), Counter())[file.name] += 1
            if part.digest == digest(item):
                report.unchanged += 1
            else:
                part.lines = _rendered(item, file.indent)
                report.changed.append(shown.format(part.id))
            kept.append(part)
        file.parts = kept
    by_name = {file.name: file for file in files}
    for item_id in sorted(items.keys() - placed):
        item = items[item_id]
        names = groups.setdefault(_group(item), Counter())
        name = names.most_common(1)[0][0] if names else f"{_group(item)}.yml"
        names[name] += 1
        if name not in by_name:
            by_name[name] = _File(name, f"{key}:\n", 2)
            files.append(by_name[name])
        _append(by_name[name], item)
        report.added.append(shown.format(item_id))


def _append(file: _File, item: Item) -> None:
    if file.parts:
        last = file.parts[-1]
        last.lines = last.lines.rstrip("\n") + "\n"
        last.behind = last.behind or "\n"
    file.parts.append(_Part(item.id, _rendered(item, file.indent), "", None))


def _group(item: Item) -> str:
    return item.topic if isinstance(item, Entry) else item.kind


def _write(path: Path, text: str, report: ExportReport) -> None:
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)
    report.files.append(f"{path.parent.name}/{path.name}")


# -- one item as text


class _Dumper(yaml.SafeDumper):
    """Writes as the shipped files are written: long texts as blocks, short lists in one line."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Indent lists below their key."""
        del indentless
        super().increase_indent(flow, False)  # noqa: FBT003


class _InLine(dict[str, Any]):
    """A mapping in one line."""


class _ShortList(list[Any]):
    """A list in one line."""


def _as_text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _as_line(dumper: yaml.SafeDumper, mapping: _InLine) -> yaml.Node:
    return dumper.represent_mapping("tag:yaml.org,2002:map", mapping.items(), flow_style=True)


_Dumper.add_representer(str, _as_text)


def _as_short_list(dumper: yaml.SafeDumper, items: _ShortList) -> yaml.Node:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=True)


_Dumper.add_representer(_InLine, _as_line)
_Dumper.add_representer(_ShortList, _as_short_list)


def _rendered(item: Item, indent: int) -> str:
    plain = item.model_dump(exclude_defaults=True)
    for name in ("sources", "provisions"):
        if name in plain:
            plain[name] = [_InLine(each) for each in plain[name]]
    for name in ("related", "issuers", "amended_by"):
        if name in plain:
            plain[name] = _ShortList(plain[name])
    for case in plain.get("cases", []):
        case["when"] = _InLine(case["when"])
    for part in (plain, *plain.get("cases", [])):
        if "\n" in part.get("answer", ""):
            part["answer"] += "\n"  # as blocks end; reading strips it
    text = yaml.dump(
        [plain], Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10_000, indent=2
    )
    first = len(text) - len(text.lstrip(" "))
    lines = (line[first:] for line in text.splitlines(keepends=True))
    return "".join(" " * indent + line if line.strip() else line for line in lines)
