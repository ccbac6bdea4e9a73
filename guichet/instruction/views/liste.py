"""The one list of requests, with its filters and the views that agents keep."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from guichet.demandes.droits import services_de
from guichet.demarches.models import Demarche, Service
from guichet.instruction import selecteurs, vues_enregistrees
from guichet.instruction.acces import agent_requis
from guichet.instruction.formulaires import Filtres
from guichet.instruction.models import Agent


@require_safe
@agent_requis
def liste(request: HttpRequest, agent: Agent) -> HttpResponse:
    return render(request, "instruction/liste.html", contexte(request, agent, list(services_de(agent))))


def filtres_de(parametres: Mapping[str, str], services: list[Service]) -> Filtres:
    demarches = Demarche.objects.filter(service__in=[service.pk for service in services])
    return Filtres(parametres, services, list(demarches.only("titre").order_by("titre")))


def contexte(request: HttpRequest, agent: Agent, services: list[Service]) -> dict[str, object]:
    """An address without any filter opens the agent's default view, where there is one."""
    vues = vues_enregistrees.vues_de(agent, services)
    parametres: dict[str, str] = request.GET.dict()
    if not parametres and (choisie := vues_enregistrees.trouver(vues, agent.vue_par_defaut_id)):
        parametres = {**choisie.parametres, "vue": str(choisie.pk)}
    filtres = filtres_de(parametres, services)
    return {
        "filtres": filtres,
        "liste": selecteurs.lister(agent, services, filtres, parametres),
        "vues": [(vue, vues_enregistrees.adresse(vue)) for vue in vues],
        "vue": vues_enregistrees.trouver(vues, parametres.get("vue")),
        "page_active": "demandes",
    }
