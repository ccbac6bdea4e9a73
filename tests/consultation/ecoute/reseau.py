"""A network that can be cut: a relay between the browser and the server, closed for real."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit


class Reseau:
    """Relays to `cible` (host, port); `couper` closes every connection and stops listening, `rendre` listens again.

    `couper_a_la_reponse` cuts later: when the server answers the next POST, which it got and its sender never knows.
    """

    def __init__(self, cible: tuple[str, int]) -> None:
        self.cible = cible
        self._coupe_a_la_reponse = False
        self._postent: set[socket.socket] = set()  # connections to the server whose last request is a POST
        self._ouvertes: set[socket.socket] = set()
        self._ecoute = self._ecouter(0)
        self.port = int(self._ecoute.getsockname()[1])

    def _ecouter(self, port: int) -> socket.socket:
        prise = socket.create_server(("127.0.0.1", port), backlog=64)
        threading.Thread(target=self._accepter, args=(prise,), daemon=True).start()
        return prise

    def _accepter(self, ecoute: socket.socket) -> None:
        while True:
            try:
                client, _ = ecoute.accept()
                serveur = socket.create_connection(self.cible)
            except OSError:
                return
            self._ouvertes |= {client, serveur}
            for depuis, vers in ((client, serveur), (serveur, client)):
                threading.Thread(target=self._copier, args=(depuis, vers), daemon=True).start()

    def _copier(self, depuis: socket.socket, vers: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while octets := depuis.recv(65_536):
                if octets.startswith(b"POST "):
                    self._postent.add(vers)
                elif octets.startswith(b"GET "):
                    self._postent.discard(vers)
                if self._coupe_a_la_reponse and depuis in self._postent:
                    self.couper()
                    break
                vers.sendall(octets)
        for prise in (depuis, vers):
            with contextlib.suppress(OSError):
                prise.shutdown(socket.SHUT_RDWR)
            prise.close()
            self._ouvertes.discard(prise)

    def couper(self) -> None:
        """Nobody answers any more."""
        with contextlib.suppress(OSError):
            self._ecoute.shutdown(socket.SHUT_RDWR)
        self._ecoute.close()
        for prise in list(self._ouvertes):
            with contextlib.suppress(OSError):
                prise.shutdown(socket.SHUT_RDWR)

    def couper_a_la_reponse(self) -> None:
        """Cut when the server answers the next POST."""
        self._coupe_a_la_reponse = True

    def rendre(self) -> None:
        """The network is back, at the same address."""
        self._coupe_a_la_reponse = False
        self._ecoute = self._ecouter(self.port)


@contextlib.contextmanager
def reseau(adresse: str) -> Iterator[Reseau]:
    """A relay to the server at `adresse`."""
    parties = urlsplit(adresse)
    relais = Reseau((parties.hostname or "127.0.0.1", parties.port or 80))
    try:
        yield relais
    finally:
        relais.couper()
