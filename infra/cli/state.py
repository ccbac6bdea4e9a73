"""`gru state`: where a site's state lives, who works on it, what was done; move it, free it."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import click

from infra import passphrase
from infra.cli.options import json_option, site_option
from infra.cli.phases import say
from infra.model import load_site
from infra.model.state_location import HereState
from infra.shared_state import generations, lock
from infra.shared_state.memory import recall
from infra.shared_state.moving import move as move_state
from infra.shared_state.opening import Location, open_store
from infra.shared_state.sealing import extract as extract_archive
from infra.shared_state.session import open_sealed, working
from infra.shared_state.store import Store
from infra.shared_state.whereabouts import is_here, last_seen
from infra.state import OperatorError, Stack


@click.group(help="L'état d'un site : où il est, qui y travaille, le déplacer.")
def state() -> None:
    """Group of commands; see each."""


@state.command(help="Dire où est l'état, qui y travaille, son dernier passage ; envoyer ce qui ne l'était pas encore.")
@json_option
@site_option
def show(as_json: bool, stack_name: str) -> None:
    """What an interrupted command could not send is sent first."""
    stack, location = _known(stack_name)
    memory = recall(stack)
    if memory and memory.unsent and not isinstance(location, HereState):
        with working(stack, location, "gru state show", say):
            pass
    kept = passphrase.source(stack.directory / "passphrase")
    at_work: list[str] = []
    shown: dict[str, object] = {"kind": location.kind, "place": location.words(), "passphrase": kept}
    if isinstance(location, HereState):
        is_here(stack, location)
        shown["place"] = str(stack.directory)
    else:
        store = open_store(location, stack.name)
        last_seen(stack, location, store)
        head = generations.latest(store)
        shown["generation"] = head[0].number if head else 0
        if head:
            open_sealed(stack, head[1])
            kept = shown["passphrase"] = f"{kept} ; elle ouvre l'état"
        shown["last"] = f"{head[0].who}, {head[0].command}, {_when(head[0].at)}" if head else "aucun passage encore"
        at_work += [held.words() for held in lock.holders(store)]
        shown["at_work"] = at_work
    if as_json:
        click.echo(json.dumps(shown, ensure_ascii=False))
        return
    click.echo(f"État de « {stack.name} » : {shown['place']}")
    click.echo(f"Phrase secrète : {kept}")
    if "last" in shown:
        click.echo(f"Dernier passage : n° {shown['generation']} ({shown['last']})")
        click.echo("Au travail : " + (" ; ".join(at_work) or "personne"))


@state.command(help="Déplacer l'état là où site.yaml (bloc « state ») dit maintenant qu'il est. Se relance.")
@site_option
def move(stack_name: str) -> None:
    """Copy, read back, compare, mark the former place."""
    stack, location = _known(stack_name)
    move_state(stack, location, say)


@state.command(help="Montrer les derniers passages : qui, quand, quelle commande.")
@json_option
@site_option
def history(as_json: bool, stack_name: str) -> None:
    """The last first."""
    stack, store = _store(stack_name)
    labels = list(generations.history(store))
    if as_json:
        keys = ("number", "who", "command", "at", "partial")
        click.echo(json.dumps([{key: getattr(one, key) for key in keys} for one in labels], ensure_ascii=False))
        return
    for one in labels:
        cut = "  (commande encore au travail, ou interrompue)" if one.partial else ""
        click.echo(f"{one.number:5d}  {_when(one.at)}  {one.who:<28} {one.command}{cut}")
    if not labels:
        click.echo(f"Aucun passage encore pour « {stack.name} ».")


@state.command(help="Écrire dans un dossier neuf les fichiers d'un passage (son numéro) ou d'une copie mise de côté.")
@click.argument("which", metavar="NUMÉRO|FICHIER")
@click.argument("folder", metavar="DOSSIER", type=click.Path(path_type=Path))
@site_option
def extract(which: str, folder: Path, stack_name: str) -> None:
    """To look at what was, or to take one file back by hand."""
    if folder.exists():
        raise OperatorError(f"{folder} existe déjà. Donnez le nom d'un dossier à créer.")
    if which.isdecimal():
        stack, store = _store(stack_name)
        sealed = generations.read(store, int(which))
    else:
        stack, _ = _known(stack_name)
        path = Path(which)
        if not path.is_file():
            raise OperatorError(f"{which} n'est ni un numéro de passage, ni un fichier.")
        sealed = path.read_bytes()
    extract_archive(open_sealed(stack, sealed), folder)
    click.echo(f"{folder} : les secrets y sont toujours chiffrés, la clé SSH ne l'est pas. Retirez-le ensuite.")


@state.command(help="Rendre l'état libre quand la commande qui le tenait ne donne plus signe de vie.")
@click.option("--yes", is_flag=True, help="Ne pas demander de confirmation.")
@site_option
def unlock(yes: bool, stack_name: str) -> None:
    """Refused while the holder gives signs of life."""
    _, store = _store(stack_name)
    held = lock.holders(store)
    if not held:
        click.echo("Personne ne tient l'état de ce site.")
        return
    for one in held:
        if not one.is_silent and not lock.is_dead(one.claim):
            raise OperatorError(
                f"{one.words()} travaille : l'état reste pris. Il peut être rendu libre après"
                f" {lock.duration(lock.SILENT_SECONDS)} sans signe de vie."
            )
    for one in held:
        if not yes and not lock.is_dead(one.claim):
            click.confirm(
                f"L'état est pris par {one.words()}. Avez-vous vérifié avec cette personne que rien ne tourne plus ?",
                abort=True,
            )
        lock.break_claim(store, one.claim)
    click.echo("L'état est libre.")


def _known(stack_name: str) -> tuple[Stack, Location]:
    stack = Stack(stack_name)
    stack.prepare()
    return stack, load_site(stack.site_file).state


def _store(stack_name: str) -> tuple[Stack, Store]:
    stack, location = _known(stack_name)
    if isinstance(location, HereState):
        is_here(stack, location)
        raise OperatorError(
            f"L'état de « {stack.name} » n'est pas partagé : il est dans {stack.directory}. Voyez"
            " runbooks/etat-partage.md pour le partager."
        )
    return stack, open_store(location, stack.name)


def _when(at: str) -> str:
    return f"{datetime.fromisoformat(at).astimezone():%d/%m/%Y %H:%M}"
