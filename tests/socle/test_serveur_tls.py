"""The web server of a site under TLS (socle/gunicorn.py), really run: what the front counts on."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.certificates.made import Authority

APPLICATION = """
import os
def page(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"{os.getpid()} {environ['wsgi.url_scheme']}".encode()]
"""


@dataclass
class Serveur:
    """A site that runs, and how it is asked."""

    port: int
    autorite: Authority
    certificat: Path
    processus: subprocess.Popen[bytes]
    confiance: ssl.SSLContext

    def presenter(self, nom: str) -> None:
        """Put in place a certificate of the same authority for that name."""
        signe = self.autorite.sign([nom])
        self.certificat.with_suffix(".key").write_text(signe.key)
        self.certificat.write_text(signe.chain)

    def demander(self, nom: str, session: ssl.SSLSession | None = None) -> tuple[str, bool, ssl.SSLSession | None]:
        """What a connection of its own is answered, whether it resumed `session`, and the session that it leaves.

        Raises OSError (ssl.SSLError among them) when nobody answers, or not with a certificate for `nom`.
        """
        brut = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        with self.confiance.wrap_socket(brut, server_hostname=nom, session=session) as liaison:
            liaison.sendall(b"GET / HTTP/1.1\r\nHost: site\r\nConnection: close\r\n\r\n")
            reponse = http.client.HTTPResponse(liaison)
            reponse.begin()
            return reponse.read().decode(), bool(liaison.session_reused), liaison.session

    def attendre(self, nom: str) -> None:
        """Wait until it answers with a certificate for that name."""
        fin = time.monotonic() + 30
        while True:
            try:
                self.demander(nom)
                return
            except OSError:
                assert self.processus.poll() is None, "the server ended"
                assert time.monotonic() < fin, f"nobody answers as {nom} after 30 s"
                time.sleep(0.1)


@pytest.fixture
def serveur(tmp_path: Path) -> Iterator[Serveur]:
    """Two workers, as on a host."""
    (tmp_path / "application.py").write_text(APPLICATION)
    with socket.socket() as libre:
        libre.bind(("127.0.0.1", 0))
        port = libre.getsockname()[1]
    autorite = Authority("Autorité d'essai")
    certificat = tmp_path / "host.crt"
    confiance = ssl.create_default_context(cadata=autorite.certificate)
    environnement = os.environ | {
        "SITE_WSGI": "application:page",
        "SITE_WORKERS": "2",
        "SITE_THREADS": "2",
        "SITE_TLS_CERTIFICATE": str(certificat),
        "SITE_TLS_KEY": str(certificat.with_suffix(".key")),
        "PYTHONPATH": f"{tmp_path}{os.pathsep}{Path(__file__).resolve().parents[2]}",
    }
    environnement.pop("PROMETHEUS_MULTIPROC_DIR", None)
    trouve = Serveur(port, autorite, certificat, None, confiance)  # type: ignore[arg-type]
    trouve.presenter("avant.gru.test")
    commande = [
        sys.executable,
        "-c",
        "from gunicorn.app.wsgiapp import run; run()",
        "--config",
        "python:socle.gunicorn",
    ]
    # What runs once the site is loaded is Django's: there is none here.
    commande += ["--bind", f"127.0.0.1:{port}", "--chdir", str(tmp_path)]
    trouve.processus = subprocess.Popen(commande, env=environnement)
    try:
        trouve.attendre("avant.gru.test")
        yield trouve
    finally:
        trouve.processus.terminate()
        trouve.processus.wait(timeout=30)


def test_une_session_est_reprise_quel_que_soit_le_processus(serveur: Serveur) -> None:
    """The front opens a connection a request and may meet any worker: none begins from nothing again."""
    _, _, session = serveur.demander("avant.gru.test")
    vus: set[str] = set()
    fin = time.monotonic() + 30
    while len(vus) < 2:
        assert time.monotonic() < fin, f"one worker alone answered: {vus}"
        corps, reprise, session = serveur.demander("avant.gru.test", session)
        assert reprise
        numero, _, schema = corps.partition(" ")
        assert schema == "https"
        vus.add(numero)


def test_un_certificat_change_est_montre_apres_un_rechargement(serveur: Serveur) -> None:
    """What /etc/gru/certificate.d does: the new certificate is shown, without a restart."""
    serveur.presenter("apres.gru.test")
    serveur.processus.send_signal(signal.SIGHUP)
    serveur.attendre("apres.gru.test")


def test_sans_tls_rien_n_est_servi(serveur: Serveur) -> None:
    """A password sent in clear by mistake is not taken."""
    with socket.create_connection(("127.0.0.1", serveur.port), timeout=10) as clair:
        clair.sendall(b"GET / HTTP/1.1\r\nHost: site\r\nConnection: close\r\n\r\n")
        recu = clair.recv(4096)
    assert b"200 OK" not in recu
