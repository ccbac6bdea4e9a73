"""What goes between a site and the child that opens a file: a word, options, bytes."""

from __future__ import annotations

import json
import socket
import struct

TETE = struct.Struct("!II")


def ecrire(lien: socket.socket, nom: str, options: dict[str, object], contenu: bytes) -> None:
    """Send one message. Raises OSError when the other side is gone."""
    tete = json.dumps([nom, options]).encode()
    lien.sendall(TETE.pack(len(tete), len(contenu)) + tete)
    lien.sendall(contenu)


def lire(lien: socket.socket) -> tuple[str, dict[str, object], bytes]:
    """Receive one message. Raises EOFError when the other side is gone before its end."""
    taille_tete, taille = TETE.unpack(_exactement(lien, TETE.size))
    nom, options = json.loads(_exactement(lien, taille_tete))
    return str(nom), dict(options), _exactement(lien, taille)


def _exactement(lien: socket.socket, taille: int) -> bytes:
    tampon = bytearray(taille)
    vue, lus = memoryview(tampon), 0
    while lus < taille:
        recus = lien.recv_into(vue[lus:])
        if not recus:
            raise EOFError
        lus += recus
    return bytes(tampon)
