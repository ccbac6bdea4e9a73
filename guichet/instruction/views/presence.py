"""What the page's script asks every half minute: who else reads this request."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_POST

from guichet.demandes.models import Demande
from guichet.instruction import presence
from guichet.instruction.acces import agent_requis, demande_visible
from guichet.instruction.models import Agent


@require_POST
@agent_requis
def lecteurs(_request: HttpRequest, agent: Agent, reference: str) -> JsonResponse:
    """A sentence on who else reads the request, as JSON; counts the agent as a reader."""
    demande = demande_visible(agent, reference, Demande.objects.only("pk"))
    return JsonResponse({"phrase": presence.constater(demande, agent)})
