"""`gru load compare`, `fit` and `size`: what runs say together."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import click

from infra.cli.load_run import run_profile
from infra.cli.options import json_option, stack_option
from infra.cli.phases import say
from infra.state import OperatorError, Stack


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
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), metavar="DOSSIER")
@click.option("--i-am-allowed", "allowed", is_flag=True, help="Dire qu'on a prévenu : exigé hors de cette machine.")
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
    from loadtests import baseline  # noqa: PLC0415
    from loadtests import compare as comparing  # noqa: PLC0415
    from loadtests.profile import new_directory  # noqa: PLC0415

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
    runs, planned = 0, pairs * (2 if before else 3)

    def one(name: str) -> Callable[[int], comparing.Figures]:
        def run_once(number: int) -> comparing.Figures:
            nonlocal runs
            runs += 1
            say(f"\nEssai {runs} sur {planned}, « {name} »")
            # One seed a pair: both sides meet the same persons at the same moments.
            where = directory / f"{runs:02d}-{name}"
            finished = run_profile(profile, name, where, seed=number + 1, duration=duration, allowed=allowed)
            return comparing.figures_of(finished)

        return run_once

    speed = baseline.machine_speed()
    if before:
        again = one(stack_name)
        found = baseline.compare_stored(before, [(again(n), again(n)) for n in range(pairs)], speed)
    else:
        floor, compared = comparing.interleave(pairs, one(stack_name), one(candidate or stack_name))
        found = comparing.compare(floor, compared)
        baseline.measured(profile, duration, floor, speed).write(directory)
    content = {**found.as_dict(), "directory": str(directory)}
    (directory / "comparaison.json").write_text(
        json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    if as_json:
        click.echo(json.dumps(content, ensure_ascii=False))
    else:
        click.echo("\n".join(figure.sentence for figure in found.figures) + f"\n\nEssais : {directory}")
        if not before:
            click.echo("Après une mise à jour sur place : « gru load compare --baseline » suivi de ce dossier.")
    raise click.exceptions.Exit(found.exit_code)


@click.command(
    help="Ajuster la loi de passage à l'échelle (populations fermées), ou dire que les mesures ne suffisent pas."
)
@click.option("--levels", default="1,2,4,8,12,16,24,32", show_default=True, metavar="N,N,…", help="Populations.")
@click.option("--repeats", default=5, show_default=True, type=click.IntRange(2, 20), metavar="N")
@click.option("--seconds", default=15.0, show_default=True, type=click.FloatRange(2), metavar="S")
@click.option("--points", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FICHIER")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), metavar="DOSSIER")
@click.option("--i-am-allowed", "allowed", is_flag=True, help="Dire qu'on a prévenu : exigé hors de cette machine.")
@json_option
@stack_option
def fit(
    *,
    levels: str,
    repeats: int,
    seconds: float,
    points: Path | None,
    out: Path | None,
    allowed: bool,
    as_json: bool,
    stack_name: str,
) -> None:
    """Measure throughput for closed populations (or read `--points`: two columns), then fit."""
    from loadtests import scaling, usl  # noqa: PLC0415
    from loadtests.profile import new_directory  # noqa: PLC0415
    from loadtests.targets import find_target  # noqa: PLC0415

    directory = out or new_directory(Stack(stack_name), "echelle")
    directory.mkdir(parents=True, exist_ok=True)
    if points is None:
        try:
            populations = [int(level) for level in levels.split(",")]
        except ValueError:
            raise OperatorError(f"« {levels} » n'est pas une liste de nombres séparés par des virgules.") from None
        measured = scaling.measure(
            find_target(stack_name), populations, repeats, seconds, directory=directory, allowed=allowed, tell=say
        )
    else:
        measured = scaling.read_points(points)
    try:
        found = usl.fit(*measured)
    except usl.CannotFit as refusal:
        raise OperatorError(f"Pas d'ajustement possible. {refusal} Points : {directory}") from None
    scaling.plot(measured, found, directory)
    content = {**asdict(found), "sentences": found.sentences(), "directory": str(directory)}
    click.echo(
        json.dumps(content, ensure_ascii=False)
        if as_json
        else "\n".join([*found.sentences(), f"Courbe : {directory / 'echelle.png'}"])
    )


@click.command(help="Dire quelle machine donner à une commune de N habitants, d'après un essai mesuré.")
@click.option("--population", default=60000, show_default=True, type=click.IntRange(100, 3_000_000), metavar="N")
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DOSSIER",
    help="Essai à prendre pour mesure ; le dernier de la pile sinon.",
)
@json_option
@stack_option
def size(population: int, source: Path | None, as_json: bool, stack_name: str) -> None:
    """Costs come from a run, rates from the model; every assumption is printed."""
    from loadtests import sizing, workload  # noqa: PLC0415
    from loadtests.profile import runs_directory  # noqa: PLC0415
    from loadtests.runner import VERDICT_FILE, Finished  # noqa: PLC0415

    kept = sorted(runs_directory(Stack(stack_name)).glob(f"*/{VERDICT_FILE}"))
    if source is None and not kept:
        raise OperatorError("Aucun essai mesuré : lancez d'abord « gru load run day », ou donnez --from DOSSIER.")
    known = workload.load_model()
    try:
        wanted = sizing.size(Finished.read(source or kept[-1].parent), workload.compute(known, population), known)
    except ValueError as error:
        raise OperatorError(f"Impossible de dimensionner : {error}.") from None
    click.echo(json.dumps(asdict(wanted), ensure_ascii=False) if as_json else "\n".join(wanted.sentences()))
