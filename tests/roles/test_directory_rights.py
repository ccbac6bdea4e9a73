"""A portal host that fell into a stranger's hands does little to the directory: played on the role's own configuration.

The real slapd runs here with the configuration and the entries that role `idp` writes, and is asked with the account of
the residents' site.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import pytest
import yaml
from ldap3 import MODIFY_ADD, MODIFY_REPLACE, SUBTREE, Connection, Server
from ldap3.core.exceptions import LDAPException

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "roles/idp/templates"
BASE = "dc=gru,dc=test"
USAGERS, AGENTS = f"ou=usagers,{BASE}", f"ou=agents,{BASE}"
ALICE = f"uid=alice.martin,{AGENTS}"
PASSWORD = "quatre mots sans rapport"
OK, NO_RIGHT, CONSTRAINT = 0, 50, 19
ALIAS_PROBLEM = 33

VARIABLES: dict[str, Any] = {
    "idp_domain": "gru.test",
    "idp__base_dn": BASE,
    "idp__root_dn": "gidNumber=0+uidNumber=0,cn=peercred,cn=external,cn=auth",
    "idp__nobody_dn": f"cn=personne,ou=groupes,{BASE}",
    "idp_town_name": "Évry-lès-Bois",
    "idp_password_min_length": 12,
    "idp_directory_log_level": "none",
    "idp_argon2_memory_kib": 1024,
    "idp_argon2_iterations": 1,
    "idp_key": "clé",
    "idp_directory_password_idp": "secret-idp",
    "idp_directory_password_portal": "secret-portail",
    "idp_groups": ["agents"],
    "idp_accounts": [
        {"uid": "alice.martin", "branch": "agents", "given_name": "Alice", "family_name": "Martin",
         "mail": "alice.martin@gru.test", "password": PASSWORD, "groups": ["agents"]},
        {"uid": "zoe", "branch": "usagers", "given_name": "Zoé", "family_name": "Petit", "mail": "zoe@exemple.fr",
         "password": PASSWORD},
    ],
}  # fmt: skip


def rendered(name: str, **more: Any) -> str:
    environment = jinja2.Environment(  # noqa: S701 - no HTML
        loader=jinja2.FileSystemLoader(TEMPLATES), undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    environment.filters |= {
        "to_json": lambda value: json.dumps(value, ensure_ascii=False),
        "hash": lambda value, kind: hashlib.new(kind, value.encode()).hexdigest(),
    }
    return environment.get_template(name).render(**VARIABLES, **more)


def entries() -> str:
    """The role's entries as LDIF, their passwords included."""
    lines = []
    for entry in yaml.safe_load(rendered("entries.yml.j2")):
        attributes = entry["attributes"] | entry.get("initial", {}) | entry.get("include", {})
        if "secret" in entry:
            attributes |= {"userPassword": entry["secret"]}
        lines.append(f"dn: {entry['dn']}")
        for attribute, value in attributes.items():
            lines += [f"{attribute}: {one}" for one in (value if isinstance(value, list) else [value])]
        lines.append("")
    return "\n".join(lines)


@dataclass(frozen=True)
class Portal:
    """The account of the residents' site."""

    connection: Connection
    place: str

    def add(self, name: str, classes: list[str] | None = None, **attributes: Any) -> int:
        """The directory's answer to a new entry, by its number."""
        self.connection.add(name, classes or ["inetOrgPerson"], attributes)
        return int(self.connection.result["result"])

    def change(self, name: str, attribute: str, value: Any, how: str = MODIFY_REPLACE) -> int:
        """The directory's answer to a change."""
        self.connection.modify(name, {attribute: [(how, [value])]})
        return int(self.connection.result["result"])

    def names(self, criterion: str) -> list[str]:
        """Entries that a sign-in would find."""
        self.connection.search(BASE, criterion, SUBTREE, attributes=["uid"])
        return [entry.entry_dn for entry in self.connection.entries]

    def opens(self, name: str, password: str) -> bool:
        """Whether a person is let in with this password."""
        return bool(Connection(Server(self.place), name, password).bind())


