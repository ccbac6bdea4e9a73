"""Checks of role `mail`."""

from __future__ import annotations

import json
import time
import uuid
from typing import Any

import pytest
from testinfra.host import Host

from tests.stack.places import read_inside

SEND = """
import smtplib, ssl, sys
from email.message import EmailMessage
server, subject, *recipients = sys.argv[1:]
mail = EmailMessage()
mail["From"], mail["To"], mail["Subject"] = "verification@" + server, recipients[0], subject
mail.set_content("Courriel de vérification.")
with smtplib.SMTP(server, timeout=10) as connection:
    connection.starttls(context=ssl.create_default_context())
    connection.send_message(mail, to_addrs=recipients)
"""


RELAY = """
import os, smtplib, ssl, sys
host, port, tls = sys.argv[1:]
context = ssl.create_default_context()
make = smtplib.SMTP_SSL if tls == "implicit" else smtplib.SMTP
with make(host, int(port), timeout=15, **({"context": context} if tls == "implicit" else {})) as relay:
    if tls == "starttls":
        relay.starttls(context=context)
    if os.path.exists("/etc/postfix/gru-relay"):
        relay.login(*open("/etc/postfix/gru-relay").read().strip().partition(" ")[2].split(":", 1))
    relay.noop()
"""


@pytest.fixture
def host(host_of: Any) -> Host:
    """The mail server's host."""
    return host_of("mail")


@pytest.fixture
def variables(variables_of: Any) -> dict[str, Any]:
    """Its variables."""
    return variables_of("mail")


def test_every_mail_is_kept_with_its_recipient(host: Host, variables: dict[str, Any]) -> None:
    """Localement, tout courriel est gardé pour lecture, un exemplaire par destinataire, et rien ne sort."""
    if not variables["gru_mail"]["sink"]:
        pytest.skip("ce site envoie ses courriels")
    subject = f"Vérification n° {uuid.uuid4().hex}"
    recipients = ["zoe@ailleurs.example", "bruno@autre.example"]
    host.check_output("python3 -c %s %s %s %s %s", SEND, variables["gru_fqdn"], subject, *recipients)
    kept: list[dict[str, str]] = []
    for _ in range(20):
        listed = json.loads(host.check_output("gru-mail-puits list --json"))
        kept = [mail for mail in listed if mail["subject"] == subject]
        if len(kept) == len(recipients):
            break
        time.sleep(0.5)
    assert sorted(mail["to"] for mail in kept) == sorted(recipients)
    raw = host.check_output("gru-mail-puits show %s", kept[0]["id"])
    assert f"X-Original-To: {kept[0]['to']}" in raw
    assert host.check_output("postconf -h default_transport relay_transport").split() == ["virtual", "virtual"]


def test_unknown_mail_is_an_error(host: Host, variables: dict[str, Any]) -> None:
    """Demander un courriel qui n'existe pas est une erreur, pas une page vide."""
    if not variables["gru_mail"]["sink"]:
        pytest.skip("ce site envoie ses courriels")
    assert host.run("gru-mail-puits show nothing").rc == 1


def test_only_the_platform_may_send(host: Host, variables: dict[str, Any]) -> None:
    """Le serveur de courriel n'envoie que pour les hôtes de la plateforme ; d'ailleurs, il ne reçoit que des avis."""
    networks = host.check_output("postconf -h mynetworks").replace(",", " ").split()
    assert networks == ["127.0.0.0/8", variables["gru_network_cidr"]]
    if variables["gru_mail"]["receive_returns"]:
        answer = host.check_output("postconf -h smtpd_relay_restrictions smtpd_sender_restrictions")
        assert answer.split("\n") == [
            "permit_mynetworks, reject_unauth_destination",
            "permit_mynetworks, check_sender_access inline:{ {<> = OK} }, reject",
        ]
        return
    assert host.socket(f"tcp://{variables['gru_address']}:25").is_listening
    assert not host.socket("tcp://0.0.0.0:25").is_listening


def test_the_relay_takes_our_mails(host: Host, variables: dict[str, Any]) -> None:
    """Le relais de courriel répond à cet hôte, son certificat est le sien, et il accepte notre compte."""
    relay = variables["gru_mail"]["relay"]
    if variables["gru_mail"]["sink"] or not relay:
        pytest.skip("ce site n'a pas de relais")
    told = host.run("python3 -c %s %s %s %s", RELAY, relay["host"], str(relay["port"]), variables["gru_mail"]["tls"])
    assert told.rc == 0, told.stderr.strip().splitlines()[-1]


def test_mails_are_signed_with_the_published_key(host: Host, variables: dict[str, Any]) -> None:
    """Les courriels partent signés (DKIM) : le service qui signe répond, et le courrier ne part pas sans lui."""
    if variables["gru_mail"]["sink"]:
        pytest.skip("les courriels de ce site ne partent pas")
    assert host.service("opendkim").is_running
    assert host.check_output("postconf -h smtpd_milters milter_default_action").split() == [
        "inet:127.0.0.1:8891",
        "tempfail",
    ]


def test_queue_figures(host: Host, variables: dict[str, Any]) -> None:
    """La supervision sait combien de courriels attendent et depuis quand."""
    figures = read_inside(host, f"https://{variables['gru_fqdn']}:9100/metrics")
    assert 'gru_mail_queue_messages{queue="deferred"}' in figures
    assert 'gru_mail_queue_oldest_seconds{queue="deferred"}' in figures
