"""The OpenID Connect client of a site, over Authlib.

Discovery and keys are kept in the process for ten minutes (and the keys read again at once when a token names one
that is not known): the provider is not asked at each sign-in, and a change of its settings needs no restart here.
Timeouts are short: a page must say that the sign-in is unavailable, not hang.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from authlib.integrations.base_client import OAuthError
from authlib.integrations.django_client import DjangoOAuth2App, OAuth
from authlib.integrations.requests_client import OAuth2Session
from django.conf import settings

from socle.openid.liaison import LIAISON

PORTEE = "openid profile email gru"
DUREE = 600  # seconds
ESSAIS, PAUSE = 6, 0.2
"""How many times a secret is tried while it changes, and seconds before each secret is tried again.

The provider's processes need not learn it all at once: one may refuse the new secret, and the next one the former.
"""


@dataclass(frozen=True)
class Fournisseur:
    """The identity provider, as one site knows it. `delai`: seconds before it is said not to answer.

    `autre_secret` is tried where the first is refused: while it changes, the site knows both.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    delai: float
    autre_secret: str = field(default="", repr=False)


class _Session(OAuth2Session):  # type: ignore[misc]  # authlib says nothing of its types
    """A session of one question, over connections that the process keeps."""

    def __init__(self, *args: Any, autre_secret: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._autre_secret = autre_secret
        self.mount("https://", LIAISON)

    def fetch_token(self, *args: Any, **kwargs: Any) -> Any:
        """As authlib does; by one secret then the other while this site is not known by them."""
        return self._par_l_un_ou_l_autre(super().fetch_token, *args, **kwargs)

    def refresh_token(self, *args: Any, **kwargs: Any) -> Any:
        """The same for a token that is renewed."""
        return self._par_l_un_ou_l_autre(super().refresh_token, *args, **kwargs)

    def _par_l_un_ou_l_autre(self, demander: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        for essai in range(1, ESSAIS):
            try:
                return demander(*args, **kwargs)
            except OAuthError as refus:
                # RFC 6749, 5.2: the client is refused before its code is looked at, which is still good.
                if refus.error != "invalid_client" or not self._autre_secret:
                    raise
            if essai % 2:
                self.client_secret, self._autre_secret = self._autre_secret, self.client_secret
            else:
                # The same once more: processes that take turns would otherwise each meet the other's secret, always.
                time.sleep(PAUSE)
        return demander(*args, **kwargs)


class _Application(DjangoOAuth2App):  # type: ignore[misc]
    client_cls = _Session


@lru_cache(maxsize=4)
def _client(fournisseur: Fournisseur, _periode: int) -> Any:
    return OAuth().register(
        "gru",
        client_cls=_Application,
        client_id=fournisseur.client_id,
        client_secret=fournisseur.client_secret,
        server_metadata_url=f"{fournisseur.issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={
            "scope": PORTEE,
            "code_challenge_method": "S256",
            "token_endpoint_auth_method": "client_secret_basic",
            "default_timeout": fournisseur.delai,
            "autre_secret": fournisseur.autre_secret,
        },
    )


def client() -> Any:
    """Return the client of this site (`settings.OIDC`), made again every ten minutes."""
    return _client(Fournisseur(**settings.OIDC), int(time.monotonic() // DUREE))


def oublier() -> None:
    """Read the provider's documents again."""
    _client.cache_clear()
