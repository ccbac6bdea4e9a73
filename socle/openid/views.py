"""Sign-in and sign-out through the identity provider; what differs from one site to another is in site.py."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from socle.erreurs import a_revenir
from socle.openid import droits, parcours
from socle.openid.client import client
from socle.openid.identite import AccesRefuse
from socle.openid.site import site

logger = logging.getLogger(__name__)


def _si_propose(vue: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    @wraps(vue)
    def enveloppe(request: HttpRequest) -> HttpResponse:
        if not site().propose():
            raise Http404
        return vue(request)

    return enveloppe


def _indisponible(request: HttpRequest, erreur: Exception) -> HttpResponse:
    logger.error("Fournisseur d'identité injoignable : %s", erreur)
    return a_revenir(site().page(request, "indisponible", 503))


def aller(request: HttpRequest, suite: str) -> HttpResponse:
    """Send the person to the provider; they come back to `suite`."""
    try:
        adresse = parcours.commencer(request, client(), f"{settings.URL_PUBLIQUE}{site().retour}", suite)
    except parcours.Injoignable as erreur:
        return _indisponible(request, erreur)
    return HttpResponseRedirect(adresse)


@never_cache
@require_GET
@_si_propose
def connexion(request: HttpRequest) -> HttpResponse:
    """Sign in, then go where the person wanted to."""
    suite = parcours.suite_sure(request, request.GET.get("next"), str(site().accueil))
    return HttpResponseRedirect(suite) if site().connecte(request) else aller(request, suite)


@never_cache
@require_GET
@_si_propose
def retour(request: HttpRequest) -> HttpResponse:
    """Callback. A failure never says why to the outside; the reason is in the log."""
    suite = parcours.suite_voulue(request, str(site().accueil))
    try:
        prouve = parcours.terminer(request, client())
    except parcours.Injoignable as erreur:
        return _indisponible(request, erreur)
    except parcours.RetourRefuse:
        if site().connecte(request):  # the Back button, after a sign-in that went well
            return HttpResponseRedirect(suite)
        return site().page(request, "echec", 400)
    claims = prouve.claims
    try:
        site().ouvrir(request, claims)
    except AccesRefuse as refus:
        logger.warning("Accès refusé à %r (source %r) : %s", claims.get("sub"), claims.get("auth_source"), refus)
        request.session.flush()
        return site().page(request, "refus", 403, str(refus))
    parcours.retenir(request, prouve)
    droits.confirmee(request)
    return HttpResponseRedirect(suite)


@never_cache
@require_http_methods(["GET", "POST"])
@_si_propose
def deconnexion(request: HttpRequest) -> HttpResponse:
    """Ask for confirmation (GET), then sign out (POST)."""
    if not site().connecte(request):
        return HttpResponseRedirect(str(site().apres))
    return site().page(request, "deconnexion", 200) if request.method == "GET" else quitter(request)


def quitter(request: HttpRequest) -> HttpResponse:
    """Sign out here and at the provider, which leads back to our page."""
    fin = adresse_de_fin(request)
    logout(request)
    return HttpResponseRedirect(fin)


def adresse_de_fin(request: HttpRequest) -> str:
    """Where this session ends at the provider too; our own page when the provider does not answer."""
    apres = str(site().apres)
    return parcours.adresse_de_fin(request, client(), f"{settings.URL_PUBLIQUE}{apres}") or apres


@never_cache
@require_GET
@_si_propose
def deconnecte(request: HttpRequest) -> HttpResponse:
    """Where signing out ends."""
    return site().page(request, "deconnecte", 200)
