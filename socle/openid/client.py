"""The OpenID Connect client of a site, over Authlib.

Discovery and keys are kept in the process for ten minutes (and the keys read again at once when a token names one
that is not known): the provider is not asked at each sign-in, and a change of its settings needs no restart here.
Timeouts are short: a page must say that the sign-in is unavailable, not hang.
"""

import time
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from authlib.integrations.django_client import DjangoOAuth2App, OAuth
from authlib.integrations.requests_client import OAuth2Session
from django.conf import settings

from socle.openid.liaison import LIAISON

PORTEE = "openid profile email gru"
DUREE = 600  # seconds


@dataclass(frozen=True)
class Fournisseur:
    """The identity provider, as one site knows it. `delai`: seconds before it is said not to answer."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    delai: float


class _Session(OAuth2Session):  # type: ignore[misc]  # authlib says nothing of its types
    """A session of one question, over connections that the process keeps."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.mount("https://", LIAISON)


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
        },
    )


def client() -> Any:
    """Return the client of this site (`settings.OIDC`), made again every ten minutes."""
    return _client(Fournisseur(**settings.OIDC), int(time.monotonic() // DUREE))


def oublier() -> None:
    """Read the provider's documents again."""
    _client.cache_clear()
