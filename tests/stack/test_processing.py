"""Checks of role `processing`."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from testinfra.host import Host

from tests.stack.places import public_url, read_inside


@pytest.fixture
def host(host_of: Any) -> Host:
    """The host of the agents' site."""
    return host_of("processing")


@pytest.fixture
def variables(variables_of: Any) -> dict[str, Any]:
    """Its variables."""
    return variables_of("processing")


@pytest.fixture
def site(variables: dict[str, Any]) -> str:
    """Public address of the agents' site."""
    return public_url(variables, "processing")


def test_the_site_and_the_worker_run_and_start_with_the_host(host: Host) -> None:
    """Le site des agents et les tâches de fond tournent et démarrent avec leur hôte."""
    for unit in ("guichet-instruction.socket", "guichet-instruction.service", "guichet-worker.service"):
        assert host.service(unit).is_running, unit
        assert host.service(unit).is_enabled, unit


def test_the_owners_password_is_roots_alone(host: Host) -> None:
    """Le mot de passe du propriétaire de la base n'est lu que par root, et par aucun service."""
    file = host.file("/etc/guichet/schema.env")
    assert (file.user, file.group, file.mode) == ("root", "root", 0o600)
    password = re.findall(r'(?m)^SITE_DB_PASSWORD="(.+)"$', file.content_string)
    assert password
    assert password[0] not in host.file("/etc/guichet/instruction.env").content_string


def test_an_unknown_visitor_is_sent_to_the_identity_provider(
    http: requests.Session, site: str, variables: dict[str, Any]
) -> None:
    """Le site des agents ne montre rien avant la connexion, qui se fait chez le fournisseur d'identité."""
    # Wagtail sends to a page of ours, which says why to who is signed in.
    for path in ("/", "/demandes/", "/redaction/entree/"):
        answer = http.get(f"{site}{path}", timeout=20, allow_redirects=False)
        assert answer.status_code == 302, path
        assert urlsplit(answer.headers["Location"]).path == "/connexion/", path
    answer = http.get(f"{site}/redaction/", timeout=20, allow_redirects=False)
    assert (answer.status_code, urlsplit(answer.headers["Location"]).path) == (302, "/redaction/entree/")
    answer = http.get(f"{site}/connexion/", timeout=20, allow_redirects=False)
    assert urlsplit(answer.headers["Location"]).hostname == variables["gru_names"]["idp"]


def test_the_second_factor_is_asked(host: Host) -> None:
    """Le site des agents exige une double authentification."""
    code = "from django.conf import settings; print(','.join(settings.OIDC_REQUIRED_ACR))"
    assert host.check_output("guichet-manage instruction shell --no-imports -c %s", code) == "loa-3"


def test_figures_of_the_domain_are_given_inside(
    host: Host, http: requests.Session, site: str, variables: dict[str, Any]
) -> None:
    """Demandes acceptées, tâches en attente et courriels en échec sont mesurés, dans le réseau seulement."""
    inside = read_inside(host, f"https://{variables['gru_fqdn']}:{variables['gru_ports']['processing']['web']}/metrics")
    for name in (
        "guichet_demandes_acceptees_total",
        "guichet_taches_en_attente",
        "guichet_tache_plus_ancienne_secondes",
        "guichet_courriels_echecs_total",
    ):
        assert re.search(rf"(?m)^{name} \d", inside), name
    assert http.get(f"{site}/metrics", timeout=20).status_code == 404


def test_the_database_has_every_migration(host: Host) -> None:
    """La base de données est à la version du site des agents."""
    assert host.run("guichet-manage schema migrate --check").succeeded
    marks = json.loads(host.check_output("guichet-manage schema -m socle.marques"))
    component = json.loads(host.file("/etc/gru/components.d/guichet-instruction.json").content_string)
    assert marks["version"] == component["version"]


def test_the_worker_does_its_tasks(host: Host) -> None:
    """Les tâches de fond sont prises : aucune n'attend depuis plus de dix minutes."""
    code = (
        "from django.db import connection as c; k = c.cursor();"
        'k.execute("SELECT count(*) FROM procrastinate_jobs j JOIN procrastinate_events e ON e.job_id = j.id'
        " AND e.type = 'deferred' WHERE j.status = 'todo' AND j.attempts = 0"
        " AND coalesce(j.scheduled_at, e.at) < now() - interval '10 minutes'\"); print(k.fetchone()[0])"
    )
    assert host.check_output("guichet-manage instruction shell --no-imports -c %s", code) == "0"
