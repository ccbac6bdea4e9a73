"""What a machine remembers of the state it holds: a copy of which store's generation, and what it has not sent yet."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from infra.state import OperatorError, Stack


@dataclass(frozen=True, slots=True)
class Memory:
    """`place` is the ``state:`` block of the store; `words` how it is told. `unsent` is the session of a command that
    began to change the copy and has not sent it whole; nothing else may take its place before it is sent or set aside.
    """

    place: dict[str, Any]
    words: str
    generation: int
    unsent: str | None = None


def _file(stack: Stack) -> Path:
    return stack.directory / "partage.json"


def recall(stack: Stack) -> Memory | None:
    """What is remembered; nothing where the state lives here. Raises OperatorError where the file is damaged."""
    try:
        return Memory(**json.loads(_file(stack).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as error:
        raise OperatorError(
            f"{_file(stack)} est abîmé. Mettez ce dossier de côté (mv), puis recommencez : l'état sera repris du"
            " magasin partagé."
        ) from error


def remember(stack: Stack, memory: Memory) -> None:
    """Write it whole or not at all."""
    path = _file(stack)
    temporary = path.with_name(path.name + ".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(json.dumps(asdict(memory), ensure_ascii=False, indent=1) + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)


def forget(stack: Stack) -> None:
    """The state lives here from now on."""
    _file(stack).unlink(missing_ok=True)


def holds_a_state(stack: Stack) -> bool:
    """Whether this machine's directory holds secrets or resources of the site."""
    return stack.secrets_file.exists() or (stack.directory / "pulumi" / "etat" / ".pulumi").exists()
