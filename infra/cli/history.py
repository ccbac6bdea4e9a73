"""`journal`: what was done to a platform, by whom."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime

import click

from infra.cli.options import json_option, stack_option
from infra.journal import Operation, operations
from infra.state import Stack

_RESULTS = {
    "done": "fait",
    "failed": "échec",
    "interrupted": "interrompu",
    "unfinished": "sans fin (tué, ou encore au travail)",
}


@click.command(help="Dire ce qui a été fait sur la plateforme : quand, par qui, et comment cela a fini.")
@click.option("--last", type=click.IntRange(min=1), default=20, show_default=True, help="Combien d'opérations montrer.")
@json_option
@stack_option
def journal(last: int, as_json: bool, stack_name: str) -> None:
    """The last operations, the newest first."""
    found = operations(Stack(stack_name))[:last]
    if as_json:
        click.echo(json.dumps([asdict(operation) for operation in found], ensure_ascii=False))
        return
    for operation in found:
        click.echo(_line(operation))
    if not found:
        click.echo("Aucune opération dans le journal.")


def _line(operation: Operation) -> str:
    when = datetime.fromisoformat(operation.at).astimezone().strftime("%d/%m/%Y %H:%M")
    took = "" if operation.seconds is None else f" en {operation.seconds:.0f} s"
    why = f" : {operation.why}" if operation.why else ""
    return f"{when}  {operation.who:<24} {operation.command:<32} {_RESULTS[operation.result]}{took}{why}"
