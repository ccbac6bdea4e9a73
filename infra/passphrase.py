"""Where the passphrase of a site comes from: a file, a command (a password manager, a vault), or the environment.

Pulumi and Ansible read it from a file. What a command or a variable gave is put in a file that exists in this
process's memory only, and goes with it, however it ends.
"""

from __future__ import annotations

import os
import shlex
import subprocess
from functools import cache
from pathlib import Path

from infra.state import OperatorError

FILE, COMMAND, VALUE = "GRU_PASSPHRASE_FILE", "GRU_PASSPHRASE_COMMAND", "GRU_PASSPHRASE"
_COMMAND_SECONDS = 120
"""Long enough for a person to unlock a password manager."""

_given: dict[str, str] = {}


def file_of_passphrase(default: Path) -> Path:
    """The file that holds the passphrase: the one named, the one in memory, else `default`.

    Raises:
        OperatorError: given in two ways, or a command that failed or said nothing.
    """
    _keep_from_children()
    ways = [name for name in (FILE, COMMAND, VALUE) if os.environ.get(name) or _given.get(name)]
    if len(ways) > 1:
        raise OperatorError(f"La phrase secrète est donnée de plusieurs façons ({', '.join(ways)}) : gardez-en une.")
    if ways == [FILE]:
        return Path(os.environ[FILE])
    if ways == [COMMAND]:
        return _in_memory(_said_by(os.environ[COMMAND]))
    if ways == [VALUE]:
        return _in_memory(_given[VALUE])
    return default


def source(default: Path) -> str:
    """In words, where it comes from."""
    if os.environ.get(COMMAND):
        return f"donnée par la commande « {os.environ[COMMAND]} »"
    if os.environ.get(VALUE) or _given.get(VALUE):
        return f"donnée par la variable {VALUE}"
    return f"dans le fichier {os.environ.get(FILE) or default}"


def _keep_from_children() -> None:
    """Take the value out of the environment: none of the programs that `gru` starts needs it there."""
    value = os.environ.pop(VALUE, None)
    if value:
        _given[VALUE] = value


@cache
def _said_by(command: str) -> str:
    """What the command prints, its last newline removed; asked once a process."""
    try:
        words = shlex.split(command)
        run = subprocess.run(words, capture_output=True, text=True, timeout=_COMMAND_SECONDS, check=False)
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise OperatorError(
            f"La commande de la phrase secrète ne se lance pas ({COMMAND} : {error}). Corrigez-la, puis recommencez."
        ) from error
    if run.returncode or not run.stdout.strip():
        said = " ".join(run.stderr.split())[:300] or "rien"
        raise OperatorError(
            f"La commande de la phrase secrète ({COMMAND}) n'a rien donné (code {run.returncode}, elle dit : {said})."
            " Lancez-la à la main pour voir ce qu'elle demande."
        )
    return run.stdout.strip()


@cache
def _in_memory(passphrase: str) -> Path:
    descriptor = os.memfd_create("gru-passphrase")
    os.fchmod(descriptor, 0o600)
    os.write(descriptor, passphrase.encode() + b"\n")
    return Path(f"/proc/{os.getpid()}/fd/{descriptor}")
