"""`gru restore`: bring the platform's data back to a moment."""

from __future__ import annotations

import datetime
import json
from typing import Any

import click

from infra import backups
from infra.cli.drill import try_backups
from infra.cli.options import json_option, site_option
from infra.cli.phases import Phases, say
from infra.cli.reading import tell
from infra.configuration import run_runbook
from infra.inventory import read_inventory
from infra.journal import kept
from infra.model import load_site
from infra.shared_state.session import working
from infra.state import OperatorError, Stack
from infra.verification import run_checks


@click.command(help="Ramener les données de la plateforme à un moment passé. Ce qui suit ce moment est mis de côté.")
@click.option("--to", "to_text", metavar="MOMENT", help="Comme « 2026-11-30 14:05 », heure de Paris.")
@click.option("--drill", is_flag=True, help="Essayer sur une copie isolée, comparée, utilisée, puis détruite.")
@click.option(
    "--brick",
    "bricks",
    multiple=True,
    type=click.Choice(backups.RESTORED),
    help="Seulement cette partie (répétable) ; toutes sinon.",
)
@click.option("--yes", "confirmed", metavar="SITE", help="Ne pas demander de confirmation : le nom du site.")
@json_option
@site_option
def restore(  # noqa: PLR0917 - click gives them by name
    to_text: str | None, drill: bool, bricks: tuple[str, ...], confirmed: str | None, as_json: bool, stack_name: str
) -> None:
    """Examine, confirm, restore, converge, verify. Exit 1 when refused (nothing was touched) or when a check fails."""
    if drill:
        if to_text or bricks or confirmed:
            raise click.UsageError("« --drill » va seul : il essaie tout, et ne ramène rien.")
        try_backups(stack_name, as_json=as_json)
        return
    if to_text is None:
        raise click.UsageError("Dites à quel moment revenir (« --to »), ou « --drill » pour essayer les sauvegardes.")
    stack = Stack(stack_name)
    stack.prepare()
    site = load_site(stack.site_file)
    to = backups.moment(to_text)
    phases = Phases(4)
    with working(stack, site.state, "gru restore", say):
        inventory = read_inventory(stack)
        carried = [name for names in backups.savers(inventory).values() for name in names]
        if strangers := [name for name in bricks if name not in carried]:
            raise OperatorError(
                f"Ce site ne porte pas {', '.join(f'« {name} »' for name in strangers)} : rien n'a été touché."
                f" Il porte {', '.join(name for name in backups.RESTORED if name in carried)}."
            )
        sets = [name for name in backups.RESTORED if name in (bricks or carried)]
        with phases.phase("examination", f"Ce qui mène au {backups.said(to)}"):
            found = backups.examine(inventory, to, sets)
            if found.refusals:
                raise OperatorError(
                    "Rien n'a été touché. On ne peut pas revenir à ce moment :\n"
                    + "\n".join(f"  - {one}" for one in found.refusals)
                )
            for name in sets:
                say(f"      {backups.SETS[name][1]} : sauvegarde du {backups.said(found.start[name])}")
            for note in found.notes:
                say(f"      À savoir : {note}.")
        _confirm(stack.name, to, confirmed)
        words = " ".join([f"gru restore --to '{to_text}'", *(f"--brick {name}" for name in bricks)])
        with kept(stack, words) as remembered:
            stamp = datetime.datetime.now().strftime("%Y%m%d-%H%M%S")
            variables: dict[str, object] = {"restore_to": to, "restore_sets": sets}
            with phases.phase("restoration", "Restauration, les sites arrêtés"):
                run_runbook(stack, "restore", stack.log_directory / f"{stamp}-restore.log", variables=variables)
            with phases.phase("configuration", "Mise au niveau de la version installée"):
                run_runbook(stack, "deploy", stack.log_directory / f"{stamp}-deploy.log")
            with phases.phase("verification", "Vérification depuis l'extérieur"):
                verdict = run_checks(stack)
                tell(verdict)
            if verdict.failures:
                remembered.append(f"vérifications en échec : {len(verdict.failures)}")
    result: dict[str, Any] = {"to": to, "sets": sets, "failed": len(verdict.failures), "seconds": phases.seconds}
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False))
    restored = ", ".join(backups.SETS[name][1] for name in sets)
    say(f"\nRevenus au {backups.said(to)} ({phases.seconds:.0f} s) : {restored}. Ce qui y était est mis de côté.")
    if verdict.failures:
        raise click.exceptions.Exit(1)


def _confirm(name: str, to: int, confirmed: str | None) -> None:
    """The site's name, typed or given. Raises OperatorError when it is another's."""
    said = f"Tout ce qui s'est passé depuis le {backups.said(to)} sera retiré. Nom du site, pour confirmer"
    given = click.prompt(said) if confirmed is None else confirmed
    if given != name:
        raise OperatorError(f"« {given} » n'est pas le nom du site ({name}). Rien n'a été touché.")
