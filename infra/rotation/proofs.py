"""Which values hosts accept, asked of the very services that check them. No value is in an argument of a command.

What is asked runs on the host under Debian's python3, the values on its standard input.
"""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass
from typing import Any

from infra.remote import host_of, hosts_of, run_remote
from infra.rotation.catalogue import Kept
from infra.state import OperatorError

PATIENCE_SECONDS = 60
"""How long services may take to do as told: LemonLDAP::NG's workers read their settings every five seconds."""
STEADY = 6
"""Answers in a row that must agree where several processes answer, each at its own pace."""

_POSTGRESQL = r"""
import os, subprocess
def accepts(value, host, role, database):
    known = dict(os.environ, PGPASSWORD=value, PGCONNECT_TIMEOUT="10", PGSSLMODE="require")
    asked = ["psql", "-h", host, "-U", role, "-d", database, "-Atc", "select 1"]
    return subprocess.run(asked, env=known, capture_output=True).returncode == 0
"""
_LDAP = r"""
import ldap
def accepts(value, account):
    connection = ldap.initialize("ldapi:///")
    try:
        connection.simple_bind_s(account, value)
    except ldap.INVALID_CREDENTIALS:
        return False
    return True
"""
# No proxy between a host and itself or its neighbours.
_HTTP = r"""
import urllib.error, urllib.request
def opened(*asked):
    return urllib.request.build_opener(urllib.request.ProxyHandler({})).open(urllib.request.Request(*asked), timeout=20)
"""
_OIDC = r"""
import base64, json, urllib.parse
def accepts(value, address, name, client):
    # The client is judged before its code (RFC 6749, 5.2): this one is nobody's.
    who = base64.b64encode((client + ":" + value).encode()).decode()
    body = urllib.parse.urlencode({"grant_type": "authorization_code", "code": "essai", "redirect_uri": "https://essai"})
    try:
        answer = opened(address, body.encode(), {"Authorization": "Basic " + who, "Host": name}).read()
    except urllib.error.HTTPError as error:
        if error.code >= 500:
            raise
        answer = error.read()
    return json.loads(answer).get("error") != "invalid_client"
"""
_JWKS = r"""
import json
def accepts(value, address, name):
    answer = opened(address, None, {"Host": name}).read()
    return value in [key.get("kid") for key in json.loads(answer)["keys"]]
"""
_RETURNS = r"""
def accepts(value, address):
    # A token that nobody signed: 403 to whom the key is known, 404 to others (socle/envois/reception.py).
    try:
        opened(address + "a" * 42 + "/", b"", {"Authorization": "Bearer " + value})
    except urllib.error.HTTPError as error:
        if error.code in (403, 404):
            return error.code == 403
        raise
    return True
"""
_DJANGO = r"""
import json, os, subprocess
def accepts(value, application, site):
    unit = application + "-" + site + ".service"
    show = ["systemctl", "show", unit, "--timestamp=unix", "-p", "ActiveEnterTimestamp"]
    since = subprocess.run(show, capture_output=True, text=True, check=True).stdout.partition("@")[2].strip()
    if int(since or 0) + 1 < os.path.getmtime("/etc/" + application + "/" + site + ".env"):
        raise SystemExit("le service tourne encore sur ses réglages d'avant")
    asked = [application + "-manage", site, "-m", "socle.securite.cles"]
    run = subprocess.run(asked, input=json.dumps([value]), capture_output=True, text=True)
    if run.returncode:
        raise SystemExit(run.stderr)
    return json.loads(run.stdout)[0]["acceptee"]
"""
_ASK = r"""
import json
asked = json.loads(ASKED)
print(json.dumps([[accepts(value, *asked["of"]) for value in asked["values"]] for _ in range(asked["times"])]))
"""


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked of a host: a program, what it wants to know besides values, how many times in a row."""

    host: str
    program: str
    of: list[str]
    times: int = 1

    def answers(self, inventory: dict[str, Any], values: list[str]) -> list[list[bool]]:
        """For each time, whether each value is accepted. Raises OperatorError when the host cannot say."""
        asked = json.dumps({"of": self.of, "values": values, "times": self.times})
        program = f"{_HTTP}{self.program}\nASKED = {asked!r}\n{_ASK}"
        found: list[list[bool]] = json.loads(run_remote(inventory, self.host, ["python3", "-"], program, seconds=120))
        return found


def prove(inventory: dict[str, Any], kept: Kept, new: str, former: str, *, former_is_good: bool) -> None:
    """Wait until every service that checks `kept` takes the new value, and the former or not.

    Raises:
        OperatorError: it does not come to it.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    for question in _questions(inventory, kept):
        while (why := _unlike(inventory, kept, question, [new, former], [True, former_is_good])) is not None:
            if time.monotonic() > deadline:
                raise OperatorError(why)
            time.sleep(1)


