"""What a resident does with their account: name and ways to be reached, consent, end."""

from __future__ import annotations

import logging

from django.db import transaction
from django.utils import timezone

from guichet.comptes import annuaire, courriels
from guichet.comptes.models import Consentement, Usager
from guichet.demandes import detachement, references

logger = logging.getLogger(__name__)

ANNUAIRE = "annuaire"  # source of the accounts that are ours to change
TEXTE_AVIS_NUMERIQUES = (
    "J'accepte de recevoir les décisions et les avis de la mairie par voie numérique, dans mon espace et par e-mail, "
    "à la place du papier. Je peux changer d'avis à tout moment."
)


def est_de_l_annuaire(usager: Usager) -> bool:
    """Whether the account is in the town's directory: only then are name and password changed here."""
    return usager.source == ANNUAIRE


def renommer(usager: Usager, *, prenom: str, nom: str) -> None:
    """The directory first: it gives the name at each sign-in. Raises HorsAnnuaire, AnnuaireIndisponible."""
    annuaire.renommer(usager.sub, prenom=prenom, nom=nom)
    usager.nom = annuaire.nom_entier(prenom, nom)
    usager.save(update_fields=["nom"])


def regler_coordonnees(usager: Usager, *, telephone: str, adresse: str) -> None:
    """Keep telephone and postal address, already checked by their form."""
    usager.telephone, usager.adresse = telephone, adresse
    usager.save(update_fields=["telephone", "adresse"])


def regler_preferences(usager: Usager, *, canal_reponse: str, avis_numeriques: bool) -> None:
    """Channel of the answer, and consent to digital notices: kept word for word, with both dates."""
    with transaction.atomic():
        usager = Usager.objects.select_for_update().get(pk=usager.pk)
        maintenant = timezone.now()
        ouverts = Consentement.objects.filter(usager=usager, objet=Consentement.AVIS_NUMERIQUES, retire_le=None)
        if avis_numeriques and usager.avis_numeriques_depuis is None:
            ouverts.update(retire_le=maintenant)
            Consentement.objects.create(
                usager=usager, objet=Consentement.AVIS_NUMERIQUES, texte=TEXTE_AVIS_NUMERIQUES, donne_le=maintenant
            )
            usager.avis_numeriques_depuis = maintenant
        elif not avis_numeriques and usager.avis_numeriques_depuis is not None:
            ouverts.update(retire_le=maintenant)
            usager.avis_numeriques_depuis = None
        usager.canal_reponse = canal_reponse
        usager.save(update_fields=["canal_reponse", "avis_numeriques_depuis"])


def supprimer(usager: Usager) -> None:
    """Close an account: requests go on without it, drafts go, the directory forgets the person, a mail confirms.

    The directory comes last in the transaction: if it does not answer, nothing has happened. Requests that were filed
    with the account are opened from now on by their tracking code, which the mail gives.
    Raises annuaire.AnnuaireIndisponible.
    """
    with transaction.atomic():
        usager = Usager.objects.select_for_update().get(pk=usager.pk)
        en_cours = [
            {"titre": demande.demarche.titre, "reference": demande.reference, "code": references.code_de(demande)}
            for demande in detachement.detacher(usager)
        ]
        if usager.courriel:
            courriels.confier_depart(usager.courriel, en_cours)
        source, sub = usager.source, usager.sub
        usager.delete()
        if source == ANNUAIRE:
            annuaire.supprimer_compte(sub)
