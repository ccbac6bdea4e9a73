"""`gru load fit`: how throughput grows with the people who are there at once."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from infra.cli.options import json_option, stack_option
from infra.cli.phases import say
from infra.state import OperatorError, Stack
from loadtests import scaling, usl
from loadtests.commands.options import allowed_option, out_option
from loadtests.plan import new_directory
from loadtests.slo import load_slo
from loadtests.targets import find_target


@click.command(
    help="Ajuster la loi de passage à l'échelle (populations fermées), ou dire que les mesures ne suffisent pas."
)
@click.option("--levels", default="1,2,4,8,12,16,24,32", show_default=True, metavar="N,N,…", help="Populations.")
@click.option("--repeats", default=5, show_default=True, type=click.IntRange(2, 20), metavar="N")
@click.option("--seconds", default=15.0, show_default=True, type=click.FloatRange(2), metavar="S")
@click.option("--points", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FICHIER")
@out_option()
@allowed_option
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
    directory = out or new_directory(Stack(stack_name), "echelle")
    directory.mkdir(parents=True, exist_ok=True)
    if points is None:
        try:
            populations = [int(level) for level in levels.split(",")]
        except ValueError:
            raise OperatorError(f"« {levels} » n'est pas une liste de nombres séparés par des virgules.") from None
        measured = scaling.measure(
            find_target(stack_name),
            populations,
            repeats,
            seconds,
            directory=directory,
            allowed=allowed,
            slo=load_slo(),
            tell=say,
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
