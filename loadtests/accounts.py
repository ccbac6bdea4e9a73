"""Accounts for load tests: residents and agents put into the directory, taken out again when asked.

Only on platforms that keep their mails (`mail.sink`): the persons do not exist, nobody must be written to. All
residents share one password and its one hash, of the platform's own cost, so that a sign-in costs what it costs.
"""

from __future__ import annotations

import json
import random
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pyotp

from infra.directory import SOCKET, Directory
from infra.state import OperatorError
from loadtests.browser import Browser, JourneyFailed, Pace, trust
from loadtests.forms import Filled
from loadtests.people import AgentAccount, People, Resident
from loadtests.recording import Sample
from loadtests.targets import Target

_SESSIONS = "/usr/share/lemonldap-ng/bin/lemonldap-ng-sessions"
_BATCH = 200
_EXISTS = 68


class Accounts(Directory):
    """Many people at once, put into the directory and taken out of it."""

    def add(self, entries: Iterable[str]) -> None:
        """Add or modify; entries that are there already stay as they are."""
        batch: list[str] = []
        for entry in entries:
            batch.append(entry)
            if len(batch) == _BATCH:
                self._write(batch)
                batch = []
        if batch:
            self._write(batch)

    def _write(self, batch: list[str]) -> None:
        # ldapmodify ends with the code of its last refusal: an entry that exists is not an error here.
        script = (
            f"ldapmodify -a -c {' '.join(SOCKET)} >/dev/null 2>&1; r=$?; [ $r = {_EXISTS} ] || [ $r = 20 ] || exit $r"
        )
        self.run(["sh", "-c", script], "\n\n".join(batch) + "\n")

    def delete(self, names: Iterable[str]) -> None:
        """Delete entries; those that are gone already are not an error."""
        script = f"ldapdelete -c {' '.join(SOCKET)} >/dev/null 2>&1; true"
        self.run(["sh", "-c", script], "\n".join(names) + "\n")

    def forget_second_factors(self, logins: Iterable[str]) -> None:
        """Remove the applications of codes: the provider keeps them apart from the directory, by name."""
        for login in logins:
            script = f"{_SESSIONS} secondfactors delType {login} TOTP 2>/dev/null || true"
            self.run(["sh", "-c", script])

    def hash_of(self, entry: str) -> str:
        """The stored password of an entry, as LDIF carries it (base 64)."""
        command = ["ldapsearch", "-LLL", "-o", "ldif-wrap=no", *SOCKET, "-s", "base", "-b", entry, "userPassword"]
        return self.run(command).partition("userPassword:: ")[2].split()[0]


def resident_entry(person: Resident, base: str, password_line: str) -> str:
    """LDIF of one resident."""
    return "\n".join(
        [
            f"dn: uid={person.login},ou=usagers,{base}",
            "objectClass: inetOrgPerson",
            f"uid: {person.login}",
            f"cn: Charge {person.number}",
            f"sn: {person.number}",
            "givenName: Charge",
            f"mail: {person.email}",
            password_line,
        ]
    )


def agent_entries(login: str, domain: str, base: str, password_line: str, groups: Iterable[str]) -> Iterator[str]:
    """LDIF of one agent and of their place in groups."""
    entry = f"uid={login},ou=agents,{base}"
    yield "\n".join(
        [
            f"dn: {entry}",
            "objectClass: inetOrgPerson",
            f"uid: {login}",
            f"cn: Agent {login}",
            f"sn: {login}",
            "givenName: Agent",
            f"mail: {login}@{domain}",
            password_line,
        ]
    )
    for group in groups:
        yield f"dn: cn={group},ou=groupes,{base}\nchangetype: modify\nadd: member\nmember: {entry}"


def make(
    inventory: dict[str, Any],
    target: Target,
    path: Path,
    *,
    residents: int,
    agents: int,
    tell: Callable[[str], None],
) -> People:
    """Make the accounts, enrol the agents' second factors, keep all in `path` (mode 0600)."""
    if not target.sink:
        raise OperatorError(
            "Cette plateforme envoie vraiment ses courriels (mail.sink: false) : on n'y crée pas de personnes fictives."
        )
    directory = Accounts(inventory)
    people = _known(path) or People(f"charge.{inventory['all']['vars']['gru_domain']}", secrets.token_urlsafe(18), 0)
    clear = f"userPassword: {people.password}"
    first = people.resident(0)
    directory.add([resident_entry(first, directory.base, clear)])
    # One hash for everybody: hashing thousands of passwords would take minutes and prove nothing.
    hashed = f"userPassword:: {directory.hash_of(f'uid={first.login},ou=usagers,{directory.base}')}"
    if residents > people.residents:
        tell(f"{residents - people.residents} habitants à créer")
        directory.add(
            resident_entry(Resident(number, people.domain, ""), directory.base, hashed)
            for number in range(people.residents, residents)
        )
        people.residents = residents
        people.write(path)
    # Every service, as at a single desk: the list they refresh is then the longest one there is.
    groups = ["agents", *(group for group in directory.groups() if group.startswith("service-"))]
    logins = [f"charge-agent-{number:02d}" for number in range(agents)]
    for login in logins:
        directory.add(agent_entries(login, people.domain, directory.base, hashed, groups))
    for login in logins[len(people.agents) :]:
        tell(f"second facteur de {login}")
        people.agents.append(AgentAccount(login, enrol(target, login, people.password)))
        people.write(path)
    return people


def remove_all(inventory: dict[str, Any], path: Path) -> int:
    """Take every account out of the directory; how many there were."""
    people = _known(path)
    if people is None:
        return 0
    directory = Accounts(inventory)
    names = [f"uid={people.resident(n).login},ou=usagers,{directory.base}" for n in range(people.residents)]
    names += [f"uid={agent.login},ou=agents,{directory.base}" for agent in people.agents]
    for start in range(0, len(names), _BATCH):
        directory.delete(names[start : start + _BATCH])
    directory.forget_second_factors(agent.login for agent in people.agents)
    path.unlink()
    return len(names)


def enrol(target: Target, login: str, password: str) -> str:
    """Sign an agent in for the first time and add an application of codes; its key (base 32).

    Raises:
        OperatorError: the identity provider did not let us.
    """
    samples: list[Sample] = []
    now = time.monotonic()
    browser = Browser(target, trust(target), samples.append, "compte", now, now, random.Random(login), Pace(0))
    try:
        page = browser.open("processing", "/", "connexion")
        if not any(form.identifier == "connexion" for form in page.forms):
            page = browser.follow(page, page.link(r"^/connexion/") or "/connexion/", "connexion")
        form = next(form for form in page.forms if form.identifier == "connexion")
        hidden = [(c.name, c.value) for c in form.controls if c.kind == "hidden" and c.name]
        page = browser.submit(page, form, Filled([*hidden, ("user", login), ("password", password)], []), "connexion")
        asked = f"{target.urls['idp']}/2fregisters/totp"
        key = json.loads(browser.post_json(f"{asked}/getkey", {}, "connexion"))
        secret = str(key["secret"])
        code = pyotp.TOTP(secret).now()
        fields = {"token": str(key["token"]), "code": code, "TOTPName": "Charge"}
        browser.post_json(f"{asked}/verify", fields, "connexion")
    except (JourneyFailed, StopIteration, KeyError, ValueError) as error:
        raise OperatorError(f"Le second facteur de {login} n'a pas pu être préparé : {error}") from None
    finally:
        browser.close()
    return secret


def _known(path: Path) -> People | None:
    return People.read(path) if path.exists() else None
