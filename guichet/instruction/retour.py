"""Back to a request after what was done to it, without losing the list that its reader came from."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse

from guichet.demandes.models import Demande


def suite_de(request: HttpRequest) -> str:
    """What follows a request's address, « ? » and all: the list that the reader came from; empty without one."""
    requete = request.GET.urlencode()
    return f"?{requete}" if requete else ""


def retour_a(request: HttpRequest, demande: Demande, page: str = "demande") -> HttpResponseRedirect:
    """To the request, or to its ``page``, read again with GET."""
    reponse = HttpResponseRedirect(reverse(f"instruction:{page}", args=[demande.reference]) + suite_de(request))
    if request.method == "POST":
        reponse.status_code = 303
    return reponse
