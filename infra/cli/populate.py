"""`gru populate`: fill a stack with an invented year of requests, to show it and to measure it."""

from __future__ import annotations

import shlex
import subprocess
from datetime import datetime

import click

from infra.cli.options import stack_option
from infra.inventory import read_inventory
from infra.remote import host_of, root_command
from infra.state import OperatorError, Stack

_MANAGE = ("guichet-manage", "schema", "peupler")
"""As the owner of the schema, on the host that applies migrations: the sites' own roles may not write so much."""


@click.command(help="Remplir la plateforme d'une année de demandes inventées, ou les effacer.")
@click.option("--requests", default=20_000, show_default=True, metavar="N", help="Nombre de demandes.")
@click.option("--seed", default=1, show_default=True, metavar="G", help="Même graine, mêmes demandes.")
@click.option("--months", default=12, show_default=True, metavar="M", help="Mois couverts, jusqu'au dernier jour.")
@click.option(
    "--end", type=click.DateTime(["%Y-%m-%d"]), metavar="AAAA-MM-JJ", help="Dernier jour (aujourd'hui sinon)."
)
@click.option("--account", default="", metavar="ADRESSE", help="Compte réel qui en possédera une partie.")
@click.option("--anyway", is_flag=True, help="Même si la plateforme contient de vraies demandes.")
@click.option("--remove", is_flag=True, help="Effacer les demandes inventées, et elles seules.")
@stack_option
def populate(
    *,
    requests: int,
    seed: int,
    months: int,
    end: datetime | None,
    account: str,
    anyway: bool,
    remove: bool,
    stack_name: str,
) -> None:
    """Run the generator on the host of the agents' site; its progress and its refusals are shown as they come."""
    inventory = read_inventory(Stack(stack_name))
    command = [*_MANAGE]
    if remove:
        command.append("--effacer")
    else:
        command += [f"--demandes={requests}", f"--graine={seed}", f"--mois={months}"]
        command += [f"--fin={end:%Y-%m-%d}"] if end else []
        command += [f"--compte={account}"] if account else []
        command += ["--je-sais"] if anyway else []
    host = host_of(inventory, "processing")
    run = subprocess.run(root_command(inventory, host, [shlex.join(command)]), check=False)
    if run.returncode:
        raise OperatorError(f"Sur l'hôte {host}, le peuplement s'est arrêté : voyez le message ci-dessus.")
