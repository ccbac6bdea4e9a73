"""`gru hosts`: what concerns hosts one by one."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from infra import debian_updates, host_keys
from infra.cli.options import json_option, site_option
from infra.cli.phases import Phases, say
from infra.cli.reading import tell
from infra.debian_updates import Updated, order
from infra.inventory import read_inventory
from infra.journal import kept
from infra.model.loading import load_state_location
from infra.model.site import Function
from infra.shared_state.session import working
from infra.site_plan import DATA_DIRECTORIES
from infra.state import OperatorError, Stack
from infra.verification import run_checks


@click.group(help="Ce qui concerne les hôtes : leurs mises à jour de Debian, la nouvelle clé d'un serveur réinstallé.")
def hosts() -> None:
    """Group of the commands on one host."""


@hosts.command(help="Accepter la clé SSH d'un serveur réinstallé, après l'avoir montrée.")
@click.argument("host", metavar="HÔTE")
@click.option("--yes", is_flag=True, help="Ne pas demander de confirmation.")
@site_option
def accept(host: str, yes: bool, stack_name: str) -> None:
    """Show the key that was known and the one shown, ask, then know the new one."""
    stack = Stack(stack_name)
    stack.prepare()
    with working(stack, load_state_location(stack.site_file), "gru hosts accept", say), kept(stack, "gru hosts accept"):
        _accept(stack, host, yes=yes)


@hosts.command(help="Mettre Debian à jour, un hôte après l'autre, et relancer ce qui tourne encore sur l'ancien.")
@click.argument("names", metavar="[HÔTE]...", nargs=-1)
@json_option
@site_option
def update(names: tuple[str, ...], as_json: bool, stack_name: str) -> None:
    """Verify after each host, and stop at the first after which something is not so: the others are as they were."""
    stack = Stack(stack_name)
    stack.prepare()
    done: dict[str, Updated] = {}
    words = " ".join(["gru hosts update", *names])
    with working(stack, load_state_location(stack.site_file), "gru hosts update", say), kept(stack, words) as notes:
        inventory = read_inventory(stack)
        ordered = order(inventory, names)
        phases = Phases(len(ordered))
        for host in ordered:
            with phases.phase(host, f"Hôte {host}"):
                done[host] = debian_updates.update(stack, inventory, host)
                say(f"      {done[host].in_words}")
                verdict = run_checks(stack)
            if verdict.failures:
                tell(verdict)
                notes.append(f"vérifications en échec après {host} : {len(verdict.failures)}")
                left = [name for name in ordered if name not in done]
                raise OperatorError(
                    f"Après la mise à jour de l'hôte {host}, la plateforme n'est plus ce qu'elle doit être."
                    + (f" Pas encore faits : {', '.join(left)}." if left else "")
                    + " Réparez (« gru status », « gru up »), puis relancez la même commande."
                )
    if as_json:
        click.echo(json.dumps({name: asdict(one) for name, one in done.items()}, ensure_ascii=False))
    if waiting := [name for name, one in done.items() if one.reboot]:
        say(f"\nÀ redémarrer à l'heure de votre choix, l'un après l'autre : {', '.join(waiting)}.")


def _accept(stack: Stack, host: str, *, yes: bool) -> None:
    inventory = read_inventory(stack)
    if host not in inventory["all"]["hosts"]:
        known_hosts = ", ".join(sorted(inventory["all"]["hosts"]))
        raise OperatorError(f"L'hôte « {host} » n'existe pas. Hôtes : {known_hosts}.")
    before, now = host_keys.known(stack, inventory, host), host_keys.shown(stack, inventory, host)
    if set(now.fingerprints) <= set(before.fingerprints):
        say(f"La clé de l'hôte {host} est celle que gru connaît : rien à faire.")
        return
    say(f"  clé connue   : {', '.join(before.fingerprints) or 'aucune'}")
    say(f"  clé montrée  : {', '.join(now.fingerprints)}")
    say("  Sur le serveur lui-même : ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub")
    for function in inventory["all"]["hosts"][host]["gru_functions"]:
        if Function(function) in DATA_DIRECTORIES:
            path = DATA_DIRECTORIES[Function(function)].path
            say(f"  Attention : la fonction {function} garde ses données sur ce serveur, dans {path}.")
    if not yes:
        click.confirm(f"Accepter cette clé pour l'hôte {host} ?", abort=True)
    host_keys.replace(stack, inventory, host, now)
    say(f"La clé est acceptée. Ensuite : gru up --stack {stack.name}")
