"""To the identity provider and back: each site's views call these, and choose their own pages."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.common.urls import add_params_to_uri
from authlib.integrations.base_client import OAuthError
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme
from joserfc.errors import JoseError
from requests import RequestException

logger = logging.getLogger(__name__)

CLE_JETON = "oidc_id_token"
CLE_RENOUVELLEMENT = "oidc_renouvellement"
CLE_SUITES = "oidc_suites"
SUITES_GARDEES = 5  # sign-ins begun in as many tabs


class Injoignable(Exception):
    """The provider does not answer."""


class RetourRefuse(Exception):
    """What came back proves nothing: forged, out of date, refused, or played twice. The reason is in the log."""


@dataclass(frozen=True)
class Retour:
    """What the provider proved: verified claims, and the token that signing out will show.

    `renouvellement`: with it the provider is asked again (socle/openid/droits.py); empty where it gives none.
    """

    claims: dict[str, Any]
    jeton: str
    renouvellement: str = ""


def suite_sure(request: HttpRequest, adresse: str | None, accueil: str = "/") -> str:
    """Return where to go after the sign-in: an address of this site, or its home."""
    hotes = {request.get_host()}
    if adresse and adresse.startswith("/") and url_has_allowed_host_and_scheme(adresse, hotes, require_https=True):
        return adresse
    return accueil


def commencer(request: HttpRequest, client: Any, retour: str, suite: str) -> str:
    """Return the provider's address to send the person to; `retour` is the site's callback. Raises Injoignable."""
    try:
        donnees: dict[str, Any] = client.create_authorization_url(retour)
    except (RequestException, AuthlibBaseError, ValueError, RuntimeError) as erreur:
        raise Injoignable(str(erreur)) from erreur
    client.save_authorize_data(request, redirect_uri=retour, **donnees)
    suites = dict(list(request.session.get(CLE_SUITES, {}).items())[-(SUITES_GARDEES - 1) :])
    request.session[CLE_SUITES] = {**suites, donnees["state"]: suite}
    return str(donnees["url"])


def suite_voulue(request: HttpRequest, accueil: str = "/") -> str:
    """Return where the person of this callback wanted to go.

    A sign-in begun from nowhere in particular, left, then begun again from a page: the provider may end the first one.
    That page is where they want to go, not the home.
    """
    suites = dict(request.session.get(CLE_SUITES, {}))
    etat = request.GET.get("state", "")
    voulue = str(suites.get(etat, accueil))
    if voulue != accueil or etat not in suites:
        return voulue
    depuis = list(suites).index(etat)
    return next((str(suite) for suite in reversed(list(suites.values())[depuis:]) if suite != accueil), accueil)


def terminer(request: HttpRequest, client: Any) -> Retour:
    """Return what the callback proves. Raises Injoignable or RetourRefuse."""
    try:
        jeton = client.authorize_access_token(request)
        return Retour(dict(jeton["userinfo"]), str(jeton["id_token"]), str(jeton.get("refresh_token") or ""))
    except RequestException as erreur:
        raise Injoignable(str(erreur)) from erreur
    except (AuthlibBaseError, JoseError, KeyError, ValueError) as erreur:
        logger.warning("Retour de connexion refusé : %s", erreur)
        raise RetourRefuse from erreur


def retenir(request: HttpRequest, retour: Retour) -> None:
    """Keep, in the session just opened, what signing out will need.

    Where other tabs wanted to go stays too: each may still come back from the provider, or by the Back button.
    """
    request.session[CLE_JETON] = retour.jeton
    if retour.renouvellement:
        request.session[CLE_RENOUVELLEMENT] = retour.renouvellement


def redemander(request: HttpRequest, client: Any) -> dict[str, Any]:
    """Return the claims of today for this session. Raises Injoignable, or RetourRefuse when the provider ended it.

    Of the provider's errors `invalid_grant` alone is about this session (RFC 6749, 5.2); the others are about the site
    or the provider: a client's secret being changed, too many calls.
    """
    try:
        jeton = client.fetch_access_token(grant_type="refresh_token", refresh_token=request.session[CLE_RENOUVELLEMENT])
        # The nonce was that of the sign-in; this token came from the provider itself, over TLS.
        return dict(client.parse_id_token(jeton, nonce=None))
    except RequestException as erreur:
        raise Injoignable(str(erreur)) from erreur
    except (AuthlibBaseError, JoseError, KeyError, TypeError, ValueError) as erreur:
        if isinstance(erreur, OAuthError) and erreur.error != "invalid_grant":
            raise Injoignable(str(erreur)) from erreur
        raise RetourRefuse(str(erreur)) from erreur


def adresse_de_fin(request: HttpRequest, client: Any, suite: str) -> str | None:
    """Where this session ends at the provider too, before it comes back to `suite`; None when it does not answer."""
    try:
        fin: dict[str, Any] = client.create_logout_url(id_token_hint=request.session.get(CLE_JETON))
    except (RequestException, AuthlibBaseError, ValueError, RuntimeError) as erreur:
        logger.error("Fournisseur d'identité injoignable à la déconnexion : %s", erreur)
        return None
    # Without `state`: it would come back in the address of the page, and nothing here needs it.
    return str(add_params_to_uri(fin["url"], {"post_logout_redirect_uri": suite}))
