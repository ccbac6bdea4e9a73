"""The page of one request, and the letters that can be printed of its history."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from guichet.demandes import lettres
from guichet.demandes.droits import services_de
from guichet.demandes.models import Demande, Evenement
from guichet.instruction import presence
from guichet.instruction.acces import agent_requis, demande_visible
from guichet.instruction.actions import actions_possibles
from guichet.instruction.fiche import fiche_de
from guichet.instruction.models import Agent
from guichet.stockage.backend import reponse_fichier


@require_safe
@agent_requis
def demande(request: HttpRequest, agent: Agent, reference: str) -> HttpResponse:
    """A request; agents of other services get the 404 of an unknown reference. Colleagues are told who reads it."""
    trouvee = demande_visible(agent, reference, Demande.objects.pour_page())
    if trouvee.reference != reference:
        return redirect("instruction:demande", trouvee.reference)
    actions = actions_possibles(trouvee, agent)
    return render(
        request,
        "instruction/demande.html",
        {
            "demande": trouvee,
            "fiche": fiche_de(trouvee, agent, list(services_de(agent))),
            "actions": actions,
            "boutons": [action for action in actions if not action.a_cote],
            "liens": [action for action in actions if action.a_cote],
            "presence": presence.constater(trouvee, agent),
            "page_active": "demandes",
        },
    )


@require_safe
@agent_requis
def lettre(_request: HttpRequest, agent: Agent, reference: str, cle: int) -> HttpResponse:
    """What the town decided, on paper: for who did not want e-mail."""
    trouvee = demande_visible(agent, reference, Demande.objects.pour_page())
    evenement = Evenement.objects.filter(pk=cle, demande=trouvee).first()
    if evenement is None:
        raise Http404
    evenement.demande = trouvee
    if not lettres.peut_s_ecrire(evenement):
        raise Http404
    nom = f"lettre-{trouvee.reference}-{cle}.pdf"
    return reponse_fichier(lettres.lettre_pdf(evenement), nom, "application/pdf")
