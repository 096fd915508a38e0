"""Where two versions differ, and how two edits of one text come together."""

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from knowledge_base.editing.schemas import Draft, FieldDifference, Part


def differences(before: Draft, after: Draft) -> list[FieldDifference]:
    """Return the fields that differ, in the order of the content; cases and English by part."""
    old, new = _flat(before.plain()), _flat(after.plain())
    names = list(dict.fromkeys([*old, *new]))
    return [
        _difference(name, old.get(name), new.get(name))
        for name in names
        if old.get(name) != new.get(name)
    ]


def merged(base: Draft, theirs: Draft, mine: Draft) -> tuple[Draft, list[str]]:
    """Return both edits in one, and the fields that both changed: those hold mine."""
    old, other, own = base.plain(), theirs.plain(), mine.plain()
    conflicts = [
        name for name in own if old[name] != other[name] != own[name] and own[name] != old[name]
    ]
    plain = {name: other[name] if own[name] == old[name] else own[name] for name in own}
    return Draft.model_validate(plain), conflicts


def _flat(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content by field, with cases and English taken apart."""
    flat = {name: value for name, value in content.items() if name not in {"cases", "en"}}
    for place, case in enumerate(content["cases"]):
        flat |= {f"cases.{place}.{name}": value for name, value in case.items()}
    for name, value in (content["en"] or {}).items():
        flat[f"en.{name}"] = value
    return flat


def _difference(field: str, before: Any, after: Any) -> FieldDifference:
    change = "added" if _empty(before) else "removed" if _empty(after) else "changed"
    found = FieldDifference(field=field, change=change, before=before, after=after)
    if isinstance(before or "", str) and isinstance(after or "", str):
        return found.model_copy(update={"parts": _parts(before or "", after or "")})
    if isinstance(before or [], list) and isinstance(after or [], list):
        return found.model_copy(update={"items": _items(before or [], after or [])})
    return found


def _empty(value: Any) -> bool:
    return value is None or value in ("", [], {})


def _parts(before: str, after: str) -> list[Part]:
    """Character by character: Chinese has no blanks between its words."""
    return [Part(op=op, text="".join(run)) for op, run in _runs(before, after)]


def _items(before: list[Any], after: list[Any]) -> list[Part]:
    old, new = [_said(each) for each in before], [_said(each) for each in after]
    return [Part(op=op, text=each) for op, run in _runs(old, new) for each in run]


def _said(item: Any) -> str:
    """A source is told as document and provision."""
    if isinstance(item, dict):
        return " ".join(str(value) for value in item.values() if value is not None)
    return str(item)


def _runs(before: Sequence[str], after: Sequence[str]) -> list[tuple[Any, Sequence[str]]]:
    runs: list[tuple[Any, Sequence[str]]] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag == "equal":
            runs.append(("same", before[i:j]))
            continue
        if j > i:
            runs.append(("del", before[i:j]))
        if m > k:
            runs.append(("add", after[k:m]))
    return runs
