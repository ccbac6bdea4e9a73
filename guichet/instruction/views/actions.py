"""What agents do to a request: one view for every button, because the workflow is what tells them apart.

GET says what will happen and who is told; POST does it, once, on the state that the agent had read.
"""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from guichet.demandes.models import Auteur, Demande, Message
from guichet.instruction import presence, versions
from guichet.instruction.acces import agent_requis, demande_visible
from guichet.instruction.actions import Action, action_du_chemin, actions_possibles
from guichet.instruction.formulaires import ActionForm, TexteForm
from guichet.instruction.models import Agent


@require_http_methods(["GET", "HEAD", "POST"])
@agent_requis
def agir(request: HttpRequest, agent: Agent, reference: str, chemin: str) -> HttpResponse:
    if request.method == "POST":
        with transaction.atomic():
            # Held until the end: what is compared below is what the service will change.
            demande = demande_visible(agent, reference, _verrouillees())
            return _executer(request, agent, demande, _action(demande, chemin))
    demande = demande_visible(agent, reference, Demande.objects.pour_page())
    action = _action(demande, chemin)
    if not _possible(action, demande, agent):
        return _impossible(request, demande, agent, action)
    return _page(request, agent, demande, action, _formulaire(action, initial={"version": versions.de(demande)}))


def _verrouillees() -> QuerySet[Demande]:
    return Demande.objects.pour_page().select_for_update(of=("self",))


def _action(demande: Demande, chemin: str) -> Action:
    action = action_du_chemin(demande, chemin)
    if action is None:
        raise Http404
    return action


def _possible(action: Action, demande: Demande, agent: Agent) -> bool:
    return action in actions_possibles(demande, agent)


def _executer(request: HttpRequest, agent: Agent, demande: Demande, action: Action) -> HttpResponse:
    formulaire = _formulaire(action, donnees=request.POST)
    if not formulaire.is_valid():
        return _page(request, agent, demande, action, formulaire)
    texte = formulaire.cleaned_data.get("texte", "")
    if action.deja_faite(demande, agent, texte):
        return _fait(request, demande, action)
    if not _possible(action, demande, agent):
        return _impossible(request, demande, agent, action, texte)
    conflit = None if action.interne else versions.conflit(demande, formulaire.cleaned_data["version"], agent)
    if conflit is not None:
        formulaire = _formulaire(action, initial={"version": versions.de(demande), "texte": texte})
        return _page(request, agent, demande, action, formulaire, conflit=conflit, statut=409)
    action.executer(demande, agent, texte)
    return _fait(request, demande, action)


def _fait(request: HttpRequest, demande: Demande, action: Action) -> HttpResponse:
    messages.success(request, action.mots.fait)
    reponse = HttpResponseRedirect(reverse("instruction:demande", args=[demande.reference]))
    reponse.status_code = 303
    return reponse


def _formulaire(action: Action, donnees: QueryDict | None = None, initial: dict[str, str] | None = None) -> ActionForm:
    if action.transition.texte == "aucun":
        return ActionForm(donnees, initial=initial, auto_id="id-%s")
    return TexteForm(donnees, initial=initial, auto_id="id-%s", mots=action.mots, obligatoire=action.texte_obligatoire)


def _page(
    request: HttpRequest,
    agent: Agent,
    demande: Demande,
    action: Action,
    formulaire: ActionForm,
    *,
    conflit: versions.Conflit | None = None,
    statut: int = 200,
) -> HttpResponse:
    rappel = Message.objects.filter(demande=demande, auteur_type=Auteur.USAGER).order_by("-envoye_le").first()
    return render(
        request,
        "instruction/action.html",
        {
            "demande": demande,
            "action": action,
            "formulaire": formulaire,
            "conflit": conflit,
            "rappel": rappel,
            "consequences": action.consequences(demande),
            "apercu": action.apercu(demande),
            "presence": presence.constater(demande, agent),
            "page_active": "demandes",
        },
        status=statut,
    )


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
            "page_active": "demandes",
        },
        status=409,
    )
