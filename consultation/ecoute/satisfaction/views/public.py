"""Saying how a procedure went: one page, one answer needed, no account, no JavaScript."""

from __future__ import annotations

import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from consultation.ecoute.cadre.pages import soumis
from consultation.ecoute.contributions.services import AvisRefuse, ralentir
from consultation.ecoute.satisfaction import catalogue, services
from consultation.ecoute.satisfaction.forms import QuestionnairePublicForm
from consultation.ecoute.satisfaction.models import Demarche
from socle.securite.adresse import adresse_de

COOKIE = "ecoute_demarche"  # keeps one device from answering twenty times; says nothing of who holds it
DUREE_COOKIE = 24 * 3600  # seconds


@require_safe
def choisir(request: HttpRequest) -> HttpResponse:
    """Which procedure it is about."""
    catalogue.rafraichir()
    demarches = Demarche.objects.filter(ouverte=True)
    return render(
        request, "satisfaction/public/choisir.html", {"titre": "Donner mon avis sur une démarche",
                                                      "demarches": demarches}
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def donner(request: HttpRequest, slug: str) -> HttpResponse:
    """The questionnaire; it comes back whole with a sentence when something is wrong."""
    catalogue.rafraichir()
    demarche = get_object_or_404(Demarche, slug=slug)
    if not demarche.ouverte:
        return render(request, "satisfaction/public/fermee.html",
                      {"titre": "Cette démarche ne reçoit plus d'avis", "demarche": demarche}, status=410)  # fmt: skip
    form = QuestionnairePublicForm(soumis(request))
    if form.is_valid():
        jeton = request.get_signed_cookie(COOKIE, default="", max_age=DUREE_COOKIE) or secrets.token_urlsafe(16)
        try:
            if form.cleaned_data["site"]:
                raise AvisRefuse(
                    "Une case à laisser vide a été remplie, comme le font les robots : votre réponse n'est pas "
                    "enregistrée. Videz-la, ou appelez la mairie."
                )
            ralentir(adresse_de(request), "demarche")
            services.repondre(demarche, form.dit(), services.source_de(request.GET.get("source", "")), jeton)
        except AvisRefuse as refus:
            form.add_error(None, str(refus))
        else:
            reponse = redirect("public:avis_merci", slug=slug)
            reponse.set_signed_cookie(
                COOKIE, jeton, max_age=DUREE_COOKIE, httponly=True, samesite="Lax", secure=request.is_secure()
            )
            return reponse
    contexte = {"titre": "Donner mon avis sur cette démarche", "demarche": demarche, "form": form}
    return render(request, "satisfaction/public/donner.html", contexte, status=422 if form.errors else 200)


@require_safe
def merci(request: HttpRequest, slug: str) -> HttpResponse:
    """What becomes of it; says nothing of the answer, can be opened again."""
    demarche = get_object_or_404(Demarche, slug=slug)
    return render(request, "satisfaction/public/merci.html", {"titre": "Merci, c'est enregistré", "demarche": demarche})
