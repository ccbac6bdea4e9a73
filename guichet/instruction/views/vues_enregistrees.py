"""Saved views: keep the filters one has before one's eyes, change them, let them go."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from guichet.demandes.droits import services_de
from guichet.demarches.models import Service
from guichet.instruction import vues_enregistrees
from guichet.instruction.acces import agent_requis
from guichet.instruction.forms import Filtres, VueForm
from guichet.instruction.models import Agent, VueEnregistree
from guichet.instruction.views.liste import filtres_de


@require_http_methods(["GET", "HEAD", "POST"])
@agent_requis
def nouvelle(request: HttpRequest, agent: Agent) -> HttpResponse:
    """The filters come in the address, and stay there: the form posts to its own address."""
    services = services_de(agent)
    filtres = filtres_de(request.GET, services)
    vue = VueEnregistree(agent=agent, parametres=filtres.parametres)
    if VueEnregistree.objects.filter(agent=agent).count() >= vues_enregistrees.VUES_MAX:
        return render(request, "instruction/vues_pleines.html", {"page_active": "demandes"}, status=409)
    return _page(request, agent, vue, services, filtres)


@require_http_methods(["GET", "HEAD", "POST"])
@agent_requis
def modifier(request: HttpRequest, agent: Agent, cle: int) -> HttpResponse:
    """The page that changes a view; 404 for a view that is not the agent's to change."""
    services = services_de(agent)
    vue = _vue(agent, services, cle)
    return _page(request, agent, vue, services, filtres_de(vue.parametres, services))


@require_POST
@agent_requis
def supprimer(request: HttpRequest, agent: Agent, cle: int) -> HttpResponse:
    """Drops a view; 404 for one that is not the agent's to drop."""
    vue = _vue(agent, services_de(agent), cle)
    nom = vue.nom
    vue.delete()
    messages.success(request, f"La vue « {nom} » est supprimée. Aucune demande n’a changé.")
    return redirect(f"{reverse('instruction:liste')}?montrer=")


def _vue(agent: Agent, services: list[Service], cle: int) -> VueEnregistree:
    vue = vues_enregistrees.trouver(vues_enregistrees.vues_de(agent, services), cle)
    if vue is None:
        raise Http404
    return vue


def _page(
    request: HttpRequest, agent: Agent, vue: VueEnregistree, services: list[Service], filtres: Filtres
) -> HttpResponse:
    formulaire = VueForm(request.POST or None, vue=vue, agent=agent, services=services)
    if request.method == "POST" and formulaire.is_valid():
        vues_enregistrees.enregistrer(
            agent,
            vue,
            nom=formulaire.cleaned_data["nom"],
            service=formulaire.service_choisi,
            par_defaut=formulaire.cleaned_data["par_defaut"],
        )
        messages.success(request, f"La vue « {vue.nom} » est enregistrée.")
        return redirect(f"{reverse('instruction:liste')}?{vues_enregistrees.adresse(vue)}")
    return render(
        request,
        "instruction/vue.html",
        {
            "form": formulaire,
            "vue": vue,
            "filtres": filtres,
            "retour": vues_enregistrees.adresse(vue) if vue.pk else filtres.requete,
            "page_active": "demandes",
        },
    )
