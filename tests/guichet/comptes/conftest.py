"""A real directory: slapd on LDAPS with a certificate of its own, for the time of the tests.

The overlay `unique` keeps addresses unique and passwords are hashed by the server, as the role idp sets it.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ldap3 import SUBTREE, Connection, Server

from tests.guichet.portail.conftest import connecter, demarche  # noqa: F401 - fixtures of the residents' pages

BASE = "dc=gru,dc=test"
SECRET = "secret-de-test"
MODULES = Path("/usr/lib/ldap")

REGLAGES = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath {modules}
moduleload back_mdb
moduleload unique
moduleload ppolicy
pidfile {dossier}/slapd.pid
TLSCertificateFile {dossier}/cert.pem
TLSCertificateKeyFile {dossier}/cle.pem
database mdb
suffix "{base}"
rootdn "cn=portail,ou=techniques,{base}"
rootpw {secret}
directory {dossier}/donnees
overlay unique
unique_uri ldap:///{base}?mail,uid?sub
overlay ppolicy
ppolicy_hash_cleartext
"""

DEPART = f"""dn: {BASE}
objectClass: dcObject
objectClass: organization
dc: gru
o: Admiville

dn: ou=usagers,{BASE}
objectClass: organizationalUnit
ou: usagers

dn: ou=agents,{BASE}
objectClass: organizationalUnit
ou: agents

dn: uid=alice.martin,ou=agents,{BASE}
objectClass: inetOrgPerson
uid: alice.martin
cn: Alice Martin
sn: Martin
mail: alice.martin@gru.test
"""


@dataclass(frozen=True)
class Annuaire:
    url: str
    certificat: Path

    def entrees(self, filtre: str) -> list[dict[str, Any]]:
        with Connection(
            Server(self.url, use_ssl=True), f"cn=portail,ou=techniques,{BASE}", SECRET, auto_bind=True
        ) as c:
            c.search(BASE, filtre, SUBTREE, attributes=["*"])
            return [{"dn": e.entry_dn, **e.entry_attributes_as_dict} for e in c.entries]

    def accepte(self, dn: str, mot_de_passe: str) -> bool:
        return bool(Connection(Server(self.url, use_ssl=True), dn, mot_de_passe).bind())

    def vider(self) -> None:
        with Connection(
            Server(self.url, use_ssl=True), f"cn=portail,ou=techniques,{BASE}", SECRET, auto_bind=True
        ) as c:
            for entree in self.entrees("(&(objectClass=inetOrgPerson)(!(uid=alice.martin)))"):
                c.delete(entree["dn"])


@pytest.fixture(scope="session")
def slapd() -> Iterator[Annuaire]:
    binaire = shutil.which("slapd") or "/usr/sbin/slapd"
    if not Path(binaire).exists():
        pytest.fail("slapd manque : apt-get install slapd")
    dossier = Path(tempfile.mkdtemp(prefix="guichet-ldap-"))
    (dossier / "donnees").mkdir()
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        port = prise.getsockname()[1]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext",
         "subjectAltName=DNS:localhost", "-keyout", dossier / "cle.pem", "-out", dossier / "cert.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    reglages = dossier / "slapd.conf"
    reglages.write_text(REGLAGES.format(modules=MODULES, dossier=dossier, base=BASE, secret=SECRET))
    (dossier / "depart.ldif").write_text(DEPART)
    subprocess.run(
        ["/usr/sbin/slapadd", "-f", reglages, "-l", dossier / "depart.ldif"], check=True, capture_output=True
    )
    url = f"ldaps://localhost:{port}"
    serveur = subprocess.Popen([binaire, "-f", reglages, "-h", url, "-d", "0"], stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with socket.socket() as prise:
                if prise.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield Annuaire(url, dossier / "cert.pem")
    finally:
        serveur.terminate()
        serveur.wait(timeout=10)
        shutil.rmtree(dossier, ignore_errors=True)


@pytest.fixture
def annuaire(slapd: Annuaire, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Annuaire]:
    settings.GUICHET_LDAP = {
        "url": slapd.url, "base": BASE, "user": f"cn=portail,ou=techniques,{BASE}", "password": SECRET,
    }  # fmt: skip
    monkeypatch.setitem(os.environ, "REQUESTS_CA_BUNDLE", str(slapd.certificat))
    yield slapd
    slapd.vider()
