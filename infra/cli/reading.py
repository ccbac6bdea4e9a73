"""Commands that look and change nothing: `status`, `verify`, `ssh`, `schema`."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, date, datetime
from importlib import import_module
from typing import Any

import click

from infra.cli.options import json_option, stack_option
from infra.cli.phases import say
from infra.drill.proof import due as drills_due
from infra.due import authority_end, end_of, to_tell
from infra.host_keys import refuse_strangers
from infra.inventory import read_inventory
from infra.model.loading import export_schema
from infra.remote import SSH_FAILED, enter, enters_as_root, root_command, ssh_command
from infra.rotation.told import told_due
from infra.secret_store import read_secrets
from infra.state import SOURCE_DIRECTORY, OperatorError, Stack
from infra.status import collect
from infra.verification import Verdict, run_checks

SCHEMAS = ("site", "demarche", "workflow", "orientations")
PROCEDURES = "guichet.demarches.schema"
"""Module that describes procedures and workflows: known by its name only, and loaded when it is asked for."""


@click.command(help="Dire ce qui fonctionne, depuis quand et dans quelle version.")
@json_option
@stack_option
def status(as_json: bool, stack_name: str) -> None:
    """Exit 1 when a component is not healthy."""
    stack = Stack(stack_name)
    inventory = read_inventory(stack)
    found = collect(inventory)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    else:
        for item in found["components"]:
            mark = "✓" if item["healthy"] else "✗"
            why = f" - {item['why']}" if item.get("why") else ""
            since = f"depuis {item['since'][:16].replace('T', ' ')} UTC" if item["since"] else ""
            version, address = item["version"] or "", item["address"] or ""
            click.echo(f"{mark} {item['name']:<28} {version:<32} {address:<24} {since}{why}")
        today = datetime.now(UTC).date()
        ends = [end_of(**end) for end in found["ends"]] + authority_end(stack.authority_file)
        click.echo("".join(f"\nÉchéance : {end.sentence(today)}" for end in to_tell(ends, today)))
        if inventory["all"]["vars"].get("gru_backups", {}).get("kind"):
            click.echo(f"Sauvegardes : {drills_due(stack)}")
        for line in _secrets_due(stack, inventory, today):
            click.echo(line)
        click.echo("\nTout fonctionne." if found["healthy"] else "\nQuelque chose ne va pas : voir les lignes ✗.")
    if not found["healthy"]:
        raise click.exceptions.Exit(1)


def _secrets_due(stack: Stack, inventory: dict[str, Any], today: date) -> list[str]:
    """What is due among secrets; that it is not known, where this machine cannot open them."""
    try:
        return told_due(read_secrets(stack), inventory, today)
    except (OperatorError, FileNotFoundError):
        return ["Secrets : leur coffre ne s'ouvre pas ici ; on ne sait pas lesquels sont à changer."]


@click.command(help="Vérifier la plateforme de l'extérieur et dire en mots ce qui ne va pas.")
@json_option
@stack_option
def verify(as_json: bool, stack_name: str) -> None:
    """Run testinfra and HTTP checks. Exit 1 when one fails."""
    stack = Stack(stack_name)
    refuse_strangers(read_inventory(stack))
    verdict = run_checks(stack)
    if as_json:
        click.echo(json.dumps(verdict.as_dict(), ensure_ascii=False))
    else:
        tell(verdict)
    if not verdict.healthy:
        raise click.exceptions.Exit(1)


def tell(verdict: Verdict) -> None:
    """Print a verdict for people."""
    for line in verdict.lines():
        say(line)


@click.command(help="Ouvrir une session sur un hôte, ou y lancer une commande.")
@click.argument("host", metavar="HÔTE")
@click.argument("command", nargs=-1, metavar="[COMMANDE]...")
@stack_option
def ssh(host: str, command: tuple[str, ...], stack_name: str) -> None:
    """Give the terminal to ssh, as root; what prevents it from entering is said in words."""
    inventory = read_inventory(Stack(stack_name))
    if host not in inventory["all"]["hosts"]:
        known = ", ".join(sorted(inventory["all"]["hosts"]))
        raise OperatorError(f"L'hôte « {host} » n'existe pas. Hôtes : {known}.")
    if command:
        arguments = root_command(inventory, host, command)
    elif enters_as_root(inventory, host):
        arguments = ssh_command(inventory, host)
    else:
        arguments = [*ssh_command(inventory, host), "-t", "sudo -n -i"]
    code = subprocess.run(arguments, check=False).returncode
    if code == SSH_FAILED:
        enter(inventory, host)
    raise click.exceptions.Exit(code)


@click.command(help="Écrire les schémas qui aident les éditeurs de texte à compléter les fichiers d'un site.")
@click.argument("which", metavar="[site|demarche|workflow|orientations]", type=click.Choice(SCHEMAS), required=False)
def schema(which: str | None) -> None:
    """Export the JSON Schemas of `site.yaml`, of procedures and of workflows: all, or the one named."""
    for name in (which,) if which else SCHEMAS:
        path = SOURCE_DIRECTORY / "stacks" / f"{name}.schema.json"
        if name == "site":
            export_schema(path)
        else:
            text: str = import_module(PROCEDURES).schema_en_texte(name)
            path.write_text(text, encoding="utf-8")
        click.echo(str(path))
