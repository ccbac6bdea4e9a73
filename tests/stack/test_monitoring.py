"""Checks of role `monitoring`."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
import requests
from testinfra.host import Host

from tests.stack.places import public_url

DAEMONS = {
    "prometheus.service": "127.0.0.1:9090",
    "prometheus-alertmanager.service": "127.0.0.1:9093",
    "prometheus-blackbox-exporter.service": "127.0.0.1:9115",
}
READ = "python3 -c 'import sys,urllib.request as u;print(u.urlopen(sys.argv[1],timeout=10).read().decode())' %s"


@pytest.fixture
def host(host_of: Any) -> Host:
    """The monitoring host."""
    return host_of("monitoring")


@pytest.fixture
def url(inventory: dict[str, Any]) -> Any:
    """Return the public address of a path of the page."""
    base = public_url(inventory["all"]["vars"], "monitoring")
    return lambda path="/": base + path


def query(host: Host, expression: str) -> list[dict[str, Any]]:
    """Ask Prometheus, on its own host."""
    answer = json.loads(host.check_output(READ, f"http://127.0.0.1:9090/api/v1/query?query={quote(expression)}"))
    result: list[dict[str, Any]] = answer["data"]["result"]
    return result


def eventually(host: Host, expression: str, seconds: int = 60) -> list[dict[str, Any]]:
    """Return the first answer that is not empty; figures come every 15 seconds."""
    end = time.monotonic() + seconds
    while not (found := query(host, expression)) and time.monotonic() < end:
        time.sleep(3)
    return found


def test_services_run_on_the_loopback(host: Host) -> None:
    """Prometheus, les alertes et les sondes tournent, et ne sont lisibles que sur leur machine."""
    listening = host.check_output("ss -Hltn").split()
    for unit, address in DAEMONS.items():
        assert host.service(unit).is_running, unit
        assert host.service(unit).is_enabled, unit
        port = address.split(":")[1]
        assert address in listening, unit
        assert not {f"0.0.0.0:{port}", f"*:{port}", f"[::]:{port}"} & set(listening), unit
    assert host.service("apache2.service").is_running


@pytest.mark.parametrize("name", ["alertes", "promesses"])
def test_rules_fire_when_they_should(host: Host, name: str) -> None:
    """Les règles d'alerte se déclenchent quand il le faut, et pas avant."""
    cases = Path(__file__).with_name(f"{name}_test.yml").read_text(encoding="utf-8")
    command = "t=$(mktemp --suffix=.yml) && printf %%s %s > $t && promtool test rules $t; r=$?; rm $t; exit $r"
    done = host.run(command, cases)
    assert done.rc == 0, done.stdout + done.stderr


def test_every_host_and_brick_is_watched(host: Host, inventory: dict[str, Any]) -> None:
    """Chaque machine et chaque brique donne ses mesures à la supervision."""
    watched = {r["metric"]["hote"] for r in eventually(host, 'up{job="hotes"}')}
    assert watched == set(inventory["all"]["hosts"])
    # A part that has just been restarted is given time to be read again.
    end = time.monotonic() + 60
    # Debian's sample configuration names its own jobs, whose last reading lingers five minutes after the first start.
    while (missing := query(host, 'up{job!~"node|prometheus"} == 0')) and time.monotonic() < end:
        time.sleep(5)
    assert not missing, [r["metric"] for r in missing]


def test_probes_reach_every_site(host: Host) -> None:
    """Chaque site répond aux sondes, avec un certificat valable plus de deux semaines."""
    end = time.monotonic() + 60
    while (down := query(host, "probe_success == 0")) and time.monotonic() < end:
        time.sleep(5)
    assert not down, [r["metric"]["nom"] for r in down]
    assert len(eventually(host, 'probe_success{job="sondes"}')) >= 4
    assert not query(host, "probe_ssl_earliest_cert_expiry - time() < 14 * 86400")


def test_promises_are_measured(host: Host) -> None:
    """Ce qui est promis aux habitants (se connecter, déposer, recevoir un courriel) est mesuré."""
    promises = {r["metric"]["nom"] for r in eventually(host, "gru:promise_budget", seconds=90)}
    assert promises == {"Connexion", "Dépôt des demandes", "Envoi des courriels"}
    # Recorded once a minute; sign-ins and mails are counted from the first start on, which need not be at one time.
    end, measured = time.monotonic() + 150, set[str]()
    while not (done := measured >= {"Connexion", "Envoi des courriels"}) and time.monotonic() < end:
        time.sleep(2)
        measured = {r["metric"]["nom"] for r in query(host, "gru:promise_failures:rate5m")}
    assert done, measured


