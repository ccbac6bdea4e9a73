"""To the town's identity provider and back; only where ECOUTE_CONNEXION says so."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from consultation.ecoute.equipe.acces import membre_de
from consultation.ecoute.equipe.openid import client, membre_de_claims
from socle.openid import parcours
from socle.openid.identite import AccesRefuse

logger = logging.getLogger(__name__)


def _seulement_openid(vue: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    @wraps(vue)
    def enveloppe(request: HttpRequest) -> HttpResponse:
        if settings.ECOUTE_CONNEXION != "openid-connect":
            raise Http404
        return vue(request)

    return enveloppe


def _page(request: HttpRequest, gabarit: str, statut: int, **contexte: Any) -> HttpResponse:
    return render(request, f"equipe/openid/{gabarit}.html", contexte, status=statut)


def _indisponible(request: HttpRequest, erreur: Exception) -> HttpResponse:
    logger.error("Fournisseur d'identité injoignable : %s", erreur)
    reponse = _page(request, "indisponible", 503, titre="La connexion est momentanément indisponible")
    reponse["Retry-After"] = "60"
    return reponse


def aller(request: HttpRequest, suite: str) -> HttpResponse:
    """Send the person to the provider; they come back to `suite`."""
    adresse_retour = f"{settings.URL_PUBLIQUE}{reverse('equipe:oidc_retour')}"
    try:
        return redirect(parcours.commencer(request, client(), adresse_retour, suite))
    except parcours.Injoignable as erreur:
        return _indisponible(request, erreur)


@never_cache
@require_GET
@_seulement_openid
def retour(request: HttpRequest) -> HttpResponse:
    """Callback. A failure never says why to the outside; the reason is in the log."""
    suite = parcours.suite_voulue(request, reverse("accueil"))
    try:
        prouve = parcours.terminer(request, client())
    except parcours.Injoignable as erreur:
        return _indisponible(request, erreur)
    except parcours.RetourRefuse:
        if membre_de(request) is not None:  # the Back button, after a sign-in that went well
            return redirect(suite)
        return _page(request, "echec", 400, titre="La connexion n'a pas abouti")
    try:
        membre: Any = membre_de_claims(prouve.claims)
    except AccesRefuse as refus:
        claims = prouve.claims
        logger.warning("Accès refusé à %r (source %r) : %s", claims.get("sub"), claims.get("auth_source"), refus)
        request.session.flush()
        titre = "Vous ne pouvez pas entrer ici avec ce compte"
        return _page(request, "refus", 403, titre=titre, raison=str(refus))
    login(request, membre, backend=settings.AUTHENTICATION_BACKENDS[0])
    parcours.retenir(request, prouve)
    return redirect(suite)


def quitter(request: HttpRequest) -> HttpResponse:
    """Sign out here and at the provider, which leads back to our page; to it at once when the provider is down."""
    apres = reverse("equipe:deconnecte")
    fin = parcours.adresse_de_fin(request, client(), f"{settings.URL_PUBLIQUE}{apres}")
    logout(request)
    return redirect(fin or apres)


@never_cache
@require_GET
@_seulement_openid
def deconnecte(request: HttpRequest) -> HttpResponse:
    """Where signing out ends."""
    return _page(request, "deconnecte", 200, titre="Vous êtes déconnecté")
