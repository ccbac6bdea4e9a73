"""Giving a request to a colleague, and taking it back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from guichet.demandes import services
from guichet.instruction.acces import agent_requis, demande_visible
from guichet.instruction.actions import REFUS
from guichet.instruction.collegues import collegues_de
from guichet.instruction.forms import ConfierForm
from guichet.instruction.models import Agent
from guichet.instruction.retour import retour_a, suite_de
from socle import saisie_gardee


@require_http_methods(["GET", "HEAD", "POST"])
@agent_requis
def confier(request: HttpRequest, agent: Agent, reference: str) -> HttpResponse:
    """To whom, with a word if one likes."""
    demande = demande_visible(agent, reference)
    collegues = list(collegues_de([demande.service]))
    formulaire = ConfierForm(request.POST if request.method == "POST" else None, demande=demande, collegues=collegues)
    if request.method != "POST" and (reprise := saisie_gardee.reprendre(request)):
        messages.info(request, reprise[1])
        formulaire = ConfierForm(reprise[0], demande=demande, collegues=collegues)
    elif request.method == "POST" and formulaire.is_valid():
        choisi, mot = formulaire.collegue, formulaire.cleaned_data["mot"]
        try:
            services.confier(demande, agent, choisi, courriel=choisi.courriel, mot=mot)
        except REFUS as refus:
            formulaire.add_error(None, str(refus))
        else:
            messages.success(request, _fait(choisi, agent))
            return retour_a(request, demande)
    contexte = {
        "demande": demande,
        "form": formulaire,
        "possible": services.peut_confier(demande, agent),
        "suite": suite_de(request),
        "page_active": "demandes",
    }
    return render(request, "instruction/confier.html", contexte)


def _fait(choisi: Agent, agent: Agent) -> str:
    if choisi.sub == agent.sub:
        return "Vous êtes maintenant en charge de cette demande."
    prevenu = f" : un e-mail part à {choisi.courriel}" if choisi.courriel else ", sans e-mail : prévenez cette personne"
    return f"La demande est confiée à {choisi.nom}{prevenu}."


@require_POST
@agent_requis
def reprendre(request: HttpRequest, agent: Agent, reference: str) -> HttpResponse:
    """Take back what was given by mistake."""
    demande = demande_visible(agent, reference)
    confiee = services.passation_annulable(demande, agent)
    collegue = Agent.objects.filter(sub=confiee.donnees["a_cle"]).first() if confiee else None
    try:
        services.annuler_passation(demande, agent, courriel=collegue.courriel if collegue else "")
    except REFUS:
        messages.error(request, "Trop tard : la demande a changé depuis. Relisez son historique.")
    else:
        messages.success(request, "C’est annulé : la demande revient où elle était.")
    return retour_a(request, demande)
