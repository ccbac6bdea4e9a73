"""Who may open the agents' pages, and what they are told when a request is not theirs to read.

A request of another service and a reference that does not exist get the same answer, word for word and status
for status (404): trying references teaches nothing, not even that a request exists.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from guichet.demandes import droits, selectors
from guichet.demandes.models import Demande
from guichet.instruction.models import Agent
from socle import saisie_gardee

GROUPE_AGENTS = "agents"

P = ParamSpec("P")


class DemandeIntrouvable(Exception):
    """Unknown reference, or request of a service the agent is not in: nobody is told which."""


def agent_requis(
    vue: Callable[Concatenate[HttpRequest, Agent, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Give the view the signed-in agent; pages are never kept by the browser (shared desks)."""

    @wraps(vue)
    @never_cache
    def enveloppe(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        agent = request.user
        if not isinstance(agent, Agent):
            if saisie_gardee.avec_compte(request):  # else nobody can tell to whom to give it back
                saisie_gardee.garder(request)
            return redirect_to_login(request.get_full_path())
        if GROUPE_AGENTS not in agent.groupes:
            raise PermissionDenied("Votre compte n’est plus celui d’un agent.")
        try:
            return vue(request, agent, *args, **kwargs)
        except DemandeIntrouvable:
            return render(request, "instruction/introuvable.html", status=404)

    return cast("Callable[Concatenate[HttpRequest, P], HttpResponseBase]", enveloppe)


def demande_visible(agent: droits.Agent, reference: str, queryset: QuerySet[Demande] | None = None) -> Demande:
    """The request of this reference, if this agent may read it. Raises DemandeIntrouvable otherwise."""
    demande = selectors.pour_agent(agent, reference, queryset)
    if demande is None:
        raise DemandeIntrouvable
    return demande
