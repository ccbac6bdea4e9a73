"""`gru load`: what a town sends, will the platform hold, and the proof. One module a command."""

from __future__ import annotations

import click

from infra.cli.lazy_group import LazyGroup

COMMANDS = {
    name: f"{__name__}.{name}"
    for name in ("accounts", "check", "compare", "fit", "model", "plan", "report", "run", "size")
}
"""Module of each command: `gru load model` need not wait for Locust and the plots to load."""


@click.group(
    cls=LazyGroup,
    modules=COMMANDS,
    former={"seed": "accounts"},
    help="Tests de charge : modèle, essais, verdict, comparaison, dimensionnement.",
)
def load() -> None:
    """Each command is a thin layer over one module of `loadtests`."""
