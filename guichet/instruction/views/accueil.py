"""Home: what waits for the agent today, then the figures of their services."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from guichet.demandes import lettres
from guichet.demandes.droits import services_de
from guichet.instruction import selectors
from guichet.instruction.acces import agent_requis
from guichet.instruction.models import Agent


@require_safe
@agent_requis
def accueil(request: HttpRequest, agent: Agent) -> HttpResponse:
    """The agents' home page."""
    services = services_de(agent)
    return render(
        request,
        "instruction/accueil.html",
        {
            "a_faire": selectors.a_faire(agent, services),
            "lettres": lettres.a_imprimer(services).count(),
            "sans_service": not services,
            "page_active": "accueil",
        },
    )
