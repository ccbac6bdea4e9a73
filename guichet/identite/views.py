"""Sign-in and sign-out of both sites through the identity provider (code flow, PKCE, nonce, state)."""

import logging

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.module_loading import import_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from guichet.gabarits.views import page_erreur
from guichet.identite.client import client
from socle.openid import parcours
from socle.openid.identite import AccesRefuse

logger = logging.getLogger(__name__)


def _deja_connecte(request: HttpRequest) -> bool:
    return getattr(request, "usager", None) is not None or request.user.is_authenticated


def _indisponible(request: HttpRequest, erreur: Exception) -> HttpResponse:
    logger.error("Fournisseur d'identité injoignable : %s", erreur)
    reponse = page_erreur("identite/indisponible.html", 503, request)
    reponse["Retry-After"] = "60"
    return reponse


@never_cache
@require_GET
def connexion(request: HttpRequest) -> HttpResponse:
    suite = parcours.suite_sure(request, request.GET.get("next"))
    if _deja_connecte(request):
        return HttpResponseRedirect(suite)
    try:
        adresse = parcours.commencer(request, client(), f"{settings.URL_PUBLIQUE}/oidc/retour/", suite)
    except parcours.Injoignable as erreur:
        return _indisponible(request, erreur)
    return HttpResponseRedirect(adresse)


@never_cache
@require_GET
def retour(request: HttpRequest) -> HttpResponse:
    """Callback. A failure never says why to the outside; the reason is in the log."""
    suite = parcours.suite_voulue(request)
    try:
        prouve = parcours.terminer(request, client())
    except parcours.Injoignable as erreur:
        return _indisponible(request, erreur)
    except parcours.RetourRefuse:
        if _deja_connecte(request):  # the Back button, after a sign-in that went well
            return HttpResponseRedirect(suite)
        return page_erreur("identite/echec.html", 400, request)
    claims = prouve.claims
    try:
        import_string(settings.GUICHET_OIDC_OUVERTURE)(request, claims)
    except AccesRefuse as refus:
        logger.warning("Accès refusé à %r (source %r) : %s", claims.get("sub"), claims.get("auth_source"), refus)
        request.session.flush()
        return page_erreur("identite/refus.html", 403, request, raison=str(refus))
    parcours.retenir(request, prouve)
    return HttpResponseRedirect(suite)


@never_cache
@require_http_methods(["GET", "POST"])
def deconnexion(request: HttpRequest) -> HttpResponse:
    """Ask for confirmation (GET), then sign out here and at the identity provider (POST)."""
    if not _deja_connecte(request):
        return HttpResponseRedirect(settings.GUICHET_URL_APRES_DECONNEXION)
    if request.method == "GET":
        return render(request, "identite/deconnexion.html", {"base": _base()})
    fin = adresse_de_fin(request)
    logout(request)
    return HttpResponseRedirect(fin)


def adresse_de_fin(request: HttpRequest) -> str:
    """Where this session ends at the identity provider too; our own home when the provider does not answer."""
    apres = str(settings.GUICHET_URL_APRES_DECONNEXION)
    return parcours.adresse_de_fin(request, client(), f"{settings.URL_PUBLIQUE}{apres}") or apres


@never_cache
@require_GET
def deconnecte(request: HttpRequest) -> HttpResponse:
    return render(request, "identite/deconnecte.html", {"base": _base()})


def _base() -> str:
    return "base_agents.html" if settings.GUICHET_SITE == "instruction" else "base_portail.html"
