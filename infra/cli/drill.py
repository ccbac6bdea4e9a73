"""`gru restore --drill`: try backups on a copy, and say in words what differs."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from infra.backups import COMMAND, said
from infra.cli.phases import Phases, say
from infra.drill.course import PHASES, Drill
from infra.drill.proof import Proof
from infra.inventory import read_inventory
from infra.journal import kept
from infra.model import load_site
from infra.model.site import Function
from infra.remote import host_of, run_remote
from infra.shared_state.session import working
from infra.state import OperatorError, Stack


def try_backups(stack_name: str, *, as_json: bool) -> None:
    """Exit 1 when the copy differs, or could not be made and used."""
    stack = Stack(stack_name)
    stack.prepare()
    site = load_site(stack.site_file)
    phases = Phases(PHASES)
    with working(stack, site.state, "gru restore --drill", say), kept(stack, "gru restore --drill") as remembered:
        drill = Drill(stack, phases.phase, say)
        proof = drill.run()
        if proof.holds:
            _tell_monitoring(stack, proof)
        else:
            remembered.append(f"la copie diffère : {len(proof.differences)} écarts")
    if as_json:
        click.echo(json.dumps(asdict(proof) | {"ok": proof.holds, "notes": drill.notes}, ensure_ascii=False))
    else:
        _tell(proof, drill.notes)
    if not proof.holds:
        raise click.exceptions.Exit(1)


def _tell(proof: Proof, notes: list[str]) -> None:
    say(f"\nCopie faite des seules sauvegardes, comparée à la source du {said(proof.moment)} :")
    say("  mêmes " + ", ".join(f"{what} : {count}" for what, count in proof.same.items()))
    if proof.filed:
        say(f"  un habitant s'y est connecté et y a déposé la demande {proof.filed}")
    for note in notes:
        say(f"  À savoir : {note}.")
    if proof.recovery_point is not None:
        say(f"  Point de reprise : {proof.recovery_point} s (ce qui datait de ce moment était alors au dépôt).")
    minutes, seconds = divmod(proof.recovery_time, 60)
    say(f"  Temps de reprise : {minutes} min {seconds:02d} s, d'un hôte vide au service.")
    for difference in proof.differences:
        say(f"  ✗ {difference}.")
    say(
        f"La copie diffère de la source ({len(proof.differences)} écarts) : lisez runbooks/sauvegarde.md. Elle est"
        " détruite, la plateforme n'a pas été touchée."
        if proof.differences
        else "Les sauvegardes suffisent : la copie est la même que la source. Elle est détruite, la preuve est datée."
    )


def _tell_monitoring(stack: Stack, proof: Proof) -> None:
    """Supervision shows it; that it does not answer now makes no drill fail."""
    inventory = read_inventory(stack)
    try:
        run_remote(inventory, host_of(inventory, Function.DATABASE), [COMMAND, "drilled", "--at", str(proof.began)])
    except OperatorError as error:
        say(f"      La supervision ne le sait pas encore : {error}")
