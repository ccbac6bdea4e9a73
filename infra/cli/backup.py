"""`gru backup`: save now, list what is saved, check that it can be read, keep its key."""

from __future__ import annotations

import json
import time

import click

from infra import backups
from infra.cli.options import json_option, stack_option
from infra.cli.phases import say
from infra.drill.proof import due
from infra.inventory import read_inventory
from infra.model import Site
from infra.secret_store import BACKUP_KEY, read_secrets
from infra.state import Stack


@click.group(help="Sauvegarder la plateforme, dire ce qui est sauvegardé, vérifier que cela se relit.")
def backup() -> None:
    """Group; see each command."""


@backup.command(help="Sauvegarder maintenant : base, annuaire, documents, dossier du site et secrets.")
@click.option("--full", is_flag=True, help="Sauvegarde complète de la base, même si elle n'est pas due.")
@stack_option
def now(full: bool, stack_name: str) -> None:
    """Wait for the end; exit 1 with what could not be saved."""
    stack = Stack(stack_name)
    began = time.monotonic()
    backups.save(read_inventory(stack), stack, full=full)
    say(f"Tout est sauvegardé, en {time.monotonic() - began:.0f} s. « gru backup list » le montre.")


@backup.command("list", help="Lister ce qui peut être restauré, du plus récent au plus ancien.")
@json_option
@stack_option
def list_backups(as_json: bool, stack_name: str) -> None:
    """Moments are in Paris for people, in seconds for programs."""
    found = backups.listed(read_inventory(Stack(stack_name)))
    if as_json:
        click.echo(json.dumps(backups.as_json(found), ensure_ascii=False))
        return
    for one in found:
        click.echo(one.line)
    base = [one.time for one in found if one.set == "database"]
    if base:
        say(f"La base peut revenir à tout instant depuis le {backups.said(min(base))} (« gru restore --to »).")
    else:
        say("La base n'a encore aucune sauvegarde : « gru backup now ».")
    say(due(Stack(stack_name)))


@backup.command(help="Relire toutes les sauvegardes, et dire ce qui ne va pas.")
@json_option
@stack_option
def check(as_json: bool, stack_name: str) -> None:
    """Exit 1 when something is wrong."""
    found = backups.problems(read_inventory(Stack(stack_name)))
    if as_json:
        click.echo(json.dumps({"ok": not found, "problems": found}, ensure_ascii=False))
    else:
        for problem in found:
            click.echo(f"✗ {problem}")
        say("À corriger : elles ne suffiraient pas." if found else "Elles se relisent, et sont à jour.")
    if found:
        raise click.exceptions.Exit(1)


def tell_to_keep_the_key(stack: Stack, site: Site) -> None:
    """Say, until the key was written here once, that backups do not open without it."""
    if site.backup and not stack.backup_key_told_file.exists():
        say("\n  Sauvegardes : sans leur clé rien ne s'ouvre, et elle n'a pas encore été demandée de cette machine.")
        say(f"  Gardez au coffre ce que « gru backup key --stack {stack.name} » écrit (runbooks/sauvegarde.md).")


@backup.command(help="Écrire la clé qui ouvre les sauvegardes, à garder ailleurs que sur la plateforme.")
@stack_option
def key(stack_name: str) -> None:
    """The key goes to the standard output, what to do with it to the operator."""
    stack = Stack(stack_name)
    click.echo(read_secrets(stack)[BACKUP_KEY])
    stack.backup_key_told_file.touch()
    say("Sans cette clé, les sauvegardes ne s'ouvrent pas : gardez-la au coffre, et sur papier.")
