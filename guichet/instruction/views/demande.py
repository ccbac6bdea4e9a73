"""The page of one request."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from guichet.demandes.models import Demande
from guichet.instruction import presence, versions
from guichet.instruction.acces import agent_requis, demande_visible
from guichet.instruction.actions import actions_possibles
from guichet.instruction.fiche import fiche_de
from guichet.instruction.models import Agent


@require_safe
@agent_requis
def demande(request: HttpRequest, agent: Agent, reference: str) -> HttpResponse:
    trouvee = demande_visible(agent, reference, Demande.objects.pour_page())
    if trouvee.reference != reference:
        return redirect("instruction:demande", trouvee.reference)
    return render(
        request,
        "instruction/demande.html",
        {
            "demande": trouvee,
            "fiche": fiche_de(trouvee, agent),
            "actions": actions_possibles(trouvee, agent),
            "version": versions.de(trouvee),
            "presence": presence.constater(trouvee, agent),
            "page_active": "demandes",
        },
    )
