"""Options that several commands of `gru load` share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from loadtests.planning import DEFAULT_POPULATION

_Command = Callable[..., Any]


def population_option(command: _Command) -> _Command:
    """Add `--population`, the town's inhabitants."""
    return click.option(
        "--population",
        default=DEFAULT_POPULATION,
        show_default=True,
        type=click.IntRange(100, 3_000_000),
        metavar="N",
    )(command)


def allowed_option(command: _Command) -> _Command:
    """Add `--i-am-allowed`, the operator's word."""
    return click.option(
        "--i-am-allowed", "allowed", is_flag=True, help="Dire qu'on a prévenu : exigé hors de cette machine."
    )(command)


def out_option(*, required: bool = False) -> Callable[[_Command], _Command]:
    """Add `--out`, the folder of the results."""
    return click.option("--out", required=required, type=click.Path(path_type=Path, file_okay=False), metavar="DOSSIER")


def drawing_options(command: _Command) -> _Command:
    """Add the options that say which arrivals are drawn."""
    for option in (
        allowed_option,
        click.option("--duration", type=click.FloatRange(5), metavar="S", help="Comprimer ou étirer le profil à S s."),
        click.option(
            "--scale", default=1.0, show_default=True, metavar="X", help="Multiplier tous les débits (essais)."
        ),
        click.option("--seed", default=1, show_default=True, metavar="N", help="La même graine : les mêmes arrivées."),
        population_option,
    ):
        command = option(command)
    return command
