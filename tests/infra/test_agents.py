"""Agents of a real directory: let in, moved, suspended with their groups, let in again; refused in words."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from infra import agents, directory, invitation
from infra.directory import Directory, entries, record
from infra.state import OperatorError

BASE = "dc=ville,dc=test"
ROOT = "gidNumber=0+uidNumber=0,cn=peercred,cn=external,cn=auth"
INVENTORY: dict[str, Any] = {
    "all": {
        "vars": {
            "gru_domain": "ville.test",
            "gru_town": {"name": "Évry-lès-Bois", "email": "dsi@ville.test", "phone": ""},
            "gru_urls": {"idp": "https://connexion.ville.test", "processing": "https://agents.ville.test"},
            "gru_mail": {"sender": "ne-pas-repondre@ville.test"},
        },
        "hosts": {"sso": {}},
        "children": {"idp": {"hosts": {"sso": {}}}},
    }
}
SETTINGS = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload unique
moduleload refint
pidfile {folder}/slapd.pid
database mdb
suffix "{base}"
rootdn "{root}"
directory {folder}/data
overlay unique
unique_uri ldap:///{base}?mail?sub
unique_uri ldap:///{base}?uid?sub
overlay refint
refint_attributes member
refint_nothing "cn=personne,ou=groupes,{base}"
"""
GROUPS = ("agents", "editeurs", "supervision", "service-voirie", "service-accueil")


def start() -> str:
    """The tree as the role makes it."""
    lines = [record(BASE, ("objectClass", "domain"), ("dc", "ville"))]
    for branch in ("usagers", "agents", "suspendus", "groupes"):
        lines.append(record(f"ou={branch},{BASE}", ("objectClass", "organizationalUnit"), ("ou", branch)))
    nobody = ("member", f"cn=personne,ou=groupes,{BASE}")
    for group in GROUPS:
        lines.append(record(f"cn={group},ou=groupes,{BASE}", ("objectClass", "groupOfNames"), ("cn", group), nobody))
    resident = [
        ("objectClass", "inetOrgPerson"),
        ("uid", "zoe"),
        ("cn", "Zoé"),
        ("sn", "Z"),
        ("mail", "zoe@ville.test"),
    ]
    return "\n\n".join([*lines, record(f"uid=zoe,ou=usagers,{BASE}", *resident)]) + "\n"


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch) -> Iterator[Directory]:
    """A directory of its own, entered as root through its socket, on this machine instead of a host."""
    with tempfile.TemporaryDirectory(prefix="gru-ldap-") as name:
        folder = Path(name)
        (folder / "data").mkdir()
        settings = folder / "slapd.conf"
        settings.write_text(SETTINGS.format(folder=folder, base=BASE, root=ROOT))
        (folder / "start.ldif").write_text(start())
        subprocess.run(["/usr/sbin/slapadd", "-f", settings, "-l", folder / "start.ldif"], check=True)
        place = f"ldapi://{str(folder / 'ldapi').replace('/', '%2F')}"
        server = subprocess.Popen(["/usr/sbin/slapd", "-f", settings, "-h", place, "-d", "0"])
        monkeypatch.setattr(directory, "SOCKET", (*directory.SOCKET[:4], place))
        monkeypatch.setattr(directory, "run_remote", here)
        try:
            deadline = time.monotonic() + 60
            while subprocess.run(["ldapwhoami", *directory.SOCKET], capture_output=True, check=False).returncode:
                assert time.monotonic() < deadline
                time.sleep(0.05)
            yield Directory(INVENTORY)
        finally:
            server.terminate()
            server.wait(30)


def here(_inventory: object, _host: str, command: Sequence[str], stdin: str = "") -> str:
    """What the host's shell would do."""
    run = subprocess.run(["/bin/sh", "-c", " ".join(command)], input=stdin, capture_output=True, text=True, check=False)
    if run.returncode:
        raise OperatorError(run.stderr)
    return run.stdout


def paul(town: Directory) -> agents.Agent:
    return agents.invite(
        town, "Paul", "Henry d’Été", "paul.henry@ville.test", agents.groups_of(["voirie"], ["editeurs"])
    )


def test_an_agent_who_is_let_in_has_services_and_roles(town: Directory) -> None:
    one = paul(town)
    assert (one.uid, one.name, one.mail) == ("paul.henry-dete", "Paul Henry d’Été", "paul.henry@ville.test")
    assert (one.services, one.roles, one.suspended) == (("voirie",), ("editeurs",), False)
    assert "agents" in one.groups


def test_services_that_are_said_replace_and_roles_stay(town: Directory) -> None:
    moved = agents.change_groups(town, paul(town), ["accueil"], None)
    assert (moved.services, moved.roles) == (("accueil",), ("editeurs",))
    alone = agents.change_groups(town, moved, [], ["supervision"])
    assert alone.groups == ("supervision",)


def test_a_suspended_agent_is_nowhere_else_and_comes_back_with_all(town: Directory) -> None:
    before = paul(town)
    agents.suspend(town, before)
    suspended = agents.one(town, "PAUL.HENRY@ville.test")
    assert (suspended.suspended, suspended.groups) == (True, before.groups)
    found = "(&(objectClass=inetOrgPerson)(uid=paul.henry-dete)(!(ou:dn:=suspendus)))"
    assert town.search("agents", found, "uid") == []
    agents.reinstate(town, suspended)
    assert agents.one(town, before.uid) == before


@pytest.mark.parametrize(
    ("given_name", "mail", "service", "refusal"),
    [
        ("Paul", "pas une adresse", "voirie", "n'est pas une adresse e-mail"),
        ("Paul", "zoe@ville.test", "voirie", "déjà celle d'un habitant"),
        ("Paul", "p@ville.test", "voierie", "ne connaît pas « voierie ».\nServices : accueil, voirie."),
        ("保罗", "p@ville.test", "voirie", "en lettres latines"),
        ("Paul)(uid=*", "p@ville.test)(x", "voirie", ""),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_changes_nothing(
    town: Directory, given_name: str, mail: str, service: str, refusal: str
) -> None:
    groups = agents.groups_of([service], [])
    if refusal:
        with pytest.raises(OperatorError, match=refusal):
            agents.invite(town, given_name, "Henry", mail, groups)
        assert agents.listed(town) == []
    else:
        assert agents.invite(town, given_name, "Henry", mail, groups).mail == mail


def test_an_address_serves_one_agent_even_suspended(town: Directory) -> None:
    agents.suspend(town, paul(town))
    with pytest.raises(OperatorError, match="déjà celle d'un agent suspendu"):
        agents.invite(town, "Autre", "Nom", "paul.henry@ville.test", ["agents"])
    with pytest.raises(OperatorError, match="Aucun agent ne s'appelle « personne »"):
        agents.one(town, "personne")


def test_the_invitation_says_where_to_choose_a_password_and_to_enter() -> None:
    mail = invitation.message(INVENTORY["all"]["vars"], "Paul Henry d’Été", "paul.henry@ville.test")
    assert mail["Subject"] == "Votre accès à l'espace des agents – Évry-lès-Bois"
    text = mail.get_content()
    assert "https://connexion.ville.test/resetpwd" in text
    assert "https://agents.ville.test" in text
    assert mail.as_bytes().isascii()


def test_values_in_base_64_and_comments_of_ldapsearch_are_read() -> None:
    found = list(entries("# commentaire\ndn: cn=a,dc=b\ncn:: w4k=\nmember: x\nmember: y\n\n"))
    assert [(one.dn, one.one("CN"), one.attributes["member"]) for one in found] == [("cn=a,dc=b", "É", ["x", "y"])]
