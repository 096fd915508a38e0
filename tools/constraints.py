"""`python -m tools.constraints`: the locked versions as constraints for pip, without torch."""

import re
import subprocess
import sys

from core.settings import PROJECT

_LEFT_OUT = re.compile(r"(torch|triton|nvidia-\S+|cuda-\S+)==|\s*#")


def main() -> None:
    """Print a line for each package of the lock, the extra `ml` included."""
    export = "uv export -q --frozen --all-groups --all-extras --no-emit-project --no-hashes"
    done = subprocess.run(  # noqa: S603 the command is ours
        export.split(), cwd=PROJECT, capture_output=True, text=True, check=True
    )
    lines = done.stdout.splitlines()
    sys.stdout.writelines(f"{line}\n" for line in lines if not _LEFT_OUT.match(line))


if __name__ == "__main__":
    main()
