"""Checks of role `consultation`."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from testinfra.host import Host

from tests.stack.places import database_says, public_url, read_inside

READ = "python3 -c 'import sys,urllib.request as u;print(u.urlopen(sys.argv[1],timeout=20).read().decode())' %s"


@pytest.fixture
def host(host_of: Any) -> Host:
    """The host of the consultation; the check is left out where the site does not carry it."""
    return host_of("consultation")


@pytest.fixture
def variables(host: Host, variables_of: Any) -> dict[str, Any]:
    """Its variables."""
    return variables_of("consultation")


@pytest.fixture
def site(variables: dict[str, Any]) -> str:
    """Public address of the consultation."""
    return public_url(variables, "consultation")


def test_the_site_runs_and_starts_with_the_host(host: Host) -> None:
    """L'application d'écoute tourne, avec son travail de la nuit, et démarre avec son hôte."""
    for name in ("consultation-ecoute.socket", "consultation-ecoute.service", "consultation-quotidien.timer"):
        assert host.service(name).is_running, name
        assert host.service(name).is_enabled, name


def test_the_nights_work_succeeds_and_is_measured(host: Host) -> None:
    """Le travail de la nuit (effacement des données échues) réussit, et la supervision sait quand."""
    host.check_output("systemctl start consultation-quotidien.service")
    figure = host.check_output("cat /var/lib/prometheus/node-exporter/gru-consultation-daily.prom")
    last = re.search(r'(?m)^gru_daily_last_success_timestamp_seconds\{site="ecoute"\} (\d+)$', figure)
    assert last
    assert int(host.check_output("date +%s")) - int(last[1]) < 600


def test_the_site_runs_with_no_right_on_the_host(host: Host) -> None:
    """L'application d'écoute tourne sous son propre compte et n'écrit que dans son dossier de données."""
    pid = host.service("consultation-ecoute").systemd_properties["MainPID"]
    assert host.process.get(pid=int(pid)).user == "consultation"
    assert host.file(f"/proc/{pid}/status").contains("NoNewPrivs:\\s*1")
    assert host.file(f"/proc/{pid}/status").contains("CapEff:\\s*0000000000000000")
    assert not host.run("runuser -u consultation -- test -w /opt/consultation/current/consultation").succeeded
    data = host.file("/var/lib/consultation")
    assert (data.user, data.mode) == ("consultation", 0o700)


def test_secrets_are_out_of_sight(host: Host) -> None:
    """Les secrets de l'application d'écoute ne se lisent ni par les autres comptes ni dans la liste des processus."""
    file = host.file("/etc/consultation/ecoute.env")
    assert (file.user, file.group, file.mode) == ("root", "consultation", 0o640)
    secrets = re.findall(r'(?m)^\w*(?:PASSWORD|SECRET)\w*="(.+)"$', file.content_string)
    assert len(secrets) >= 3
    processes = host.check_output("ps -eo args")
    assert not any(secret in processes for secret in secrets)
    owner = host.file("/etc/consultation/schema.env")
    assert (owner.user, owner.group, owner.mode) == ("root", "root", 0o600)
    password = re.findall(r'(?m)^SITE_DB_PASSWORD="(.+)"$', owner.content_string)
    assert password
    assert password[0] not in file.content_string


def test_a_page_comes_through_the_front(http: requests.Session, site: str) -> None:
    """La page publique des consultations arrive par l'adresse publique, en français, sans rien demander ailleurs."""
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


def test_the_towns_words_are_those_of_the_site(http: requests.Session, site: str, variables: dict[str, Any]) -> None:
    """Le nom et le téléphone de la mairie sont ceux de la description du site."""
    page = http.get(f"{site}/", timeout=20).text
    assert variables["gru_town"]["name"] in page
    assert variables["gru_town"]["phone"] in page


def test_the_team_signs_in_at_the_identity_provider(
    http: requests.Session, site: str, variables: dict[str, Any]
) -> None:
    """L'équipe se connecte chez le fournisseur d'identité de la ville ; aucun compte ne se crée sur place."""
    answer = http.get(f"{site}/equipe/", timeout=20, allow_redirects=False)
    assert urlsplit(answer.headers["Location"]).path == "/equipe/connexion/"
    answer = http.get(f"{site}/equipe/connexion/", timeout=20, allow_redirects=False)
    place = urlsplit(answer.headers["Location"])
    assert place.hostname == variables["gru_names"]["idp"]
    asked = {name: values[0] for name, values in parse_qs(place.query).items()}
    assert asked["client_id"] == "ecoute"
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == f"{site}/equipe/oidc/retour/"
    cookie = answer.headers["Set-Cookie"]
    assert all(word in cookie for word in ("ecoute_session=", "Secure", "HttpOnly", "SameSite=Lax"))
    assert http.get(f"{site}/equipe/premiers-pas/", timeout=20).status_code == 404


