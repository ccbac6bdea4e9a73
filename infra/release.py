"""What a release is: a version, the tag that carries it, and what CHANGELOG.md says of it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from infra.state import OperatorError

_SECTION = re.compile(r"^## (\d+\.\d+\.\d+)(?: — (\d{4}-\d\d-\d\d))?\s*$")
_BLOCKS = {"À faire": "actions", "Nouveau": "news", "Réparé": "mended"}


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """``major.minor.patch``, which compare as numbers."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        """As it is written."""
        return f"{self.major}.{self.minor}.{self.patch}"

    @property
    def tag(self) -> str:
        """The tag that carries it."""
        return f"v{self}"


@dataclass(slots=True)
class Notes:
    """What the list of changes says of a release: lines without their dash. `date` is ISO 8601, or empty."""

    version: Version
    date: str = ""
    actions: list[str] = field(default_factory=list)
    news: list[str] = field(default_factory=list)
    mended: list[str] = field(default_factory=list)


def version(text: str) -> Version:
    """The version that a text names, with or without its « v ». Raises OperatorError."""
    found = re.fullmatch(r"v?(\d+)\.(\d+)\.(\d+)", text.strip())
    if not found:
        raise OperatorError(
            f"« {text} » n'est pas une version : écrivez-la comme « v1.2.3 ». « gru releases » les liste."
        )
    return Version(*map(int, found.groups()))


def version_of(tree: Path) -> Version:
    """The version of the program in that folder."""
    with (tree / "pyproject.toml").open("rb") as stream:
        return version(tomllib.load(stream)["project"]["version"])


def notes_of(changelog: str) -> list[Notes]:
    """What a CHANGELOG.md says, release by release, in its order; what is to come is left out."""
    found: list[Notes] = []
    block: list[str] | None = None
    current: Notes | None = None
    for line in changelog.splitlines():
        if line.startswith("## "):
            section = _SECTION.match(line)
            current, block = Notes(version(section[1]), section[2] or "") if section else None, None
            found += [current] if current else []
        elif line.startswith("### "):
            name = _BLOCKS.get(line.removeprefix("### ").strip())
            block = getattr(current, name) if current and name else None
        elif block is not None and line.startswith("- "):
            block.append(line.removeprefix("- ").strip())
        elif block and line.startswith("  "):
            block[-1] += f" {line.strip()}"
    return found
