"""A mail server that takes everything over STARTTLS and keeps nothing, for measures of what sends mails."""

from __future__ import annotations

import socketserver
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

AUTORITES = Path("/etc/ssl/certs/ca-certificates.crt")


class _Echange(socketserver.StreamRequestHandler):
    contexte: ssl.SSLContext

    def handle(self) -> None:
        """One connection, until it says QUIT or closes."""
        self._dire("220 mesure ESMTP")
        while ligne := self.rfile.readline():
            mot = ligne.split()[0].upper() if ligne.split() else b""
            if mot == b"EHLO":
                suites = [] if isinstance(self.connection, ssl.SSLSocket) else ["STARTTLS"]
                for suite in ["mesure", *suites, "8BITMIME"]:
                    self._dire(f"250-{suite}")
                self._dire("250 PIPELINING")
            elif mot == b"STARTTLS":
                self._dire("220 go")
                self.connection = self.contexte.wrap_socket(self.connection, server_side=True)
                self.rfile = self.connection.makefile("rb")  # type: ignore[assignment]
            elif mot == b"DATA":
                self._dire("354 go")
                while (reste := self.rfile.readline()) not in (b".\r\n", b""):
                    del reste
                self._dire("250 ok")
            elif mot == b"QUIT":
                self._dire("221 bye")
                return
            else:
                self._dire("250 ok")

    def _dire(self, mots: str) -> None:
        self.connection.sendall(f"{mots}\r\n".encode())


@contextmanager
def serveur_de_courriels(dossier: Path) -> Iterator[dict[str, str]]:
    """In a process of its own; gives the environment that a site needs to reach it.

    Its certificate is added to a copy of the system's store: reading 150 authorities costs what it costs on a host.
    """
    certificat, cle, magasin = (dossier / nom for nom in ("courrier.crt", "courrier.key", "autorites.crt"))
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", str(cle), "-out",
         str(certificat)],
        check=True, capture_output=True,
    )  # fmt: skip
    magasin.write_bytes(AUTORITES.read_bytes() + certificat.read_bytes())
    commande = [sys.executable, "-m", "tests.benchmarks.serveur_de_courriels", str(certificat), str(cle)]
    serveur = subprocess.Popen(commande, stdout=subprocess.PIPE, text=True)
    try:
        assert serveur.stdout is not None
        yield {
            "SITE_SMTP_PORT": serveur.stdout.readline().strip(),
            "SSL_CERT_FILE": str(magasin),
            "REQUESTS_CA_BUNDLE": str(magasin),
        }
    finally:
        serveur.terminate()
        serveur.wait()


if __name__ == "__main__":
    _Echange.contexte = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    _Echange.contexte.load_cert_chain(sys.argv[1], sys.argv[2])
    socketserver.ThreadingTCPServer.daemon_threads = True
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Echange) as ecoute:
        print(ecoute.server_address[1], flush=True)
        ecoute.serve_forever()
