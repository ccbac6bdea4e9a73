"""Checks of role `proxy`."""

from __future__ import annotations

import json
import re
import uuid
from contextlib import ExitStack
from typing import Any

import pytest
import requests
from testinfra.host import Host

from tests.stack.places import public_url, read_inside
from tests.stack.slow_senders import answer_of, is_up, slow_senders, stand_in

# Pages that HAProxy makes itself must not speak like a machine.
JARGON = ("503", "502", "504", "Bad Gateway", "Service Unavailable", "haproxy", "backend", "veuillez", "Oups")


@pytest.fixture
def host(host_of: Any) -> Host:
    """The front's host."""
    return host_of("proxy")


@pytest.fixture
def names(inventory: dict[str, Any]) -> dict[str, str]:
    """Public names by function."""
    return dict(inventory["all"]["vars"]["gru_names"])


@pytest.fixture
def url(inventory: dict[str, Any]) -> Any:
    """Return the public address of a function's path."""
    shared = inventory["all"]["vars"]
    return lambda function, path="/": public_url(shared, function) + path


def test_services_run(host: Host) -> None:
    """Le frontal et la charte graphique tournent et repartiront après un redémarrage de la machine."""
    for unit in ("haproxy.service", "nginx.service"):
        assert host.service(unit).is_running, unit
        assert host.service(unit).is_enabled, unit
    assert host.run("haproxy -c -f /etc/haproxy/haproxy.cfg").rc == 0


def test_charter_listens_on_the_loopback_only(host: Host) -> None:
    """La charte graphique n'est servie que par le frontal."""
    sockets = host.check_output("ss -Hltn sport = :8081").split()
    assert "127.0.0.1:8081" in sockets
    assert "0.0.0.0:8081" not in sockets


def test_ipv6_is_served_where_the_site_says(host: Host, variables_of: Any) -> None:
    """Le frontal écoute en IPv6 si, et seulement si, le site lui donne une adresse IPv6."""
    listening = host.check_output("ss -Hltn6 sport = :443 or sport = :80").split()
    wanted = {"[::]:80", "[::]:443"} if variables_of("proxy")["gru_public_ipv6"] else set()
    assert wanted == {word for word in listening if word.startswith("[::]:") and word != "[::]:*"}


@pytest.mark.parametrize("function", ["portal", "idp", "processing", "monitoring"])
def test_charter_on_every_name(http: requests.Session, url: Any, function: str) -> None:
    """La charte graphique de la ville est servie sur chaque site."""
    sheet = http.get(url(function, "/charte/charte.css"), timeout=10)
    assert sheet.status_code == 200
    assert sheet.headers["Content-Type"].startswith("text/css")
    assert "--charte-primaire:" in sheet.text
    assert "max-age" in sheet.headers["Cache-Control"]
    assert "http" not in sheet.text.replace('href^="http"', ""), "la charte demande quelque chose ailleurs"
    versioned = http.get(url(function, "/charte/logo.svg?v=1"), timeout=10)
    assert versioned.headers["Content-Type"].startswith("image/svg+xml")
    assert "immutable" in versioned.headers["Cache-Control"]


def test_plain_http_is_sent_to_https(names: dict[str, str], host: Host) -> None:
    """Une adresse en http mène à la même adresse en https ; un nom inconnu ne mène nulle part."""
    ask = (
        "import http.client, sys; c = http.client.HTTPConnection('127.0.0.1', 80);"
        "c.request('GET', '/a?b=c', headers={'Host': sys.argv[1]}); r = c.getresponse();"
        "print(r.status, r.getheader('Location'))"
    )
    status, place = host.check_output("python3 -c %s %s", ask, names["portal"]).split()
    assert status == "301"
    assert place.startswith(f"https://{names['portal']}")
    assert place.endswith("/a?b=c")
    status, place = host.check_output("python3 -c %s ailleurs.example", ask).split()
    assert (status, place) == ("404", "None")


def test_old_tls_is_refused(names: dict[str, str], host: Host) -> None:
    """Le frontal refuse les versions anciennes de TLS."""
    asked = names["portal"]
    for version, expected in (("tls1_1", False), ("tls1_2", True), ("tls1_3", True)):
        done = host.run(
            f"echo | openssl s_client -connect 127.0.0.1:443 -servername {asked} -{version} "
            "-cipher ALL:@SECLEVEL=0 -verify_return_error -verify_hostname %s",
            asked,
        )
        assert (done.rc == 0) is expected, version


