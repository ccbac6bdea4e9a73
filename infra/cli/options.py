"""Options that every command shares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from infra.cli.phases import say
from infra.model.loading import load_state_location
from infra.shared_state.session import at_hand
from infra.state import Stack

_Command = Callable[..., Any]


def stack_option(command: _Command) -> _Command:
    """Add `--stack`, for commands that read a platform: its last state is at hand when they begin."""
    return _named_stack(command, callback=lambda _context, _parameter, name: _at_hand(name))


def site_option(command: _Command) -> _Command:
    """Add `--stack`, for commands that change a site's state, or look at where it is: they reach it themselves."""
    return _named_stack(command)


def _named_stack(command: _Command, **more: Any) -> _Command:
    return click.option(
        "--stack",
        "stack_name",
        default="local",
        show_default=True,
        metavar="NOM",
        help="Site concerné : un dossier de stacks/.",
        **more,
    )(command)


def _at_hand(name: str) -> str:
    stack = Stack(name)
    if stack.site_file.exists():
        at_hand(stack, load_state_location(stack.site_file), say)
    return name


def leave_data_option(command: _Command) -> _Command:
    """Add `--leave-data`: what a change of site may leave behind is said by its name."""
    return click.option(
        "--leave-data",
        multiple=True,
        metavar="FONCTION",
        help="Accepter que les données de cette fonction restent où elles sont et que la nouvelle commence vide.",
    )(command)


def json_option(command: _Command) -> _Command:
    """Add `--json`, for results that a machine reads."""
    help_text = "Résultat en JSON sur la sortie standard."
    return click.option("--json", "as_json", is_flag=True, help=help_text)(command)
