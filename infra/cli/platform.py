"""Commands that make, show or remove a platform: `up`, `preview`, `down`."""

from __future__ import annotations

import datetime
import json
from typing import Any

import click

from infra import bring_up
from infra.authority_change import both_trusted, planned_change
from infra.backups import keep_site
from infra.cli.backup import tell_to_keep_the_key
from infra.cli.options import json_option, leave_data_option, site_option
from infra.cli.phases import Phases, say
from infra.cli.reading import tell
from infra.cli.records import wanted_zone
from infra.configuration import run_runbook
from infra.data_places import known_places_of_data, refuse_to_leave_data, renamed_hosts
from infra.demo_accounts import presented
from infra.host_preflight import refuse_unfit_hosts
from infra.hosts_file import remove_names, set_names
from infra.installed_release import refuse_to_go_back, remember_this
from infra.inventory import read_inventory
from infra.journal import kept
from infra.model import Site, load_site
from infra.model.site import Function
from infra.preflight import DOUBTS, SECRET_CHECKS, found_by, refuse_what_cannot_work
from infra.preview import HostPreview, Preview, preview_hosts
from infra.secret_store import ensure_secrets, read_secrets
from infra.shared_state.session import working
from infra.state import Stack
from infra.verification import run_checks

_PHASES = 6


@click.command(help="Installer ou mettre à jour toute la plateforme ; relancer la commande reprend le travail.")
@click.option("--no-verify", is_flag=True, help="Ne pas vérifier la plateforme à la fin.")
@click.option(
    "--names-later",
    is_flag=True,
    help="Accepter que les noms publics mènent encore ailleurs (avant la mise en service).",
)
@leave_data_option
@json_option
@site_option
def up(no_verify: bool, names_later: bool, leave_data: tuple[str, ...], as_json: bool, stack_name: str) -> None:
    """Declare, configure, verify. Ends with `{changed, failed, seconds, phases}` when `--json` is given."""
    stack = Stack(stack_name)
    phases = Phases(_PHASES - no_verify)
    result: dict[str, Any] = {"changed": 0, "failed": 0}
    try:
        _up(
            stack,
            phases,
            result,
            verify_too=not no_verify,
            names_later=names_later,
            leave_data=leave_data,
            quiet=as_json,
        )
    except Exception:
        result["failed"] += 1
        raise
    finally:
        if as_json:
            summary = {**result, "seconds": phases.seconds, "phases": phases.done}
            click.echo(json.dumps(summary, ensure_ascii=False))
    if result["failed"]:
        raise click.exceptions.Exit(1)


def _up(
    stack: Stack,
    phases: Phases,
    result: dict[str, Any],
    *,
    verify_too: bool,
    names_later: bool,
    leave_data: tuple[str, ...],
    quiet: bool,
) -> None:
    with phases.phase("site", f"Lecture du site « {stack.name} » et de ses secrets"):
        stack.prepare()
        site = load_site(stack.site_file)
        refuse_what_cannot_work(stack, site)
        _tell_doubts(stack, site)
        bring_up.check_target(site)
    words = " ".join(["gru up", *(f"--leave-data {function}" for function in leave_data)])
    with working(stack, site.state, "gru up", say), kept(stack, words) as notes:
        refuse_to_go_back(stack)
        refuse_what_cannot_work(stack, site, SECRET_CHECKS)
        refuse_to_leave_data(stack, site, leave_data)
        for notice in renamed_hosts(site, known_places_of_data(stack), leave_data):
            say(f"      À savoir : {notice}.")
        if change := planned_change(stack, site):
            say(f"      À savoir : gru va {change}.")
        ensure_secrets(stack, site, renew_authority=True)
        can = site.target.capabilities
        with phases.phase("engine", "Moteur Pulumi" + (" et image de base des hôtes" if can.needs_image else "")):
            image = bring_up.prepare(site, say)
        made = "Création des hôtes et du réseau" if can.makes_hosts else "Relevé des serveurs"
        with phases.phase("infrastructure", made):
            changes = bring_up.make_hosts(stack, site, image, say, leave_data)
            result["changed"] += changes
            _publish_names(stack, site)
        with phases.phase("configuration", "Configuration des hôtes"):
            stamp = datetime.datetime.now().strftime("%Y%m%d-%H%M%S")
            log_file = stack.log_directory / f"{stamp}-deploy.log"
            bring_up.wait_for_hosts(stack)
            for notice in refuse_unfit_hosts(site, read_inventory(stack), names_later=names_later).notices:
                say(f"      {notice}")
            bring_up.remember_places_of_data(stack, site, image, leave_data)
            with both_trusted(stack, stack.log_directory / f"{stamp}-trust.log"):
                run = run_runbook(stack, "deploy", log_file)
            remember_this(stack)
            if site.backup:
                keep_site(read_inventory(stack), stack)
            result["changed"] += run.changed
            for task in run.changed_tasks if run.changed <= 20 else []:
                say(f"      modifié : {task}")
        if verify_too:
            with phases.phase("verification", "Vérification depuis l'extérieur"):
                verdict = run_checks(stack)
                tell(verdict)
                result["failed"] += len(verdict.failures)
                if verdict.failures:
                    notes.append(f"{_counted(len(verdict.failures), 'vérification', 'vérifications')} en échec")
        with phases.phase("summary", "Adresses"):
            if not quiet:
                _tell_what_next(stack, site)
            tell_to_keep_the_key(stack, site)
        done = _counted(result["changed"], "changement", "changements")
        say(f"\nTerminé en {phases.seconds:.0f} s : {done}, {_counted(result['failed'], 'échec', 'échecs')}.")


