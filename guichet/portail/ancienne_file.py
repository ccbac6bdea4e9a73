"""Codes that the former release has still to mail, brought to the outbox. Gone in the next release."""

from __future__ import annotations

import uuid

from django.db import transaction

from guichet.portail.models import CodeReprise
from socle.envois.models import Envoi
from socle.envois.services import confier, partir, preparer


def reprendre(brouillon_id: uuid.UUID, rang: int) -> bool:
    """Send what a job of the former release was to send; whether it has left now."""
    cle = f"reprise:{brouillon_id}:{rang}"
    with transaction.atomic():
        attente = CodeReprise.objects.select_for_update().filter(pk=brouillon_id, mails=rang)
        ancien = attente.exclude(code_a_envoyer="").first()
        if ancien is not None:
            contexte = {"code": ancien.code_a_envoyer}
            objet = f"brouillon:{brouillon_id}"
            confier([preparer("portail.reprise", ancien.courriel, cle=cle, objet=objet, contexte=contexte)])
            attente.update(courriel="", code_a_envoyer="")
    envoi = Envoi.objects.filter(cle=cle).first()
    return envoi is not None and partir(envoi.pk)
