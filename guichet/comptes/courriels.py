"""The mails of accounts: the link of a sign-up, or the news that an account exists; the end of an account."""

from __future__ import annotations

import uuid

from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import timezone

from guichet.arriere_plan.redaction import construire

from .models import CourrielDepart, Inscription


def envoyer(inscription_id: uuid.UUID) -> bool:
    """Send the mail of a sign-up, once; False if it had left or came too late to be of use."""
    with transaction.atomic():
        inscription = Inscription.objects.select_for_update().filter(pk=inscription_id).first()
        if inscription is None or inscription.courriel_envoye_le is not None or inscription.perimee:
            return False
        composer(inscription).send()
        inscription.courriel_envoye_le = timezone.now()
        inscription.lien_a_envoyer = ""
        inscription.save(update_fields=["courriel_envoye_le", "lien_a_envoyer"])
        return True


def composer(inscription: Inscription) -> EmailMultiAlternatives:
    contexte = {"inscription": inscription, "lien": inscription.lien_a_envoyer}
    gabarit = "compte_existant" if inscription.deja_inscrit else "inscription"
    return construire(f"comptes/courriels/{gabarit}_usager", contexte, inscription.courriel, identifiant=inscription.pk)


def envoyer_depart(identifiant: uuid.UUID) -> bool:
    """Send the mail that confirms a closed account, then forget it."""
    with transaction.atomic():
        depart = CourrielDepart.objects.select_for_update().filter(pk=identifiant).first()
        if depart is None:
            return False
        construire(
            "comptes/courriels/depart_usager", depart.contexte, depart.destinataire, identifiant=depart.pk
        ).send()
        depart.delete()
        return True
