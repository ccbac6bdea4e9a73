"""How a mail to people is made: subject, text and simple HTML from three templates of one name."""

from __future__ import annotations

import uuid
from email.headerregistry import Address
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string


def construire(
    base: str, contexte: dict[str, Any], destinataire: str, *, identifiant: uuid.UUID
) -> EmailMultiAlternatives:
    """A mail from the templates ``base`` + _sujet.txt, .txt and .html.

    ``identifiant`` makes the Message-ID: should a mail leave twice, the receiver knows them as one.
    """
    contexte = {"commune": settings.GUICHET_TOWN, "url_portail": settings.GUICHET_PORTAL_URL, **contexte}
    sujet = " ".join(render_to_string(f"{base}_sujet.txt", contexte).split())
    mail = EmailMultiAlternatives(
        subject=sujet,
        body=render_to_string(f"{base}.txt", contexte).strip() + "\n",
        from_email=str(Address(display_name=settings.GUICHET_TOWN["nom"], addr_spec=settings.DEFAULT_FROM_EMAIL)),
        to=[destinataire],
        headers={
            "Message-ID": f"<{identifiant}@{settings.GUICHET_DOMAIN}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    mail.attach_alternative(render_to_string(f"{base}.html", {**contexte, "sujet": sujet}), "text/html")
    return mail
