"""`gru load accounts`: invented residents and agents, made in the directory and taken out again."""

from __future__ import annotations

import click

from infra.cli.options import stack_option
from infra.cli.phases import say
from infra.inventory import read_inventory
from infra.state import Stack
from loadtests.accounts import make, remove_all
from loadtests.people import people_file
from loadtests.targets import target_of_stack


@click.command(help="Créer dans l'annuaire les habitants et agents fictifs des essais, ou les retirer (--remove).")
@click.option("--residents", default=200, show_default=True, type=click.IntRange(1, 100_000), metavar="N")
@click.option("--agents", default=5, show_default=True, type=click.IntRange(0, 200), metavar="N")
@click.option("--remove", is_flag=True, help="Retirer tous les comptes créés par cette commande.")
@stack_option
def accounts(residents: int, agents: int, remove: bool, stack_name: str) -> None:
    """Make or remove the accounts of load tests. Only where mails are kept instead of sent."""
    stack = Stack(stack_name)
    inventory, path = read_inventory(stack), people_file(stack)
    if remove:
        click.echo(f"{remove_all(inventory, path)} comptes retirés.")
        return
    people = make(inventory, target_of_stack(stack), path, residents=residents, agents=agents, tell=say)
    click.echo(f"{people.residents} habitants et {len(people.agents)} agents prêts.")