@pytest.mark.parametrize("function", ["portal", "idp", "processing", "monitoring"])
def test_security_headers(http: requests.Session, url: Any, function: str, inventory: dict[str, Any]) -> None:
    """Chaque réponse porte les en-têtes qui protègent le navigateur."""
    answer = http.get(url(function), allow_redirects=False, timeout=20)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] in {"DENY", "SAMEORIGIN"}
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert answer.headers["Referrer-Policy"]
    assert "Server" not in answer.headers
    if function in {"processing", "monitoring"} or inventory["all"]["vars"]["gru_features"]["trial"]:
        assert "noindex" in answer.headers["X-Robots-Tag"]


@pytest.mark.parametrize("path", ["/metrics", "//metrics", "/%6detrics", "/./metrics", "/metrics/", "/METRICS"])
def test_figures_stay_inside(http: requests.Session, url: Any, path: str) -> None:
    """Les mesures des sites ne se lisent pas de l'extérieur."""
    request = requests.Request("GET", url("portal")).prepare()
    request.url = url("portal", path)
    answer = http.send(request, timeout=10)
    assert answer.status_code == 404
    assert "guichet_" not in answer.text


def test_static_files_do_not_wait_for_pages(http: requests.Session, url: Any) -> None:
    """Le frontal rend lui-même les feuilles de style des sites, et aucune de leurs pages."""
    page = http.get(url("portal"), timeout=20)
    found = re.search(r'href="(/static/[^"]+[.]css)"', page.text)
    assert found, "the home page has no style sheet"
    sheets = [http.get(url("portal", found.group(1)), timeout=20) for _ in range(2)]
    assert [sheet.status_code for sheet in sheets] == [200, 200]
    assert "Age" in sheets[-1].headers, "the second answer did not come from the front's own copy"
    assert "Age" not in http.get(url("portal"), timeout=20).headers


def test_too_large_is_told(http: requests.Session, url: Any) -> None:
    """Un envoi trop lourd est refusé avec une page qui dit quoi faire."""
    try:
        answer = http.post(url("portal", "/"), data=bytes(25 * 2**20 + 1), timeout=30)
    except requests.ConnectionError:
        # The front may close before this client, which reads nothing while it sends, has sent everything.
        answer = http.post(url("portal", "/"), headers={"Content-Length": "99999999"}, data=b"", timeout=30)
    assert answer.status_code == 413
    assert "trop lourds" in answer.text
    assert "Que faire" in answer.text


# An address of each site that takes a form, and a cheap page of it.
READS = {
    "portal": ("/suivi/", "/sante/"),
    "processing": ("/deconnexion/", "/sante/"),
    "consultation": ("/", "/sante/"),
    "idp": ("/", "/.well-known/openid-configuration"),
    "monitoring": ("/redirect_uri", "/sante"),
}

# Bytes announced, and sent before the drops: what the front holds in memory, and what it does not.
FORM, UPLOAD = (10_000, 10), (2**20, 40_000)


@pytest.mark.parametrize("function", READS)
def test_slow_senders_take_nobody_s_place(
    http: requests.Session,
    url: Any,
    host: Host,
    inventory: dict[str, Any],
    front_address: str,
    function: str,
) -> None:
    """Un site sert ses visiteurs pendant que douze autres lui envoient leur demande octet par octet."""
    shared = inventory["all"]["vars"]
    configuration = host.file("/etc/haproxy/haproxy.cfg").content_string
    server = re.search(rf"server {function}1 ([^: ]+):(\d+)", configuration)
    if not server:
        pytest.skip(f"ce site ne porte pas {function}")
    reads, cheap = READS[function]
    address = url(function)
    with ExitStack() as during:
        if not is_up(host, function):
            during.enter_context(stand_in(host, function, server[1], int(server[2])))
        http.get(url(function, reads), timeout=20)
        head = {
            "path": reads,
            "Host": address.removeprefix("https://").rstrip("/"),
            "Origin": address.rstrip("/"),
            "Cookie": "; ".join(f"{cookie.name}={cookie.value}" for cookie in http.cookies),
        }
        place = (front_address, int(shared["gru_https_port"]))
        trust = shared["gru_visitor_ca_file"]
        for size, begun in FORM, UPLOAD:
            with slow_senders(place, trust, head, 12, size=size, begun=begun):
                for _ in range(5):
                    assert http.get(url(function, cheap), timeout=5).status_code == 200


