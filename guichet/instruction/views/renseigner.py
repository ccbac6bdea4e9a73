"""The front desk's page: where a caller's requests stand."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from guichet.demandes import workflow
from guichet.demandes.droits import peut_voir
from guichet.demandes.models import Demande
from guichet.instruction import echeances
from guichet.instruction import renseigner as recherche
from guichet.instruction.acces import agent_requis
from guichet.instruction.models import Agent

journal = logging.getLogger(__name__)


@require_safe
@agent_requis
def renseigner(request: HttpRequest, agent: Agent) -> HttpResponse:
    """A field, and for each request found: its state in the resident's words, who has it, what is waited for."""
    saisie = request.GET.get("q", "").strip()[:200]
    trouvees: list[Demande] = []
    erreur = ""
    if saisie:
        try:
            trouvees = list(recherche.trouver(saisie))
        except recherche.TropPeu as trop_peu:
            erreur = str(trop_peu)
    workflow.precharger({demande.version_id for demande in trouvees})
    montrees = trouvees[: recherche.COMBIEN]
    if montrees:
        journal.info("accueil : %s a lu où en sont %s", agent.sub, ", ".join(d.reference for d in montrees))
    contexte = {
        "saisie": saisie,
        "erreur": erreur,
        "lignes": [(d, d.etat_usager, echeances.en_court(d), peut_voir(agent, d)) for d in montrees],
        "trop": len(trouvees) > recherche.COMBIEN,
        "combien": recherche.COMBIEN,
        "page_active": "renseigner",
    }
    return render(request, "instruction/renseigner.html", contexte)
