"""What was done to a platform: who, when, which command, how it ended. Kept with the site's state, and shared with it.

A line when a command begins, another when it ends: one that was killed has no end, and that is told.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from infra.shared_state.lock import me
from infra.state import OperatorError, Stack

_FILE = "journal.jsonl"


@dataclass(frozen=True, slots=True)
class Operation:
    """One command. `at` is ISO 8601, UTC; `seconds` is None where it did not end (killed, or still at work).

    `result` is ``done``, ``failed``, ``interrupted`` or ``unfinished``; `why` is the first line of
    what it said, or what it noted.
    """

    at: str
    who: str
    command: str
    result: str = "unfinished"
    seconds: float | None = None
    why: str = ""


@contextmanager
def kept(stack: Stack, command: str) -> Iterator[list[str]]:
    """Write in the journal that `command` changes the platform, then how it ended.

    Gives a list where the command may put what is to be remembered of a work that went to its end.
    """
    notes: list[str] = []
    key, start = secrets.token_hex(4), time.monotonic()
    began = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "who": me(), "command": command}
    _write(stack, {"id": key, **began})

    def end(result: str, why: str = "") -> None:
        seconds = round(time.monotonic() - start, 1)
        _write(stack, {"id": key, "result": result, "seconds": seconds, "why": why})

    try:
        yield notes
    except OperatorError as error:
        end("failed", str(error).partition("\n")[0])
        raise
    except KeyboardInterrupt:
        end("interrupted")
        raise
    except BaseException:
        end("failed")
        raise
    end("done", " ; ".join(notes))


def operations(stack: Stack) -> list[Operation]:
    """All that the journal holds, the last first. A line that was cut is left out."""
    found: dict[str, dict[str, Any]] = {}
    for line in _path(stack).read_text(encoding="utf-8").splitlines() if _path(stack).exists() else []:
        try:
            entry = json.loads(line)
            found.setdefault(entry.pop("id"), {}).update(entry)
        except (ValueError, KeyError):
            continue
    return [Operation(**entry) for entry in reversed(found.values()) if "command" in entry]


def _write(stack: Stack, entry: dict[str, Any]) -> None:
    path = _path(stack)
    path.touch(mode=0o600)
    with path.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(entry, ensure_ascii=False) + "\n")


def _path(stack: Stack) -> Path:
    return stack.directory / _FILE
