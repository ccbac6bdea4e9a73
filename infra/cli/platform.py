"""Commands that make, show or remove a platform: `up`, `preview`, `down`."""

from __future__ import annotations

import datetime
import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from infra import bring_up
from infra.cli.options import json_option, stack_option
from infra.cli.phases import Phases, say
from infra.cli.reading import tell
from infra.configuration import run_runbook
from infra.hosts_file import remove_names, set_names
from infra.inventory import public_urls, read_inventory
from infra.model import Site, load_site
from infra.model.site import Function
from infra.secret_store import ensure_secrets, read_secrets
from infra.state import OperatorError, Stack
from infra.verification import run_checks

_PHASES = 6


@contextmanager
def _only_one(stack: Stack) -> Iterator[None]:
    """Refuse a second `gru` that would change the same stack at the same time."""
    with (stack.directory / "lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise OperatorError(
                f"Une autre commande gru modifie déjà « {stack.name} ». Attendez qu'elle finisse."
            ) from None
        yield


@click.command(help="Installer ou mettre à jour toute la plateforme ; relancer la commande reprend le travail.")
@click.option("--no-verify", is_flag=True, help="Ne pas vérifier la plateforme à la fin.")
@json_option
@stack_option
def up(no_verify: bool, as_json: bool, stack_name: str) -> None:
    """Declare, configure, verify. Ends with `{changed, failed, seconds, phases}` when `--json` is given."""
    stack = Stack(stack_name)
    phases = Phases(_PHASES - no_verify)
    result: dict[str, Any] = {"changed": 0, "failed": 0}
    try:
        _up(stack, phases, result, verify_too=not no_verify, quiet=as_json)
    except Exception:
        result["failed"] += 1
        raise
    finally:
        if as_json:
            summary = {**result, "seconds": phases.seconds, "phases": phases.done}
            click.echo(json.dumps(summary, ensure_ascii=False))
    if result["failed"]:
        raise click.exceptions.Exit(1)


def _up(stack: Stack, phases: Phases, result: dict[str, Any], *, verify_too: bool, quiet: bool) -> None:
    with phases.phase("site", f"Lecture du site « {stack.name} » et de ses secrets"):
        stack.prepare()
        site = load_site(stack.site_file)
        bring_up.check_target(site)
    with _only_one(stack):
        ensure_secrets(stack, site)
        with phases.phase("engine", "Moteur Pulumi et image de base des hôtes"):
            image = bring_up.prepare(site, say)
        with phases.phase("infrastructure", "Création des hôtes et du réseau"):
            changes = bring_up.make_hosts(stack, site, image, say)
            result["changed"] += changes
            _publish_names(stack, site)
        with phases.phase("configuration", "Configuration des hôtes"):
            stamp = datetime.datetime.now().strftime("%Y%m%d-%H%M%S")
            log_file = stack.log_directory / f"{stamp}-deploy.log"
            bring_up.wait_for_hosts(stack)
            run = run_runbook(stack, "deploy", log_file)
            result["changed"] += run.changed
            for task in run.changed_tasks if run.changed <= 20 else []:
                say(f"      modifié : {task}")
        if verify_too:
            with phases.phase("verification", "Vérification depuis l'extérieur"):
                verdict = run_checks(stack)
                tell(verdict)
                result["failed"] += len(verdict.failures)
        with phases.phase("summary", "Adresses"):
            if not quiet:
                _tell_what_next(stack, site)
        done = _counted(result["changed"], "changement", "changements")
        say(f"\nTerminé en {phases.seconds:.0f} s : {done}, {_counted(result['failed'], 'échec', 'échecs')}.")


def _counted(number: int, one: str, many: str) -> str:
    """A count in French: « aucun », then one, then many."""
    return f"{'aucun' if number == 0 else number} {one if number <= 1 else many}"


