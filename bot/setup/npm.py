"""npm for the Makefile, with whatever Node.js there is: `python -m bot.setup.npm web/chat test`."""

import os
import sys

from bot.setup.node import ensure_node
from core.settings import PROJECT


def main(page: str, script: str) -> None:
    """Become npm and run a script of a page."""
    node = ensure_node(PROJECT / ".cache", lambda words: print(words, file=sys.stderr))  # noqa: T201
    os.chdir(PROJECT / page)
    os.execvpe(node.npm[0], [*node.npm, "run", "--silent", script], node.variables)  # noqa: S606


if __name__ == "__main__":
    main(*sys.argv[1:])
