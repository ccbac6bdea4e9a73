"""Checks of the certificate that browsers are shown."""

from __future__ import annotations

import json
import socket
import ssl
from typing import Any

import pytest
import requests
from testinfra.host import Host

from tests.stack.places import public_url

OBTAINED_BY = "gru-public-certificate.service"
OWN_AUTHORITY = "Autorité locale de "


@pytest.fixture
def host(host_of: Any) -> Host:
    """The front's host."""
    return host_of("proxy")


@pytest.fixture
def certificate(inventory: dict[str, Any]) -> dict[str, Any]:
    """What site.yaml says of it."""
    return dict(inventory["all"]["vars"]["gru_certificate"])


def test_it_was_obtained(host: Host, certificate: dict[str, Any]) -> None:
    """Le frontal a obtenu le certificat public, et le renouvellera seul."""
    if certificate["kind"] != "acme":
        pytest.skip("le site ne demande pas au frontal d'obtenir un certificat")
    # `gru up` does not wait for the authority.
    wait = 'while [ "$(systemctl is-active %s)" = activating ]; do sleep 0.5; done'
    host.run(f"timeout 180 sh -c '{wait}'", OBTAINED_BY)
    answer = host.run("cat /var/lib/gru-acme/answer.json")
    assert answer.rc == 0, f"le frontal n'a encore rien demandé : « journalctl -u {OBTAINED_BY} »"
    reason = json.loads(answer.stdout)["reason"]
    assert not reason, reason
    timer = host.service("gru-public-certificate.timer")
    assert timer.is_enabled
    assert timer.is_running


def test_every_name_has_the_right_certificate(
    http: requests.Session, variables_of: Any, certificate: dict[str, Any]
) -> None:
    """Chaque site montre le certificat que la commune demande, valable pour son nom."""
    front = variables_of("proxy")
    trust = ssl.create_default_context(cafile=str(http.verify))
    place = (front["gru_publish_address"] or front["ansible_host"], int(front["gru_https_port"]))
    for name in certificate["names"]:
        with (
            socket.create_connection(place, timeout=10) as plain,
            trust.wrap_socket(plain, server_hostname=name) as connection,
        ):
            shown: Any = connection.getpeercert()
        issuer = dict(part for group in shown["issuer"] for part in group).get("commonName", "")
        own = issuer.startswith(OWN_AUTHORITY)
        assert own is not certificate["public"], f"{name} : certificat de « {issuer} »"


def test_browsers_insist_on_https_where_the_certificate_is_public(
    http: requests.Session, inventory: dict[str, Any], certificate: dict[str, Any]
) -> None:
    """Les navigateurs retiennent qu'il faut HTTPS (HSTS) si le certificat est public, et seulement alors."""
    answer = http.get(public_url(inventory["all"]["vars"], "portal") + "/charte/charte.css", timeout=10)
    assert ("Strict-Transport-Security" in answer.headers) is certificate["public"]