@pytest.fixture(scope="module")
def directory() -> Iterator[str]:
    """Address of a slapd that has the role's configuration, but its folders."""
    with tempfile.TemporaryDirectory(prefix="gru-annuaire-") as name:
        folder = Path(name)
        for part in ("configuration", "data"):
            (folder / part).mkdir()
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
             "-keyout", folder / "host.key", "-out", folder / "host.crt"],
            check=True, capture_output=True,
        )  # fmt: skip
        ldif = rendered(
            "slapd.ldif.j2",
            idp__directory_data=folder / "data",
            idp_certificate_file=folder / "host.crt",
            idp_certificate_key_file=folder / "host.key",
        ).replace("/run/slapd/slapd.pid", f"{folder}/slapd.pid")
        (folder / "configuration.ldif").write_text(ldif)
        (folder / "entries.ldif").write_text(entries())
        for number, file in (("0", "configuration"), ("1", "entries")):
            subprocess.run(
                ["/usr/sbin/slapadd", "-n", number, "-F", folder / "configuration", "-l", folder / f"{file}.ldif"],
                check=True,
            )
        place = f"ldapi://{str(folder / 'ldapi').replace('/', '%2F')}"
        server = subprocess.Popen(["/usr/sbin/slapd", "-F", folder / "configuration", "-h", place, "-d", "0"])
        try:
            deadline = time.monotonic() + 60
            while not _answers(place):
                assert server.poll() is None and time.monotonic() < deadline  # noqa: PT018
                time.sleep(0.05)
            yield place
        finally:
            server.terminate()
            server.wait(30)


def _answers(place: str) -> bool:
    try:
        return bool(Connection(Server(place), f"cn=idp,ou=techniques,{BASE}", "secret-idp").bind())
    except LDAPException:
        return False


@pytest.fixture
def portal(directory: str) -> Iterator[Portal]:
    """The account, whose new residents are removed afterwards."""
    account = Connection(Server(directory), f"cn=portail,ou=techniques,{BASE}", "secret-portail", auto_bind=True)
    with account:
        yield Portal(account, directory)
        account.search(USAGERS, "(&(objectClass=inetOrgPerson)(!(uid=zoe)))", SUBTREE)
        for entry in list(account.entries):
            account.delete(entry.entry_dn)


def person(**other: Any) -> dict[str, Any]:
    return {
        "cn": "Léa Roy",
        "sn": "Roy",
        "givenName": "Léa",
        "mail": "lea@exemple.fr",
        "userPassword": PASSWORD,
    } | other


def test_the_site_does_what_it_has_to(portal: Portal) -> None:
    lea = f"uid={'a' * 32},{USAGERS}"
    assert portal.add(lea, **person(uid="a" * 32)) == OK
    assert portal.opens(lea, PASSWORD)
    assert portal.change(lea, "userPassword", "cinq autres mots sans rapport") == OK
    assert portal.opens(lea, "cinq autres mots sans rapport")
    assert portal.change(lea, "mail", "lea.roy@exemple.fr") == OK
    for attribute in ("cn", "sn", "givenName"):
        assert portal.change(lea, attribute, "Roy-Petit") == OK
    assert portal.names("(mail=lea.roy@exemple.fr)") == [lea]
    portal.connection.delete(lea)
    assert portal.names("(mail=lea.roy@exemple.fr)") == []
    assert portal.names("(mail=alice.martin@gru.test)") == [ALICE]
    assert portal.add(f"uid=sans,{USAGERS}", uid="sans", cn="Roy", sn="Roy", mail="roy@exemple.fr") == OK


@pytest.mark.parametrize(
    ("uid", "other", "refusal"),
    [
        ("alice.martin", {}, CONSTRAINT),
        ("ALICE.MARTIN", {}, CONSTRAINT),
        ("lea", {"mail": "alice.martin@gru.test"}, CONSTRAINT),
        ("lea", {"uid": ["lea", "alice.martin"]}, CONSTRAINT),
        ("alice.martin@gru.test", {}, CONSTRAINT),
        ("lea", {"uid": ["lea", "alice.martin@gru.test"]}, CONSTRAINT),
        ("lea", {"mail": "alice.martin"}, CONSTRAINT),
        ("lea", {"mail": ["lea@exemple.fr", "alice.martin"]}, CONSTRAINT),
    ],
)
def test_no_resident_takes_the_name_that_an_agent_signs_in_with(
    portal: Portal, uid: str, other: dict[str, Any], refusal: int
) -> None:
    """Two entries for one name, and the person of that name cannot sign in any more."""
    assert portal.add(f"uid={uid},{USAGERS}", **person(uid=uid) | other) == refusal
    for name in ("alice.martin", "alice.martin@gru.test"):
        assert portal.names(f"(&(objectClass=inetOrgPerson)(|(uid={name})(mail={name})))") == [ALICE]


