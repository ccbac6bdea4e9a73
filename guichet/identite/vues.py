"""Sign-in and sign-out of both sites through the identity provider (code flow, PKCE, nonce, state)."""

import logging
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.common.urls import add_params_to_uri
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.module_loading import import_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods
from joserfc.errors import JoseError
from requests import RequestException

from guichet.gabarits.vues import page_erreur
from guichet.identite.client import client
from guichet.identite.ouverture import CLE_JETON, AccesRefuse

logger = logging.getLogger(__name__)

CLE_SUITES = "oidc_suites"
SUITES_GARDEES = 5  # sign-ins begun in as many tabs


def suite_sure(request: HttpRequest, adresse: str | None) -> str:
    """Return where to go after the sign-in: an address of this site, or its home."""
    hotes = {request.get_host()}
    if adresse and adresse.startswith("/") and url_has_allowed_host_and_scheme(adresse, hotes, require_https=True):
        return adresse
    return "/"


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
    suite = suite_sure(request, request.GET.get("next"))
    if _deja_connecte(request):
        return HttpResponseRedirect(suite)
    try:
        donnees: dict[str, Any] = client().create_authorization_url(f"{settings.GUICHET_PUBLIC_URL}/oidc/retour/")
    except (RequestException, AuthlibBaseError, ValueError, RuntimeError) as erreur:
        return _indisponible(request, erreur)
    client().save_authorize_data(request, redirect_uri=f"{settings.GUICHET_PUBLIC_URL}/oidc/retour/", **donnees)
    suites = dict(list(request.session.get(CLE_SUITES, {}).items())[-(SUITES_GARDEES - 1) :])
    request.session[CLE_SUITES] = {**suites, donnees["state"]: suite}
    return HttpResponseRedirect(donnees["url"])


@never_cache
@require_GET
def retour(request: HttpRequest) -> HttpResponse:
    """Callback. A failure never says why to the outside; the reason is in the log."""
    suite = request.session.get(CLE_SUITES, {}).get(request.GET.get("state", ""), "/")
    try:
        jeton = client().authorize_access_token(request)
        claims = dict(jeton["userinfo"])
    except RequestException as erreur:
        return _indisponible(request, erreur)
    except (AuthlibBaseError, JoseError, KeyError, ValueError) as erreur:
        logger.warning("Retour de connexion refusé : %s", erreur)
        if _deja_connecte(request):  # the Back button, after a sign-in that went well
            return HttpResponseRedirect(suite)
        return page_erreur("identite/echec.html", 400, request)
    try:
        import_string(settings.GUICHET_OIDC_OUVERTURE)(request, claims)
    except AccesRefuse as refus:
        logger.warning("Accès refusé à %r (source %r) : %s", claims.get("sub"), claims.get("auth_source"), refus)
        request.session.flush()
        return page_erreur("identite/refus.html", 403, request, raison=str(refus))
    request.session.pop(CLE_SUITES, None)
    request.session[CLE_JETON] = jeton["id_token"]
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
    try:
        fin: dict[str, Any] = client().create_logout_url(id_token_hint=request.session.get(CLE_JETON))
    except (RequestException, AuthlibBaseError, ValueError, RuntimeError) as erreur:
        logger.error("Fournisseur d'identité injoignable à la déconnexion : %s", erreur)
        return str(settings.GUICHET_URL_APRES_DECONNEXION)
    # Without `state`: it would come back in the address of the home page, and nothing here needs it.
    suite = f"{settings.GUICHET_PUBLIC_URL}{settings.GUICHET_URL_APRES_DECONNEXION}"
    return str(add_params_to_uri(fin["url"], {"post_logout_redirect_uri": suite}))


@never_cache
@require_GET
def deconnecte(request: HttpRequest) -> HttpResponse:
    return render(request, "identite/deconnecte.html", {"base": _base()})


def _base() -> str:
    return "base_agents.html" if settings.GUICHET_SITE == "instruction" else "base_portail.html"
