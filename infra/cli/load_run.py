"""`gru load run` and `gru load report`: a run, its verdict, its page."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from infra.cli.options import json_option, stack_option
from infra.cli.phases import say
from infra.inventory import read_inventory
from infra.state import OperatorError, Stack

if TYPE_CHECKING:
    from loadtests.runner import Action, Finished
    from loadtests.targets import Target
    from loadtests.verdict import AbuseSeen


def _drawing(command: Callable[..., None]) -> Callable[..., None]:
    """Options that say which arrivals are drawn."""
    for option in (
        click.option(
            "--i-am-allowed", "allowed", is_flag=True, help="Dire qu'on a prévenu : exigé hors de cette machine."
        ),
        click.option("--duration", type=click.FloatRange(5), metavar="S", help="Comprimer ou étirer le profil à S s."),
        click.option(
            "--scale", default=1.0, show_default=True, metavar="X", help="Multiplier tous les débits (essais)."
        ),
        click.option("--seed", default=1, show_default=True, metavar="N", help="La même graine : les mêmes arrivées."),
        click.option(
            "--population", default=60000, show_default=True, type=click.IntRange(100, 3_000_000), metavar="N"
        ),
    ):
        command = option(command)
    return command


@click.command(help="Lancer un profil de charge et rendre un verdict (code 0 tenu, 1 manqué, 2 essai inutilisable).")
@click.argument("profile", metavar="PROFIL")
@_drawing
@click.option("--processes", default=1, show_default=True, type=click.IntRange(1, 64), metavar="N")
@click.option("--during", metavar="COMMANDE", help="Charger autour de cette commande, jusqu'à ce qu'elle finisse.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), metavar="DOSSIER")
@json_option
@stack_option
def run(profile: str, as_json: bool, stack_name: str, out: Path | None, **options: Any) -> None:
    """Run a profile against a stack (`--stack`) or a target of loadtests/targets.yaml."""
    from loadtests.profile import load_profile, new_directory  # noqa: PLC0415
    from loadtests.report import write_report  # noqa: PLC0415

    directory = out or new_directory(Stack(stack_name), profile)
    if load_profile(profile).capacite:
        _search_capacity(profile, stack_name, directory, as_json, options)
        return
    finished = run_profile(profile, stack_name, directory, **options)
    write_report(finished)
    _tell_verdict(finished, as_json)
    raise click.exceptions.Exit(finished.verdict.exit_code)


@click.command(help="Tirer les arrivées d'un profil sans les jouer : un DOSSIER à copier sur plusieurs générateurs.")
@click.argument("profile", metavar="PROFIL")
@_drawing
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), metavar="DOSSIER")
@stack_option
def plan(profile: str, stack_name: str, out: Path, **options: Any) -> None:
    """Write a folder that Locust's master and workers read on several machines (`--plan`)."""
    from loadtests.profile import build, load_profile  # noqa: PLC0415
    from loadtests.targets import find_target  # noqa: PLC0415

    asked = load_profile(profile)
    if asked.pannes or asked.abus or asked.reseau or asked.derriere or asked.capacite:
        raise OperatorError(
            f"Le profil « {profile} » fait plus que des arrivées : seul « gru load run » sait le jouer."
        )
    drawn, schedule = build(profile, find_target(stack_name), _people(Stack(stack_name)), **options)
    drawn.write_to_copy(out, schedule)
    click.echo(
        f"{len(schedule.arrivals)} arrivées en {drawn.duration:.0f} s, dans {out} (avec les mots de passe des "
        "personnes fictives : à ne donner qu'aux générateurs).\nCopiez ce dossier sur chaque machine, puis :\n"
        f"  locust -f loadtests/locustfile.py --master --headless --expect-workers N --plan {out}\n"
        f"  locust -f loadtests/locustfile.py --worker --master-host MACHINE --plan {out}"
    )


def _people(stack: Stack) -> Path:
    """The file of invented persons. Raises OperatorError where none were made."""
    from loadtests.profile import PEOPLE_FILE  # noqa: PLC0415

    path = stack.directory / PEOPLE_FILE
    if not path.exists():
        raise OperatorError(f"Les essais ont besoin de personnes : lancez « gru load seed --stack {stack.name} ».")
    return path


