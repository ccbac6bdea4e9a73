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
from infra.demo_accounts import presented
from infra.hosts_file import remove_names, set_names
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
        can = site.target.capabilities
        with phases.phase("engine", "Moteur Pulumi" + (" et image de base des hôtes" if can.needs_image else "")):
            image = bring_up.prepare(site, say)
        made = "Création des hôtes et du réseau" if can.makes_hosts else "Relevé des serveurs"
        with phases.phase("infrastructure", made):
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
    ours = site.target.capabilities.makes_hosts
    # Servers that others made live on, and their data: the secrets that open them must too.
    keep_data = keep_data or not ours
    if not yes:
        what = "les hôtes" if keep_data else "les hôtes ET TOUTES LES DONNÉES"
        asked = f"Retirer {what} de" if ours else "Oublier les serveurs (ils restent, avec leurs données) de"
        click.confirm(f"{asked} « {stack.name} » ?", abort=True)
    with _only_one(stack):
        bring_up.remove_hosts(stack, site, keep_data=keep_data, tell=say)
        try:
            remove_names(stack.name)
        except OSError as error:
            say(f"Le bloc « gru {stack.name} » de /etc/hosts est resté ({error.strerror}) : retirez-le à la main.")
        bring_up.forget(stack, keep_data=keep_data)
    if ours:
        say("La plateforme est retirée." + (" Les données et les secrets sont gardés." if keep_data else ""))
    else:
        say("Les serveurs sont oubliés. Ils tournent toujours, avec leurs données ; les secrets sont gardés.")


def _publish_names(stack: Stack, site: Site) -> None:
    names = sorted(site.public_names().values())
    if not site.target.capabilities.names_public_address:
        say(f"      Ces noms doivent mener au frontal, dans votre DNS : {' '.join(names)}")
        return
    address = site.target.public_address()
    try:
        set_names(stack.name, address, names)
    except OSError:
        say(f"      Ajoutez vous-même à /etc/hosts : {address} {' '.join(names)}")


def _tell_what_next(stack: Stack, site: Site) -> None:
    urls = site.public_urls()
    say("")
    for function, label in (
        (Function.PORTAL, "Portail des habitants"),
        (Function.PROCESSING, "Site des agents"),
        (Function.CONSULTATION, "Écoute des usagers"),
        (Function.IDP, "Connexion"),
        (Function.MONITORING, "Supervision"),
    ):
        if function in urls:
            say(f"  {label:<24} {urls[function]}/")
    people = presented(site)
    if people:
        say(f"\n  Comptes de démonstration (mot de passe : {read_secrets(stack)['demo_password']})")
        for line in people:
            say(f"    {line}")
    say(f"\n  Autorité locale : {stack.authority_file}")
    say("  Pour que votre navigateur l'accepte, importez ce fichier dans ses autorités de certification,")
    say("  ou pour toute la machine :")
    say("    cp FICHIER /usr/local/share/ca-certificates/gru.crt && update-ca-certificates")
    say("\n  Ensuite : gru status · gru mail · gru verify · gru down")
