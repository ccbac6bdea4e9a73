"""Acting on several requests: choose them in the list, choose the act, read what will happen, confirm, read
what was done. Every page is the answer to a form that carries the references, so that nothing is kept meanwhile.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from guichet.demandes.models import Demande
from guichet.instruction import lot, versions
from guichet.instruction.acces import agent_requis
from guichet.instruction.acte import ActeForm
from guichet.instruction.actions import Action, prevenue_par_courriel
from guichet.instruction.models import Agent
from socle import saisie_gardee


@require_http_methods(["GET", "HEAD", "POST"])
@agent_requis
def agir(request: HttpRequest, agent: Agent) -> HttpResponse:
    """The three steps of an act on several requests: choose, confirm, read what became of each."""
    retour = f"{reverse('instruction:liste')}?{request.POST.get('retour', '')}"
    if reprise := saisie_gardee.reprendre(request):
        return _reprendre(request, agent, reprise)
    if request.method != "POST":
        return redirect("instruction:liste")
    if request.POST.get("confirmer"):
        return _executer(request, agent, retour)
    references = request.POST.getlist("reference")
    demandes = lot.choisies(agent, references)
    if not demandes:
        messages.error(request, "Cochez au moins une demande de la liste, puis recommencez.")
        return redirect(retour)
    actions = lot.actions_communes(demandes, agent)
    action = next((a for a in actions if a.code == request.POST.get("action")), None)
    if action is None:
        return _choisir(request, demandes, actions, retour)
    return _confirmer(request, agent, demandes, ActeForm(action, demandes[0], agent, en_lot=True), retour)


def _choisir(request: HttpRequest, demandes: list[Demande], actions: list[Action], retour: str) -> HttpResponse:
    return render(
        request,
        "instruction/lot_choisir.html",
        {
            "demandes": demandes,
            "lot_actions": actions,
            "oubli": bool(request.POST.get("choisir")) and bool(actions),
            "retour": retour,
            "parametres": request.POST.get("retour", ""),
            "page_active": "demandes",
        },
    )


def _confirmer(
    request: HttpRequest, agent: Agent, demandes: list[Demande], formulaire: ActeForm, retour: str
) -> HttpResponse:
    action, lues = formulaire.action, versions.de_plusieurs(demandes)
    avec_courriel = next((demande for demande in demandes if prevenue_par_courriel(demande)), None)
    return render(
        request,
        "instruction/lot_confirmer.html",
        {
            "demandes": [(demande, lues[demande.reference]) for demande in demandes],
            "action": action,
            "formulaire": formulaire,
            "consequences": lot.consequences(action, demandes),
            "apercu": action.apercu(avec_courriel, agent) if avec_courriel else None,
            "apercu_de": avec_courriel,
            "retour": retour,
            "parametres": request.POST.get("retour", ""),
            "page_active": "demandes",
        },
    )


def _reprendre(request: HttpRequest, agent: Agent, reprise: tuple[QueryDict, str]) -> HttpResponse:
    """The page that was being filled when the session ended, with its text; the list where it is not worth it."""
    donnees, dit = reprise
    references = dict(paire.partition("|")[::2] for paire in donnees.getlist("lue"))
    demandes = lot.choisies(agent, references)
    action = next((a for d in demandes if (a := Action.de_code(d, donnees.get("action", ""))) is not None), None)
    if action is None:
        return redirect("instruction:liste")
    messages.info(request, dit)
    formulaire = ActeForm(action, demandes[0], agent, donnees, en_lot=True)
    return _confirmer(
        request, agent, demandes, formulaire, f"{reverse('instruction:liste')}?{donnees.get('retour', '')}"
    )


def _executer(request: HttpRequest, agent: Agent, retour: str) -> HttpResponse:
    references = dict(paire.partition("|")[::2] for paire in request.POST.getlist("lue"))
    code = request.POST.get("action", "")
    demandes = lot.choisies(agent, references)
    action = next((a for d in demandes if (a := Action.de_code(d, code)) is not None), None)
    if action is None:
        messages.error(request, "Cette action n’existe pas pour ces demandes. Choisissez-en une autre.")
        return redirect(retour)
    formulaire = ActeForm(action, demandes[0], agent, request.POST, en_lot=True)
    if not formulaire.is_valid():
        return _confirmer(request, agent, demandes, formulaire, retour)
    faites, refusees = lot.executer(lot.Ordre(agent, code, formulaire.saisie()), references)
    return render(
        request,
        "instruction/lot_fait.html",
        {"action": action, "faites": faites, "refusees": refusees, "retour": retour, "page_active": "demandes"},
    )
