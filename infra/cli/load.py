"""`gru load`: what a town sends, will the platform hold, and the proof. The engine is the package `loadtests`."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from infra.cli.options import json_option
from infra.state import OperatorError


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