def _search_capacity(profile: str, stack_name: str, directory: Path, as_json: bool, options: dict[str, Any]) -> None:
    """Run plateaus until the capacity is known well enough. The rate of the profile is one arrival a second."""
    from loadtests import capacity  # noqa: PLC0415
    from loadtests.profile import load_profile  # noqa: PLC0415
    from loadtests.report import write_capacity, write_report  # noqa: PLC0415
    from loadtests.report.plateaus import Plateau  # noqa: PLC0415

    bounds = load_profile(profile).capacite
    if bounds is None or options["during"]:
        raise OperatorError("--during ne va pas avec une recherche de capacité.")
    wished = options.pop("scale")
    plateaus: list[Plateau] = []

    def attempt(rate: float) -> capacity.Trial:
        say(f"\nPalier à {rate:.2f} arrivées par seconde")
        plateau = directory / capacity.folder(rate)
        finished = run_profile(profile, stack_name, plateau, scale=rate, **options)
        write_report(finished)
        plateaus.append(Plateau.of(finished, rate))
        say(f"  {finished.verdict.sentence}")
        return capacity.Trial(rate, finished.verdict.exit_code, capacity.limiting(finished))

    found = capacity.search(bounds.de * wished, bounds.a * wished, bounds.precision, bounds.essais_max, attempt)
    content = {**asdict(found), "sentence": found.sentence, "limiting": found.limiting, "directory": str(directory)}
    (directory / capacity.CAPACITY_FILE).write_text(
        json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    page = write_capacity(directory, found, plateaus)
    click.echo(json.dumps(content, ensure_ascii=False) if as_json else f"\n{found.sentence}\nRapport : {page}")
    raise click.exceptions.Exit(2 if found.invalid else 0 if found.kept else 1)


@click.command(help="Refaire le rapport d'un essai gardé dans un DOSSIER (page, figures).")
@click.argument("directory", metavar="DOSSIER", type=click.Path(path_type=Path, exists=True, file_okay=False))
@json_option
def report(directory: Path, as_json: bool) -> None:
    """Write `rapport.html`, SVG and PNG again from what was measured."""
    from loadtests.capacity import CAPACITY_FILE  # noqa: PLC0415
    from loadtests.report import read_capacity, write_capacity, write_report  # noqa: PLC0415
    from loadtests.runner import Finished  # noqa: PLC0415

    if (directory / CAPACITY_FILE).exists():
        found, plateaus = read_capacity(directory)
        path, told, sentence = write_capacity(directory, found, plateaus), asdict(found), found.sentence
    else:
        finished = Finished.read(directory)
        path, told, sentence = write_report(finished), finished.verdict.as_dict(), finished.verdict.sentence
    if as_json:
        click.echo(json.dumps({**told, "report": str(path)}, ensure_ascii=False))
    else:
        click.echo(f"{sentence}\nRapport : {path}")


def run_profile(
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
    from loadtests import disturb, runner, slow_network  # noqa: PLC0415
    from loadtests.profile import build, load_profile  # noqa: PLC0415
    from loadtests.targets import find_target  # noqa: PLC0415

    stack, target = Stack(stack_name), find_target(stack_name)
    inventory = None if target.kind == "listed" else read_inventory(stack)
    people = _people(stack)
    network = load_profile(profile).reseau
    with ExitStack() as stack_of_helpers:
        relay = ""
        if network:
            split = urlsplit(target.urls["portal"])
            name, port = split.hostname or "", split.port or 443
            to = f"{target.addresses.get(name, name)}:{port}"
            relay = stack_of_helpers.enter_context(slow_network.running(to, network.delai_ms, network.debit_kbit))
        if behind := load_profile(profile).derriere:
            if inventory is None:
                raise OperatorError(
                    "Ce profil passe par un hôte de la plateforme : il ne va que sur une pile de ce dépôt."
                )
            relay = stack_of_helpers.enter_context(disturb.behind(inventory, behind))
        plan, schedule = build(
            profile,
            target,
            people,
            seed=seed,
            population=population,
            scale=scale,
            duration=duration,
            allowed=allowed,
            slow_address=relay,
        )
        say(f"{plan.title} : {len(schedule.arrivals)} arrivées en {plan.duration:.0f} s, {plan.agents.count} agents.")
        abuse: list[AbuseSeen] = []
        actions = _disturbances(profile, inventory, target, plan.duration, abuse)
        if during:
            actions.append((f"pendant la charge : {during}", runner.during(during, directory)))
        return runner.run(
            plan, schedule, directory, inventory, processes=processes, actions=actions, abuse=abuse, tell=say
        )


def _disturbances(
    profile: str, inventory: dict[str, Any] | None, target: Target, duration: float, abuse: list[AbuseSeen]
) -> list[tuple[str, Action]]:
    from loadtests import disturb  # noqa: PLC0415
    from loadtests.profile import load_profile  # noqa: PLC0415

    asked = load_profile(profile)
    if not asked.pannes and not asked.abus:
        return []
    if inventory is None:
        raise OperatorError("Ce profil agit sur les hôtes : il ne va que sur une pile de ce dépôt.")
    if duration != asked.duration:
        raise OperatorError("Ce profil a un déroulement précis : il ne se comprime pas (--duration).")
    actions = [disturb.outage(inventory, planned) for planned in asked.pannes]
    if asked.abus:
        actions.append(disturb.abuse(inventory, target, asked.abus, abuse))
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
