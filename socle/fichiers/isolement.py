"""A stranger's file, opened elsewhere: the only way for a site to open one (see `atelier.py`)."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from socle.fichiers import echange
from socle.fichiers.reponse import Faute, Refuse

RACINE = Path(__file__).resolve().parents[2]
ENSEMBLE = 1
"""Files opened at once by one process of a site: what they take together stays below the service's memory."""
EN_ATTENTE = 1
"""Files that wait for their turn in one process; each holds a thread that then serves no page. Others are refused."""
TOUR = 10.0
"""Seconds for a turn; nearly every file is opened in less."""
PATIENCE = 35.0
"""Seconds for an answer; more than a child may last."""


def reecrire_image(contenu: bytes, formats: Sequence[str], cote_max: int) -> tuple[str, bytes]:
    """A picture of one of these formats of Pillow, written again within `cote_max` pixels: its MIME type, its bytes.

    Raises Refuse: ABIME, TROP_GRAND, OCCUPE.
    """
    return _demander("image", {"formats": list(formats), "cote_max": cote_max}, contenu)


def reecrire_pdf(contenu: bytes, pages_max: int) -> bytes:
    """A PDF, written again with nothing in it that acts.

    Raises Refuse: ABIME, TROP_GRAND, OCCUPE, VERROUILLE, PAGES, FORMULAIRE.
    """
    return reecrire_document(contenu, pages_max)[0]


def reecrire_document(contenu: bytes, pages_max: int) -> tuple[bytes, bool]:
    """The same, and whether it had an electronic signature, which is lost: to be said. Raises as `reecrire_pdf`."""
    signe, ecrit = _demander("pdf", {"pages_max": pages_max}, contenu)
    return ecrit, bool(signe)


_places = threading.BoundedSemaphore(ENSEMBLE + EN_ATTENTE)
_tour = threading.BoundedSemaphore(ENSEMBLE)
_verrou = threading.Lock()


class _Atelier:
    """The workshop of this process, started at its first file."""

    commandes: socket.socket | None = None
    processus: subprocess.Popen[bytes] | None = None
    pid = 0
    """Of whom started it: after a fork of the site, the child wants its own."""


def _demander(nom: str, options: dict[str, object], contenu: bytes) -> tuple[str, bytes]:
    with _prendre(_places, 0), _prendre(_tour, TOUR), _enfant() as lien:
        try:
            echange.ecrire(lien, nom, options, contenu)
            sorte, suite, resultat = echange.lire(lien)
        except (EOFError, OSError):  # ended by one of its limits, or silent
            raise Refuse(Faute.TROP_GRAND) from None
    if "faute" in suite:
        raise Refuse(Faute(str(suite["faute"])))
    return sorte, resultat


@contextlib.contextmanager
def _prendre(quoi: threading.BoundedSemaphore, patience: float) -> Iterator[None]:
    """Hold one of these, waited for so many seconds. Raises Refuse: OCCUPE."""
    if not quoi.acquire(timeout=patience):
        raise Refuse(Faute.OCCUPE)
    try:
        yield
    finally:
        quoi.release()


@contextlib.contextmanager
def _enfant() -> Iterator[socket.socket]:
    lien, autre = socket.socketpair()
    with lien:
        lien.settimeout(PATIENCE)
        with autre:
            _confier(autre)
        yield lien


def _confier(lien: socket.socket) -> None:
    """Hand a socket to the workshop; to another where the one we knew is gone."""
    with _verrou:
        commandes = _commandes()
        try:
            socket.send_fds(commandes, [b"."], [lien.fileno()])
        except OSError:
            commandes.close()
            _Atelier.commandes = None
            socket.send_fds(_commandes(), [b"."], [lien.fileno()])


def _commandes() -> socket.socket:
    if _Atelier.commandes is None or _Atelier.pid != os.getpid():
        notre, sien = socket.socketpair()
        with sien:
            # Nothing of the site's environment: no key, no password.
            _Atelier.processus = subprocess.Popen(
                [sys.executable, "-m", "socle.fichiers.atelier", str(sien.fileno())],
                cwd=RACINE,
                env={"PYTHONPATH": str(RACINE), "MALLOC_ARENA_MAX": "1", "PYTHONDONTWRITEBYTECODE": "1"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[sien.fileno()],
            )
        _Atelier.commandes, _Atelier.pid = notre, os.getpid()
    return _Atelier.commandes
