"""`gru load run`: one run and its verdict, or the search for the capacity, which is several."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from infra.cli.options import json_option, stack_option
from infra.cli.phases import say
from infra.state import OperatorError, Stack
from loadtests import campaign, capacity
from loadtests.commands.options import drawing_options, out_option
from loadtests.finished import Finished
from loadtests.json_file import write_json
from loadtests.plan import new_directory
from loadtests.profile import Capacity, load_profile
from loadtests.report import write_capacity, write_report
from loadtests.report.plateaus import Plateau
from loadtests.slo import load_slo
from loadtests.verdict import INVALID, KEPT, MISSED
from loadtests.verdict_line import State

_MARKS = {State.KEPT: "✓", State.MISSED: "✗", State.INVALID: "!", State.UNSURE: "?", State.NOT_MEASURED: "–"}


@click.command(help="Lancer un profil de charge et rendre un verdict (code 0 tenu, 1 manqué, 2 essai inutilisable).")
@click.argument("profile", metavar="PROFIL")
@drawing_options
@click.option("--processes", default=1, show_default=True, type=click.IntRange(1, 64), metavar="N")
@click.option("--during", metavar="COMMANDE", help="Charger autour de cette commande, jusqu'à ce qu'elle finisse.")
@out_option()
@json_option
@stack_option
def run(profile: str, as_json: bool, stack_name: str, out: Path | None, **options: Any) -> None:
    """Run a profile against a stack (`--stack`) or a target of loadtests/targets.yaml."""
    asked, slo = load_profile(profile), load_slo()
    directory = out or new_directory(Stack(stack_name), profile)

    def play(folder: Path, **changed: Any) -> Finished:
        finished = campaign.play_profile(asked, stack_name, folder, slo=slo, tell=say, **{**options, **changed})
        write_report(finished)
        return finished

    if asked.capacite is None:
        finished = play(directory)
        _tell_verdict(finished, as_json)
        raise click.exceptions.Exit(finished.verdict.exit_code)
    if options["during"]:
        raise OperatorError("--during ne va pas avec une recherche de capacité.")
    found = _search_capacity(asked.capacite, options["scale"], directory, as_json, play)
    raise click.exceptions.Exit(INVALID if found.invalid else KEPT if found.kept else MISSED)


def _tell_verdict(finished: Finished, as_json: bool) -> None:
    verdict = finished.verdict
    if as_json:
        content = {**verdict.as_dict(), "directory": str(finished.directory), "profile": finished.plan.profile}
        click.echo(json.dumps(content, ensure_ascii=False))
        return
    for item in verdict.checks:
        click.echo(f"  {_MARKS[item.state]} {item.sentence}")
    click.echo(f"\n{verdict.sentence}\nRapport : {finished.directory / 'rapport.html'}")


def _search_capacity(
    bounds: Capacity, scale: float, directory: Path, as_json: bool, play: Callable[..., Finished]
) -> capacity.Capacity:
    """Play plateaus until the capacity is known well enough. The rate of the profile is one arrival a second."""
    plateaus: list[Plateau] = []

    def attempt(rate: float) -> capacity.Trial:
        say(f"\nPalier à {rate:.2f} arrivées par seconde")
        finished = play(directory / capacity.folder(rate), scale=rate)
        plateaus.append(Plateau.of(finished, rate))
        say(f"  {finished.verdict.sentence}")
        return capacity.Trial(rate, finished.verdict.exit_code, capacity.limiting(finished))

    found = capacity.search(bounds.de * scale, bounds.a * scale, bounds.precision, bounds.essais_max, attempt)
    content = {**asdict(found), "sentence": found.sentence, "limiting": found.limiting, "directory": str(directory)}
    write_json(directory / capacity.CAPACITY_FILE, content)
    page = write_capacity(directory, found, plateaus)
    click.echo(json.dumps(content, ensure_ascii=False) if as_json else f"\n{found.sentence}\nRapport : {page}")
    return found
