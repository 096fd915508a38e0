"""Run a command that dies with its starter: `tether.py <starter's pid> <niceness> command...`.

A small process that becomes the command, so that nothing has to run between fork and exec in a
process with threads. Outside Linux the command runs without the tether.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # prctl(2); kept over execve


def main(starter: int, niceness: int, command: list[str]) -> None:
    """Ask the kernel for the signal, then become the command."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != starter:  # it died before we asked
            raise SystemExit(1)
    os.nice(niceness)
    os.execvp(command[0], command)  # noqa: S606 no shell is wanted


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
