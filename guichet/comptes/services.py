"""Sign-up: a mailed link proves the address, the person chooses the password, the directory gets the entry."""

from __future__ import annotations

import logging
import uuid

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.utils import timezone

from guichet.comptes import annuaire, courriels
from guichet.comptes.models import Inscription, Usager

logger = logging.getLogger(__name__)

SEL = "comptes.inscription"


class LienInvalide(Exception):
    """The link is not ours, too old, or was used; nobody is told which but the text says what to do."""


def demander_inscription(*, prenom: str, nom: str, courriel: str) -> None:
    """Send a link, or a mail that says an account exists. The page is the same: it tells nothing of others.

    The directory is asked in both cases and the mail leaves later, so the time taken tells nothing either.
    Raises annuaire.AnnuaireIndisponible, and PlafondAtteint when the address was written to often enough.
    """
    courriel = courriel.strip().lower()
    deja_inscrit = annuaire.adresse_connue(courriel)
    with transaction.atomic():
        inscription = Inscription(
            uid=uuid.uuid4().hex, prenom=prenom, nom=nom, courriel=courriel, deja_inscrit=deja_inscrit
        )
        inscription.save(force_insert=True)
        courriels.confier_inscription(inscription, "" if deja_inscrit else lien(inscription))


def lien(inscription: Inscription) -> str:
    """The mailed link, absolute: signed with the portal's secret."""
    jeton = signing.dumps(inscription.pk.hex, salt=SEL)
    return f"{settings.URL_PORTAIL}/compte/inscription/{jeton}/"


def inscription_du_jeton(brut: str) -> Inscription:
    """The sign-up this link belongs to. Raises LienInvalide when it may not be used, or not any more."""
    try:
        identifiant = uuid.UUID(hex=signing.loads(brut, salt=SEL, max_age=Inscription.VALIDITE))
    except (signing.BadSignature, ValueError):
        raise LienInvalide from None
    inscription = Inscription.objects.filter(pk=identifiant, deja_inscrit=False, utilisee_le=None).first()
    if inscription is None or inscription.perimee:
        raise LienInvalide
    return inscription


def terminer_inscription(inscription: Inscription, mot_de_passe: str) -> None:
    """Write the entry of the directory, then close the link. In that order: a link is not lost for nothing.

    The row is locked meanwhile. Raises LienInvalide when the link has been used, annuaire.AdresseDejaPrise,
    annuaire.AnnuaireIndisponible.
    """
    with transaction.atomic():
        fraiche = Inscription.objects.select_for_update().get(pk=inscription.pk)
        if fraiche.utilisee_le is not None:
            raise LienInvalide
        annuaire.creer_compte(
            uid=fraiche.uid,
            prenom=fraiche.prenom,
            nom=fraiche.nom,
            courriel=fraiche.courriel,
            mot_de_passe=mot_de_passe,
        )
        fraiche.utilisee_le = timezone.now()
        fraiche.save(update_fields=["utilisee_le"])


def noter_adresse_en_panne(usager: uuid.UUID, adresse: str) -> None:
    """A mail to this address of an account came back undelivered: its page says so."""
    Usager.objects.filter(pk=usager, courriel__iexact=adresse).update(adresse_en_panne=adresse)


def purger_inscriptions() -> int:
    """Forget sign-ups two days old: used or not, their link no longer opens anything. Returns how many."""
    vieilles = list(
        Inscription.objects.filter(creee_le__lt=timezone.now() - 2 * Inscription.VALIDITE).values_list("pk", flat=True)
    )
    courriels.oublier_inscriptions(vieilles)
    return Inscription.objects.filter(pk__in=vieilles).delete()[0]
