"""`gru load report`: the page of a run, or of a search for the capacity, made again."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from infra.cli.options import json_option
from loadtests.capacity import CAPACITY_FILE
from loadtests.finished import Finished
from loadtests.report import read_capacity, write_capacity, write_report


@click.command(help="Refaire le rapport d'un essai gardé dans un DOSSIER (page, figures).")
@click.argument("directory", metavar="DOSSIER", type=click.Path(path_type=Path, exists=True, file_okay=False))
@json_option
def report(directory: Path, as_json: bool) -> None:
    """Write `rapport.html`, SVG and PNG again from what was measured."""
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