def test_nor_by_a_change(portal: Portal) -> None:
    lea = f"uid=lea,{USAGERS}"
    assert portal.add(lea, **person(uid="lea")) == OK
    assert portal.change(lea, "uid", "alice.martin@gru.test", MODIFY_ADD) == CONSTRAINT
    assert portal.change(lea, "uid", "alice.martin", MODIFY_ADD) == CONSTRAINT
    assert portal.change(lea, "mail", "alice.martin") == CONSTRAINT
    assert portal.change(lea, "mail", "alice.martin@gru.test") == CONSTRAINT
    for name in ("alice.martin@gru.test", "alice.martin"):
        portal.connection.modify_dn(lea, f"uid={name}")
        assert portal.connection.result["result"] == CONSTRAINT


@pytest.mark.parametrize("hashed", ["{SSHA}bm9uZQ==", "{ARGON2}x", "{SASL}zoe"])
def test_a_password_is_hashed_here_or_refused(portal: Portal, hashed: str) -> None:
    """One that comes as a hash would be kept as it is: nobody could say what it opens."""
    lea = f"uid=lea,{USAGERS}"
    assert portal.add(lea, **person(uid="lea", userPassword=hashed)) != OK
    assert portal.change(f"uid=zoe,{USAGERS}", "userPassword", hashed) != OK
    assert portal.opens(f"uid=zoe,{USAGERS}", PASSWORD)


def test_residents_are_the_only_entries_and_only_in_their_branch(portal: Portal) -> None:
    assert portal.add(f"ou=agents,{USAGERS}", ["organizationalUnit"], ou="agents") == NO_RIGHT
    assert portal.add(f"uid=lea,uid=zoe,{USAGERS}", **person(uid="lea")) == NO_RIGHT
    alias = portal.add(f"uid=lea,{USAGERS}", ["alias", "extensibleObject"], uid="lea", aliasedObjectName=ALICE)
    assert alias in {NO_RIGHT, ALIAS_PROBLEM}
    for branch in (AGENTS, f"ou=groupes,{BASE}", f"ou=techniques,{BASE}", BASE):
        assert portal.add(f"uid=lea,{branch}", **person(uid="lea")) == NO_RIGHT
    portal.connection.delete(USAGERS)
    assert portal.connection.result["result"] != OK
    portal.connection.delete(ALICE)
    assert portal.connection.result["result"] == NO_RIGHT


@pytest.mark.parametrize(
    ("attribute", "value"),
    [("title", "Maire"), ("pwdPolicySubentry", f"cn=autre,ou=politiques,{BASE}"), ("pwdReset", "TRUE"),
     ("seeAlso", ALICE), ("labeledURI", "https://evil.example")],
)  # fmt: skip
def test_an_entry_holds_nothing_that_the_site_does_not_use(portal: Portal, attribute: str, value: str) -> None:
    assert portal.add(f"uid=lea,{USAGERS}", **person(uid="lea", **{attribute: value})) != OK
    assert portal.change(f"uid=zoe,{USAGERS}", attribute, value) == NO_RIGHT


def test_nothing_of_an_agent_is_changed_and_no_password_read(portal: Portal) -> None:
    for attribute, value in (("userPassword", PASSWORD), ("mail", "a@exemple.fr"), ("cn", "X"), ("uid", "x")):
        assert portal.change(ALICE, attribute, value) == NO_RIGHT
    portal.connection.search(BASE, "(objectClass=*)", SUBTREE, attributes=["userPassword", "member"])
    assert not [entry for entry in portal.connection.entries if entry.entry_attributes_as_dict.get("userPassword")]
    assert portal.names("(objectClass=groupOfNames)") == []
