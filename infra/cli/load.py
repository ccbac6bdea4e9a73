"""`gru load`: what a town sends, will the platform hold, and the proof. The engine is the package `loadtests`."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from infra.cli.options import json_option, stack_option
from infra.cli.phases import say
from infra.inventory import read_inventory
from infra.remote import host_of
from infra.state import OperatorError, Stack

if TYPE_CHECKING:
    from loadtests.runner import Action, Finished


@click.group(help="Tests de charge : modèle, essais, verdict, comparaison, dimensionnement.")
def load() -> None:
    """Each command is a thin layer over one module of `loadtests`."""


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


@load.command(help="Lancer un profil de charge et rendre un verdict (code 0 tenu, 1 manqué, 2 essai inutilisable).")
@click.argument("profile", metavar="PROFIL")
@click.option("--population", default=60000, show_default=True, type=click.IntRange(100, 3_000_000), metavar="N")
@click.option("--seed", default=1, show_default=True, metavar="N", help="Graine : la même donne les mêmes arrivées.")
@click.option("--scale", default=1.0, show_default=True, metavar="X", help="Multiplier tous les débits (essais).")
@click.option("--duration", type=click.FloatRange(5), metavar="S", help="Comprimer ou étirer le profil à S secondes.")
@click.option("--processes", default=1, show_default=True, type=click.IntRange(1, 64), metavar="N")
@click.option("--during", metavar="COMMANDE", help="Charger autour de cette commande, jusqu'à ce qu'elle finisse.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), metavar="DOSSIER")
@click.option("--i-am-allowed", "allowed", is_flag=True, help="Dire qu'on a prévenu : exigé hors de cette machine.")
@json_option
@stack_option
def run(profile: str, as_json: bool, stack_name: str, out: Path | None, **options: Any) -> None:
    """Run a profile against a stack (`--stack`) or a target of loadtests/targets.yaml."""
    from loadtests.profile import load_profile, new_directory  # noqa: PLC0415
    from loadtests.report import write_report  # noqa: PLC0415

    directory = out or new_directory(Stack(stack_name), profile)
    if load_profile(profile).capacite:
        raise OperatorError("La recherche de capacité n'est pas encore là.")
    finished = _run(profile, stack_name, directory, **options)
    write_report(finished)
    _tell_verdict(finished, as_json)
    raise click.exceptions.Exit(finished.verdict.exit_code)


@load.command(help="Refaire le rapport d'un essai gardé dans un DOSSIER (page, figures).")
@click.argument("directory", metavar="DOSSIER", type=click.Path(path_type=Path, exists=True, file_okay=False))
@json_option
def report(directory: Path, as_json: bool) -> None:
    """Write `rapport.html`, SVG and PNG again from what was measured."""
    from loadtests.report import write_report  # noqa: PLC0415
    from loadtests.runner import Finished  # noqa: PLC0415

    finished = Finished.read(directory)
    path = write_report(finished)
    if as_json:
        click.echo(json.dumps({**finished.verdict.as_dict(), "report": str(path)}, ensure_ascii=False))
    else:
        click.echo(f"{finished.verdict.sentence}\nRapport : {path}")


def _run(
    profile: str,
    stack_name: str,
    directory: Path,
    *,
    population: int = 60000,
    seed: int = 1,
    scale: float = 1.0,
    duration: float | None = None,
    processes: int = 1,
    during: str | None = None,
    allowed: bool = False,
) -> Finished:
    from loadtests import runner  # noqa: PLC0415
    from loadtests.profile import PEOPLE_FILE, build  # noqa: PLC0415
    from loadtests.targets import find_target  # noqa: PLC0415

    stack, target = Stack(stack_name), find_target(stack_name)
    inventory = None if target.kind == "listed" else read_inventory(stack)
    people = stack.directory / PEOPLE_FILE
    if not people.exists():
        raise OperatorError(f"Les essais ont besoin de personnes : lancez « gru load seed --stack {stack_name} ».")
    plan, schedule = build(
        profile, target, people, seed=seed, population=population, scale=scale, duration=duration, allowed=allowed
    )
    say(f"{plan.title} : {len(schedule.arrivals)} arrivées en {plan.duration:.0f} s, {plan.agents.count} agents.")
    actions = _disturbances(profile, inventory, target, plan.duration)
    if during:
        actions.append((f"pendant la charge : {during}", runner.during(during, directory)))
    return runner.run(plan, schedule, directory, inventory, processes=processes, actions=actions, tell=say)


def _disturbances(
    profile: str, inventory: dict[str, Any] | None, target: Any, duration: float
) -> list[tuple[str, Action]]:
    from loadtests import disturb  # noqa: PLC0415
    from loadtests.profile import load_profile  # noqa: PLC0415

    asked = load_profile(profile)
    if not asked.pannes and not asked.abus:
        return []
    if inventory is None:
        raise OperatorError("Ce profil agit sur les hôtes : il ne va que sur une pile de ce dépôt.")
    host_of(inventory, "mail")
    if duration != asked.duration:
        raise OperatorError("Ce profil a un déroulement précis : il ne se comprime pas (--duration).")
    actions = [disturb.outage(inventory, planned) for planned in asked.pannes]
    if asked.abus:
        actions.append(disturb.abuse(inventory, target, asked.abus, {}))
    return actions


def _tell_verdict(finished: Finished, as_json: bool) -> None:
    verdict = finished.verdict
    if as_json:
        content = {**verdict.as_dict(), "directory": str(finished.directory), "profile": finished.plan.profile}
        click.echo(json.dumps(content, ensure_ascii=False))
        return
    marks = {"tenue": "✓", "manquée": "✗", "invalide": "!", "incertaine": "?", "non mesurée": "–"}
    for item in verdict.checks:
        click.echo(f"  {marks[item.state.value]} {item.sentence}")
    click.echo(f"\n{verdict.sentence}\nRapport : {finished.directory / 'rapport.html'}")