def test_a_body_that_does_not_come_is_answered(
    url: Any, host: Host, inventory: dict[str, Any], front_address: str
) -> None:
    """Qui n'envoie pas sa demande en un temps raisonnable en est averti, et sa connexion se ferme."""
    shared = inventory["all"]["vars"]
    seconds = int(host.check_output("grep -oP 'wait-for-body time \\K[0-9]+' /etc/haproxy/haproxy.cfg"))
    head = {"path": "/suivi/", "Host": url("portal").removeprefix("https://").rstrip("/")}
    place = (front_address, int(shared["gru_https_port"]))
    with slow_senders(place, shared["gru_visitor_ca_file"], head, 1, size=10_000, begun=10) as (sender,):
        sender.settimeout(seconds + 10)
        assert answer_of(sender).startswith("HTTP/1.1 408 ")


def test_a_large_body_arrives_whole(http: requests.Session, url: Any, host: Host) -> None:
    """Un envoi plus grand que la mémoire du frontal arrive au site en entier."""
    if is_up(host, "portal"):
        pytest.skip("les parcours des habitants envoient de vrais fichiers")
    configuration = host.file("/etc/haproxy/haproxy.cfg").content_string
    server = re.search(r"server portal1 ([^: ]+):(\d+)", configuration)
    assert server
    with stand_in(host, "portal", server[1], int(server[2])):
        for size in (0, 100, 14_000, 40_000, 11 * 2**20):
            answer = http.post(url("portal", "/"), data=b"a" * size, timeout=30)
            assert (answer.status_code, answer.headers["X-Received"]) == (200, str(size))


MANY_CONNECTIONS = """
import socket, ssl, sys
address, name, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
trust = ssl.create_default_context()
trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE  # certificates are checked elsewhere
def connect():
    return trust.wrap_socket(socket.create_connection((address, 443), timeout=20), server_hostname=name)
opened = [connect() for _ in range(count)]
def ask(connection):
    connection.sendall(b"GET /sante/ HTTP/1.1\\r\\nHost: " + name.encode() + b"\\r\\nConnection: close\\r\\n\\r\\n")
    return b"".join(iter(lambda: connection.recv(65536), b"")).decode()
answer = ask(connect())
try:
    opened += [connect() for _ in range(count + 10)]
    closed = False
except OSError:
    closed = True
for connection in opened:
    connection.close()
print(answer.split()[1], "112-11" in answer, closed)
"""


def test_one_source_does_not_take_every_connection(
    host_without: Any, names: dict[str, str], variables_of: Any, host: Host
) -> None:
    """Une source qui ouvre des centaines de connexions l'apprend (CRPA, L. 112-11), puis n'en ouvre plus."""
    limit = int(
        host.check_output("grep -oP 'sc_conn_cur\\(1\\) gt \\K[0-9]+' /etc/haproxy/haproxy.cfg | sort -n | head -1")
    )
    source: Host = host_without("portal", "processing", "consultation", "monitoring")
    done = source.check_output(
        "python3 -c %s %s %s %s", MANY_CONNECTIONS, variables_of("proxy")["gru_address"], names["portal"], str(limit)
    )
    assert done.split() == ["429", "True", "True"]


MANY_POSTS = """
import http.client, ssl, sys
address, name, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
trust = ssl.create_default_context()
trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE  # certificates are checked elsewhere
class Front(http.client.HTTPSConnection):
    def connect(self):
        http.client.HTTPConnection.connect(self)
        self.sock = trust.wrap_socket(self.sock, server_hostname=name)
connection = Front(address, 443, timeout=20)
for _ in range(count):
    connection.request("POST", "/sante/", body=b"", headers={"Host": name, "Content-Length": "0"})
    answer = connection.getresponse()
    text = answer.read().decode()
    if answer.status == 429:
        break
print(answer.status, answer.getheader("Retry-After"), "Que faire" in text)
"""