def _tell_doubts(stack: Stack, site: Site) -> None:
    for doubt in found_by(DOUBTS, stack, site):
        say(f"      Attention : {doubt}.")


def _counted(number: int, one: str, many: str) -> str:
    """A count in French: « aucun », then one, then many."""
    return f"{'aucun' if number == 0 else number} {one if number <= 1 else many}"


@click.command(help="Montrer ce que « gru up » créerait, changerait ou supprimerait, sans rien toucher.")
@click.option("--no-hosts", is_flag=True, help="Seulement hôtes, réseau et volumes : sans regarder dans les hôtes.")
@leave_data_option
@json_option
@site_option
def preview(no_hosts: bool, leave_data: tuple[str, ...], as_json: bool, stack_name: str) -> None:
    """List planned changes of hosts, networks and volumes, then what would change on each host that answers.

    Exits 1 when `up` would refuse, or when a host could not be compared.
    """
    stack = Stack(stack_name)
    stack.prepare()
    site = load_site(stack.site_file)
    refuse_what_cannot_work(stack, site)
    _tell_doubts(stack, site)
    bring_up.check_target(site)
    with working(stack, site.state, "gru preview", say):
        refuse_what_cannot_work(stack, site, SECRET_CHECKS)
        refuse_to_leave_data(stack, site, leave_data)
        ensure_secrets(stack, site)
        planned = bring_up.planned_changes(stack, site, say, leave_data)
        looked = Preview() if no_hosts else preview_hosts(stack, site, planned)
        changes = [change for change in [planned_change(stack, site)] if change]
        changes += renamed_hosts(site, known_places_of_data(stack), leave_data)
    refusal = looked.examination.refusal(silence_too=False)
    changes += [change.text for change in planned]
    count = len(changes) + looked.count
    if as_json:
        found = {
            "changes": changes,
            "hosts": [host.as_dict() for host in looked.hosts],
            "problems": refusal.splitlines(),
            "count": count,
        }
        click.echo(json.dumps(found, ensure_ascii=False))
    else:
        for change in changes:
            click.echo(f"  {change}")
        for host in looked.hosts:
            _tell_host(host)
        if refusal:
            click.echo(f"À corriger avant « gru up » :\n{refusal}")
        click.echo(f"{_counted(count, 'changement prévu', 'changements prévus').capitalize()}.")
    if refusal or any(host.state == "silent" or host.unseen for host in looked.hosts):
        raise click.exceptions.Exit(1)


def _tell_host(host: HostPreview) -> None:
    """What would become of a host; nothing where nothing would change."""
    if host.state == "silent":
        click.echo(f"  hôte {host.host} : ne répond pas, n'a pas pu être comparé ({host.sentence})")
    elif host.sentence:
        click.echo(f"  hôte {host.host} : {host.sentence}")
    elif host.changes or host.unseen:
        click.echo(f"  hôte {host.host} :")
    for change in host.changes:
        click.echo(f"    {change.sentence}")
        for line in change.lines:
            click.echo(f"      {line}")
    for sentence in host.unseen:
        click.echo(f"    n'a pas pu être comparé : {sentence}")


@click.command(help="Retirer la plateforme : hôtes, réseau et données (sauf avec --keep-data).")
@click.option("--keep-data", is_flag=True, help="Garder les volumes de données et les secrets.")
@click.option("--yes", is_flag=True, help="Ne pas demander de confirmation.")
@site_option
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
    with working(stack, site.state, "gru down", say) as session, kept(stack, "gru down"):
        bring_up.remove_hosts(stack, site, keep_data=keep_data, tell=say)
        try:
            remove_names(stack.name)
        except OSError as error:
            say(f"Le bloc « gru {stack.name} » de /etc/hosts est resté ({error.strerror}) : retirez-le à la main.")
        bring_up.forget(stack, keep_data=keep_data)
        if session and not keep_data:
            session.forget()
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


def _tell_records(stack: Stack, site: Site) -> None:
    wanted = wanted_zone(stack, site)
    say("\n  À publier dans votre DNS (« gru records » le redonne, « gru records --check » le vérifie) :")
    for line in (*wanted.zone_file(), *(f"- {note}" for note in wanted.notes)):
        say(f"    {line}")


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
    if site.features.trial:
        say("\n  Plateforme d'essai (features.trial) : n'y invitez pas d'habitants, et ne la laissez pas sans raison.")
    people = presented(site)
    if people:
        say(f"\n  Comptes de démonstration (mot de passe : {read_secrets(stack)['demo_password']})")
        for line in people:
            say(f"    {line}")
    if not site.certificate.public:
        say(f"\n  Autorité locale : {stack.authority_file}")
        say("  Pour que votre navigateur l'accepte, importez ce fichier dans ses autorités de certification,")
        say("  ou pour toute la machine :")
        say("    cp FICHIER /usr/local/share/ca-certificates/gru.crt && update-ca-certificates")
    if site.target.capabilities.hosted:
        _tell_records(stack, site)
    say("\n  Ensuite : gru status · gru mail · gru verify · gru down")
