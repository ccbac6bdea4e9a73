"""Checks of FranceConnect, through its stand-in: what its identities may never become."""

from __future__ import annotations

import html
import json
import re
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

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


PERSON = {
    "given_name": "Élodie Jeanne",
    "family_name": "MARTIN",
    "birthdate": "1985-04-17",
    "email": "personne@exemple.test",
}


def go(http: requests.Session, page: requests.Response) -> requests.Response:
    """Take FranceConnect on a sign-in page, up to its own page."""
    answer = http.post(page.url, data=Form(page.text).forms["franceconnect"], allow_redirects=False, timeout=30)
    return http.get(answer.headers["Location"], timeout=30)


def come_back(http: requests.Session, home: str, answer: requests.Response) -> requests.Response:
    """Follow the browser's way back, up to where the identity provider sends the person."""
    while answer.is_redirect and urlsplit(urljoin(answer.url, answer.headers["Location"])).netloc == home:
        answer = http.get(urljoin(answer.url, answer.headers["Location"]), allow_redirects=False, timeout=30)
    return answer


def claim(
    http: requests.Session, page: requests.Response, email: str = PERSON["email"], play: str = "conforme"
) -> requests.Response:
    """Take FranceConnect on a sign-in page, claim an identity, and come back up to where the person is sent.

    `play`: what FranceConnect answers (roles/franceconnect_simulator/files/simulator/answers.py).
    """
    answer = go(http, page)
    assert "Simulation" in answer.text, answer.url
    fields = Form(answer.text).forms["identite"]
    fields.pop("refus", None)
    fields |= PERSON | {"email": email, "sub": f"controle-{secrets.token_hex(6)}", "reponse": play}
    target = f"{answer.url.partition('?')[0]}"
    answer = http.post(target, data=fields, allow_redirects=False, timeout=30)
    return come_back(http, urlsplit(page.url).netloc, answer)


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
    assert "Y04EA6EF" in refused.text


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
        "select a_session from sessions where a_session ->> '_auth' = 'FranceConnect' "
        "order by (a_session ->> '_utime')::bigint desc limit 1"
    )
    session = json.loads(host_of("database").check_output("psql -U postgres -XAt -d lemonldap -c %s", query))
    assert session["auth_source"] == "franceconnect"
    assert session["compte"].startswith("fc-controle-")
    assert not session.get("groups")
    assert session["naissance"] == PERSON["birthdate"]
    # As those of the directory: LemonLDAP::NG keeps the bytes of UTF-8, and sites are told the letters.
    assert session["nom"].encode("latin-1").decode() == f"{PERSON['given_name']} {PERSON['family_name']}"


ERRORS = {
    "access_denied": "FranceConnect n'a pas donné votre identité",
    "login_required": "demande que vous vous identifiiez de nouveau",
    "consent_required": "demande que vous vous identifiiez de nouveau",
    "invalid_scope": "n'accepte pas les réglages de ce site",
    "invalid_request": "Code donné par FranceConnect : Y030007",
    "unauthorized_client": "n'accepte pas les réglages de ce site",
    "server_error": "Code donné par FranceConnect : Y020027",
    "temporarily_unavailable": "ne fonctionne pas en ce moment",
    "code_refuse": "ne fonctionne pas en ce moment",
}
UNVERIFIED = "La réponse de FranceConnect n'a pas pu être vérifiée"
LEVEL = "n'a pas vérifié votre identité autant que ce site le demande"
HOSTILE = {
    "signature": UNVERIFIED,
    "sans_signature": UNVERIFIED,
    "secret_partage": UNVERIFIED,
    "aud": UNVERIFIED,
    "iss": UNVERIFIED,
    "acr": LEVEL,
    "sans_acr": LEVEL,
    "expire": UNVERIFIED,
    "nonce": UNVERIFIED,
    "sub_long": UNVERIFIED,
    "sub_vide": UNVERIFIED,
    "at_hash": UNVERIFIED,
    "retour_iss": UNVERIFIED,
    "retour_state": "Cette page a déjà servi",
    "identite_signature": UNVERIFIED,
    "identite_json": UNVERIFIED,
    "identite_aud": UNVERIFIED,
    "identite_iss": UNVERIFIED,
    "identite_expiree": UNVERIFIED,
    "identite_sub": UNVERIFIED,
    "identite_absente": UNVERIFIED,
}


@pytest.mark.parametrize(("play", "words"), (ERRORS | HOSTILE).items(), ids=[*ERRORS, *HOSTILE])
def test_what_is_not_an_identity_lets_nobody_in(
    http: requests.Session, issuer: str, variables: dict[str, Any], play: str, words: str
) -> None:
    """Une erreur de FranceConnect, ou une réponse falsifiée, est dite en français et ne connecte personne."""
    answer = claim(http, ask_to_sign_in(http, issuer, variables), play=play)
    assert not answer.is_redirect, answer.headers["Location"]
    assert words in html.unescape(answer.text), answer.text[:3000]
    assert {"connexion", "franceconnect"} <= set(Form(answer.text).forms), "aucun moyen de recommencer"
    again = ask_to_sign_in(http, issuer, variables)
    assert not again.is_redirect
    assert "connexion" in Form(again.text).forms
    assert claim(http, answer).is_redirect, "la page de l'erreur ne permet pas de recommencer"


def test_the_provider_asks_as_franceconnect_wants(
    http: requests.Session, issuer: str, variables: dict[str, Any]
) -> None:
    """La demande à FranceConnect porte le niveau, un state et un nonce assez longs, et rien de trop."""
    asked = {
        name: value
        for name, (value,) in parse_qs(urlsplit(go(http, ask_to_sign_in(http, issuer, variables)).url).query).items()
    }
    assert asked["acr_values"] == "eidas1"
    assert asked["response_type"] == "code"
    assert asked["redirect_uri"] == f"{issuer}?openidconnectcallback=1"
    assert len(asked["state"]) >= 32
    assert re.fullmatch(r"[A-Za-z0-9]{64}", asked["nonce"])
    assert "gender" not in asked["scope"].split()
    assert {"openid", "given_name", "family_name", "birthdate"} <= set(asked["scope"].split())


def test_leaving_leaves_franceconnect_too(http: requests.Session, issuer: str, variables: dict[str, Any]) -> None:
    """La déconnexion passe par FranceConnect et revient à une page qui la dit."""
    assert claim(http, ask_to_sign_in(http, issuer, variables)).is_redirect
    left = http.post(issuer, data={"logout": "1"}, allow_redirects=False, timeout=30)
    while left.is_redirect and "/session/end" not in left.url:
        left = http.get(urljoin(left.url, left.headers["Location"]), allow_redirects=False, timeout=30)
    assert "/session/end" in left.url, left.text[:2000]
    assert left.status_code == 303, left.text[:2000]
    back = http.get(left.headers["Location"], timeout=30)
    assert "Vous êtes déconnecté" in back.text
    assert not ask_to_sign_in(http, issuer, variables).is_redirect
