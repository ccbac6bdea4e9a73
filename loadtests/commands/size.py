"""`gru load size`: which machine for a town of so many inhabitants."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from infra.cli.options import json_option, stack_option
from infra.state import OperatorError, Stack
from loadtests import sizing, workload
from loadtests.commands.options import population_option
from loadtests.finished import VERDICT_FILE, Finished
from loadtests.plan import runs_directory


@click.command(help="Dire quelle machine donner à une commune de N habitants, d'après un essai mesuré.")
@population_option
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
    kept = sorted(runs_directory(Stack(stack_name)).glob(f"*/{VERDICT_FILE}"))
    if source is None and not kept:
        raise OperatorError("Aucun essai mesuré : lancez d'abord « gru load run day », ou donnez --from DOSSIER.")
    known = workload.load_model()
    try:
        wanted = sizing.size(Finished.read(source or kept[-1].parent), workload.compute(known, population), known)
    except ValueError as error:
        raise OperatorError(f"Impossible de dimensionner : {error}.") from None
    click.echo(json.dumps(asdict(wanted), ensure_ascii=False) if as_json else "\n".join(wanted.sentences()))
