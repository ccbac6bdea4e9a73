"""The e-mail address of an account: changed once a link sent to the new one has proven that it is the person's.

The link opens nothing by itself: whoever uses it is signed in to the account that asked, so that a mistyped address
does not give the account away. It serves once: it names the address that it replaces.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction

from guichet.comptes import annuaire, courriels
from guichet.comptes.models import Usager
from guichet.demandes import joignable
from guichet.mon_compte.services import ANNUAIRE

SEL = "comptes.adresse"
VALIDITE = timedelta(hours=24)


class LienInvalide(Exception):
    """The link is not ours, is another account's, too old, or was used."""


def demander(usager: Usager, nouvelle: str) -> None:
    """Send a link to the new address, or a mail that says it has an account: the page tells nothing of others.

    Raises annuaire.AnnuaireIndisponible, and PlafondAtteint when the address was written to often enough.
    """
    nouvelle = nouvelle.strip().lower()
    prise = annuaire.adresse_connue(nouvelle)
    courriels.confier_adresse(usager, nouvelle, "" if prise else lien(usager, nouvelle))


def lien(usager: Usager, nouvelle: str) -> str:
    """The mailed link, absolute: signed with the portal's secret."""
    jeton = signing.dumps([usager.pk.hex, usager.courriel, nouvelle], salt=SEL)
    return f"{settings.URL_PORTAIL}/compte/adresse/{jeton}/"


def nouvelle_du_jeton(usager: Usager, brut: str) -> str:
    """The address that this link gives to this account. Raises LienInvalide."""
    try:
        identifiant, ancienne, nouvelle = signing.loads(brut, salt=SEL, max_age=VALIDITE)
    except (signing.BadSignature, ValueError):
        raise LienInvalide from None
    if identifiant != usager.pk.hex or ancienne != usager.courriel or usager.source != ANNUAIRE:
        raise LienInvalide
    return str(nouvelle)


def confirmer(usager: Usager, brut: str) -> str:
    """The account, the directory and the requests under way take the new address; the former one is told.

    The directory comes last in the transaction: if it refuses, nothing has happened. Raises LienInvalide,
    annuaire.AdresseDejaPrise, annuaire.HorsAnnuaire, annuaire.AnnuaireIndisponible.
    """
    with transaction.atomic():
        usager = Usager.objects.select_for_update().get(pk=usager.pk)
        nouvelle, ancienne = nouvelle_du_jeton(usager, brut), usager.courriel
        usager.courriel, usager.adresse_quittee = nouvelle, ancienne
        usager.save(update_fields=["courriel", "adresse_quittee"])
        joignable.suivre_le_compte(usager, ancienne)
        if ancienne and not usager.injoignable_a(ancienne):
            courriels.confier_adresse_quittee(ancienne)
        annuaire.changer_adresse(usager.sub, nouvelle)
    return nouvelle