def value_to_show(kept: Kept, values: tuple[str, ...]) -> str:
    """What services know of it: a public key by the name under which it is published, else the value itself."""
    if kept.change and kept.change.proof and kept.change.proof.way == "jwks":
        return hashlib.sha256(values[1].encode()).hexdigest()[:16]
    return values[0]


def _questions(inventory: dict[str, Any], kept: Kept) -> list[_Question]:
    shared = inventory["all"]["vars"]
    if kept.change is None or kept.change.proof is None:
        return []
    way, of = kept.change.proof.way, kept.change.proof.of
    if way == "postgresql":
        host = host_of(inventory, "database")
        return [_Question(host, _POSTGRESQL, [inventory["all"]["hosts"][host]["gru_fqdn"], *of])]
    if way == "ldap":
        base = ",".join(f"dc={part}" for part in str(shared["gru_domain"]).split("."))
        return [_Question(host_of(inventory, "idp"), _LDAP, [f"cn={of[0]},ou=techniques,{base}"])]
    if way in ("oidc", "jwks"):
        place = f"http://127.0.0.1:{shared['gru_ports']['idp']['web']}/oauth2/{'token' if way == 'oidc' else 'jwks'}"
        name = str(shared["gru_names"]["idp"])
        return [_Question(host_of(inventory, "idp"), _OIDC if way == "oidc" else _JWKS, [place, name, *of], STEADY)]
    if way == "returns":
        sites = [
            f"https://{one['fqdn']}:{shared['gru_ports'][function]['web']}/envois/retours/"
            for function in ("processing", "consultation")
            for one in shared["gru_carriers"].get(function, [])
        ]
        return [_Question(host_of(inventory, "mail"), _RETURNS, [site]) for site in sites]
    return [_Question(host, _DJANGO, [*of[1:]]) for host in hosts_of(inventory, of[0])]


def _unlike(
    inventory: dict[str, Any], kept: Kept, question: _Question, values: list[str], wanted: list[bool]
) -> str | None:
    """Why what a host answers is not what is wanted, in French; None when it is."""
    try:
        found = question.answers(inventory, values)
    except OperatorError as error:
        return f"{kept.what} : {error} {_WHAT_NEXT}"
    differ = [answers for answers in found if answers != wanted]
    return _refusal(kept, question.host, differ[0], wanted) if differ else None


_WHAT_NEXT = "Une fois la cause écartée (« gru status »), « gru rotate » finit ce changement."


def _refusal(kept: Kept, host: str, found: list[bool], wanted: list[bool]) -> str:
    new, former = found
    if not new:
        what = "la nouvelle valeur n'y est pas acceptée"
    elif former and not wanted[1]:
        what = "l'ancienne valeur y est encore acceptée"
    else:
        what = "l'ancienne valeur n'y est déjà plus acceptée"
    return f"{kept.what} : sur l'hôte {host}, {what}. {_WHAT_NEXT}"
