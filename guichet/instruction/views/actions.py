"""What agents do to a request: one view for every button, because the workflow is what tells them apart.

GET says what will happen and who is told; POST does it, once, on the state that the agent had read.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.datastructures import MultiValueDict
from django.views.decorators.http import require_http_methods

from guichet.demandes.droits import peut_voir
from guichet.demandes.models import Auteur, Demande, Message
from guichet.instruction import presence, versions
from guichet.instruction.acces import agent_requis, demande_visible
from guichet.instruction.acte import ActeForm
from guichet.instruction.actions import REFUS, Action, Apercu, action_du_chemin, actions_possibles
from guichet.instruction.models import Agent
from guichet.instruction.retour import retour_a, suite_de
from socle import saisie_gardee


@require_http_methods(["GET", "HEAD", "POST"])
@agent_requis
def agir(request: HttpRequest, agent: Agent, reference: str, chemin: str) -> HttpResponse:
    """The page of an act, and the act itself.

    On sending, the request is locked while what happened meanwhile is looked at, and until the act is done.
    """
    if request.method == "POST":
        with transaction.atomic():
            # Held until the end: what is compared below is what the service will change.
            demande = demande_visible(agent, reference, _verrouillees())
            return _recevoir(request, agent, demande, _action(demande, chemin))
    demande = demande_visible(agent, reference)
    action = _action(demande, chemin)
    if action not in actions_possibles(demande, agent):
        gardee = saisie_gardee.reprendre(request)
        return _impossible(request, demande, agent, action, gardee[0].get("texte", "") if gardee else "")
    if reprise := saisie_gardee.reprendre(request):
        # Typed before the session ended, on the state read then: sent again, a conflict is still seen.
        messages.info(request, reprise[1])
        return _page(request, agent, demande, ActeForm(action, demande, agent, reprise[0], MultiValueDict()))
    formulaire = ActeForm(action, demande, agent, initial={"version": versions.de(demande)})
    return _page(request, agent, demande, formulaire)


def _verrouillees() -> QuerySet[Demande]:
    return Demande.objects.pour_page().select_for_update(of=("self",))


def _action(demande: Demande, chemin: str) -> Action:
    action = action_du_chemin(demande, chemin)
    if action is None:
        raise Http404
    return action


def _recevoir(request: HttpRequest, agent: Agent, demande: Demande, action: Action) -> HttpResponse:
    formulaire = ActeForm(action, demande, agent, request.POST, request.FILES)
    if request.POST.get("choisir_modele"):
        initial = formulaire.avec_modele(request.POST.get("modele", ""))
        choisi = ActeForm(action, demande, agent, initial=initial)
        choisi.fichiers_perdus = formulaire.fichiers_perdus
        return _page(request, agent, demande, choisi)
    if not formulaire.is_valid():
        return _page(request, agent, demande, formulaire)
    if request.POST.get("voir_courriel"):
        return _montrer_courriel(request, agent, demande, formulaire)
    return _executer(request, agent, demande, formulaire)


def _montrer_courriel(request: HttpRequest, agent: Agent, demande: Demande, formulaire: ActeForm) -> HttpResponse:
    """The page again, with the mail that what was typed would send. Nothing is sent."""
    try:
        apercu = formulaire.action.apercu(demande, agent, formulaire.saisie())
    except REFUS as refus:
        formulaire.add_error(None, str(refus))
        apercu = None
    return _page(request, agent, demande, formulaire, apercu=apercu)


def _executer(request: HttpRequest, agent: Agent, demande: Demande, formulaire: ActeForm) -> HttpResponse:
    action, saisie, version = formulaire.action, formulaire.saisie(), formulaire.cleaned_data["version"]
    if action.deja_faite(demande, agent, version, saisie.texte):
        return _fait(request, agent, demande, action)
    if action not in actions_possibles(demande, agent):
        return _impossible(request, demande, agent, action, saisie.texte)
    conflit = None if action.interne else versions.conflit(demande, version, agent)
    if conflit is not None:
        initial = formulaire.cleaned_data | {"version": versions.de(demande)}
        perdus, formulaire = formulaire.fichiers_perdus, ActeForm(action, demande, agent, initial=initial)
        formulaire.fichiers_perdus = perdus
        return _page(request, agent, demande, formulaire, conflit=conflit, statut=409)
    try:
        with transaction.atomic():
            action.executer(demande, agent, saisie)
            agent.retenir_qualite(saisie.qualite)
    except REFUS as refus:
        formulaire.add_error(None, str(refus))
        return _page(request, agent, demande, formulaire)
    return _fait(request, agent, demande, action)


def _fait(request: HttpRequest, agent: Agent, demande: Demande, action: Action) -> HttpResponse:
    messages.success(request, action.mots.fait)
    # A request handed to a service the agent is not in has no page for them any more, but one to take it back.
    page = "demande" if peut_voir(agent, demande) else "transmise"
    return retour_a(request, demande, page)


def _page(
    request: HttpRequest,
    agent: Agent,
    demande: Demande,
    formulaire: ActeForm,
    *,
    conflit: versions.Conflit | None = None,
    apercu: Apercu | None = None,
    statut: int = 200,
) -> HttpResponse:
    action = formulaire.action
    rappel = Message.objects.filter(demande=demande, auteur_type=Auteur.USAGER).order_by("-envoye_le").first()
    contexte: dict[str, Any] = {
        "demande": demande,
        "action": action,
        "formulaire": formulaire,
        "conflit": conflit,
        "rappel": rappel,
        "reponses": [(reponse.libelle, reponse.valeur) for reponse in demande.reponses(avec_contact=False)],
        "consequences": action.consequences(demande),
        "apercu": apercu or action.apercu(demande, agent),
        "apercu_ouvert": apercu is not None,
        "apercu_a_demander": action.ecrit_un_courriel(demande) and action.courriel_selon_la_saisie,
        "presence": presence.constater(demande, agent),
        "suite": suite_de(request),
        "page_active": "demandes",
    }
    return render(request, "instruction/action.html", contexte, status=statut)


def _impossible(request: HttpRequest, demande: Demande, agent: Agent, action: Action, texte: str = "") -> HttpResponse:
    """The request moved on meanwhile. What was written is shown again: nobody types it twice."""
    return render(
        request,
        "instruction/action_impossible.html",
        {
            "demande": demande,
            "action": action,
            "texte": texte,
            "conflit": versions.conflit(demande, "", agent),
            "suite": suite_de(request),
            "page_active": "demandes",
        },
        status=409,
    )