def test_the_second_factor_is_asked(host: Host) -> None:
    """L'application d'écoute exige une double authentification de l'équipe."""
    code = "from django.conf import settings as s; print(s.ECOUTE_CONNEXION, *s.OIDC_REQUIRED_ACR)"
    assert host.check_output("consultation-manage ecoute shell --no-imports -c %s", code) == "openid-connect loa-3"


def test_figures_stay_inside(host: Host, http: requests.Session, site: str, variables: dict[str, Any]) -> None:
    """Les mesures de l'application d'écoute se lisent dans le réseau de la plateforme et pas de l'extérieur."""
    port = variables["gru_ports"]["consultation"]["web"]
    inside = read_inside(host, f"https://{variables['gru_fqdn']}:{port}/metrics")
    assert re.search(r"(?m)^ecoute_avis_recus_total \d", inside)
    assert http.get(f"{site}/metrics", timeout=20).status_code == 404


def test_the_measures_are_read_from_this_host_only(host: Host, host_without: Any) -> None:
    """L'application d'écoute lit les mesures de la supervision, en lecture seule ; un autre hôte ne le peut pas."""
    base = host.check_output(". /etc/consultation/ecoute.env; echo $ECOUTE_PROMETHEUS_URL")
    answer = json.loads(host.check_output(READ, f"{base}/api/v1/query?query=vector(1)"))
    assert answer["data"]["result"][0]["value"][1] == "1"
    for path in ("/api/v1/status/config", "/api/v1/admin/tsdb/snapshot", "/"):
        refused = host.run(READ, f"{base}{path}")
        assert refused.rc != 0, path
        assert re.search("HTTP Error 40[34]", refused.stderr), path
    elsewhere = host_without("consultation", "monitoring").run(READ, f"{base}/api/v1/query?query=vector(1)")
    # Refused by the supervision, or stopped before it by what filters between hosts.
    assert re.search("HTTP Error 403|timed out|refused", elsewhere.stderr), elsewhere.stderr


def test_the_procedures_of_the_site_are_known(host: Host) -> None:
    """L'application d'écoute connaît les démarches que le portail propose."""
    path = host.check_output(". /etc/consultation/ecoute.env; echo $ECOUTE_DEMARCHES")
    procedures = json.loads(host.file(path).content_string)
    assert procedures
    assert all(set(one) == {"slug", "titre", "service"} for one in procedures)
    assert host.run("runuser -u consultation -- test -r %s", path).succeeded


@pytest.mark.parametrize(
    "query",
    [
        "UPDATE dossiers_publication SET contenu = contenu RETURNING 1",
        "DELETE FROM dossiers_publication RETURNING 1",
        "UPDATE journal_trace SET phrase = phrase RETURNING 1",
        "SELECT count(*) FROM django_migrations",
    ],
)
def test_the_sites_role_is_held_back_by_the_database(host: Host, query: str) -> None:
    """La base refuse à l'application d'écoute de réécrire une publication ou le journal."""
    assert "permission denied" in database_says(host, "consultation/ecoute", query)
    permitted = "SELECT count(*) >= 0 FROM dossiers_publication"
    assert database_says(host, "consultation/ecoute", permitted) == "True"


def test_a_publication_is_frozen_for_the_owner_too(host_of: Any, host: Host) -> None:
    """Une publication ne se modifie pas, même par le propriétaire de la base."""
    query = "select tgenabled from pg_trigger where tgname = 'publication_figee'"
    assert host_of("database").check_output("psql -U postgres -XAt -d ecoute -c %s", query) == "O"


def test_the_database_has_every_migration(host: Host) -> None:
    """La base de données est à la version de l'application d'écoute."""
    assert host.run("consultation-manage schema migrate --check").succeeded
    marks = json.loads(host.check_output("consultation-manage ecoute -m socle.marques"))
    component = json.loads(host.file("/etc/gru/components.d/consultation-ecoute.json").content_string)
    assert marks["version"] == component["version"]
    assert host.file("/opt/consultation/current").linked_to.endswith(f"/{component['version']}")


def test_a_document_can_be_printed(host: Host) -> None:
    """L'hôte a ce qu'il faut pour faire un document PDF."""
    code = "from weasyprint import HTML; print(len(HTML(string='<p>été</p>').write_pdf()) > 1000)"
    assert host.check_output("cd /tmp && /opt/consultation/current/venv/bin/python -c %s", code) == "True"
