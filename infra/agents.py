"""The town's agents as the directory knows them: let in, moved, suspended, let in again.

A suspended agent is kept apart (``ou=suspendus``), with their groups: neither the identity provider nor anybody else
finds them there, and letting them in again gives back what they had.
"""

from __future__ import annotations

import re
import shlex
import time
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from infra.directory import Directory, Entry, literal, modification, move, record
from infra.remote import hosts_of, run_remote
from infra.state import OperatorError

SERVICE = "service-"
"""What the name of a service's group begins with; the rest is its `slug` in services.yaml."""
EVERYBODY = "agents"
"""The group of those who enter the agents' site."""
_WORK_THERE = frozenset({"editeurs", "responsables-demarches"})
"""Roles whose work is on that site."""
PRESENT, SUSPENDED = "agents", "suspendus"
_PERSON = "(objectClass=inetOrgPerson)"
_SESSIONS = "/usr/share/lemonldap-ng/bin/lemonldap-ng-sessions"
_SITES_OF_STAFF = {
    "processing": ("guichet-manage", "instruction"),
    "consultation": ("consultation-manage", "ecoute"),
}
_PATIENCE = 30
"""Seconds given to the directory to bring groups up to date."""
_MAIL = re.compile(r"[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@,;<>]+")


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody of the town's staff. `groups` are names of the directory's groups."""

    dn: str
    uid: str
    name: str
    mail: str
    groups: tuple[str, ...]
    suspended: bool

    @property
    def services(self) -> tuple[str, ...]:
        """Slugs of their services."""
        return tuple(group.removeprefix(SERVICE) for group in self.groups if group.startswith(SERVICE))

    @property
    def roles(self) -> tuple[str, ...]:
        """Their other groups, but the one that all who enter the agents' site share."""
        return tuple(group for group in self.groups if not group.startswith(SERVICE) and group != EVERYBODY)


def listed(directory: Directory) -> list[Agent]:
    """All agents, suspended ones included, by name."""
    groups = directory.search("groupes", "(objectClass=groupOfNames)", "cn", "member")
    found = []
    for branch in (PRESENT, SUSPENDED):
        people = directory.search(branch, _PERSON, "uid", "cn", "mail")
        found += [_agent(entry, groups, suspended=branch == SUSPENDED) for entry in people]
    return sorted(found, key=lambda agent: (agent.name.casefold(), agent.uid))


def one(directory: Directory, who: str) -> Agent:
    """The agent of this identifier or address. Raises OperatorError when there is none."""
    wanted = who.strip().casefold()
    for agent in listed(directory):
        if wanted in (agent.uid.casefold(), agent.mail.casefold()):
            return agent
    raise OperatorError(f"Aucun agent ne s'appelle « {who} » dans l'annuaire. « gru agents list » les donne.")


def invite(directory: Directory, given_name: str, family_name: str, mail: str, groups: Iterable[str]) -> Agent:
    """Add somebody, without a password: they choose it themselves, from a mail. Raises OperatorError."""
    mail = mail.strip()
    if not _MAIL.fullmatch(mail):
        raise OperatorError(f"« {mail} » n'est pas une adresse e-mail (exemple : paul.henry@ville.fr).")
    wanted = _known(directory, groups)
    uid = _identifier(given_name, family_name)
    same = f"(|(uid={literal(uid)})(mail={literal(mail)}))"
    for branch in (PRESENT, SUSPENDED, "usagers"):
        for entry in directory.search(branch, same, "uid", "mail"):
            raise OperatorError(_taken(entry, uid, mail, branch))
    dn = f"uid={uid},ou={PRESENT},{directory.base}"
    person = record(
        dn,
        ("changetype", "add"),
        ("objectClass", "inetOrgPerson"),
        ("uid", uid),
        ("cn", f"{given_name} {family_name}"),
        ("givenName", given_name),
        ("sn", family_name),
        ("mail", mail),
    )
    directory.change(person, *(_membership(directory, group, dn, "add") for group in wanted))
    return one(directory, uid)


def change_groups(
    directory: Directory, agent: Agent, services: Sequence[str] | None, roles: Sequence[str] | None
) -> Agent:
    """Give exactly these services, and exactly these roles; None leaves them. Raises OperatorError."""
    kept_services = agent.services if services is None else services
    kept_roles = agent.roles if roles is None else roles
    wanted = set(_known(directory, groups_of(kept_services, kept_roles)))
    directory.change(
        *(_membership(directory, group, agent.dn, "add") for group in sorted(wanted - set(agent.groups))),
        *(_membership(directory, group, agent.dn, "delete") for group in sorted(set(agent.groups) - wanted)),
    )
    return one(directory, agent.uid)


