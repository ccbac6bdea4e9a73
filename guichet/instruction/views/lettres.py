"""Letters to print and to send: for who did not agree to e-mail, and for authorities without an e-mail address."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from guichet.demandes import lettres, workflow
from guichet.demandes.droits import services_de
from guichet.instruction.acces import agent_requis
from guichet.instruction.models import Agent
from guichet.stockage.backend import reponse_fichier


@require_safe
@agent_requis
def a_imprimer(request: HttpRequest, agent: Agent) -> HttpResponse:
    """The letters that wait, the oldest first; then those of today, for who must print them again."""
    services = services_de(agent)
    attendent = lettres.a_imprimer(services)
    montrees = list(attendent[: lettres.LOT])
    imprimees = list(
        lettres.imprimees_le(timezone.localdate(), services).order_by("-imprimee_le", "-pk")[: lettres.LOT]
    )
    workflow.precharger(lettre.demande.version_id for lettre in montrees)
    return render(
        request,
        "instruction/lettres.html",
        {
            "lignes": [(lettre, lettres.destinataire(lettre), lettres.adresse(lettre)) for lettre in montrees],
            "imprimees": [(lettre, lettres.destinataire(lettre)) for lettre in imprimees],
            "nombre": attendent.count() if len(montrees) == lettres.LOT else len(montrees),
            "lot": lettres.LOT,
            "page_active": "lettres",
        },
    )


@require_POST
@agent_requis
def imprimer(request: HttpRequest, agent: Agent) -> HttpResponse:
    """The letters ticked, as one PDF; they are then noted as printed, each in the history of its request. ``encore``:
    even those that were printed already."""
    cles = [int(cle) for cle in request.POST.getlist("lettre") if cle.isdecimal()]
    try:
        contenu = lettres.imprimer(agent, services_de(agent), cles, encore="encore" in request.POST)
    except ValueError as refus:
        messages.info(request, str(refus))
        return redirect("instruction:lettres")
    return reponse_fichier(contenu, f"lettres-{timezone.localtime():%Y-%m-%d-%Hh%M}.pdf", "application/pdf")
