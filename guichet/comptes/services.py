"""Sign-up: a mailed link proves the address, the person chooses the password, the directory gets the entry."""

from __future__ import annotations

import logging
import uuid
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.utils import timezone

from guichet.comptes import annuaire, courriels
from guichet.comptes.models import Inscription

logger = logging.getLogger(__name__)

SEL = "comptes.inscription"
MAILS_PAR_HEURE = 3  # to one address: the form must not become a way to flood somebody


class LienInvalide(Exception):
    """The link is not ours, too old, or was used; nobody is told which but the text says what to do."""


def demander_inscription(*, prenom: str, nom: str, courriel: str) -> None:
    """Send a link, or a mail that says an account exists. The page is the same: it tells nothing of others.

    The directory is asked in both cases and the mail leaves later, so the time taken tells nothing either.
    No more than MAILS_PAR_HEURE go to one address in an hour. Raises annuaire.AnnuaireIndisponible.
    """
    courriel = courriel.strip().lower()
    deja_inscrit = annuaire.adresse_connue(courriel)
    il_y_a_une_heure = timezone.now() - timedelta(hours=1)
    with transaction.atomic():
        recentes = Inscription.objects.filter(courriel=courriel, creee_le__gt=il_y_a_une_heure).count()
        if recentes >= MAILS_PAR_HEURE:
            logger.info("Inscription : plus de %d courriels en une heure à une même adresse.", MAILS_PAR_HEURE)
            return
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


def purger_inscriptions() -> int:
    """Forget sign-ups two days old: used or not, their link no longer opens anything. Returns how many."""
    vieilles = list(
        Inscription.objects.filter(creee_le__lt=timezone.now() - 2 * Inscription.VALIDITE).values_list("pk", flat=True)
    )
    courriels.oublier_inscriptions(vieilles)
    return Inscription.objects.filter(pk__in=vieilles).delete()[0]
