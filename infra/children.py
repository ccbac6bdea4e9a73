"""Programs that `gru` starts end with it, however it ends: a closed laptop, a pipeline's time limit, a kill.

Run as a program: ``python children.py PARENT COMMAND…`` asks the kernel, then becomes the command. A program of its
own, because Python code between fork and exec (``preexec_fn``) would run the fork handlers of gRPC, whose threads
Pulumi leaves in `gru`: a child was seen to die of them ("Bad file descriptor", SIGABRT).
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Sequence

_PR_SET_PDEATHSIG = 1


def ends_with_us(command: Sequence[str]) -> list[str]:
    """The command line that runs `command` in a child that gets SIGTERM when this process is gone."""
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), *command]


def main(parent: int, command: Sequence[str]) -> None:
    """Ask the kernel to end this process (SIGTERM) when `parent` is gone, then become `command`."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        # It was gone before the kernel was asked.
        sys.exit(1)
    os.execv(command[0], list(command))  # noqa: S606 - our own command line


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