@click.command(help="Montrer ce que « gru up » créerait, changerait ou supprimerait, sans rien toucher.")
@json_option
@stack_option
def preview(as_json: bool, stack_name: str) -> None:
    """List planned changes of hosts, networks and volumes."""
    stack = Stack(stack_name)
    stack.prepare()
    site = load_site(stack.site_file)
    bring_up.check_target(site)
    ensure_secrets(stack, site)
    planned = bring_up.planned_changes(stack, site, say)
    if as_json:
        click.echo(json.dumps({"changes": planned}, ensure_ascii=False))
        return
    for line in planned:
        click.echo(f"  {line}")
    click.echo(f"{_counted(len(planned), 'changement prévu', 'changements prévus').capitalize()}.")


@click.command(help="Retirer la plateforme : hôtes, réseau et données (sauf avec --keep-data).")
@click.option("--keep-data", is_flag=True, help="Garder les volumes de données et les secrets.")
@click.option("--yes", is_flag=True, help="Ne pas demander de confirmation.")
@stack_option
def down(keep_data: bool, yes: bool, stack_name: str) -> None:
    """Destroy what `up` made. A stack that is not there is not an error."""
    stack = Stack(stack_name)
    stack.prepare()
    site = load_site(stack.site_file)
    if not yes:
        what = "les hôtes" if keep_data else "les hôtes ET TOUTES LES DONNÉES"
        click.confirm(f"Retirer {what} de « {stack.name} » ?", abort=True)
    with _only_one(stack):
        bring_up.remove_hosts(stack, site, keep_data=keep_data, tell=say)
        try:
            remove_names(stack.name)
        except OSError as error:
            say(f"Le bloc « gru {stack.name} » de /etc/hosts est resté ({error.strerror}) : retirez-le à la main.")
        bring_up.forget(stack, keep_data=keep_data)
    say("La plateforme est retirée." + (" Les données et les secrets sont gardés." if keep_data else ""))


def _publish_names(stack: Stack, site: Site) -> None:
    address = str(getattr(site.target, "publish_address", ""))
    if not address:
        return
    names = sorted(site.public_names().values())
    try:
        set_names(stack.name, address, names)
    except OSError:
        say(f"      Ajoutez vous-même à /etc/hosts : {address} {' '.join(names)}")


def _tell_what_next(stack: Stack, site: Site) -> None:
    urls = public_urls(site)
    say("")
    for key, label in (
        ("portal", "Portail des habitants"),
        ("processing", "Site des agents"),
        ("consultation", "Écoute des usagers"),
        ("idp", "Connexion"),
        ("monitoring", "Supervision"),
    ):
        if key in urls:
            say(f"  {label:<24} {urls[key]}/")
    if site.features.demo_accounts:
        password = read_secrets(stack)["demo_password"]
        say(f"\n  Comptes de démonstration (mot de passe : {password})")
        say("    camille.durand@gru.test   habitante")
        say("    alice.martin@gru.test     agente du service voirie (second facteur à la première connexion)")
        say("    bruno.petit@gru.test      agent de l'état civil")
        say("    denise.leroy@gru.test     agente du guichet unique, de l'accueil et de la vie associative")
        say("    eric.faure@gru.test       agent des espaces verts, de la propreté et du stationnement")
        if site.host_of(Function.CONSULTATION):
            say("    fanny.moreau@gru.test     responsable de l'écoute des usagers (…/equipe/)")
            say("    gilles.robert@gru.test    délégué à la protection des données, dans la même application")
            say("    hawa.diallo@gru.test      accueil : saisit les avis reçus au guichet")
    functions = read_inventory(stack)["all"]["children"]
    if "proxy" in functions:
        say(f"\n  Autorité locale : {stack.authority_file}")
        say("  Pour que votre navigateur l'accepte, importez ce fichier dans ses autorités de certification,")
        say("  ou pour toute la machine :")
        say("    cp FICHIER /usr/local/share/ca-certificates/gru.crt && update-ca-certificates")
    say("\n  Ensuite : gru status · gru mail · gru verify · gru down")
