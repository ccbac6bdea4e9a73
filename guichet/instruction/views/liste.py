"""The one list of requests, with its filters and the views that agents keep."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from guichet.demandes.droits import services_de
from guichet.demarches.models import Demarche, Service, VersionDemarche
from guichet.instruction import selectors, vues_enregistrees
from guichet.instruction.acces import agent_requis
from guichet.instruction.collegues import collegues_de
from guichet.instruction.forms import Filtres
from guichet.instruction.models import Agent
from socle.postgresql.lecture import LectureFixe, parmi


@require_safe
@agent_requis
def liste(request: HttpRequest, agent: Agent) -> HttpResponse:
    """The list with its filters."""
    return render(request, "instruction/liste.html", contexte(request, agent, services_de(agent)))


@require_safe
@agent_requis
def retards(request: HttpRequest, agent: Agent) -> HttpResponse:
    """What the law has already decided in the town's place: the page that alerts and the home page lead to."""
    donnees = contexte(request, agent, services_de(agent), {**request.GET.dict(), "montrer": "retard"})
    return render(request, "instruction/retards.html", donnees)


_DEMARCHES = LectureFixe(
    lambda services: Demarche.objects.filter(parmi("service_id", services)).only("titre").order_by("titre"), "services"
)


def filtres_de(parametres: Mapping[str, str], services: list[Service]) -> Filtres:
    """Procedures of these services are the only ones that can be chosen; the statuses are those of the chosen one."""
    demarches = _DEMARCHES.toutes([service.pk for service in services])
    choisie = parametres.get("demarche", "")
    statuts = _statuts(choisie) if any(demarche.pk == choisie for demarche in demarches) else []
    collegues = list(collegues_de(services).values_list("sub", "nom"))
    return Filtres(parametres, services, demarches, statuts, collegues)


def _statuts(demarche: str) -> list[tuple[str, str]]:
    version = VersionDemarche.objects.filter(demarche=demarche).only("workflow").order_by("-numero").first()
    return [(statut.code, statut.libelle) for statut in version.workflow_lu.statuts] if version else []


def contexte(
    request: HttpRequest, agent: Agent, services: list[Service], parametres: dict[str, str] | None = None
) -> dict[str, object]:
    """An address without any filter opens the agent's default view, where there is one."""
    vues = vues_enregistrees.vues_de(agent, services)
    parametres = request.GET.dict() if parametres is None else parametres
    if not parametres and (choisie := vues_enregistrees.trouver(vues, agent.vue_par_defaut_id)):
        parametres = {**choisie.parametres, "vue": str(choisie.pk)}
    filtres = filtres_de(parametres, services)
    return {
        "filtres": filtres,
        "liste": selectors.lister(agent, services, filtres, parametres),
        "vues": [(vue, vues_enregistrees.adresse(vue)) for vue in vues],
        "vue": vues_enregistrees.trouver(vues, parametres.get("vue")),
        "page_active": "demandes",
    }
