"""Checks of what crosses the network between hosts: nothing there is readable by whoever listens."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
import requests
from testinfra.host import Host

from infra.model.ports import EVERY_HOST, PORTS, Audience
from tests.stack.capture import capture
from tests.stack.conftest import HostOf
from tests.stack.places import public_url
from tests.stack.sign_in import Form, Somebody, ask_to_sign_in, people, sign_in
from tests.stack.waiting import wait_until

# What a port says to who speaks its language: the protocol that protects it, or what is wrong.
SPEAK = r"""
import json, smtplib, socket, ssl, sys
name, ports = sys.argv[1], json.loads(sys.argv[2])
trust = ssl.create_default_context(cafile="/etc/ssl/gru/authority.crt")
trust.load_cert_chain("/etc/ssl/gru/host.crt", "/etc/ssl/gru/host.key")
def opened(port):
    return socket.create_connection((name, port), timeout=10)
def tls(port):
    with opened(port) as plain, trust.wrap_socket(plain, server_hostname=name) as under:
        return "TLS" if under.version() in ("TLSv1.2", "TLSv1.3") else under.version()
def smtp(port):
    with smtplib.SMTP(name, port, timeout=10) as connection:
        connection.ehlo()
        connection.mail("controle@" + name)
        plain = connection.rcpt("root@" + name)[0]
        connection.rset()
        connection.starttls(context=trust)
        return "TLS" if plain >= 400 else "en clair : %d" % plain
def postgresql(port):
    with opened(port) as plain:
        plain.sendall((8).to_bytes(4, "big") + (80877103).to_bytes(4, "big"))
        if plain.recv(1) != b"S":
            return "en clair"
        with trust.wrap_socket(plain, server_hostname=name):
            return "TLS"
def ssh(port):
    with opened(port) as plain:
        return "SSH" if plain.recv(8) == b"SSH-2.0-" else "inconnu"
ways = {"smtp": smtp, "sql": postgresql, "sftp": ssh}
told = {}
for use, port in ports.items():
    try:
        told[use] = ways.get(use, tls)(port)
    except (OSError, smtplib.SMTPException) as error:
        told[use] = repr(error)
print(json.dumps(told))
"""
CLEAR = """
import smtplib, sys
with smtplib.SMTP(sys.argv[1], timeout=10) as connection:
    connection.ehlo(sys.argv[2])
"""


@pytest.fixture
def variables(variables_of: Any) -> dict[str, Any]:
    """The identity provider's variables."""
    return variables_of("idp")


@pytest.fixture
def somebody(host_of: HostOf, variables: dict[str, Any]) -> Iterator[Somebody]:
    """Return a function that puts a person in the directory for the time of one check: (identifier, password)."""
    with people(host_of("idp"), "dc=" + variables["gru_domain"].replace(".", ",dc=")) as make:
        yield make


def test_what_listens_for_the_platform_is_encrypted(
    host_name: str, host_by_name: HostOf, inventory: dict[str, Any]
) -> None:
    """Entre les hôtes, chaque service ne parle que chiffré, avec le certificat de l'hôte."""
    host, variables = host_by_name(host_name), inventory["all"]["hosts"][host_name]
    listening = {line.split()[3] for line in host.check_output("ss -Hltn").splitlines()}
    reached = {int(place.rpartition(":")[2]) for place in listening if not place.startswith(("127.", "[::1]"))}
    ports: dict[str, int] = {}
    for function in (EVERY_HOST, *variables["gru_functions"]):
        for use, port in PORTS.get(function, {}).items():
            if port.audience is Audience.PLATFORM and port.number in reached:
                ports[use if use in ("smtp", "sql", "sftp") else f"{function} {use}"] = port.number
    assert PORTS[EVERY_HOST]["figures"].number in ports.values()
    told = json.loads(host.check_output("python3 -c %s %s %s", SPEAK, variables["gru_fqdn"], json.dumps(ports)))
    assert {use: said for use, said in told.items() if said != ("SSH" if use == "sftp" else "TLS")} == {}


