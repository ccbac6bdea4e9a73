"""`gru load check`: each journey once, without load."""

from __future__ import annotations

import json
import time
from dataclasses import asdict

import click

from infra.cli.options import json_option, stack_option
from infra.inventory import read_inventory
from infra.state import Stack
from loadtests import mailbox
from loadtests.check import Checker
from loadtests.journeys import RESIDENTS
from loadtests.people import People, known_people
from loadtests.targets import target_of_stack


@click.command(
    help="Jouer chaque parcours une fois, sans charge : ce qu'un essai fera mille fois doit d'abord marcher."
)
@json_option
@stack_option
def check(as_json: bool, stack_name: str) -> None:
    """Exit 1 when a journey fails. One that the site does not offer is told, not failed."""
    stack = Stack(stack_name)
    inventory, target, path = read_inventory(stack), target_of_stack(stack), known_people(stack)
    checker = Checker(target, People.read(path), mailbox.reader(inventory) if target.sink else None, int(time.time()))
    done = [checker.resident(name) for name in RESIDENTS] + [checker.agent()]
    if as_json:
        click.echo(json.dumps([{**asdict(item), "passed": item.passed} for item in done], ensure_ascii=False))
    else:
        for item in done:
            mark = "✓" if item.passed else "–" if item.absent else "✗"
            seconds = sum(sample.response for sample in item.samples if sample.status > 0)
            click.echo(f"{mark} {item.name:<14} {len(item.samples):>3} requêtes  {seconds:5.1f} s  {item.problem}")
    if any(not item.passed and not item.absent for item in done):
        raise click.exceptions.Exit(1)