def test_many_posts_are_stopped_and_told(host_of: Any, names: dict[str, str], variables_of: Any, host: Host) -> None:
    """Une source qui envoie sans cesse est arrêtée, et apprend pourquoi et que faire (CRPA, L. 112-11).

    Sent from the mail server, which never uses the sites: the source is stopped for a few seconds.
    """
    mail: Host = host_of("mail")
    limit = int(host.check_output("grep -oP 'limit_envois\\) gt \\K[0-9]+' /etc/haproxy/haproxy.cfg").split()[0])
    done = mail.check_output(
        "python3 -c %s %s %s %s", MANY_POSTS, variables_of("proxy")["gru_address"], names["portal"], str(limit + 1)
    )
    assert done.split() == ["429", "10", "True"]


MANY_GETS = MANY_POSTS.replace('"POST", "/sante/"', '"GET", "//%32fregisters"')


def test_second_factors_are_not_guessed_at_speed(
    host_without: Any, names: dict[str, str], variables_of: Any, host: Host
) -> None:
    """Les pages de double vérification ne se demandent pas sans cesse, même sans rien envoyer."""
    limit = int(host.check_output("grep -oP 'limit_connexions\\) gt \\K[0-9]+' /etc/haproxy/haproxy.cfg").split()[0])
    source: Host = host_without("portal", "processing", "consultation", "monitoring")
    done = source.check_output(
        "python3 -c %s %s %s %s", MANY_GETS, variables_of("proxy")["gru_address"], names["idp"], str(limit + 1)
    )
    assert done.split() == ["429", "60", "True"]


def test_sites_may_ask_for_tokens_without_limit(
    host_of: Any, names: dict[str, str], variables_of: Any, host: Host
) -> None:
    """Autant de connexions qu'il le faut : le portail demande un jeton pour chacune, et n'est pas pris pour un abus."""
    limit = int(host.check_output("grep -oP 'limit_connexions\\) gt \\K[0-9]+' /etc/haproxy/haproxy.cfg").split()[0])
    portal: Host = host_of("portal")
    done = portal.check_output(
        "python3 -c %s %s %s %s", MANY_POSTS, variables_of("proxy")["gru_address"], names["idp"], str(limit + 1)
    )
    assert done.split()[0] != "429"


def test_unavailable_page(host: Host, names: dict[str, str], inventory: dict[str, Any]) -> None:
    """Un site arrêté laisse place à une page française, sans jargon, avec une autre façon de joindre la mairie.

    The pages are read where HAProxy reads them: stopping a brick of a stack in use is the failure tests' work.
    """
    town = inventory["all"]["vars"]["gru_town"]
    page = host.file("/etc/haproxy/pages/503-usagers.html").content_string
    text = page.split("<body>")[1]
    assert "est momentanément indisponible" in text
    assert town["phone"].replace(" ", "\u00a0") in text
    assert town["address"] in text
    for word in JARGON:
        assert word not in text, word
    waiting = host.file("/etc/haproxy/pages/503-attente.html").content_string.split("<body>")[1]
    assert "Réessayez" in waiting
    assert town["phone"].replace(" ", "\u00a0") in waiting
    for word in JARGON:
        assert word not in waiting, word
    configuration = host.file("/etc/haproxy/haproxy.cfg").content_string
    for function in ("portal", "idp", "processing", "monitoring"):
        assert f"backend {function}\n" in configuration
        assert names[function] in configuration


def test_log_is_json_without_queries(http: requests.Session, url: Any, host: Host) -> None:
    """Le journal du frontal est exploitable et ne garde ni question ni lien secret."""
    mark, secret = uuid.uuid4().hex[:8], uuid.uuid4().hex + uuid.uuid4().hex
    http.get(url("portal", f"/charte/{mark}/{secret}?jeton={secret}"), timeout=10)
    lines = host.check_output(f"journalctl -u haproxy --since -2min -o cat | grep {mark}").splitlines()
    assert lines
    entry = json.loads(lines[-1])
    assert entry["status"] == 404
    assert entry["path"] == f"/charte/{mark}/***"
    assert secret not in lines[-1]


def test_figures_for_prometheus(host: Host, variables_of: Any) -> None:
    """Les mesures du frontal sont lisibles par la supervision."""
    figures = read_inside(host, f"https://{variables_of('proxy')['gru_fqdn']}:8404/metrics")
    assert 'haproxy_backend_status{proxy="portal",state="UP"}' in figures
