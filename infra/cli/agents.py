"""`gru agents`: the town's agents, let in, moved from service to service, suspended, let in again."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from infra import agents as people
from infra.cli.options import json_option, stack_option
from infra.cli.phases import say
from infra.directory import Directory
from infra.inventory import read_inventory
from infra.invitation import send
from infra.journal import kept
from infra.state import Stack

_services = click.option("--service", "services", multiple=True, metavar="SERVICE", help="Un service (plusieurs fois).")
_roles = click.option("--role", "roles", multiple=True, metavar="RÔLE", help="Un rôle : editeurs, supervision…")
_who = click.argument("who", metavar="AGENT")


@click.group(help="Donner, changer, suspendre l'accès des agents de la commune.")
def agents() -> None:
    """Group; see each command."""


@agents.command("list", help="Lister les agents : services, rôles, accès suspendus.")
@json_option
@stack_option
def list_agents(as_json: bool, stack_name: str) -> None:
    """One line an agent."""
    found = people.listed(Directory(read_inventory(Stack(stack_name))))
    if as_json:
        told = [dataclasses.asdict(one) | {"services": one.services, "roles": one.roles} for one in found]
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for one in found:
        click.echo(_line(one))
    if not found:
        say("L'annuaire ne contient aucun agent : « gru agents invite ».")


@agents.command(help="Donner accès à une personne : elle reçoit un courriel et choisit son mot de passe.")
@click.argument("mail", metavar="ADRESSE")
@click.option("--given-name", required=True, metavar="PRÉNOM")
@click.option("--family-name", required=True, metavar="NOM")
@_services
@_roles
@stack_option
def invite(
    *, mail: str, given_name: str, family_name: str, services: tuple[str, ...], roles: tuple[str, ...], stack_name: str
) -> None:
    """The mail is sent once the directory knows the person."""
    if not services and not roles:
        raise click.UsageError("Dites au moins un service ou un rôle (--service, --role).")
    with _noted(stack_name, "invite", mail) as (inventory, directory):
        groups = people.groups_of(services, roles)
        one = people.invite(directory, given_name.strip(), family_name.strip(), mail, groups)
        say(_line(one))
        send(inventory, one.name, one.mail)
        say(f"Un courriel lui dit comment choisir son mot de passe ({one.mail}).")


@agents.command(help="Changer les services ou les rôles d'un agent : ceux qui sont dits remplacent les siens.")
@_who
@_services
@_roles
@click.option("--no-service", is_flag=True, help="Plus aucun service.")
@click.option("--no-role", is_flag=True, help="Plus aucun rôle.")
@stack_option
def move(
    *, who: str, services: tuple[str, ...], roles: tuple[str, ...], no_service: bool, no_role: bool, stack_name: str
) -> None:
    """What is not said does not change. Open sessions take it at once: they are ended."""
    if (services and no_service) or (roles and no_role):
        raise click.UsageError("Dites des services ou --no-service, des rôles ou --no-role : pas les deux.")
    if not (services or roles or no_service or no_role):
        raise click.UsageError("Dites ce qui change : --service, --role, --no-service ou --no-role.")
    with _noted(stack_name, "move", who) as (inventory, directory):
        one = people.one(directory, who)
        new_services = services if services or no_service else None
        new_roles = roles if roles or no_role else None
        changed = people.change_groups(directory, one, new_services, new_roles)
        people.end_sessions(inventory, changed)
        say(_line(changed))


@agents.command(help="Suspendre l'accès d'un agent, sur-le-champ. Ses demandes et sa place sont gardées.")
@_who
@stack_option
def suspend(who: str, stack_name: str) -> None:
    """The directory first: nothing opened meanwhile lasts."""
    with _noted(stack_name, "suspend", who) as (inventory, directory):
        one = people.one(directory, who)
        if not one.suspended:
            people.suspend(directory, one)
        people.end_sessions(inventory, one)
        say(f"L'accès de {one.name} est suspendu, ses sessions sont fermées.")
        say(f"Pour le rendre : gru agents reinstate {one.uid}.")


@agents.command(help="Rendre son accès à un agent suspendu, avec ses services et ses rôles.")
@_who
@stack_option
def reinstate(who: str, stack_name: str) -> None:
    """The password is the one of before."""
    with _noted(stack_name, "reinstate", who) as (_, directory):
        one = people.one(directory, who)
        if one.suspended:
            people.reinstate(directory, one)
        say(_line(people.one(directory, one.uid)))


@contextmanager
def _noted(stack_name: str, act: str, who: str) -> Iterator[tuple[dict[str, Any], Directory]]:
    stack = Stack(stack_name)
    inventory = read_inventory(stack)
    with kept(stack, f"gru agents {act} {who}"):
        yield inventory, Directory(inventory)


def _line(one: people.Agent) -> str:
    has = ", ".join([*one.services, *one.roles]) or "aucun service ni rôle"
    return f"{one.uid:24} {one.mail:36} {has}{' — SUSPENDU' if one.suspended else ''}"
