"""The page of one request, and the letters that can be printed of its history."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from guichet.demandes import decisions, lettres, services, workflow
from guichet.demandes.droits import services_de
from guichet.demandes.models import Demande, Evenement, Lettre
from guichet.demandes.references import normaliser_reference
from guichet.instruction import presence
from guichet.instruction.acces import DemandeIntrouvable, agent_requis, demande_visible
from guichet.instruction.actions import actions_possibles, ranger
from guichet.instruction.fiche import fiche_de
from guichet.instruction.models import Agent
from guichet.instruction.retour import retour_a, suite_de
from guichet.instruction.selectors import voisines
from guichet.stockage.backend import reponse_fichier


@require_safe
@agent_requis
def demande(request: HttpRequest, agent: Agent, reference: str) -> HttpResponse:
    """A request; agents of other services get the 404 of an unknown reference. Colleagues are told who reads it."""
    try:
        trouvee = demande_visible(agent, reference)
    except DemandeIntrouvable:
        return redirect("instruction:transmise", _transmise(agent, reference).reference)
    if trouvee.reference != reference:
        return retour_a(request, trouvee)
    mes_services = services_de(agent)
    actions = actions_possibles(trouvee, agent)
    return render(
        request,
        "instruction/demande.html",
        {
            "demande": trouvee,
            "fiche": fiche_de(trouvee, agent, mes_services),
            "actions": actions,
            **ranger(trouvee, actions),
            "decision": decisions.retirable(trouvee, agent),
            "attestable": decisions.tacite(trouvee) is not None,
            "peut_confier": services.peut_confier(trouvee, agent),
            "suite": suite_de(request),
            "voisines": voisines(trouvee, agent, mes_services, request.GET.dict()),
            "presence": presence.constater(trouvee, agent),
            "page_active": "demandes",
        },
    )


def _transmise(agent: Agent, reference: str) -> Demande:
    """A request that the agent's service has just passed on by mistake, perhaps. Raises DemandeIntrouvable for others:
    nothing of it is read there but to whom it went.
    """
    trouvee = Demande.objects.pour_page().filter(reference=normaliser_reference(reference)).first()
    if trouvee is None or services.transmission_annulable(trouvee, agent) is None:
        raise DemandeIntrouvable
    return trouvee


@require_safe
@agent_requis
def transmise(request: HttpRequest, agent: Agent, reference: str) -> HttpResponse:
    """What was passed on to another service can be taken back, until somebody there takes it."""
    contexte = {"demande": _transmise(agent, reference), "page_active": "demandes"}
    return render(request, "instruction/transmise.html", contexte)


@require_POST
@agent_requis
def annuler_transmission(request: HttpRequest, agent: Agent, reference: str) -> HttpResponse:
    """Take it back: the request is again with the service that had it."""
    trouvee = _transmise(agent, reference)
    try:
        services.annuler_transmission(trouvee, agent)
    except workflow.TransitionImpossible:
        messages.error(request, "Trop tard : l’autre service s’en occupe. Appelez-le.")
        return redirect("instruction:liste")
    messages.success(request, f"La transmission est annulée : la demande revient au service {trouvee.service.nom}.")
    return redirect("instruction:demande", trouvee.reference)


@require_safe
@agent_requis
def lettre(request: HttpRequest, agent: Agent, reference: str, cle: int) -> HttpResponse:
    """What the town decided, on paper: for who did not want e-mail. Given here, it is not to be printed again."""
    trouvee = demande_visible(agent, reference)
    evenement = Evenement.objects.filter(pk=cle, demande=trouvee).first()
    if evenement is None:
        raise Http404
    evenement.demande = trouvee
    if not lettres.peut_s_ecrire(evenement):
        raise Http404
    nom = f"lettre-{trouvee.reference}-{cle}.pdf"
    contenu = lettres.lettre_pdf(evenement, agent)
    if request.method == "GET":
        lettres.remettre(agent, evenement)
    return reponse_fichier(contenu, nom, "application/pdf")


@require_safe
@agent_requis
def lettre_organisme(request: HttpRequest, agent: Agent, reference: str, cle: int) -> HttpResponse:
    """What went by post to another authority, once more: the letter, the request and its files (CRPA L.114-2)."""
    trouvee = demande_visible(agent, reference)
    ecrite = Lettre.objects.filter(
        evenement=cle, demande=trouvee, demande__anonymisee_le=None, pour=Lettre.Pour.ORGANISME
    ).first()
    if ecrite is None:
        raise Http404
    ecrite.demande = trouvee
    return reponse_fichier(lettres.une_pdf(ecrite), f"transmission-{trouvee.reference}.pdf", "application/pdf")
