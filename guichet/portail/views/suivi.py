"""Opening a request with its number and tracking code."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from guichet.demandes import references
from guichet.portail import acces
from guichet.portail.forms import FormulaireSuivi
from guichet.portail.suivi import TropDeTentatives, ouvrir_par_code


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def suivi(request: HttpRequest) -> HttpResponse:
    """Opens a request with its number and code; 429 after too many wrong codes."""
    initial = {"reference": request.GET.get("reference", "")[:40]}
    formulaire = FormulaireSuivi(request.POST if request.method == "POST" else None, initial=initial)
    statut = 200
    if request.method == "POST" and formulaire.is_valid():
        try:
            trouvee = ouvrir_par_code(request, formulaire.cleaned_data["reference"], formulaire.cleaned_data["code"])
        except TropDeTentatives as trop:
            formulaire.add_error(None, str(trop))
            statut = 429
        else:
            if trouvee is not None:
                acces.ouvrir(request, trouvee)
                return redirect("portail:demande", trouvee.reference)
            formulaire.add_error(
                "code",
                "Le numéro et le code ne vont pas ensemble. Recopiez-les depuis votre accusé de réception.",
            )
    contexte = {"page_active": "suivi", "form": formulaire, "reste": acces.retient(request)}
    return render(request, "portail/suivi.html", contexte, status=statut)


def vers_suivi(reference: str) -> HttpResponse:
    """The same answer whether the request is somebody else's or does not exist."""
    return redirect(f"{reverse('portail:suivi')}?reference={quote(references.normaliser_reference(reference))}")
