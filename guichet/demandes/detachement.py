"""What becomes of somebody's requests and drafts when they close their account."""

from __future__ import annotations

from django.db import transaction

from guichet.comptes.models import Usager
from guichet.demandes import services
from guichet.demandes.models import Auteur, Brouillon, Demande, Evenement


def detacher(usager: Usager) -> list[Demande]:
    """Part the requests from the account and drop the drafts. Returns the requests still under way.

    The town keeps a request for as long as its procedure says (purpose and time limit are told before filing): what
    was asked stays to be answered, by the contact that the form holds; the tracking code opens it from now on.
    One transaction; the requests are locked in it.
    """
    with transaction.atomic():
        for brouillon in Brouillon.objects.filter(usager=usager):
            services.abandonner_brouillon(brouillon)
        demandes = list(
            Demande.objects.filter(usager=usager).select_related("demarche").select_for_update(of=("self",))
        )
        Evenement.objects.bulk_create(
            Evenement(
                demande=demande,
                code="compte_supprime",
                auteur_type=Auteur.USAGER,
                auteur_cle="",
                auteur_nom=demande.nom,
            )
            for demande in demandes
        )
        Demande.objects.filter(usager=usager).update(usager=None)
    return [demande for demande in demandes if not demande.est_close]
