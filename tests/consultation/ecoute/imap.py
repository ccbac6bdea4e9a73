"""A mail server of one mailbox, over real TLS: the few commands that reading needs, and what was asked of it."""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

UTILISATEUR, MOT_DE_PASSE = "ecoute", "un mot de passe"


@dataclass
class Serveur:
    """Where it listens, which authority signs it, what it was told."""

    port: int
    autorite: str
    commandes: list[str] = field(default_factory=list)


def _certificat(dossier: Path) -> tuple[Path, Path]:
    cle = ec.generate_private_key(ec.SECP256R1())
    nom = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    depart = dt.datetime.now(dt.UTC)
    certificat = (
        x509.CertificateBuilder()
        .subject_name(nom)
        .issuer_name(nom)
        .public_key(cle.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(depart - dt.timedelta(hours=1))
        .not_valid_after(depart + dt.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(cle, hashes.SHA256())
    )
    pem, secret = dossier / "serveur.pem", dossier / "serveur.key"
    pem.write_bytes(certificat.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        cle.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return pem, secret


@contextmanager
def serveur_imap(dossier: Path, messages: Sequence[bytes]) -> Iterator[Serveur]:
    """Serve these mails until the block ends."""
    pem, secret = _certificat(dossier)
    contexte = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    contexte.load_cert_chain(pem, secret)
    with socket.create_server(("127.0.0.1", 0)) as prise:
        serveur = Serveur(prise.getsockname()[1], str(pem))

        def accepter() -> None:
            while True:
                try:
                    client, _ = prise.accept()
                except OSError:
                    return
                try:
                    with contexte.wrap_socket(client, server_side=True) as flux:
                        _dialoguer(flux, serveur, messages)
                except (OSError, ssl.SSLError):
                    continue

        fil = threading.Thread(target=accepter, daemon=True)
        fil.start()
        yield serveur
        prise.shutdown(socket.SHUT_RDWR)
    fil.join(10)


def _dialoguer(flux: ssl.SSLSocket, serveur: Serveur, messages: Sequence[bytes]) -> None:
    def dire(ligne: bytes) -> None:
        flux.sendall(ligne + b"\r\n")

    lecture = flux.makefile("rb")
    dire(b"* OK IMAP4rev1")
    for brute in lecture:
        marque, commande = brute.decode().strip().split(" ", 1)
        verbe = commande.split(" ")[0].upper()
        serveur.commandes.append(commande)
        suite = b"OK done"
        if verbe == "CAPABILITY":
            dire(b"* CAPABILITY IMAP4rev1")
        elif verbe == "LOGIN":
            suite = b"OK done" if commande == f'LOGIN {UTILISATEUR} "{MOT_DE_PASSE}"' else b"NO wrong"
        elif verbe in {"SELECT", "EXAMINE"}:
            if "INBOX" in commande:
                dire(b"* %d EXISTS" % len(messages))
            else:
                suite = b"NO no such mailbox"
        elif commande.upper().startswith("UID SEARCH"):
            dire(b"* SEARCH " + b" ".join(b"%d" % n for n in range(1, len(messages) + 1)))
        elif commande.upper().startswith("UID FETCH"):
            trouve = re.match(r"UID FETCH (\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", commande)
            assert trouve is not None
            n = int(trouve[1])
            octets = messages[n - 1][: int(trouve[2])]
            dire(b"* %d FETCH (UID %d BODY[]<0> {%d}" % (n, n, len(octets)))
            dire(octets + b")")
        elif verbe == "LOGOUT":
            dire(b"* BYE")
            dire(f"{marque} OK bye".encode())
            return
        dire(f"{marque} ".encode() + suite)
