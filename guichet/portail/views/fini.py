"""« J'ai fini » : what this browser holds without account is erased, for who shares a computer (GDPR art. 32)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from guichet.portail import acces


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def fini(request: HttpRequest) -> HttpResponse:
    """Says what is erased and what is not, erases, then says that it is done."""
    if acces.usager_de(request) is not None:
        return redirect("deconnexion")
    if request.method == "POST":
        acces.effacer(request)
        reponse = redirect("portail:fini")
        # What the browser kept of the pages, so that « Back » asks for them again.
        reponse["Clear-Site-Data"] = '"cache"'
        return reponse
    contexte = {"page_active": "suivi", "reste": acces.retient(request), "brouillons": acces.sans_code(request)}
    return render(request, "portail/fini.html", contexte)
