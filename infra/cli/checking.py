"""`gru check`: everything that can be said of a site without a host, for its author and for a pipeline."""

from __future__ import annotations

import json

import click

from infra.cli.options import json_option, site_option
from infra.cli.phases import say
from infra.model import SiteError, load_site
from infra.preflight import FOLDER_CHECKS, FOLDER_DOUBTS, found_by
from infra.site_folder import faults_of
from infra.state import Stack


@click.command(help="Vérifier le dossier d'un site (site.yaml, démarches, circuits, charte…) sans rien toucher.")
@json_option
@site_option
def check(as_json: bool, stack_name: str) -> None:
    """Exit 1 when something must be corrected. Needs neither host, secret nor Docker, and writes nothing."""
    stack = Stack(stack_name)
    stack.require_site()
    problems: list[str] = []
    doubts: list[str] = []
    try:
        site = load_site(stack.site_file)
    except SiteError as refusal:
        problems += [line.removesuffix(".") for line in str(refusal).splitlines()]
        problems += faults_of(stack.site_directory)
    else:
        problems += found_by(FOLDER_CHECKS, stack, site)
        doubts += found_by(FOLDER_DOUBTS, stack, site)
    if as_json:
        click.echo(json.dumps({"ok": not problems, "problems": problems, "doubts": doubts}, ensure_ascii=False))
    else:
        for line in problems:
            click.echo(f"✗ {line}")
        for line in doubts:
            click.echo(f"? {line}")
        say("À corriger avant « gru up »." if problems else f"Le dossier de « {stack.name} » est en ordre.")
    if problems:
        raise click.exceptions.Exit(1)
