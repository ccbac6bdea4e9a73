"""Mails as this site writes them, text only; kept as files when the team has no mail server."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage as Message
from email.utils import getaddresses
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from consultation.ecoute.commune.models import Commune
from socle.envois.genres import Ecrit
from socle.envois.redaction import en_sms, en_texte_seul


class Classeur(BaseEmailBackend):
    """Write each message as a .eml file, to be opened and sent with one's own mail software."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write them all."""
        dossier = Path(settings.EMAIL_FILE_PATH)
        dossier.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            nom = f"{timezone.localtime():%Y-%m-%d-%H%M%S}-{uuid.uuid4().hex[:8]}.eml"
            (dossier / nom).write_bytes(message.message().as_bytes())
        return len(email_messages)


@dataclass(frozen=True)
class Garde:
    """A mail kept as a file."""

    chemin: Path
    courriel: str  # whom it is for
    objet: str
    le: str
    texte: str


def _fichiers() -> Iterator[Path]:
    if settings.EMAIL_FILE_PATH:
        yield from sorted(Path(settings.EMAIL_FILE_PATH).glob("*.eml"))


def gardes(adresses: Set[str]) -> list[Garde]:
    """Mails kept as files for one of these addresses (lower case)."""
    trouves = []
    for chemin in _fichiers():
        message = message_from_bytes(chemin.read_bytes(), policy=policy.default)
        for _, adresse in getaddresses([str(message.get(nom, "")) for nom in ("To", "Cc")]):
            if adresse.lower() in adresses:
                trouves.append(Garde(chemin, adresse, str(message["Subject"]), str(message["Date"]), _texte(message)))
                break
    return trouves


def _texte(message: Message) -> str:
    corps = message.get_body(("plain",))
    return "" if corps is None else str(corps.get_content())


def purger(avant: datetime) -> int:
    """Remove the mails kept as files since before then; return how many."""
    vieux = [chemin for chemin in _fichiers() if chemin.stat().st_mtime < avant.timestamp()]
    for chemin in vieux:
        chemin.unlink(missing_ok=True)
    return len(vieux)


def part_vraiment() -> bool:
    """Whether mails leave this machine."""
    return not settings.EMAIL_BACKEND.endswith(".Classeur")


def rediger(gabarit: str, contexte: dict[str, Any]) -> Ecrit:
    """A mail from the templates `gabarit`_sujet.txt and .txt: the town signs, and answers go to it."""
    commune = Commune.actuelle()
    commun = {"commune": commune, "adresse_publique": settings.URL_PUBLIQUE}
    return en_texte_seul(gabarit, commun | contexte, expediteur=commune.nom, repondre_a=commune.courriel)


def rediger_sms(gabarit: str, contexte: dict[str, Any]) -> Ecrit:
    """The short words of the template `gabarit`.txt, then the link."""
    return en_sms(gabarit, {"commune": Commune.actuelle()} | contexte)
