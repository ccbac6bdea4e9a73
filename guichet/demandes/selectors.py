"""Reads of requests that belong to no site: rights first, never more queries because there are more rows.

How a list is sorted, filtered and put into words is each site's own business.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.db.models import Case, CharField, Func, IntegerField, Prefetch, QuerySet, Value, When

from guichet.comptes.models import Usager
from guichet.demandes.droits import Agent, Demandeur, est_a, peut_voir
from guichet.demandes.lectures import PAR_ENVOI, PAR_REFERENCE
from guichet.demandes.models import Brouillon, Complement, Demande, Nature
from guichet.demandes.references import normaliser_reference
from guichet.demarches.models import Service

# --- One request ----------------------------------------------------------------------------------------


def du_demandeur(demandeur: Demandeur, reference: str) -> Demande | None:
    """The request of this exact reference, with what its page shows, if this person may open it."""
    demande = PAR_REFERENCE.une(reference)
    return demande if demande is not None and est_a(demandeur, demande) else None


def pour_agent(agent: Agent, reference: str, queryset: QuerySet[Demande] | None = None) -> Demande | None:
    """The request of this reference, however it was typed, if this agent's services hold it; with what its page shows,
    or as ``queryset`` reads it."""
    reference = normaliser_reference(reference)
    if queryset is not None:
        return queryset.filter(service__groupe__in=list(agent.groupes), reference=reference).first()
    demande = PAR_REFERENCE.une(reference)
    return demande if demande is not None and peut_voir(agent, demande) else None


def saisie_ou_visible(agent: Agent, reference: str) -> Demande | None:
    """The request of this reference, if this agent typed it in for somebody or may read it."""
    demande = PAR_REFERENCE.une(normaliser_reference(reference))
    if demande is None or not (demande.saisie_par_sub == agent.sub or peut_voir(agent, demande)):
        return None
    return demande


def envoyee_par(demandeur: Demandeur, cle_envoi: uuid.UUID) -> Demande | None:
    """The request that this form became, if this person may open it: they pressed twice, or came back."""
    if demandeur.usager is None and not demandeur.ouvertes_par_code:
        return None
    demande = PAR_ENVOI.une(cle_envoi)
    return demande if demande is not None and est_a(demandeur, demande) else None


def saisie_par(agent: Agent, cle_envoi: uuid.UUID) -> Demande | None:
    """The request that this form became, if this agent typed it in."""
    return Demande.objects.filter(cle_envoi=cle_envoi, saisie_par_sub=agent.sub).first()


# --- Several --------------------------------------------------------------------------------------------


def visibles(services: Sequence[Service]) -> QuerySet[Demande]:
    """Requests of these services; by identifiers, so that PostgreSQL knows how many rows to expect."""
    return Demande.objects.filter(service__in=[service.pk for service in services])


def du_compte(usager: Usager) -> QuerySet[Demande]:
    """Requests of an account as rows: what waits for the person first, then the latest. ``manquants``: what the town
    still waits for."""
    a_vous = Case(When(nature=Nature.ATTENTE_USAGER, then=Value(0)), default=Value(1), output_field=IntegerField())
    return (
        Demande.objects.filter(usager=usager)
        .pour_liste()
        .prefetch_related(Prefetch("complements", Complement.objects.ouverts(), to_attr="manquants"))
        .order_by(a_vous, "-recue_le")
    )


def avec_lieu(queryset: QuerySet[Demande]) -> QuerySet[Demande]:
    """With ``lieu``, the first address among the answers (ChampAdresse), taken out of them inside PostgreSQL."""
    return queryset.annotate(
        lieu=Func(
            "donnees",
            template="jsonb_path_query_first(%(expressions)s, '$.*.adresse') #>> '{}'",
            output_field=CharField(),
        )
    )


# --- As data --------------------------------------------------------------------------------------------


def en_donnees(demande: Demande) -> dict[str, Any]:
    """A request as the person may have it (GDPR art. 15 and 20): answers in words, history, messages; notes between
    agents left out. Reads ``evenements`` and ``messages``: prefetch them for several requests."""
    return {
        "numero": demande.reference,
        "demarche": demande.definition.titre,
        "service": demande.service.nom,
        "recue_le": demande.recue_le,
        "etat": demande.etat_usager.libelle,
        "coordonnees": {"nom": demande.nom, "courriel": demande.courriel, "telephone": demande.telephone},
        "reponses": [{"question": reponse.libelle, "reponse": reponse.valeur} for reponse in demande.reponses()],
        "historique": [
            {"le": evenement.le, "fait": evenement.phrase_usager}
            for evenement in demande.evenements.all()
            if evenement.visible_usager
        ],
        "messages": [
            {"le": message.envoye_le, "de": message.auteur_nom or message.auteur_type, "texte": message.texte}
            for message in demande.messages.all()
            if not message.interne
        ],
    }


def brouillon_en_donnees(brouillon: Brouillon) -> dict[str, Any]:
    """A draft as the person may have it: its answers as they are kept, without what the site noted beside them."""
    reponses = {nom: valeur for nom, valeur in brouillon.donnees.items() if not nom.startswith("_")}
    return {"demarche": brouillon.demarche_id, "commence_le": brouillon.cree_le, "reponses": reponses}
