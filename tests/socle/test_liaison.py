"""Questions to the identity provider share a connection; certificates are checked as requests does."""

from __future__ import annotations

import http.server
import os
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from socle.openid import liaison


class _Serveur(http.server.ThreadingHTTPServer):
    daemon_threads = True
    connexions = 0

    def process_request(self, request, client_address):  # type: ignore[no-untyped-def]
        self.connexions += 1
        super().process_request(request, client_address)


class _Reponse(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *mots: object) -> None:
        """Nothing to say."""


def autorite(dossier: Path, nom: str) -> tuple[Path, Path]:
    certificat, cle = dossier / f"{nom}.crt", dossier / f"{nom}.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", str(cle), "-out",
         str(certificat)],
        check=True, capture_output=True,
    )  # fmt: skip
    return certificat, cle


@pytest.fixture
def serveur(tmp_path: Path) -> Iterator[tuple[_Serveur, Path]]:
    certificat, cle = autorite(tmp_path, "serveur")
    ecoute = _Serveur(("127.0.0.1", 0), _Reponse)
    contexte = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    contexte.load_cert_chain(certificat, cle)
    ecoute.socket = contexte.wrap_socket(ecoute.socket, server_side=True)
    fil = threading.Thread(target=ecoute.serve_forever, daemon=True)
    fil.start()
    yield ecoute, certificat
    ecoute.shutdown()
    ecoute.server_close()


def demander(serveur: _Serveur, autorites: Path | bool, liaison_: liaison.Liaison) -> int:
    """In a session of its own, as each sign-in does."""
    with requests.Session() as session:
        session.trust_env = False
        session.mount("https://", liaison_)
        verify = str(autorites) if isinstance(autorites, Path) else autorites
        return session.get(f"https://localhost:{serveur.server_address[1]}/", verify=verify, timeout=10).status_code


def test_sessions_that_follow_each_other_share_a_connection(serveur: tuple[_Serveur, Path]) -> None:
    ecoute, certificat = serveur
    commune = liaison.Liaison()
    assert [demander(ecoute, certificat, commune) for _ in range(3)] == [200, 200, 200]
    assert ecoute.connexions == 1


def test_one_left_alone_is_made_again(serveur: tuple[_Serveur, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    ecoute, certificat = serveur
    commune = liaison.Liaison()
    demander(ecoute, certificat, commune)
    monkeypatch.setattr(liaison, "REPOS", -1.0)
    demander(ecoute, certificat, commune)
    assert ecoute.connexions == 2


def test_an_authority_that_is_not_known_is_refused(serveur: tuple[_Serveur, Path], tmp_path: Path) -> None:
    ecoute, certificat = serveur
    autre, _ = autorite(tmp_path, "autre")
    commune = liaison.Liaison()
    for autorites in (autre, True):
        with pytest.raises(requests.exceptions.SSLError):
            demander(ecoute, autorites, commune)
    assert demander(ecoute, certificat, commune) == 200
    with pytest.raises(requests.exceptions.SSLError):  # what one knows, the other does not
        demander(ecoute, autre, commune)


def test_authorities_are_read_once_and_again_when_their_file_changes(
    serveur: tuple[_Serveur, Path], tmp_path: Path
) -> None:
    ecoute, certificat = serveur
    magasin, (autre, _) = tmp_path / "magasin.crt", autorite(tmp_path, "autre")
    magasin.write_bytes(autre.read_bytes())
    liaison._contexte.cache_clear()
    for _ in range(2):
        with pytest.raises(requests.exceptions.SSLError):
            demander(ecoute, magasin, liaison.Liaison())
    assert liaison._contexte.cache_info().misses == 1
    magasin.write_bytes(certificat.read_bytes())
    os.utime(magasin, (1, 1))  # two writings may fall in the same instant
    assert demander(ecoute, magasin, liaison.Liaison()) == 200