def test_figures_agreed_with_the_application(host: Host) -> None:
    """Les mesures de l'application que le tableau de bord montre existent."""
    for name in (
        "guichet_demandes_acceptees_total",
        "guichet_taches_en_attente",
        "guichet_tache_plus_ancienne_secondes",
        "guichet_courriels_echecs_total",
        "guichet_envois_en_attente",
        "guichet_requete_duree_secondes_bucket",
    ):
        assert eventually(host, f"count({name})"), name


def test_alert_mail_is_french(host: Host, host_of: Any, inventory: dict[str, Any]) -> None:
    """Une alerte arrive par courriel, en français, avec ce qu'il faut faire."""
    if not inventory["all"]["vars"]["gru_mail"]["sink"]:
        pytest.skip("les courriels ne sont gardés que sur une plateforme d'essai")
    mark = f"essai-{time.time_ns()}"
    host.check_output(
        "amtool --alertmanager.url=http://127.0.0.1:9093 alert add alertname=%s gravite=attention "
        "titre='Essai de la supervision' nom=%s --annotation=resume='Ceci est un essai.' "
        "--annotation=action='Rien du tout.'",
        mark,
        mark,
    )
    mail_host: Host = host_of("mail")
    end = time.monotonic() + 60
    kept: list[dict[str, str]] = []
    while not kept and time.monotonic() < end:
        time.sleep(3)
        listed = json.loads(mail_host.check_output("gru-mail-puits list --json"))
        kept = [mail for mail in listed if mark in mail["subject"]]
    assert kept, "le courriel n'est pas arrivé"
    assert kept[0]["subject"] == f"[Attention] Essai de la supervision : {mark}"
    text = mail_host.check_output("gru-mail-puits show %s", kept[0]["id"])
    assert "Que faire ?" in text
    assert "Rien du tout." in text


def test_nothing_without_a_sign_in(http: requests.Session, url: Any, inventory: dict[str, Any]) -> None:
    """La supervision ne montre rien sans connexion, et n'ouvre que la lecture."""
    idp = inventory["all"]["vars"]["gru_names"]["idp"]
    for path in ("/", "/etat", "/index.html", "/uplot/uPlot.min.css"):
        answer = http.get(url(path), allow_redirects=False, headers={"Accept": "text/html"}, timeout=20)
        assert answer.status_code == 302, path
        place = urlsplit(answer.headers["Location"])
        assert place.hostname == idp
        asked = parse_qs(place.query)
        assert asked["client_id"] == ["supervision"]
        assert asked["code_challenge_method"] == ["S256"]
        assert asked["redirect_uri"] == [url("/redirect_uri")]
    for path in (
        "/api/v1/query?query=up",
        "/api/v1/alerts",
        "/api/v1/status/config",
        "/api/v1/admin/tsdb/snapshot",
    ):
        assert http.get(url(path), timeout=20, allow_redirects=False).status_code == 401, path
    assert http.get(url("/sante"), timeout=20).text == "ok\n"


def test_anybody_may_know_how_the_services_are(http: requests.Session, url: Any, host: Host) -> None:
    """L'état des services est public : il nomme les services, jamais les machines, et n'est refait qu'à son heure."""
    assert eventually(host, 'probe_success{job="sondes", brique="portal"}')
    answer = http.get(url("/services"), timeout=20, allow_redirects=False)
    assert answer.status_code == 200
    assert "Portail des démarches" in answer.text
    assert "Connexion" in answer.text
    assert re.search(r"Relevé du \d\d/\d\d/\d{4} à \d\d:\d\d", answer.text)
    # What agents read of seven days, at the minute: a longer step does not see a short interruption.
    (asked,) = query(host, 'avg_over_time(probe_success{job="sondes", brique="portal"}[7d:1m])')
    shown = re.search(r"Portail des démarches</th>.*?(\d+,\d\d)\s%", answer.text, re.DOTALL)
    assert shown
    assert abs(float(shown[1].replace(",", ".")) - 100 * float(asked["value"][1])) < 1
    names = {name for r in query(host, 'up{job="hotes"}') for name in (r["metric"]["hote"], r["metric"]["instance"])}
    assert [name for name in names if re.search(rf"\b{re.escape(name)}\b", answer.text)] == []
    # Whatever is written after the address, nobody makes the monitoring work at will.
    again = http.get(url("/services?autre=1"), timeout=20)
    assert int(again.headers["Age"]) >= 0
    assert again.text == answer.text


def test_strict_content_policy(http: requests.Session, url: Any) -> None:
    """La page de supervision ne peut rien charger d'ailleurs."""
    policy = http.get(url("/refus.html"), timeout=20).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
