"""infra knows `gru load` by name only; loadtests uses of infra what lies below; commands are on top."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click
import pytest

import infra.cli
import loadtests.commands

ROOT = Path(__file__).resolve().parents[2]
TABLE = Path("infra/cli/__init__.py")
"""The only file of `infra` that may name a module of `loadtests`, as the text of its table of commands."""
LENT = {
    *("infra.state", "infra.inventory", "infra.remote", "infra.directory"),
    *("infra.cli.options", "infra.cli.phases", "infra.cli.lazy_group"),
}
"""Modules of `infra` that `loadtests` may use; the last three in its commands only."""


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """Every module that a file imports, at its top or late, with the line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.lineno, node.module
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Every text of a file that reads as the name of a module of `loadtests`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and re.fullmatch(r"loadtests(\.\w+)*", str(node.value)):
            yield node.lineno, node.value


def inside(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def wrong_arrows(root: Path) -> list[str]:
    """What breaks the direction: file, line, and what it leads to."""
    found = []
    for path in sorted((root / "infra").rglob("*.py")):
        place = path.relative_to(root)
        named = [] if place == TABLE else list(texts(path))
        found += [f"{place}:{line} {name}" for line, name in [*imported(path), *named] if inside(name, "loadtests")]
    for path in sorted((root / "loadtests").rglob("*.py")):
        place = path.relative_to(root)
        command = inside(".".join(place.with_suffix("").parts), "loadtests.commands")
        for line, name in imported(path):
            other = any(inside(name, package) for package in ("guichet", "consultation", "socle", "tests"))
            above = not command and (inside(name, "infra.cli") or inside(name, "loadtests.commands"))
            lent = any(inside(name, module) or inside(module, name) for module in LENT)
            if other or above or (inside(name, "infra") and not lent):
                found.append(f"{place}:{line} {name}")
    return found


def test_arrows_go_one_way() -> None:
    """Nothing in infra leads to loadtests but the table of commands, imported when a command is asked for."""
    assert wrong_arrows(ROOT) == []


@pytest.mark.parametrize(
    ("file", "line", "told"),
    [
        ("infra/status.py", "from loadtests.people import People", "loadtests.people"),
        ("infra/cli/mail.py", "def f():\n    import loadtests", "loadtests"),
        ("infra/cli/mail.py", "MODULE = 'loadtests.commands'", "loadtests.commands"),
        ("loadtests/plan.py", "from infra.plan import PlanError", "infra.plan"),
        ("loadtests/plan.py", "from infra.cli.phases import say", "infra.cli.phases"),
        ("loadtests/campaign.py", "from loadtests.commands import load", "loadtests.commands"),
        ("loadtests/commands/run.py", "from guichet.peuplement import services", "guichet.peuplement"),
    ],
)
def test_a_planted_arrow_is_found(tmp_path: Path, file: str, line: str, told: str) -> None:
    """One wrong line is named with its file."""
    for folder in ("infra/cli", "loadtests/commands"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / file).write_text(f"{line}\n", encoding="utf-8")
    found = wrong_arrows(tmp_path)
    assert found
    assert all(arrow.startswith(f"{file}:") for arrow in found)
    assert any(arrow.endswith(f" {told}") for arrow in found)


@pytest.mark.parametrize("name", loadtests.commands.COMMANDS)
def test_every_command_is_where_the_table_says(name: str) -> None:
    """A name in a table is no import: nothing else would notice that it leads nowhere."""
    command = loadtests.commands.load.get_command(click.Context(loadtests.commands.load), name)
    assert command is not None
    assert command.name == name
    assert getattr(import_module(infra.cli.COMMANDS["load"]), "load") is loadtests.commands.load  # noqa: B009
