"""Mails: text first, one subject a fact; kept as files when the team has no mail server."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from email.headerregistry import Address
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.utils import timezone

from consultation.ecoute.equipe.models import Commune


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


def part_vraiment() -> bool:
    """Whether mails leave this machine."""
    return not settings.EMAIL_BACKEND.endswith(".Classeur")


def envoyer(
    gabarit: str, contexte: dict[str, Any], destinataire: str, joints: Sequence[tuple[str, str, str]] = ()
) -> None:
    """Send the mail of the templates `gabarit`_sujet.txt and .txt; `joints`: name, content, type."""
    commune = Commune.actuelle()
    contexte = {"commune": commune, "adresse_publique": settings.ECOUTE_URL, **contexte}
    mail = EmailMessage(
        subject=" ".join(render_to_string(f"{gabarit}_sujet.txt", contexte).split()),
        body=render_to_string(f"{gabarit}.txt", contexte).strip() + "\n",
        from_email=str(Address(display_name=commune.nom, addr_spec=settings.DEFAULT_FROM_EMAIL)),
        to=[destinataire],
        reply_to=[commune.courriel] if commune.courriel else [],
        headers={"Auto-Submitted": "auto-generated"},
    )
    for nom, contenu, sorte in joints:
        mail.attach(nom, contenu, sorte)
    mail.send()
