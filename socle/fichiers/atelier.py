"""The workshop: a process that holds nothing of the site, and forks a child for each file to open.

    python -m socle.fichiers.atelier <descriptor of a Unix socket>

Each message on that socket brings one end of a pair of sockets; a child reads its work there (`echange.py`), gives up
what it does not need, opens the file and answers. It can then open no file nor connection (no descriptor left to take),
and is ended by the kernel beyond its memory, its processor time or its time. The workshop has loaded
its libraries once, so a child costs a fork; it ends when the last site process that knows it does.

The guard-rails are those of https://pillow.readthedocs.io/en/stable/handbook/security.html.
"""

from __future__ import annotations

import contextlib
import io
import os
import resource
import signal
import socket
import sys
from pathlib import Path

import pikepdf
from PIL import Image

from socle.fichiers import echange, images, pdf
from socle.fichiers.reponse import Faute, Refuse

MEMOIRE = 384 * 1024 * 1024
"""Bytes of addresses a child may have, libraries (some 75 MiB) included: nearly twice `images.OCTETS_MAX`."""
PROCESSEUR = 10
"""Seconds of processor: the largest photograph allowed takes three on a small host."""
DUREE = 30
"""Seconds on the wall, where the host is busy."""


def travailler(nom: str, options: dict[str, object], contenu: bytes) -> tuple[str, bytes]:
    """Do the work of this name: the type of a picture or whether a PDF was signed, and the content. Raises Refuse."""
    if nom == "image":
        return images.reecrire(contenu, list(options["formats"]), int(str(options["cote_max"])))  # type: ignore[call-overload]
    ecrit, signe = pdf.reecrire(contenu, int(str(options["pages_max"])))
    return "signe" if signe else "", ecrit


def chauffer() -> None:
    """Open one of each: what libraries load at their first file is loaded before children lose the right to."""
    for format_ in images.FORMATS:
        for mode in ("RGB", "RGBA", "P", "L"):
            sortie = io.BytesIO()
            with contextlib.suppress(OSError, Refuse):  # a mode that a format does not have
                Image.new(mode, (32, 16)).save(sortie, format_)
                images.reecrire(sortie.getvalue(), [format_], 8)
    with contextlib.suppress(Refuse):
        images.reecrire(b"no picture", list(images.FORMATS), 8)
    for chiffrement in (False, pikepdf.Encryption(owner="a", user="")):
        sortie = io.BytesIO()
        with pikepdf.new() as document:
            document.add_blank_page()
            document.save(sortie, encryption=chiffrement)
        pdf.reecrire(sortie.getvalue(), 1)


def enfant(lien: socket.socket) -> None:
    """Read one work, do it within limits, answer."""
    nom, options, contenu = echange.lire(lien)
    signal.alarm(DUREE)
    _se_limiter()
    try:
        sorte, resultat = travailler(nom, options, contenu)
        echange.ecrire(lien, sorte, {}, resultat)
    except Refuse as refus:
        echange.ecrire(lien, "", {"faute": refus.faute}, b"")
    except (MemoryError, OSError):
        # Libraries that cannot have memory, or a file of theirs, say so in either way.
        echange.ecrire(lien, "", {"faute": Faute.TROP_GRAND}, b"")


def _se_limiter() -> None:
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")  # should memory lack, this goes, not the site
    for limite, valeur in (
        (resource.RLIMIT_AS, MEMOIRE),
        (resource.RLIMIT_CPU, PROCESSEUR),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 0),
    ):
        resource.setrlimit(limite, (valeur, valeur))


def main(descripteur: int) -> None:
    """Fork a child for each socket received, until nobody can send any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C of a terminal is for the site
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children are not waited for
    chauffer()
    with socket.socket(fileno=descripteur) as commandes:
        while True:
            octets, descripteurs, _, _ = socket.recv_fds(commandes, 1, 1)
            if not octets:
                return
            with socket.socket(fileno=descripteurs[0]) as lien:
                if os.fork() == 0:
                    try:
                        commandes.close()
                        enfant(lien)
                    finally:
                        os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
