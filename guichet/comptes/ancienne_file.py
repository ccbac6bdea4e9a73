"""Mails that the former release has still to send, brought to the outbox. Gone in the next release."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils import timezone

from guichet.comptes import courriels
from guichet.comptes.models import CourrielDepart, Inscription
from socle.envois.models import Envoi
from socle.envois.services import confier, partir, preparer


def reprendre_inscription(identifiant: uuid.UUID) -> bool:
    """Send what a job of the former release was to send; whether it has left now."""
    with transaction.atomic():
        attente = Inscription.objects.select_for_update().filter(pk=identifiant, courriel_envoye_le=None)
        ancienne = attente.first()
        if ancienne is not None:
            courriels.confier_inscription(ancienne, ancienne.lien_a_envoyer)
            attente.update(lien_a_envoyer="", courriel_envoye_le=timezone.now())
    return _partir(f"inscription:{identifiant}")


def reprendre_depart(identifiant: uuid.UUID) -> bool:
    """The same for the end of an account."""
    cle = f"depart:{identifiant}"
    with transaction.atomic():
        ancien = CourrielDepart.objects.select_for_update().filter(pk=identifiant).first()
        if ancien is not None:
            confier([preparer(courriels.DEPART.nom, ancien.destinataire, cle=cle, contexte=ancien.contexte)])
            ancien.delete()
    return _partir(cle)


def _partir(cle: str) -> bool:
    envoi = Envoi.objects.filter(cle=cle).first()
    return envoi is not None and partir(envoi.pk)
