"""What is asked of the host: commands, units, folders that go."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from gru_backup.words import Refused, in_words


def call(command: Sequence[str]) -> str:
    """Output of a command. Raises Refused with what it complains of."""
    run = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False, cwd="/")
    if run.returncode:
        raise Refused(in_words(run.stderr + run.stdout))
    return run.stdout


def systemctl(verb: str, unit: str, *, check: bool = True) -> bool:
    """Ask systemd; whether it agrees. Raises Refused when `check` and it does not."""
    run = subprocess.run(["systemctl", verb, unit], capture_output=True, text=True, errors="replace", check=False)
    if check and run.returncode:
        raise Refused(f"systemd n'a pas pu {verb} {unit} : {in_words(run.stderr)}")
    return run.returncode == 0


def discard(path: Path, gone: Path) -> None:
    """Remove a folder, that is never found half removed under its name."""
    shutil.rmtree(gone, ignore_errors=True)
    if path.exists():
        path.rename(gone)
        shutil.rmtree(gone)
