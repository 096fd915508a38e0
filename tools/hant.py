"""Makes the pages' Traditional texts: `python -m tools.hant` writes each `zh-Hant.ts` anew.

It stands beside its `zh-Hans.ts` with the same keys. What must read otherwise goes into
`data/texts/zh-Hant/terms.yml`, never into the file made. `--check` only tells what is not current.
"""

import re
import sys
from pathlib import Path

from core.script import shown
from core.settings import PROJECT

HEAD = """\
// Made from zh-Hans.ts by `python -m tools.hant`: change that or data/texts/zh-Hant/terms.yml.
import type { Texts } from "./zh-Hans";

"""
_QUOTE = "\0"
"""Stands for the backquotes of template strings, which `shown` would take for code."""
_DECLARED = re.compile(r"^export const texts = \{", re.MULTILINE)
_NOT_TAKEN = re.compile(
    r"^ *// .*\n|^ */\*\*[\s\S]*?\*/\n|^export type Texts = .*\n+|^import .*\n+", re.MULTILINE
)


def sources() -> list[Path]:
    """Return the Simplified texts of all pages."""
    return sorted((PROJECT / "web").glob("*/src/texts/**/zh-Hans.ts"))


def converted(source: str) -> str:
    """Return the TypeScript of the Traditional texts.

    Raises:
        ValueError: the source does not export its texts as `export const texts = {`.
    """
    body = _NOT_TAKEN.sub("", source).strip()
    body, declared = _DECLARED.subn("export const texts: Texts = {", body)
    if declared != 1:
        raise ValueError("zh-Hans.ts needs one line `export const texts = {`")
    body = body.replace('"zh-Hans" as Locale', '"zh-Hant"')
    said = shown(body.replace("`", _QUOTE), "zh-Hant").replace(_QUOTE, "`")
    return f"{HEAD}{said}\n"


def main(arguments: list[str]) -> int:
    """Write or check every page's Traditional texts; 1 when a check found one not current."""
    stale = 0
    for path in sources():
        target = path.with_name("zh-Hant.ts")
        wanted = converted(path.read_text(encoding="utf-8"))
        if target.exists() and target.read_text(encoding="utf-8") == wanted:
            continue
        stale += 1
        if "--check" in arguments:
            sys.stderr.write(f"{target} is not current: run python -m tools.hant\n")
        else:
            target.write_text(wanted, encoding="utf-8")
    return int("--check" in arguments and stale > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
