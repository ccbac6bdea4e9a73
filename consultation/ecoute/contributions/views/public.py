"""Giving one's opinion: one page, no account, no JavaScript."""

from __future__ import annotations

import secrets

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from consultation.ecoute.cadre.pages import soumis
from consultation.ecoute.contributions import services
from consultation.ecoute.contributions.forms import AvisPublicForm
from consultation.ecoute.contributions.models import Contact
from consultation.ecoute.contributions.services import AvisRefuse
from consultation.ecoute.dossiers.acces import trouver_public
from socle.securite.adresse import adresse_de

COOKIE = "ecoute_avis"  # counts the opinions of one device; says nothing of who holds it
DUREE_COOKIE = 180 * 24 * 3600  # seconds
SEL = "contributions.recu"


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def donner(request: HttpRequest, slug: str) -> HttpResponse:
    """The form; it comes back whole with a sentence when something is wrong."""
    dossier = trouver_public(slug)
    if not dossier.recoit:
        return render(request, "contributions/ferme.html", {"titre": "La participation n'est pas ouverte",
                                                            "dossier": dossier}, status=410)  # fmt: skip
    form = AvisPublicForm(soumis(request), dossier=dossier)
    if form.is_valid():
        jeton = request.get_signed_cookie(COOKIE, default="", max_age=DUREE_COOKIE) or secrets.token_urlsafe(16)
        try:
            if form.cleaned_data["site"]:
                raise AvisRefuse(
                    "Une case à laisser vide a été remplie, comme le font les robots : votre avis n'est pas "
                    "enregistré. Videz-la, ou appelez la mairie."
                )
            services.ralentir(adresse_de(request))
            avis = services.deposer(dossier, form.saisie(), jeton, form.cleaned_data["envoi"])
        except AvisRefuse as refus:
            form.add_error(None, str(refus))
        else:
            recu = signing.dumps([dossier.pk, avis.numero], salt=SEL)
            reponse = redirect("public:merci", slug=slug, recu=recu)
            reponse.set_signed_cookie(
                COOKIE, jeton, max_age=DUREE_COOKIE, httponly=True, samesite="Lax", secure=request.is_secure()
            )
            return reponse
    contexte = {"titre": "Donner mon avis", "dossier": dossier, "form": form}
    return render(request, "contributions/donner.html", contexte, status=422 if form.errors else 200)


@require_safe
@never_cache
def merci(request: HttpRequest, slug: str, recu: str) -> HttpResponse:
    """Receipt: number, what happens next; can be opened again and printed."""
    dossier = trouver_public(slug)
    try:
        pk, numero = signing.loads(recu, salt=SEL)
    except signing.BadSignature:
        return redirect("public:consultation", slug=slug)
    if pk != dossier.pk:
        return redirect("public:consultation", slug=slug)
    return render(request, "contributions/merci.html", {
        "titre": "Merci, c'est enregistré", "dossier": dossier, "numero": numero,
        "contact": Contact.objects.filter(contribution__dossier=dossier, contribution__numero=numero).exists(),
    })  # fmt: skip
