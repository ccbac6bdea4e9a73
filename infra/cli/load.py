"""`gru load`: what a town sends, will the platform hold, and the proof. The engine is the package `loadtests`."""

from __future__ import annotations

import json
import time
from dataclasses import asdict

import click

from infra.cli.load_analysis import compare, fit, size
from infra.cli.load_run import plan, report, run
from infra.cli.options import json_option, stack_option
from infra.cli.phases import say
from infra.inventory import read_inventory
from infra.state import OperatorError, Stack


@click.group(help="Tests de charge : modèle, essais, verdict, comparaison, dimensionnement.")
def load() -> None:
    """Each command is a thin layer over one module of `loadtests`."""


for _command in (run, plan, report, compare, fit, size):
    load.add_command(_command)


@load.command(help="Montrer d'où viennent les charges : volumes, heures, pointes, jour d'ouverture, hypothèses.")
@click.option("--population", default=60000, show_default=True, type=click.IntRange(100, 3_000_000), metavar="N")
@json_option
def model(population: int, as_json: bool) -> None:
    """Print the workload model for a town of `population` people."""
    from loadtests import workload  # noqa: PLC0415 - the other commands do not need it

    try:
        known = workload.load_model()
    except workload.ModelError as error:
        raise OperatorError(str(error)) from None
    computed = workload.compute(known, population)
    varied = workload.sensitivity(known, population)
    if as_json:
        content = {
            **asdict(computed),
            "worst_second": computed.opening.worst_second,
            "peak_to_mean": computed.peak_to_mean,
            "sensitivity": [asdict(item) for item in varied],
            "quantities": {
                name: {"value": item.valeur, "unit": item.unite, "origin": item.origin}
                for name, item in known.quantities.items()
            },
        }
        click.echo(json.dumps(content, ensure_ascii=False))
        return
    from loadtests.model_page import model_lines  # noqa: PLC0415 - words are only for people

    click.echo("\n".join(model_lines(known, computed, varied)))


@load.command(help="Créer dans l'annuaire les habitants et agents fictifs des essais, ou les retirer (--remove).")
@click.option("--residents", default=200, show_default=True, type=click.IntRange(1, 100_000), metavar="N")
@click.option("--agents", default=5, show_default=True, type=click.IntRange(0, 200), metavar="N")
@click.option("--remove", is_flag=True, help="Retirer tous les comptes créés par cette commande.")
@stack_option
def seed(residents: int, agents: int, remove: bool, stack_name: str) -> None:
    """Make or remove the accounts of load tests. Only where mails are kept instead of sent."""
    from loadtests import accounts  # noqa: PLC0415
    from loadtests.profile import PEOPLE_FILE  # noqa: PLC0415
    from loadtests.targets import target_of_stack  # noqa: PLC0415

    stack = Stack(stack_name)
    inventory, path = read_inventory(stack), stack.directory / PEOPLE_FILE
    if remove:
        click.echo(f"{accounts.remove(inventory, path)} comptes retirés.")
        return
    people = accounts.make(inventory, target_of_stack(stack), path, residents=residents, agents=agents, tell=say)
    click.echo(f"{people.residents} habitants et {len(people.agents)} agents prêts.")


@load.command(help="Jouer chaque parcours une fois, sans charge : ce qu'un essai fera mille fois doit d'abord marcher.")
@json_option
@stack_option
def check(as_json: bool, stack_name: str) -> None:
    """Exit 1 when a journey fails. One that the site does not offer is told, not failed."""
    from loadtests import mailbox  # noqa: PLC0415
    from loadtests.check import Checker  # noqa: PLC0415
    from loadtests.journeys import RESIDENTS  # noqa: PLC0415
    from loadtests.people import People  # noqa: PLC0415
    from loadtests.profile import PEOPLE_FILE  # noqa: PLC0415
    from loadtests.targets import target_of_stack  # noqa: PLC0415

    stack = Stack(stack_name)
    inventory, target, path = read_inventory(stack), target_of_stack(stack), stack.directory / PEOPLE_FILE
    if not path.exists():
        raise OperatorError("Les parcours avec compte ont besoin de personnes : lancez d'abord « gru load seed ».")
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
