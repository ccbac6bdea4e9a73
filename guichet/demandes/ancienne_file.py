"""Mails that the former release has still to send, brought to the outbox. Gone in the next release, with its table."""

from __future__ import annotations

import uuid

from django.db import transaction

from guichet.demandes.courriels import nom, objet
from guichet.demandes.models import Courriel
from socle.envois.services import confier, partir, preparer


def reprendre(identifiant: uuid.UUID) -> bool:
    """Send what a job of the former release was to send; whether it has left now. The id, so the Message-ID, stays."""
    with transaction.atomic():
        attente = Courriel.objects.select_for_update(of=("self",)).select_related("demande")
        ancien = attente.filter(pk=identifiant, envoye_le=None).first()
        if ancien is not None:
            sur = objet(ancien.demande) if ancien.demande else ""
            envoi = preparer(
                nom(ancien.genre), ancien.destinataire, cle=ancien.cle, objet=sur, contexte=ancien.contexte
            )
            envoi.pk = ancien.pk
            confier([envoi])
            ancien.delete()
    return partir(identifiant)
