"""`python -m tools.reference`: writes the generated tables of docs/operations.md."""

import re
from pathlib import Path

from prometheus_client import REGISTRY
from pydantic.fields import FieldInfo

import bot.app  # noqa: F401 - all metrics are registered
from core.settings import PROJECT, Settings

PAGE = PROJECT / "docs" / "operations.md"


def settings_table() -> str:
    """Return all settings as a Markdown table."""
    rows = [
        f"| `DAOBAN_{name.upper()}` | {_default(field)} | {_what(name, field)} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join(["| variable | default | what |", "|---|---|---|", *rows])


def metrics_table() -> str:
    """Return our own metrics as a Markdown table."""
    rows = [
        f"| `{each.name}{'_total' if each.type == 'counter' else ''}` | {each.type} "
        f"| {each.documentation} |"
        for each in sorted(REGISTRY.collect(), key=lambda each: each.name)
        if each.name.startswith("daoban_")
    ]
    return "\n".join(["| metric | kind | what |", "|---|---|---|", *rows])


def page(words: str) -> str:
    """Return the page with its tables made anew."""
    for name, table in (("settings", settings_table()), ("metrics", metrics_table())):
        begin, end = f"<!-- {name}: python -m tools.reference -->", f"<!-- end of {name} -->"
        between = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
        words = between.sub(f"{begin}\n{table}\n{end}".replace("\\", r"\\"), words)
    return words


def _what(name: str, field: FieldInfo) -> str:
    if name.endswith("_file") and not field.description:
        return f"a file that holds `DAOBAN_{name.removesuffix('_file').upper()}`"
    return field.description or ""


def _default(field: FieldInfo) -> str:
    value = field.default
    if value is None or value == frozenset():
        return ""
    if isinstance(value, bool):
        return "`1`" if value else "`0`"
    if isinstance(value, frozenset):
        return f"`{','.join(sorted(value))}`"
    if isinstance(value, Path):
        return f"`{value.relative_to(PROJECT)}` in the checkout"
    return f"`{value}`"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
