"""Checks of role `portal`."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from testinfra.host import Host

from tests.stack.places import database_says, public_url, read_inside


@pytest.fixture
def host(host_of: Any) -> Host:
    """The host of the residents' site."""
    return host_of("portal")


@pytest.fixture
def variables(variables_of: Any) -> dict[str, Any]:
    """Its variables."""
    return variables_of("portal")


@pytest.fixture
def site(variables: dict[str, Any]) -> str:
    """Public address of the residents' site."""
    return public_url(variables, "portal")


def test_the_site_runs_and_starts_with_the_host(host: Host) -> None:
    """Le site des habitants tourne et démarre avec son hôte."""
    for unit in ("guichet-portail.socket", "guichet-portail.service"):
        assert host.service(unit).is_running, unit
        assert host.service(unit).is_enabled, unit


@pytest.mark.parametrize("language", ["fr", "vi", "tr", "ro", "ru", "ar", "he"])
def test_documents_have_the_letters_of_names(host: Host, language: str) -> None:
    """Les documents en PDF ont les lettres des noms : français, vietnamien, turc, cyrillique, arabe, hébreu."""
    assert host.check_output("fc-list :lang=%s family", language)


def test_the_site_runs_with_no_right_on_the_host(host: Host) -> None:
    """Le site des habitants tourne sous son propre compte et ne peut rien écrire dans son programme."""
    pid = host.service("guichet-portail").systemd_properties["MainPID"]
    process = host.process.get(pid=int(pid))
    assert process.user == "guichet"
    assert host.file(f"/proc/{pid}/status").contains("NoNewPrivs:\\s*1")
    assert host.file(f"/proc/{pid}/status").contains("CapEff:\\s*0000000000000000")
    assert not host.run("runuser -u guichet -- test -w /opt/guichet/current/guichet").succeeded


def test_secrets_are_out_of_sight(host: Host, variables: dict[str, Any]) -> None:
    """Les secrets du site des habitants ne se lisent ni par les autres comptes ni dans la liste des processus."""
    file = host.file("/etc/guichet/portail.env")
    assert (file.user, file.group, file.mode) == ("root", "guichet", 0o640)
    secrets = re.findall(r'(?m)^\w*(?:PASSWORD|SECRET)\w*="(.+)"$', file.content_string)
    assert len(secrets) >= 3
    processes = host.check_output("ps -eo args")
    assert not any(secret in processes for secret in secrets)
    # The owner's password is where the agents' site is, and for root alone.
    owners = host.file("/etc/guichet/schema.env")
    if "processing" in variables["gru_functions"]:
        assert (owners.user, owners.mode) == ("root", 0o600)
    else:
        assert not owners.exists


def test_a_page_comes_through_the_front(http: requests.Session, site: str) -> None:
    """La page d'accueil arrive par l'adresse publique, en français, sans rien demander ailleurs."""
    answer = http.get(f"{site}/", timeout=20)
    assert answer.status_code == 200
    assert '<html lang="fr">' in answer.text
    assert answer.text.count("<h1") == 1
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Frame-Options"] == "DENY"
    for address in re.findall(r'(?:src|href)="(/(?:static|charte)/[^"]+)"', answer.text):
        assert http.get(f"{site}{address}", timeout=20).status_code == 200, address


@pytest.mark.parametrize(
    "path", ["/demarches/", "/suivi/", "/aide/", "/accessibilite/", "/mentions-legales/", "/donnees-personnelles/"]
)
def test_pages_answer(http: requests.Session, site: str, path: str) -> None:
    """Les pages du site des habitants répondent."""
    assert http.get(f"{site}{path}", timeout=20).status_code == 200


def test_sign_in_leads_to_the_identity_provider(http: requests.Session, site: str, variables: dict[str, Any]) -> None:
    """« Se connecter » mène au fournisseur d'identité de la ville, avec une preuve à usage unique."""
    answer = http.get(f"{site}/connexion/?next=https://malveillant.example/", timeout=20, allow_redirects=False)
    assert answer.status_code == 302
    place = urlsplit(answer.headers["Location"])
    assert place.hostname == variables["gru_names"]["idp"]
    asked = {name: values[0] for name, values in parse_qs(place.query).items()}
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == f"{site}/oidc/retour/"
    cookie = answer.headers["Set-Cookie"]
    assert all(word in cookie for word in ("portail_session=", "Secure", "HttpOnly", "SameSite=Lax"))


def test_figures_stay_inside(host: Host, http: requests.Session, site: str, variables: dict[str, Any]) -> None:
    """Les mesures du site se lisent dans le réseau de la plateforme et pas de l'extérieur."""
    inside = read_inside(host, f"https://{variables['gru_fqdn']}:{variables['gru_ports']['portal']['web']}/metrics")
    assert "guichet_requete_duree_secondes_bucket" in inside
    assert http.get(f"{site}/metrics", timeout=20).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "SELECT count(*) FROM instruction_agent",
        "DELETE FROM demandes_demande RETURNING 1",
        "UPDATE demandes_evenement SET code = code RETURNING 1",
        "SELECT count(*) FROM django_migrations",
    ],
)
def test_the_sites_role_is_held_back_by_the_database(host: Host, query: str) -> None:
    """La base refuse au site des habitants les comptes d'agents, et d'effacer ou de réécrire une demande."""
    assert "permission denied" in database_says(host, "guichet/portail", query)
    assert database_says(host, "guichet/portail", "SELECT count(*) >= 0 FROM demandes_demande") == "True"


def test_the_database_is_at_the_same_release(host: Host) -> None:
    """Le site des habitants et la base de données sont à la même version."""
    marks = json.loads(host.check_output("guichet-manage portail -m socle.marques"))
    component = json.loads(host.file("/etc/gru/components.d/guichet-portail.json").content_string)
    assert marks["version"] == component["version"]
    assert host.file("/opt/guichet/current").linked_to.endswith(f"/{component['version']}")
