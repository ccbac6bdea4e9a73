"""Home (what waits for the agent first) and the one list of requests."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from guichet.demandes.droits import services_de
from guichet.demarches.models import Demarche, Service
from guichet.instruction import selecteurs
from guichet.instruction.acces import agent_requis
from guichet.instruction.formulaires import Filtres
from guichet.instruction.models import Agent


@require_safe
@agent_requis
def accueil(request: HttpRequest, agent: Agent) -> HttpResponse:
    services = list(services_de(agent))
    return render(
        request,
        "instruction/accueil.html",
        {"a_faire": selecteurs.a_faire(agent, services), **_liste(request, agent, services)},
    )


@require_safe
@agent_requis
def liste(request: HttpRequest, agent: Agent) -> HttpResponse:
    return render(request, "instruction/liste.html", _liste(request, agent, list(services_de(agent))))


def _liste(request: HttpRequest, agent: Agent, services: list[Service]) -> dict[str, object]:
    demarches = list(
        Demarche.objects.filter(service__in=[service.pk for service in services]).only("titre").order_by("titre")
    )
    filtres = Filtres(request.GET, services, demarches)
    return {
        "filtres": filtres,
        "liste": selecteurs.lister(agent, services, filtres, request.GET.dict()),
        "page_active": "demandes",
    }
