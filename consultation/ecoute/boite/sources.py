"""Where mails are read: an IMAP mailbox over TLS (nothing is changed there), a Maildir, an mbox, .eml files."""

from __future__ import annotations

import imaplib
import mailbox
import ssl
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

TAILLE_MAX = 2_000_000  # bytes read of one mail: its text comes first, attachments after
MESSAGES_MAX = 2_000  # of one reading


class BoiteInaccessible(Exception):
    """Why a mailbox cannot be read, in French, with what to do."""


@dataclass(frozen=True)
class Imap:
    """How to reach a mailbox; always over TLS, the server's certificate checked."""

    hote: str
    utilisateur: str
    mot_de_passe: str
    port: int = 993
    boite: str = "INBOX"
    autorite: str = ""  # file of the authority that signs the certificate, where it is the town's own

    @classmethod
    def des_reglages(cls) -> Imap:
        """As the environment says (ECOUTE_IMAP_*).

        Raises BoiteInaccessible when one of host, user and password is missing.
        """
        lus = settings.ECOUTE_IMAP
        if not (lus["hote"] and lus["utilisateur"] and lus["mot_de_passe"]):
            raise BoiteInaccessible(
                "La boîte n'est pas réglée : donnez ECOUTE_IMAP_HOST, ECOUTE_IMAP_USER et ECOUTE_IMAP_PASSWORD."
            )
        return cls(**lus)


def par_imap(acces: Imap) -> Iterator[bytes]:
    """Mails of a mailbox, oldest first; opened read-only, so that nothing is marked as read nor moved.

    Raises BoiteInaccessible, whose text says what to look at.
    """
    contexte = ssl.create_default_context(cafile=acces.autorite or None)
    try:
        with imaplib.IMAP4_SSL(acces.hote, acces.port, ssl_context=contexte, timeout=30) as serveur:
            serveur.login(acces.utilisateur, acces.mot_de_passe)
            statut, _ = serveur.select(f'"{acces.boite}"', readonly=True)
            if statut != "OK":
                raise BoiteInaccessible(f"Le dossier « {acces.boite} » n'existe pas dans cette boîte.")
            _, trouves = serveur.uid("SEARCH", "UNDELETED")
            for uid in (trouves[0] or b"").split()[-MESSAGES_MAX:]:
                _, reponse = serveur.uid("FETCH", uid.decode(), f"(BODY.PEEK[]<0.{TAILLE_MAX}>)")
                yield from (bloc[1] for bloc in reponse if isinstance(bloc, tuple))
    except imaplib.IMAP4.abort as erreur:
        raise BoiteInaccessible(f"Le serveur de messagerie {acces.hote} a coupé la lecture : réessayez.") from erreur
    except imaplib.IMAP4.error as erreur:
        raise BoiteInaccessible("La boîte refuse l'accès : vérifiez le nom et le mot de passe.") from erreur
    except ssl.SSLError as erreur:
        raise BoiteInaccessible(
            "Le certificat du serveur de messagerie n'est pas reconnu : donnez l'autorité (ECOUTE_IMAP_CA)."
        ) from erreur
    except OSError as erreur:
        raise BoiteInaccessible(f"Le serveur de messagerie {acces.hote} ne répond pas.") from erreur


def par_maildir(dossier: Path) -> Iterator[bytes]:
    """Mails of a Maildir, left as they are. Raises BoiteInaccessible when it is no Maildir."""
    if not (dossier / "cur").is_dir():
        raise BoiteInaccessible(f"« {dossier} » n'est pas une boîte Maildir (il y manque « cur »).")
    for sorte in ("new", "cur"):
        for chemin in sorted((dossier / sorte).glob("*"))[-MESSAGES_MAX:]:
            yield _debut(chemin)


def par_fichier(chemin: Path) -> Iterator[bytes]:
    """Mails of an mbox or of one .eml file, told apart by their first bytes.

    Raises BoiteInaccessible when it cannot be read.
    """
    try:
        premier = _debut(chemin, 5)
    except OSError as erreur:
        raise BoiteInaccessible(f"Le fichier « {chemin.name} » ne se lit pas.") from erreur
    if premier != b"From ":
        yield _debut(chemin)
        return
    boite = mailbox.mbox(chemin, create=False)
    try:
        for rang, cle in enumerate(boite.keys()):
            if rang >= MESSAGES_MAX:
                break
            yield boite.get_bytes(cle)[:TAILLE_MAX]
    finally:
        boite.close()


def _debut(chemin: Path, taille: int = TAILLE_MAX) -> bytes:
    with chemin.open("rb") as fichier:
        return fichier.read(taille)


def deposes(fichiers: Iterable[UploadedFile[bytes]]) -> Iterator[bytes]:
    """Mails of files sent by a page; `mailbox` reads from a disk."""
    with tempfile.TemporaryDirectory() as dossier:
        for rang, fichier in enumerate(fichiers):
            chemin = Path(dossier) / str(rang)
            with chemin.open("wb") as copie:
                copie.writelines(fichier.chunks())
            yield from par_fichier(chemin)
