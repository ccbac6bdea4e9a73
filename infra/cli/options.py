"""Options that every command shares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

_Command = Callable[..., Any]


def stack_option(command: _Command) -> _Command:
    """Add `--stack`, the folder of `stacks/` concerned."""
    return click.option(
        "--stack",
        "stack_name",
        default="local",
        show_default=True,
        metavar="NOM",
        help="Site concerné : un dossier de stacks/.",
    )(command)


def json_option(command: _Command) -> _Command:
    """Add `--json`, for results that a machine reads."""
    help_text = "Résultat en JSON sur la sortie standard."
    return click.option("--json", "as_json", is_flag=True, help=help_text)(command)