def test_figures_are_given_to_the_platform_only(
    host_name: str, host_by_name: HostOf, inventory: dict[str, Any]
) -> None:
    """Les mesures d'un hôte ne se lisent pas sans un certificat de la plateforme."""
    fqdn = inventory["all"]["hosts"][host_name]["gru_fqdn"]
    code = (
        "import ssl, sys, urllib.request as u;"
        "c = ssl.create_default_context(cafile='/etc/ssl/gru/authority.crt');"
        "u.build_opener(u.ProxyHandler({}), u.HTTPSHandler(context=c)).open(sys.argv[1], timeout=10).read()"
    )
    refused = host_by_name(host_name).run("python3 -c %s %s", code, f"https://{fqdn}:9100/metrics")
    assert refused.rc != 0
    # The second is what an older server says (Debian 12).
    assert re.search("CERTIFICATE_REQUIRED|ALERT_BAD_CERTIFICATE", refused.stderr.upper()), refused.stderr


def test_nothing_secret_is_readable_between_hosts(
    http: requests.Session, host_of: HostOf, variables_of: Any, variables: dict[str, Any], somebody: Somebody
) -> None:
    """Mots de passe, témoins de session, réponses et liens secrets ne sont pas lisibles entre les hôtes."""
    functions = ("proxy", "idp", "portal", "mail")
    places = {variables_of(function)["gru_fqdn"]: host_of(function) for function in functions}
    if len(places) == 1:
        pytest.skip("un seul hôte porte tout : rien ne passe par le réseau")
    if variables_of("idp")["gru_fqdn"] == variables_of("mail")["gru_fqdn"]:
        pytest.skip("le courrier et la connexion sont sur le même hôte : le témoin de cette vérification n'en sort pas")
    issuer, portal = public_url(variables, "idp") + "/", public_url(variables, "portal")
    name, password = somebody("usagers")
    answered, clear = f"reponse-{secrets.token_hex(8)}", f"temoin-{secrets.token_hex(8)}.invalid"
    marks: dict[str, str] = {"le mot de passe": password, "une réponse": answered}
    with capture(*places.values()) as seen:
        # By the portal, so that its own cookie travels too.
        page = http.get(f"{portal}/connexion/", timeout=30)
        answer = sign_in(
            http,
            page if "connexion" in Form(page.text).forms else ask_to_sign_in(http, issuer, variables),
            name,
            password,
        )
        place = urljoin(answer.url, answer.headers["Location"])
        marks["le code de connexion"] = parse_qs(urlsplit(place).query)["code"][0]
        http.get(place, timeout=30)
        followed = http.get(f"{portal}/suivi/", timeout=30)
        fields = max(Form(followed.text).forms.values(), key=len)
        http.post(
            followed.url,
            data={field: value or answered for field, value in fields.items()},
            headers={"Referer": followed.url},
            timeout=30,
        )
        marks |= {
            f"le témoin {cookie.name}": str(cookie.value)[:32]
            for cookie in http.cookies
            if len(str(cookie.value)) >= 16
        }
        token = _reset_token(http, issuer, f"{name}@controle.invalid", host_of("database"))
        # A mail folds its lines: the two halves are not cut at once.
        marks |= {"le lien, au début": token[:20], "le lien, à la fin": token[-20:]}
        http.get(f"{issuer}resetpwd?mail_token={token}", timeout=30)
        # What is said in clear on purpose must be seen, or what is not seen would prove nothing.
        host_of("idp").check_output("python3 -c %s %s %s", CLEAR, variables_of("mail")["gru_fqdn"], clear)
        wait_until(lambda: seen.saw(clear), "la capture voit ce qui est dit en clair exprès")
        assert sum("témoin" in what for what in marks) >= 2, "deux sites ont donné un témoin"
        assert [what for what, mark in marks.items() if seen.saw(mark)] == []


def _reset_token(http: requests.Session, issuer: str, mail: str, database: Host) -> str:
    """Ask for a new password; what the mail's link holds, read in the identity provider's database."""
    http.cookies.clear()
    page = http.get(f"{issuer}resetpwd", params={"lmAuth": "1_compte"}, timeout=30)
    fields = next(form for form in Form(page.text).forms.values() if "mail" in form) | {"mail": mail}
    http.post(page.url, data=fields, timeout=60)
    query = (
        "select id from sessions where a_session ->> '_type' = 'mail'"
        " order by (a_session ->> 'mailSessionStartTimestamp')::bigint desc limit 1"
    )
    return database.check_output("runuser -u postgres -- psql -qAtd lemonldap -c %s", query).strip()
