"""`gru load model`: where the loads come from."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from infra.cli.options import json_option
from loadtests import workload
from loadtests.commands.options import population_option
from loadtests.model_page import model_lines


@click.command(help="Montrer d'où viennent les charges : volumes, heures, pointes, jour d'ouverture, hypothèses.")
@population_option
@json_option
def model(population: int, as_json: bool) -> None:
    """Print the workload model for a town of `population` people."""
    known = workload.load_model()
    computed = workload.compute(known, population)
    varied = workload.sensitivity(known, population)
    if not as_json:
        click.echo("\n".join(model_lines(known, computed, varied)))
        return
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