def suspend(directory: Directory, agent: Agent) -> None:
    """Shut the way in; the groups follow. Raises OperatorError."""
    _put(directory, agent, SUSPENDED)


def reinstate(directory: Directory, agent: Agent) -> None:
    """Open the way in again, with the groups of before. Raises OperatorError."""
    _put(directory, agent, PRESENT)


def _put(directory: Directory, agent: Agent, branch: str) -> None:
    superior = f"ou={branch},{directory.base}"
    directory.change(move(agent.dn, superior))
    # slapd brings groups up to date (slapo-refint) just after it has answered.
    member = f"(member={literal(f'uid={agent.uid},{superior}')})"
    deadline = time.monotonic() + _PATIENCE
    while {group.one("cn") for group in directory.search("groupes", member, "cn")} != set(agent.groups):
        if time.monotonic() > deadline:
            raise OperatorError(
                f"L'annuaire n'a pas mis à jour les groupes de {agent.uid} : relancez la même commande."
            )
        time.sleep(0.2)


def end_sessions(inventory: dict[str, Any], agent: Agent) -> None:
    """End what is open now, at the provider and on the sites: the next click of this person is refused."""
    who = shlex.quote(agent.uid)
    open_now = f"{_SESSIONS} search --where uid={who} --id-only"
    for host in hosts_of(inventory, "idp"):
        run_remote(inventory, host, [f'found=$({open_now}) || exit; [ -z "$found" ] || {_SESSIONS} delete $found'])
    for function, manage in _SITES_OF_STAFF.items():
        if inventory["all"]["children"].get(function):
            host = hosts_of(inventory, function)[0]
            run_remote(inventory, host, [*manage, "fermer_sessions", who])


def groups_of(services: Iterable[str], roles: Iterable[str]) -> list[str]:
    """Names of groups: who has a service, or writes pages and procedures, enters the agents' site."""
    own, others = [f"{SERVICE}{service}" for service in services], list(roles)
    return [*([EVERYBODY] if own or _WORK_THERE.intersection(others) else []), *own, *others]


def _agent(entry: Entry, groups: Sequence[Entry], *, suspended: bool) -> Agent:
    within = tuple(
        sorted(
            group.one("cn")
            for group in groups
            if entry.dn.casefold() in (member.casefold() for member in group.attributes.get("member", ()))
        )
    )
    return Agent(entry.dn, entry.one("uid"), entry.one("cn"), entry.one("mail"), within, suspended)


def _known(directory: Directory, groups: Iterable[str]) -> list[str]:
    wanted, there = list(dict.fromkeys(groups)), directory.groups()
    unknown = [group for group in wanted if group not in there]
    if not unknown:
        return wanted
    services = ", ".join(group.removeprefix(SERVICE) for group in there if group.startswith(SERVICE))
    roles = ", ".join(group for group in there if not group.startswith(SERVICE) and group != EVERYBODY)
    told = ", ".join(f"« {group.removeprefix(SERVICE)} »" for group in unknown)
    raise OperatorError(f"L'annuaire ne connaît pas {told}.\nServices : {services}.\nRôles : {roles}.")


def _membership(directory: Directory, group: str, dn: str, act: str) -> str:
    return modification(f"cn={group},ou=groupes,{directory.base}", act, "member", dn)


def _identifier(given_name: str, family_name: str) -> str:
    plain = unicodedata.normalize("NFKD", f"{given_name}.{family_name}").encode("ascii", "ignore").decode().lower()
    found = re.sub(r"[^a-z0-9.]+", "-", plain).strip("-.")
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]*\.[a-z0-9.-]+", found):
        raise OperatorError("Il faut un prénom et un nom en lettres latines : l'identifiant en est fait.")
    return found[:64]


def _taken(entry: Entry, uid: str, mail: str, branch: str) -> str:
    whose = "un habitant" if branch == "usagers" else "un agent suspendu" if branch == SUSPENDED else "un agent"
    if entry.one("mail").casefold() == mail.casefold():
        return f"L'adresse {mail} est déjà celle d'{whose} ({entry.one('uid')})."
    return f"L'identifiant {uid} est déjà celui d'{whose} ({entry.one('mail')})."
