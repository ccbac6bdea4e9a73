"""Checks of FranceConnect, through its stand-in: what its identities may never become."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
import requests
from testinfra.host import Host

from tests.stack.places import public_url, read_inside
from tests.stack.test_idp import Form, ask_to_sign_in


@pytest.fixture(autouse=True)
def simulated(inventory: dict[str, Any]) -> None:
    """Leave these checks out where the site does not ask for a simulation."""
    if inventory["all"]["vars"]["gru_features"]["franceconnect"] != "simulated":
        pytest.skip("FranceConnect n'est pas simulé ici")


@pytest.fixture
def host(host_of: Any) -> Host:
    """The stand-in's host."""
    return host_of("franceconnect_simulator")


@pytest.fixture
def variables(variables_of: Any) -> dict[str, Any]:
    """Variables of the identity provider's host."""
    return variables_of("idp")


@pytest.fixture
def issuer(variables: dict[str, Any]) -> str:
    """Public address of the identity provider."""
    return public_url(variables, "idp") + "/"


def claim(http: requests.Session, page: requests.Response, email: str) -> requests.Response:
    """Take FranceConnect on a sign-in page, claim an identity, and come back up to where the person is sent."""
    answer = http.post(page.url, data=Form(page.text).forms["franceconnect"], allow_redirects=False, timeout=30)
    answer = http.get(answer.headers["Location"], timeout=30)
    assert "Simulation" in answer.text, answer.url
    person = {
        "given_name": "Alice",
        "family_name": "Martin",
        "email": email,
        "sub": f"controle-{secrets.token_hex(6)}",
    }
    fields = Form(answer.text).forms["identite"]
    fields.pop("refus", None)
    target = f"{answer.url.partition('?')[0]}"
    answer = http.post(target, data=fields | person, allow_redirects=False, timeout=30)
    home = urlsplit(page.url).netloc
    while answer.is_redirect and urlsplit(urljoin(answer.url, answer.headers["Location"])).netloc == home:
        answer = http.get(urljoin(answer.url, answer.headers["Location"]), allow_redirects=False, timeout=30)
    return answer


def test_the_stand_in_says_what_it_is(http: requests.Session, host: Host, variables: dict[str, Any]) -> None:
    """Le simulateur de FranceConnect tourne et s'annonce comme FranceConnect version 2."""
    assert host.service("fc-simulation.service").is_running
    place = public_url(variables, "franceconnect_simulator") + "/api/v2"
    told = http.get(f"{place}/.well-known/openid-configuration", timeout=30).json()
    assert told["issuer"] == place
    assert told["id_token_signing_alg_values_supported"] == ["ES256"]
    refused = http.get(f"{place}/authorize?client_id=inconnu", timeout=30)
    assert refused.status_code == 400
    assert "Simulation" in refused.text


def test_the_stand_in_answers_the_front(host: Host, variables_of: Callable[[str], dict[str, Any]]) -> None:
    """Le simulateur de FranceConnect tourne sous son propre compte et répond sur le réseau de la plateforme."""
    service = host.service("fc-simulation.service")
    assert service.is_running
    assert service.is_enabled
    assert host.process.get(pid=int(service.systemd_properties["MainPID"])).user == "fc-simulation"
    component = json.loads(host.file("/etc/gru/components.d/franceconnect-simulator.json").content_string)
    inside = f"https://{component['address']}/api/v2/.well-known/openid-configuration"
    told = json.loads(read_inside(host, inside))
    own = variables_of("franceconnect_simulator")
    assert told["issuer"] == public_url(own, "franceconnect_simulator") + "/api/v2"


def test_its_identities_reach_the_residents_site(
    http: requests.Session, issuer: str, variables: dict[str, Any]
) -> None:
    """Une personne passe par FranceConnect et revient au site des habitants."""
    answer = claim(http, ask_to_sign_in(http, issuer, variables), "personne@exemple.test")
    assert answer.is_redirect, answer.text[:500]
    location = urlsplit(answer.headers["Location"])
    assert location.hostname == variables["gru_names"]["portal"]
    assert "code=" in location.query


def test_its_identities_never_enter_the_agents_site(
    http: requests.Session, issuer: str, variables: dict[str, Any]
) -> None:
    """Une identité de FranceConnect qui porte l'adresse d'un agent n'entre pas sur le site des agents."""
    agent = f"alice.martin@{variables['gru_domain']}"
    answer = claim(http, ask_to_sign_in(http, issuer, variables, "agents"), agent)
    assert not answer.is_redirect
    assert "pas accès à ce site" in answer.text


def test_its_sessions_are_marked(http: requests.Session, issuer: str, variables: dict[str, Any], host_of: Any) -> None:
    """Une identité de FranceConnect garde la marque de sa source, sous un nom réservé et sans groupe."""
    agent = f"alice.martin@{variables['gru_domain']}"
    claim(http, ask_to_sign_in(http, issuer, variables), agent)
    query = (
        "select a_session from sessions where a_session ->> '_auth' = 'OpenIDConnect' "
        "order by (a_session ->> '_utime')::bigint desc limit 1"
    )
    session = json.loads(host_of("database").check_output("psql -U postgres -XAt -d lemonldap -c %s", query))
    assert session["auth_source"] == "franceconnect"
    assert session["compte"].startswith("fc-controle-")
    assert not session.get("groups")
