"""`gru load compare`: is one platform dearer than another, or than itself before an upgrade?"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import click

from infra.cli.options import json_option, stack_option
from infra.cli.phases import say
from infra.state import OperatorError, Stack
from loadtests import baseline, campaign
from loadtests.commands.options import allowed_option, out_option
from loadtests.compare import Figures, figures_of, interleave
from loadtests.compare import compare as conclude
from loadtests.json_file import write_json
from loadtests.plan import new_directory
from loadtests.profile import load_profile
from loadtests.slo import load_slo


@click.command(help="Comparer deux plateformes : paires d'essais alternées, bruit mesuré d'abord (code 0, 1 ou 2).")
@click.option("--candidate", metavar="NOM", help="Pile à juger ; --stack nomme celle de référence.")
@click.option(
    "--baseline",
    "stored",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DOSSIER",
    help="Comparer --stack à la référence gardée dans ce dossier par une comparaison d'avant la mise à jour.",
)
@click.option("--profile", default="smoke", show_default=True, metavar="PROFIL")
@click.option("--pairs", default=5, show_default=True, type=click.IntRange(5, 50), metavar="N")
@click.option("--duration", type=click.FloatRange(5), metavar="S", help="Comprimer ou étirer chaque essai.")
@out_option()
@allowed_option
@json_option
@stack_option
def compare(
    *,
    candidate: str | None,
    stored: Path | None,
    profile: str,
    pairs: int,
    duration: float | None,
    out: Path | None,
    as_json: bool,
    stack_name: str,
    allowed: bool,
) -> None:
    """A, A, B for each pair. Give the same stack twice to measure the machine's noise only, and keep a baseline."""
    if (candidate is None) == (stored is None):
        raise OperatorError(
            "Dites à quoi comparer : --candidate NOM (une autre pile, ou la même pour garder une référence),"
            " ou --baseline DOSSIER (une référence gardée)."
        )
    directory = out or new_directory(Stack(stack_name), "comparaison")
    before = baseline.Baseline.read(stored) if stored else None
    if before:
        # The same people at the same moments, or nothing can be compared.
        profile, duration, pairs = before.profile, before.duration, len(before.pairs)
    asked, slo = load_profile(profile), load_slo()
    runs, planned = 0, pairs * (2 if before else 3)

    def one(name: str) -> Callable[[int], Figures]:
        def run_once(number: int) -> Figures:
            nonlocal runs
            runs += 1
            say(f"\nEssai {runs} sur {planned}, « {name} »")
            # One seed a pair: both sides meet the same persons at the same moments.
            finished = campaign.play_profile(
                asked,
                name,
                directory / f"{runs:02d}-{name}",
                slo=slo,
                tell=say,
                seed=number + 1,
                duration=duration,
                allowed=allowed,
            )
            return figures_of(finished)

        return run_once

    speed = baseline.machine_speed()
    if before:
        again = one(stack_name)
        found = baseline.compare_stored(before, [(again(n), again(n)) for n in range(pairs)], speed)
    else:
        floor, compared = interleave(pairs, one(stack_name), one(candidate or stack_name))
        found = conclude(floor, compared)
        baseline.measured(profile, duration, floor, speed).write(directory)
    content = {**found.as_dict(), "directory": str(directory)}
    write_json(directory / "comparaison.json", content)
    if as_json:
        click.echo(json.dumps(content, ensure_ascii=False))
    else:
        click.echo("\n".join(figure.sentence for figure in found.figures) + f"\n\nEssais : {directory}")
        if not before:
            click.echo("Après une mise à jour sur place : « gru load compare --baseline » suivi de ce dossier.")
    raise click.exceptions.Exit(found.exit_code)
